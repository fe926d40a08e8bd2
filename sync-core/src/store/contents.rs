//! Contents that travel by hash: forms, lists, areas, people (R25).

use std::collections::HashMap;
use std::sync::Arc;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::sqlite::SqliteConnection;

use super::Store;
use super::documents::set_words;
use super::error::StoreError;
use super::schema::{catalogue, contents, documents};
use super::summary::Summary;
use crate::document::Document;
use crate::exchange::ContentKind;
use crate::form::plan::Plan;
use crate::form::{Form, FormId, FormVersion};
use crate::id::ContentHash;
use crate::people::People;
use crate::record::Record;

/// Forms already read.
#[derive(Default)]
pub(super) struct FormCache(HashMap<(FormId, FormVersion), Arc<Form>>, HashMap<(FormId, FormVersion), Arc<Plan>>);

impl FormCache {
    pub(super) fn form(
        &mut self,
        connection: &mut SqliteConnection,
        id: &FormId,
        version: &FormVersion,
    ) -> Result<Arc<Form>, StoreError> {
        let name = (id.clone(), version.clone());
        if let Some(form) = self.0.get(&name) {
            return Ok(Arc::clone(form));
        }
        let hash: Option<Vec<u8>> = catalogue::table
            .find((ContentKind::Form as i16, id.as_str(), version.as_str()))
            .select(catalogue::hash)
            .first(connection)
            .optional()?;
        let unknown = || StoreError::UnknownForm { form: id.to_string(), version: version.to_string() };
        let hash = ContentHash::from_slice(&hash.ok_or_else(unknown)?)?;
        let bytes = whole(connection, hash)?.ok_or_else(unknown)?;
        let form = Form::from_json(&bytes).map_err(|error| StoreError::Unreadable(format!("form `{id}`: {error}")))?;
        let form = Arc::new(form);
        self.0.insert(name, Arc::clone(&form));
        Ok(form)
    }

    /// Sums up a record with the form it was last written under, if that is on the device.
    pub(super) fn summary_of(&mut self, connection: &mut SqliteConnection, record: &Record) -> Summary {
        let version = record.version(|version| version.as_str().to_owned()).cloned();
        let form = version.and_then(|version| self.form(connection, &record.unchanging.form, &version).ok());
        Summary::of(record, form.as_deref())
    }
}

fn whole(connection: &mut SqliteConnection, hash: ContentHash) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(contents::table
        .find(hash.as_bytes().as_slice())
        .filter(contents::complete)
        .select(contents::bytes)
        .first(connection)
        .optional()?)
}

/// Records that came before their form are summed up again: now it is known which answers are the words to find them by.
fn find_again(connection: &mut SqliteConnection, forms: &mut FormCache, hash: ContentHash) -> Result<(), StoreError> {
    let names: Vec<(String, String)> = catalogue::table
        .filter(catalogue::hash.eq(hash.as_bytes().as_slice()))
        .filter(catalogue::kind.eq(ContentKind::Form as i16))
        .select((catalogue::name, catalogue::version))
        .load(connection)?;
    for (form, version) in names {
        let here: Vec<i64> = documents::table
            .filter(documents::form.eq(form).and(documents::form_version.eq(version)))
            .select(documents::number)
            .load(connection)?;
        for number in here {
            let bytes: Vec<u8> = documents::table.find(number).select(documents::bytes).first(connection)?;
            // One that does not open is dealt with when somebody opens it.
            let record = Document::load(&bytes).ok().and_then(|document| Record::read(&document).ok());
            if let Some(record) = record {
                let summary = forms.summary_of(connection, &record);
                set_words(connection, number, &summary)?;
            }
        }
    }
    Ok(())
}

impl Store {
    /// A form that is on the device.
    ///
    /// # Errors
    /// [`StoreError::UnknownForm`], [`StoreError::Unreadable`], or of the disk.
    pub fn form(&mut self, id: &FormId, version: &FormVersion) -> Result<Arc<Form>, StoreError> {
        self.forms.form(&mut self.connection, id, version)
    }

