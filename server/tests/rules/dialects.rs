//! Two dialects, one schema.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use rukun_server::database::{AnyConnection, Database, DatabaseError, applied_migrations, revert_last_migration};

facts!(migrations_go_up_down_and_up_again);

#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

const SQLITE: &str = "SELECT m.name AS table_name, c.name AS column_name, c.type AS kind, \
    c.\"notnull\" = 0 AS nullable FROM sqlite_master m, pragma_table_info(m.name) c \
    WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'";
const POSTGRES: &str = "SELECT table_name::text, column_name::text, data_type::text AS kind, is_nullable = 'YES' AS nullable \
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'";

fn columns(database: &Database) -> Vec<Column> {
    let mut columns: Vec<Column> = database
        .read(|connection| {
            let loaded = match connection {
                AnyConnection::Postgres(connection) => diesel::sql_query(POSTGRES).load(connection)?,
                AnyConnection::Sqlite(connection) => diesel::sql_query(SQLITE).load(connection)?,
            };
            Ok::<_, DatabaseError>(loaded)
        })
        .unwrap();
    for column in &mut columns {
        let (table, name) = (column.table_name.as_str(), column.column_name.as_str());
        column.kind = match (column.kind.to_lowercase().as_str(), name) {
            ("blob" | "bytea", _) => "bytes",
            ("bigint", _) => "long",
            // SQLite counts rows in 64 bits under this name only.
            ("integer", "number") if ["segments", "audit"].contains(&table) => "long",
            ("integer", _) => "integer",
            ("boolean", _) => "boolean",
            ("text", _) => "text",
            (other, _) => panic!("{table}.{name} is of a type that is not portable: {other}"),
        }
        .to_owned();
    }
    columns.sort();
    columns
}

fn folders(dialect: &str) -> Vec<String> {
    let folder = format!("{}/../migrations/{dialect}", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn both_dialects_have_the_same_migrations() {
    assert_eq!(folders("sqlite"), folders("postgres"));
}

#[test]
fn both_dialects_make_the_same_tables_and_columns() {
    let (sqlite, _folder) = crate::support::sqlite();
    let Some(postgres) = crate::support::postgres() else { return };
    let here = columns(&sqlite);
    assert!(here.iter().any(|column| column.table_name == "segments" && column.column_name == "held_reason"));
    assert_eq!(here, columns(&postgres));
}

fn migrations_go_up_down_and_up_again(database: &Database) {
    let before = columns(database);
    let steps = database.with_writer(applied_migrations).unwrap().len();
    assert_eq!(steps, folders("sqlite").len());
    for _ in 0..steps {
        database.with_writer(revert_last_migration).unwrap();
    }
    assert_eq!(columns(database), []);
    database.migrate().unwrap();
    assert_eq!(columns(database), before);
}
