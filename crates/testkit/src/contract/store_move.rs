use std::collections::BTreeSet;

use application::TABLES;
use application::model::{Begun, Kind, MoveProgress, Origin, Page, Row, Table, Value};
use application::ports::{StoreExport, StoreImport, StoredRows};
use chrono::{DateTime, Utc};

use super::fixture::at;
use super::suite::run_cases;

/// The contract of [`StoreExport`], on a store that holds something. Every call of `filled` opens
/// one.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn store_export<S: StoreExport>(filled: impl AsyncFn() -> S) {
    run_cases!(
        "StoreExport",
        async { filled().await },
        [an_installation_is_known_again, pages_bring_each_row_once, rows_have_the_columns_of_their_table]
    );
}

/// The contract of [`StoreImport`]. Every call of `fresh` makes an empty store.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn store_import<S: StoreImport>(fresh: impl AsyncFn() -> S) {
    run_cases!(
        "StoreImport",
        async { fresh().await },
        [
            whatever_is_written_is_read_back,
            what_may_be_missing_stays_missing,
            an_interrupted_move_says_how_far_it_came,
            an_ended_move_leaves_a_store_in_use,
        ]
    );
}

async fn an_installation_is_known_again<S: StoreExport>(store: S) {
    let origin = store.origin().await.unwrap();
    assert!(!origin.installation.is_empty());
    assert_eq!(store.origin().await, Ok(origin));
}

async fn pages_bring_each_row_once<S: StoreExport>(store: S) {
    let mut found = 0;
    for table in TABLES {
        let whole = read(&store, table, 1_000).await;
        found += whole.len();
        assert_eq!(store.count(table).await, Ok(whole.len() as u64), "{}", table.name);
        for limit in [1, 3] {
            assert_eq!(read(&store, table, limit).await, whole, "{} by {limit}", table.name);
        }
        let keys: BTreeSet<String> = whole.iter().map(|row| format!("{:?}", &row[..table.key])).collect();
        assert_eq!(keys.len(), whole.len(), "{}: the key tells rows apart", table.name);
    }
    assert!(found > 0, "the store holds something");
}

async fn rows_have_the_columns_of_their_table<S: StoreExport>(store: S) {
    for table in TABLES {
        for row in read(&store, table, 1_000).await {
            assert_eq!(row.len(), table.columns.len(), "{}", table.name);
            for (column, value) in table.columns.iter().zip(&row) {
                let fits = matches!(
                    (column.kind, value),
                    (_, Value::Null)
                        | (Kind::Bool, Value::Bool(_))
                        | (Kind::Int, Value::Int(_))
                        | (Kind::Text | Kind::Json | Kind::Sealed, Value::Text(_))
                        | (Kind::Bytes, Value::Bytes(_))
                        | (Kind::Id, Value::Id(_))
                        | (Kind::Time, Value::Time(_))
                        | (Kind::Texts | Kind::SealedTexts, Value::Texts(_))
                        | (Kind::Times, Value::Times(_))
                );
                assert!(fits, "{}.{} is {value:?}", table.name, column.name);
            }
        }
    }
}

fn origin(installation: &str) -> Origin {
    Origin { installation: installation.to_owned(), oldest_mail: Some(at(-86_400)) }
}

fn table(name: &str) -> &'static Table {
    TABLES.iter().find(|table| table.name == name).expect("the table moves")
}

fn progress(table: Option<&str>, after: Option<Vec<Value>>) -> MoveProgress {
    MoveProgress { installation: "one".to_owned(), table: table.map(str::to_owned), after }
}

/// What text formats, arrays and JSON each have a meaning for.
const TRICKY: [&str; 5] =
    ["", "\\N \\. \t\r\n\\x41", "{\"a\": [\"\\\\\", null]}", "\"', {} \u{7f}", "Žluťoučký 🐎"];

fn timestamp(number: i64) -> DateTime<Utc> {
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
        Kind::Time => Value::Time(timestamp(number)),
        Kind::Times => Value::Times((0..=number).map(timestamp).collect()),
        Kind::Texts | Kind::SealedTexts => Value::Texts(
            (0..number).map(|index| TRICKY[usize::try_from(index).unwrap() % 5].to_owned()).collect(),
        ),
    }
}

fn rows(table: &Table) -> Vec<Row> {
    let row = |number| (0..table.columns.len()).map(|column| value(table, column, number)).collect();
    (0..6).map(row).collect()
}

async fn read<S: StoredRows>(store: &S, table: &'static Table, limit: u32) -> Vec<Row> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let Page { rows, next } = store.read(table, after.as_ref(), limit).await.unwrap();
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

async fn whatever_is_written_is_read_back<S: StoreImport>(store: S) {
    assert_eq!(store.begin(&origin("one"), at(0)).await, Ok(Begun::Fresh));
    for table in TABLES {
        let rows = rows(table);
        store.write(table, &rows, &progress(None, None)).await.unwrap();
        assert_eq!(store.count(table).await, Ok(6), "{}", table.name);
        for limit in [1, 4, 100] {
            assert_eq!(sorted(read(&store, table, limit).await), sorted(rows.clone()), "{}", table.name);
        }
    }
}

async fn what_may_be_missing_stays_missing<S: StoreImport>(store: S) {
    assert_eq!(store.begin(&origin("one"), at(0)).await, Ok(Begun::Fresh));
    let customer = ["id", "organisation_id", "sealed", "status", "created_at", "updated_at", "sandbox"];
    let mail = [
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
    ];
    for (table, keep) in [(table("customer"), &customer[..]), (table("mail"), &mail[..])] {
        let kept = |index: usize| keep.contains(&table.columns[index].name);
        let value = |index| if kept(index) { value(table, index, 9) } else { Value::Null };
        let sparse: Row = (0..table.columns.len()).map(value).collect();
        store.write(table, std::slice::from_ref(&sparse), &progress(None, None)).await.unwrap();
        assert_eq!(read(&store, table, 100).await, [sparse], "{}", table.name);
    }
}

async fn an_interrupted_move_says_how_far_it_came<S: StoreImport>(store: S) {
    assert_eq!(store.begin(&origin("one"), at(0)).await, Ok(Begun::Fresh));
    let reached = progress(
        Some("customer"),
        Some(vec![Value::Int(7), Value::Bytes(vec![0, 255]), Value::Text("x".into())]),
    );
    store.write(table("organisation"), &rows(table("organisation")), &reached).await.unwrap();
    assert_eq!(store.begin(&origin("other"), at(1)).await, Ok(Begun::OtherMove));
    assert_eq!(store.begin(&origin("one"), at(1)).await, Ok(Begun::Resumed(reached)));
    store.write(table("customer"), &[], &progress(None, None)).await.unwrap();
    assert_eq!(
        store.begin(&origin("one"), at(2)).await,
        Ok(Begun::Resumed(progress(None, None))),
        "an empty batch counts, too"
    );
}

async fn an_ended_move_leaves_a_store_in_use<S: StoreImport>(store: S) {
    assert_eq!(store.begin(&origin("one"), at(0)).await, Ok(Begun::Fresh));
    store.write(table("layout"), &rows(table("layout")), &progress(None, None)).await.unwrap();
    store.finish().await.unwrap();
    for again in ["one", "other"] {
        assert_eq!(store.begin(&origin(again), at(1)).await, Ok(Begun::Occupied("layout")));
    }
}
