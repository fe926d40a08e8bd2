//! The thorough check: every page of the file, every document opened, every digest computed again (R12). Bookkeeping says
//! "214 of 214 agree" also over damaged bytes; only opening them tells.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::Store;
use super::documents::{self, Found};
use super::error::StoreError;
use super::ledger::Ledger;
use super::outbox;
use super::rows::{DocumentRow, heads_bytes};
use super::schema::documents as documents_table;
use crate::id::DocumentId;
use crate::time::Timestamp;

/// What a thorough check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Documents opened.
    pub documents: usize,
    /// Documents that do not open; they are kept aside and counted out of the digest, so that the next sync fetches them.
    pub damaged: Vec<DocumentId>,
    /// Documents whose bookkeeping was wrong and is mended.
    pub mended: Vec<DocumentId>,
}

#[derive(QueryableByName)]
struct QuickCheck {
    #[diesel(sql_type = Text)]
    quick_check: String,
}

impl Store {
    /// Checks everything; worth doing once a week, while the phone is charging.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the file itself is broken: opening the store again moves it aside and recovers it.
    pub fn check(&mut self, now: Timestamp) -> Result<Checked, StoreError> {
        let answer: QuickCheck = diesel::sql_query("PRAGMA quick_check(1)").get_result(&mut self.connection)?;
        if answer.quick_check != "ok" {
            self.report_damage();
            return Err(StoreError::Damaged(answer.quick_check));
        }
        let numbers: Vec<i64> = documents_table::table
            .select(documents_table::number)
            .order(documents_table::number)
            .load(&mut self.connection)?;
        let mut checked = Checked::default();
        self.connection.immediate_transaction::<_, StoreError, _>(|connection| {
            let mut ledger = Ledger::default();
            for number in numbers {
                let row = documents_table::table.find(number).select(DocumentRow::as_select()).first(connection)?;
                check_document(connection, &mut ledger, &Found { number, row }, now, &mut checked)?;
            }
            ledger.write(connection)
        })?;
        Ok(checked)
    }
}

fn check_document(
    connection: &mut diesel::sqlite::SqliteConnection,
    ledger: &mut Ledger,
    found: &Found,
    now: Timestamp,
    checked: &mut Checked,
) -> Result<(), StoreError> {
    let id = found.row.id()?;
    checked.documents += 1;
    let document = match documents::open(connection, found, now) {
        Ok(document) => document,
        Err(StoreError::Document { .. }) => {
            checked.damaged.push(id);
            return documents::set_agreed(connection, ledger, found, &[]);
        }
        Err(error) => return Err(error),
    };
    let agreed = document.history().heads_without(&outbox::not_agreed(connection, id)?);
    let wrong_heads = found.row.heads()? != document.heads();
    let right = documents::term_of(found, &agreed)?;
    if wrong_heads {
        diesel::update(documents_table::table.find(found.number))
            .set(documents_table::heads.eq(heads_bytes(document.heads())))
            .execute(connection)?;
    }
    if wrong_heads || right != found.row.term() {
        checked.mended.push(id);
        documents::set_agreed(connection, ledger, found, &agreed)?;
    }
    Ok(())
}
