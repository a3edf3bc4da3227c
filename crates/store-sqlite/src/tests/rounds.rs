use application::model::{AddressBudget, Admission, Completion, Lease, Organisation};
use application::ports::{DeliveryQueue as _, OrganisationRegistry as _, RequestIntake as _, StoreError};
use domain::OrganisationId;
use futures_util::future::join_all;
use sqlx::Executor as _;

use super::setup::{Fixture, at, open};
use crate::query_error::QueryError;
use crate::writer::Statement;

/// Holds the write lock from a connection of its own while `during` is polled for the first time,
/// so that everything in it waits for one round.
async fn in_one_round<T>(fixture: &Fixture, during: impl Future<Output = T>) -> T {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(fixture.location());
    let mut blocker = sqlx::ConnectOptions::connect(&options).await.unwrap();
    blocker.execute("BEGIN IMMEDIATE").await.unwrap();
    // The first job to come starts a round by itself, and waits for the lock; the others gather
    // behind it.
    let first = fixture
        .store
        .database
        .writer
        .work(|unit| Box::pin(async move { Ok(unit.run(Statement::new("SELECT 1")).await?) }));
    let release = async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        blocker.execute("ROLLBACK").await.unwrap();
    };
    let (_, outcome, ()) = futures_util::future::join3(first, during, release).await;
    outcome
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_fails_takes_nothing_of_its_neighbours_with_it() {
    let fixture = Fixture::new().await;
    let records =
        (0..200).map(|number| fixture.store.record(fixture.request(&format!("customer{number}@shop.cz"))));
    let organisations: Vec<_> = (0..20)
        .map(|number| Organisation {
            id: OrganisationId::from_bytes([100 + number; 16]),
            // Every other one wants a name that is taken.
            name: if number % 2 == 0 { format!("Shop {number}") } else { "Shop".to_owned() },
            ..fixture.organisation.clone()
        })
        .collect();
    let creations = organisations.iter().map(|organisation| fixture.store.create(organisation));
    let both = futures_util::future::join(join_all(records), join_all(creations));
    let (recorded, created) = in_one_round(&fixture, both).await;

    assert!(recorded.iter().all(Result::is_ok), "{recorded:?}");
    for (number, outcome) in created.iter().enumerate() {
        let expected = if number % 2 == 0 { Ok(()) } else { Err(StoreError::Conflict("organisation")) };
        assert_eq!(*outcome, expected, "creation {number}");
    }
    assert_eq!(fixture.count("SELECT count(*) FROM mail").await, 200);
    assert_eq!(fixture.count("SELECT count(*) FROM organisation").await, 11);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_fails_half_way_is_undone_as_a_whole() {
    let fixture = Fixture::new().await;
    let half = fixture.store.database.writer.work(|unit| {
        Box::pin(async move {
            unit.run(Statement::new("UPDATE organisation SET name = 'Half done'")).await?;
            Err::<(), _>(QueryError::corrupt("test.column", "made up"))
        })
    });
    let before = fixture.store.record(fixture.request("before@shop.cz"));
    let after = fixture.store.record(fixture.request("after@shop.cz"));
    let all = futures_util::future::join3(before, half, after);
    let (before, half, after) = in_one_round(&fixture, all).await;
    assert_eq!((before, after), (Ok(()), Ok(())));
    assert!(matches!(half, Err(StoreError::Corrupt { .. })), "{half:?}");
    assert_eq!(fixture.count("SELECT count(*) FROM organisation WHERE name = 'Shop'").await, 1);
    assert_eq!(fixture.count("SELECT count(*) FROM mail").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_panics_is_undone_and_the_others_go_on() {
    let fixture = Fixture::new().await;
    let bug = fixture.store.database.writer.work(|unit| {
        Box::pin(async move {
            unit.run(Statement::new("UPDATE organisation SET name = 'Half done'")).await?;
            panic!("made up");
            #[expect(unreachable_code, reason = "gives the job its type")]
            Ok(())
        })
    });
    let record = fixture.store.record(fixture.request("jan@barasek.com"));
    let both = futures_util::future::join(bug, record);
    let (bug, record) = in_one_round(&fixture, both).await;
    assert_eq!(record, Ok(()));
    assert!(matches!(bug, Err(StoreError::Unavailable(_))), "{bug:?}");
    assert_eq!(fixture.count("SELECT count(*) FROM organisation WHERE name = 'Shop'").await, 1);
    fixture.store.record(fixture.request("later@shop.cz")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_after_opening_again() {
    let fixture = Fixture::new().await;
    let requests: Vec<_> =
        (0..150).map(|number| fixture.request(&format!("customer{number}@shop.cz"))).collect();
    let recorded = join_all(requests.iter().map(|request| fixture.store.record(request.clone()))).await;
    assert!(recorded.iter().all(Result::is_ok), "{recorded:?}");
    fixture.store.database().close().await;
    let closed = fixture.store.record(fixture.request("late@shop.cz")).await;
    assert!(matches!(closed, Err(StoreError::Unavailable(_))), "{closed:?}");

    let again = open(&fixture.directory).await;
    let worker = domain::WorkerId::from_bytes([9; 16]);
    let claimed = again.claim(worker, at(1), at(61), 1_000).await.unwrap();
    let ids = |mails: &mut dyn Iterator<Item = [u8; 16]>| mails.collect::<std::collections::BTreeSet<_>>();
    assert_eq!(
        ids(&mut claimed.iter().map(|mail| *mail.id().as_bytes())),
        ids(&mut requests.iter().map(|request| *request.id.as_bytes()))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_went_away_harms_nobody() {
    let fixture = Fixture::new().await;
    for number in 0..50 {
        let request = fixture.request(&format!("impatient{number}@shop.cz"));
        drop(tokio::time::timeout(std::time::Duration::ZERO, fixture.store.record(request)).await);
    }
    fixture.store.record(fixture.request("patient@shop.cz")).await.unwrap();
    let stored = fixture.count("SELECT count(*) FROM mail").await;
    assert!((1..=51).contains(&stored), "{stored}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_that_cannot_be_stored_takes_nothing_of_its_neighbours_with_it() {
    let fixture = Fixture::new().await;
    let requests: Vec<_> =
        (0..3).map(|number| fixture.request(&format!("customer{number}@shop.cz"))).collect();
    for request in &requests {
        fixture.store.record(request.clone()).await.unwrap();
    }
    let worker = domain::WorkerId::from_bytes([9; 16]);
    let claimed = fixture.store.claim(worker, at(1), at(61), 10).await.unwrap();
    assert_eq!(claimed.len(), 3);
    // The second one's first attempt is there already, which no version of this program writes.
    fixture
        .on_writer(
            "INSERT INTO mail_attempt (mail, n, at, host, reply, outcome) VALUES (2, 1, 0, '', x'', 'sent')",
        )
        .await;
    let sent = || Completion::Sent { host: "relay".to_owned(), reply: "250 2.0.0 Ok".to_owned() };
    let completions =
        claimed.iter().map(|mail| fixture.store.complete(Lease::new(mail.id(), worker), sent(), at(2)));
    let outcomes = in_one_round(&fixture, join_all(completions)).await;
    assert!(matches!(outcomes[..], [Ok(true), Err(StoreError::Unavailable(_)), Ok(true)]), "{outcomes:?}");
    assert_eq!(fixture.count("SELECT count(*) FROM mail WHERE state = 'sent'").await, 2);
    assert_eq!(fixture.count("SELECT count(*) FROM mail WHERE stage = 1").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_budget_of_one_address_is_kept_within_a_round() {
    let fixture = Fixture::new().await;
    let budget = AddressBudget { per_minute: 2, per_hour: 5 };
    let requests: Vec<_> = (0..6)
        .map(|number| fixture.request(if number < 4 { "jan@barasek.com" } else { "eva@barasek.com" }))
        .collect();
    for request in &requests {
        fixture.store.record(request.clone()).await.unwrap();
    }
    let worker = domain::WorkerId::from_bytes([9; 16]);
    let asked =
        requests.iter().map(|request| fixture.store.admit(Lease::new(request.id, worker), budget, at(1)));
    let verdicts: Vec<_> =
        in_one_round(&fixture, join_all(asked)).await.into_iter().map(Result::unwrap).collect();
    let [both, over] = [Admission::Admitted, Admission::OverBudget];
    assert_eq!(verdicts, [both, both, over, over, both, both]);
    assert_eq!(fixture.count("SELECT count(*) FROM address_budget").await, 4);
}
