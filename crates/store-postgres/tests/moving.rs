//! An installation that moves in.

#![expect(clippy::unwrap_used, reason = "a test that cannot begin fails")]

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;

use application::TABLES;
use application::ports::{
    Begun, CustomerDirectory, Kind, MoveProgress, Origin, Page, Row, StoreError, StoreImport as _,
    StoredRows as _, Table, Value,
};
use chrono::{DateTime, Utc};
use domain::CustomerId;
use resetd_store_postgres::{PostgresImport, PostgresStore};
use support::{TestDatabase, at, server};
use testkit::fake::TestVault;

async fn import(database: &TestDatabase) -> PostgresImport {
    let connected = database.connect().await;
    connected.migrate().await.unwrap();
    PostgresImport::open(connected, Arc::new(TestVault::new(1))).await.unwrap()
}

fn origin(installation: &str) -> Origin {
    Origin { installation: installation.to_owned(), oldest_mail: Some(at(-30 * 86_400)) }
}

fn table(name: &str) -> &'static Table {
    TABLES.iter().find(|table| table.name == name).unwrap()
}

fn progress(table: Option<&str>) -> MoveProgress {
    MoveProgress { installation: "one".to_owned(), table: table.map(str::to_owned), after: None }
}

/// What the text format of `COPY`, an array and JSON each have a meaning for.
const TRICKY: [&str; 5] =
    ["", "\\N \\. \t\r\n\\x41", "{\"a\": [\"\\\\\", null]}", "\"', {} \u{7f}", "Žluťoučký 🐎"];

fn moment(number: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_772_352_000_123_456 + number * 86_400_000_001).unwrap()
}

/// A value of each kind, different for each number.
fn value(table: &Table, column: usize, number: i64) -> Value {
    let column = &table.columns[column];
    let tricky = TRICKY[usize::try_from(number).unwrap() % TRICKY.len()];
    let text = format!("{tricky}{number}");
    match (table.name, column.name) {
        ("customer", "sealed") => {
            let external = if number == 0 {
                String::new()
            } else {
                ",\"external_id\":\"x\\\"1\"".replace('1', &text.len().to_string())
            };
            return Value::Text(format!("{{\"email\":\"c{number}@shop.cz\",\"name\":\"\\\\N\"{external}}}"));
        }
        (_, "kind" | "priority") if column.kind == Kind::Int => return Value::Int(number % 2),
        _ => {}
    }
    match column.kind {
        Kind::Bool => Value::Bool(number % 2 == 0),
        Kind::Int => Value::Int(number + 1),
        Kind::Text | Kind::Sealed => Value::Text(text),
        Kind::Json => Value::Text("{\"a\": \"\\n\\\\\", \"b\":[1.50]}".to_owned()),
        Kind::Bytes => Value::Bytes(vec![u8::try_from(number).unwrap(), 0, b'\\', b'\n', 0xff]),
        Kind::Id => Value::Id([u8::try_from(number).unwrap() + 1; 16]),
        Kind::Time => Value::Time(moment(number)),
        Kind::Times => Value::Times((0..=number).map(moment).collect()),
        Kind::Texts | Kind::SealedTexts => Value::Texts(
            (0..number).map(|index| TRICKY[usize::try_from(index).unwrap() % 5].to_owned()).collect(),
        ),
    }
}

fn rows(table: &Table) -> Vec<Row> {
    let row = |number| (0..table.columns.len()).map(|column| value(table, column, number)).collect();
    (0..6).map(row).collect()
}

async fn read(import: &PostgresImport, table: &'static Table, limit: u32) -> Vec<Row> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let Page { rows, next } = import.read(table, after.as_ref(), limit).await.unwrap();
        all.extend(rows);
        match next {
            Some(next) => after = Some(next),
            None => return all,
        }
    }
}