    /// A form made ready to be filled.
    ///
    /// # Errors
    /// [`StoreError::UnknownForm`], [`StoreError::Form`], or of the disk.
    pub(super) fn plan(&mut self, id: &FormId, version: &FormVersion) -> Result<Arc<Plan>, StoreError> {
        let name = (id.clone(), version.clone());
        if let Some(plan) = self.forms.1.get(&name) {
            return Ok(Arc::clone(plan));
        }
        let form = self.form(id, version)?;
        let plan =
            Arc::new(Plan::new((*form).clone()).map_err(|source| StoreError::Form { form: id.to_string(), source })?);
        self.forms.1.insert(name, Arc::clone(&plan));
        Ok(plan)
    }

    /// Names and keys of the people and devices whose work this device sees, as last told.
    ///
    /// # Errors
    /// [`StoreError`] of the disk.
    pub fn people(&mut self) -> Result<People, StoreError> {
        let hashes: Vec<Vec<u8>> = catalogue::table
            .filter(catalogue::kind.eq(ContentKind::People as i16))
            .select(catalogue::hash)
            .load(&mut self.connection)?;
        let mut people = People::default();
        for hash in hashes {
            if let Some(bytes) = self.content(ContentHash::from_slice(&hash)?)? {
                let more: People = serde_json::from_slice(&bytes)
                    .map_err(|error| StoreError::Unreadable(format!("people: {error}")))?;
                people.users.extend(more.users);
                people.devices.extend(more.devices);
            }
        }
        Ok(people)
    }

    /// Content that has arrived whole.
    ///
    /// # Errors
    /// [`StoreError`] of the disk.
    pub fn content(&mut self, hash: ContentHash) -> Result<Option<Vec<u8>>, StoreError> {
        whole(&mut self.connection, hash)
    }

    /// Adds the bytes that follow those which are here. Says whether the content is whole now. Bytes that turn out not to be
    /// the content are thrown away, to be fetched again.
    ///
    /// # Errors
    /// [`StoreError`] of the disk.
    pub fn add_content(&mut self, hash: ContentHash, more: &[u8]) -> Result<bool, StoreError> {
        let have: Option<(Vec<u8>, bool)> = contents::table
            .find(hash.as_bytes().as_slice())
            .select((contents::bytes, contents::complete))
            .first(&mut self.connection)
            .optional()?;
        let mut bytes = match have {
            Some((_, true)) => return Ok(true),
            Some((bytes, false)) => bytes,
            None => Vec::new(),
        };
        bytes.extend_from_slice(more);
        let size: Option<i64> = catalogue::table
            .filter(catalogue::hash.eq(hash.as_bytes().as_slice()))
            .select(catalogue::size)
            .first(&mut self.connection)
            .optional()?;
        let complete = ContentHash::of(&bytes) == hash;
        if !complete && size.is_none_or(|size| bytes.len() as u64 >= size.unsigned_abs()) {
            bytes.clear();
        }
        let row = (
            contents::hash.eq(hash.as_bytes().as_slice()),
            contents::bytes.eq(&bytes),
            contents::complete.eq(complete),
        );
        let Self { connection, forms, .. } = self;
        connection.immediate_transaction::<_, StoreError, _>(|connection| {
            diesel::replace_into(contents::table).values(row).execute(connection)?;
            if complete { find_again(connection, forms, hash) } else { Ok(()) }
        })?;
        Ok(complete)
    }

    /// How many bytes of a content are here.
    ///
    /// # Errors
    /// [`StoreError`] of the disk.
    pub fn content_length(&mut self, hash: ContentHash) -> Result<u64, StoreError> {
        let length = sql::<BigInt>("length(bytes)");
        let length: Option<i64> =
            contents::table.find(hash.as_bytes().as_slice()).select(length).first(&mut self.connection).optional()?;
        Ok(length.unwrap_or(0).unsigned_abs())
    }
}
