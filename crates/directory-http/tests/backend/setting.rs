use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::directory_http::SetPasswordAnswer::{Applied, Gone, Policy, Stale, UsedBefore};
use crate::directory_http::{Applied as By, BackendError, SetPasswordAnswer};
use crate::shop::{Mishap, Shop};
use crate::{client, set};

const NOW: SetPasswordAnswer = Applied { by: By::Now, sessions_ended: true };
const BEFORE: SetPasswordAnswer = Applied { by: By::Before, sessions_ended: true };

#[tokio::test]
async fn the_request_is_the_documented_one() {
    let shop = Shop::start().await;
    assert_eq!(set(&client(&shop.server), "c1", 1, "1", "$argon2id$new").await, Ok(NOW));
    let call = shop.server.calls().remove(0);
    assert_eq!((&*call.method, &*call.path), ("POST", "/reset/set-password"));
    assert_eq!(call.header("webhook-id"), "c1-1");
    let body: Value = serde_json::from_str(&call.body).unwrap();
    let expected = json!({
        "change": "c1", "sequence": 1, "customer": "4711", "version": "1", "hash": "$argon2id$new",
        "at": "2026-03-01T08:00:00Z", "ip": "1.1.1.1",
    });
    assert_eq!(body, expected);
    assert_eq!(shop.row().hash, "$argon2id$new");
}

#[tokio::test]
async fn every_verdict_is_read() {
    let shop = Shop::start().await;
    let client = client(&shop.server);
    assert_eq!(set(&client, "c1", 1, "1", "old").await, Ok(UsedBefore));
    assert_eq!(set(&client, "c1", 1, "1", "weak").await, Ok(Policy));
    assert_eq!(set(&client, "c1", 1, "0", "new").await, Ok(Stale));
    assert_eq!(set(&client, "c1", 1, "1", "new").await, Ok(NOW));
    assert_eq!(set(&client, "c1", 1, "1", "new").await, Ok(BEFORE));
    assert_eq!(set(&client, "c1", 2, "1", "newer").await, Ok(NOW), "the next sequence");
    assert_eq!(set(&client, "c1", 1, "1", "new").await, Ok(BEFORE), "late: nothing is undone");
    assert_eq!(shop.row().hash, "newer");
    assert_eq!(set(&client, "c2", 1, "1", "other").await, Ok(Stale), "another link, mailed before");
    assert_eq!(set(&client, "c2", 1, "3", "other").await, Ok(NOW));
    shop.change(|row| row.status = "banned");
    assert_eq!(set(&client, "c3", 1, "4", "x").await, Ok(Gone));
    assert_eq!(shop.row().writes, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixteen_identical_calls_at_once_one_writes() {
    let shop = Shop::start().await;
    let client = Arc::new(client(&shop.server));
    let mut calls = JoinSet::new();
    for _ in 0..16 {
        let client = Arc::clone(&client);
        calls.spawn(async move { set(&client, "c1", 1, "1", "new").await.unwrap() });
    }
    let answers = calls.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == NOW).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| **answer == BEFORE).count(), 15);
    assert_eq!(shop.row().writes, 1);
}

#[tokio::test]
async fn an_answer_lost_after_the_commit_is_unknown_until_it_is_asked_again() {
    let shop = Shop::start().await;
    let client = client(&shop.server);
    for (number, mishap) in [(1, Mishap::HangUp), (2, Mishap::CutBody)] {
        let (change, version) = (format!("c{number}"), number.to_string());
        let hash = format!("new-{number}");
        shop.suffer(mishap);
        let lost = set(&client, &change, 1, &version, &hash).await;
        assert!(matches!(lost, Err(BackendError::Call(_))), "{mishap:?}: {lost:?}");
        shop.suffer(Mishap::None);
        assert_eq!(set(&client, &change, 1, &version, &hash).await, Ok(BEFORE), "{mishap:?}");
        assert_eq!((shop.row().hash, shop.row().writes), (hash, number));
    }
}

#[tokio::test]
async fn a_version_that_changed_meanwhile_is_stale() {
    let shop = Shop::start().await;
    shop.change(|row| row.version += 1);
    assert_eq!(set(&client(&shop.server), "c1", 1, "1", "new").await, Ok(Stale));
    assert_eq!(shop.row().hash, "old");
}
