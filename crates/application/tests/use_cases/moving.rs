//! An installation that moves, and is interrupted on its way.

use std::sync::{Arc, Mutex};

use application::model::{Table, Value};
use application::ports::StoreError;
use application::{Compared, MoveError, MoveStep, MoveStore, TABLES};
use chrono::DateTime;
use testkit::fake::{FixedClock, MemoryRows};

/// More than a batch holds of some tables, none of others.
const ROWS: [(&str, i64); 4] = [("organisation", 1), ("customer", 4_321), ("mail", 2_000), ("audit", 3)];

fn table(name: &str) -> &'static Table {
    TABLES.iter().find(|table| table.name == name).unwrap()
}

fn source() -> MemoryRows {
    let source = MemoryRows::new();
    for (name, rows) in ROWS {
        for number in 0..rows {
            source.insert(table(name), vec![Value::Int(number), Value::Text(format!("{name} {number}"))]);
        }
    }
    source
}

async fn run(from: &MemoryRows, to: &MemoryRows) -> (Result<Vec<Compared>, MoveError>, Vec<MoveStep>) {
    let mover = MoveStore {
        from: Arc::new(from.clone()),
        to: Arc::new(to.clone()),
        clock: Arc::new(FixedClock(DateTime::UNIX_EPOCH)),
    };
    let steps = Mutex::new(Vec::new());
    let moved = mover.execute(&|step| steps.lock().unwrap().push(step)).await;
    (moved, steps.into_inner().unwrap())
}

fn assert_moved(from: &MemoryRows, to: &MemoryRows) {
    assert!(!to.is_moving());
    for table in TABLES {
        assert_eq!(to.rows(table), from.rows(table), "{}", table.name);
    }
}

#[tokio::test]
async fn everything_moves_and_is_compared() {
    let (from, to) = (source(), MemoryRows::new());
    let (moved, steps) = run(&from, &to).await;
    let moved = moved.unwrap();
    assert_moved(&from, &to);
    assert!(moved.iter().all(Compared::is_same));
    assert_eq!(moved.iter().map(|table| table.target.rows).sum::<u64>(), 6_325);
    assert_eq!(steps[0], MoveStep::Begins { rows: 6_325, resumed: false });
    let told = |of: fn(&MoveStep) -> u64| steps.iter().map(of).sum::<u64>();
    assert_eq!(told(|step| if let MoveStep::Copied(_, rows) = step { *rows } else { 0 }), 6_325);
    assert_eq!(told(|step| if let MoveStep::Compared(_, rows) = step { *rows } else { 0 }), 6_325);
}

#[tokio::test]
async fn wherever_it_is_interrupted_it_goes_on() {
    // One batch a table, and two more for the customers.
    for batches in 0..TABLES.len() as u64 + 2 {
        let (from, to) = (source(), MemoryRows::new());
        to.fail_after(batches);
        let (interrupted, _) = run(&from, &to).await;
        assert!(matches!(interrupted, Err(MoveError::Store(StoreError::Unavailable(_)))), "after {batches}");
        assert!(to.is_moving());
        let (moved, steps) = run(&from, &to).await;
        assert!(moved.unwrap().iter().all(Compared::is_same), "after {batches}");
        assert_moved(&from, &to);
        assert!(matches!(steps[0], MoveStep::Begins { resumed: true, .. }));
        let told = steps.iter().map(|step| if let MoveStep::Copied(_, rows) = step { *rows } else { 0 });
        assert_eq!(told.sum::<u64>(), 6_325, "the bar comes to its end");
    }
}

#[tokio::test]
async fn a_target_in_use_and_one_of_another_move_are_refused() {
    let (from, to) = (source(), MemoryRows::new());
    to.insert(table("layout"), vec![Value::Null]);
    assert_eq!(run(&from, &to).await.0, Err(MoveError::Occupied("layout")));
    assert_eq!(to.rows(table("customer")).len(), 0);

    let to = MemoryRows::new();
    to.fail_after(3);
    run(&from, &to).await.0.unwrap_err();
    assert_eq!(run(&source(), &to).await.0, Err(MoveError::OtherMove));
}

#[tokio::test]
async fn a_difference_is_found_and_nobody_is_served() {
    let (from, to) = (source(), MemoryRows::new());
    to.fail_after(TABLES.len() as u64);
    run(&from, &to).await.0.unwrap_err();
    to.insert(table("organisation"), vec![Value::Int(7), Value::Null]);
    let moved = run(&from, &to).await.0.unwrap();
    let different: Vec<_> = moved.iter().filter(|table| !table.is_same()).map(|table| table.table).collect();
    assert_eq!(different, ["organisation"]);
    assert!(to.is_moving());
}