fn sorted(rows: Vec<Row>) -> Vec<String> {
    let mut rows: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
    rows.sort();
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_written_is_read_back() {
    let Some(server) = server("whatever_is_written_is_read_back") else { return };
    let database = TestDatabase::create(&server).await;
    let import = import(&database).await;
    assert_eq!(import.begin(&origin("one"), at(0)).await, Ok(Begun::Fresh));
    for table in TABLES {
        let rows = rows(table);
        import.write(table, &rows, &progress(None)).await.unwrap();
        assert_eq!(import.count(table).await, Ok(6), "{}", table.name);
        for limit in [1, 4, 100] {
            assert_eq!(sorted(read(&import, table, limit).await), sorted(rows.clone()), "{}", table.name);
        }
    }
    // No value may be missing where the schema allows it.
    let (customer, mail) = (table("customer"), table("mail"));
    for (table, keep) in [
        (customer, &["id", "organisation_id", "sealed", "status", "created_at", "updated_at"][..]),
        (
            mail,
            &[
                "id",
                "accepted_at",
                "expires_at",
                "ended_at",
                "attempts",
                "kind",
                "priority",
                "sandbox",
                "organisation_id",
                "state",
                "submitted",
                "timeline",
            ][..],
        ),
    ] {
        let kept = |index: usize| keep.contains(&table.columns[index].name);
        let sparse: Row = (0..table.columns.len())
            .map(|index| if kept(index) { value(table, index, 99) } else { Value::Null })
            .collect();
        import.write(table, std::slice::from_ref(&sparse), &progress(None)).await.unwrap();
        assert!(read(&import, table, 100).await.contains(&sparse), "{}", table.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_and_column_of_the_schema_moves() {
    let Some(server) = server("every_table_and_column_of_the_schema_moves") else { return };
    let database = TestDatabase::create(&server).await;
    database.connect().await.migrate().await.unwrap();
    let schema = "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
         AND a.attnum > 0 AND NOT a.attisdropped";
    let schema: Vec<String> =
        sqlx::query_scalar(schema).fetch_all(&mut database.plain().await).await.unwrap();
    // Versions, the chain's end and what is made of other columns; a lease belongs to a worker that has stopped.
    let own = ["customer.external_fingerprint", "address_budget.last_at", "mail_queue.lease_owner"];
    let schema: BTreeSet<_> = schema
        .into_iter()
        .filter(|column| !column.starts_with("migration.") && !column.starts_with("audit_head."))
        .filter(|column| !own.contains(&column.as_str()))
        .collect();
    let columns =
        TABLES.iter().flat_map(|table| table.columns.iter().map(move |column| (table.name, column.name)));
    let moved: BTreeSet<_> = columns.map(|(table, column)| format!("{table}.{column}")).collect();
    assert_eq!(schema, moved, "what does not move is lost: see application's list of tables");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_is_resumed_and_nobody_is_served_before_its_end() {
    let Some(server) = server("a_move_is_resumed_and_nobody_is_served_before_its_end") else { return };
    let database = TestDatabase::create(&server).await;
    let first = import(&database).await;
    assert_eq!(first.begin(&origin("one"), at(0)).await, Ok(Begun::Fresh));
    let second = PostgresImport::open(database.connect().await, Arc::new(TestVault::new(1))).await;
    assert!(matches!(second.err(), Some(StoreError::Unavailable(why)) if why.contains("another move")));

    let (customer, history) = (table("customer"), table("password_history"));
    first.write(customer, &rows(customer), &progress(Some("password_history"))).await.unwrap();
    let duplicate = first.write(customer, &rows(customer), &progress(None)).await;
    assert!(duplicate.is_err(), "the same rows again");
    drop(first);
    let refused = PostgresStore::new(database.connect().await, Arc::new(TestVault::new(1))).await;
    assert!(matches!(refused.err(), Some(StoreError::Unavailable(why)) if why.contains("move")));

    let again = import(&database).await;
    assert_eq!(again.begin(&origin("other"), at(0)).await, Ok(Begun::OtherMove));
    assert_eq!(
        again.begin(&origin("one"), at(0)).await,
        Ok(Begun::Resumed(progress(Some("password_history"))))
    );
    assert_eq!(again.count(customer).await, Ok(6), "the failed batch left neither rows nor a mark");
    again.write(history, &rows(history), &progress(None)).await.unwrap();
    again.finish().await.unwrap();
    assert_eq!(again.begin(&origin("one"), at(0)).await, Ok(Begun::Occupied("customer")));
    drop(again);

    let store = PostgresStore::new(database.connect().await, Arc::new(TestVault::new(1))).await.unwrap();
    let found = store.find(CustomerId::from_bytes([1; 16])).await;
    assert!(found.is_err(), "a made-up status is no status: the row is there");
    let next: i64 = database.count("SELECT nextval(pg_get_serial_sequence('password_history', 'n'))").await;
    assert_eq!(next, 7, "former passwords to come are newer");
    let days = database.count("SELECT count(*) FROM pg_inherits WHERE inhparent = 'mail'::regclass").await;
    assert_eq!(days, 30 + 1 + 3 + 1, "the days behind, today, those ahead, and the default");
}
