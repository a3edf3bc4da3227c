use application::audit::{GENESIS, first_break};
use application::model::{AuditAction, Issued, Redeemed};
use domain::{LinkState, TokenHash};

use crate::contract::fixture::{Shop, at, hash, ip, retry_at, worker};

async fn cancel(shop: &Shop, token: TokenHash, now: i64) -> bool {
    shop.ports.tokens.cancel(token, at(now), ip("192.0.2.1")).await.unwrap()
}

pub(super) async fn a_good_link_is_killed(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, token) = shop.link(jan, "jan@example.com", 0).await;
    assert!(cancel(&shop, token, 10).await);
    let state = shop.link_state(token, 11).await;
    assert!(state != Some(LinkState::Good), "{state:?}");
    assert_eq!(shop.redeem(token, 11).await, Redeemed::NoSuchLink);
    assert_eq!(shop.passwords(jan).await, ["first"]);
    let timeline = shop.show(request).await.timeline;
    assert!(timeline.iter().any(|entry| entry.event == "disowned" && entry.at == at(10)), "{timeline:?}");
    let rows = shop.audit().await;
    let row =
        rows.iter().find(|row| row.entry.action == AuditAction::RequestCancelled).expect("an audit row");
    assert_eq!((row.entry.at, row.entry.ip), (at(10), Some(ip("192.0.2.1"))));
    let whole = shop.ports.audit.read(0, 100_000).await.unwrap();
    assert_eq!(first_break(GENESIS, 0, &whole), None, "the first row that is out of its place");
}

/// A request with two good tokens, whose mail waits for a third attempt.
async fn two_tokens(shop: &Shop, customer: domain::CustomerId) -> (domain::RequestId, [TokenHash; 2]) {
    let (worker, request) = (worker(), shop.record("jan@example.com", 0).await);
    let mut tokens = Vec::new();
    for now in [0, 20] {
        shop.claim_one(worker, now).await;
        let issue = shop.token_issue(request, worker, customer, now);
        tokens.push(issue.token);
        assert_eq!(shop.ports.tokens.issue(issue).await, Ok(Issued::Issued));
        assert!(shop.complete(request, worker, retry_at(now + 20), now + 1).await);
    }
    (request, [tokens[0], tokens[1]])
}

pub(super) async fn every_token_of_the_request_dies(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, [one, two]) = two_tokens(&shop, jan).await;
    assert!(cancel(&shop, one, 30).await);
    for token in [one, two] {
        assert_eq!(shop.redeem(token, 31).await, Redeemed::NoSuchLink);
    }
}

pub(super) async fn only_a_good_link_can_be_cancelled(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    assert!(!cancel(&shop, TokenHash::from_bytes(hash()), 0).await, "unknown");
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    assert!(!cancel(&shop, token, 3_600).await, "expired");
    assert!(cancel(&shop, token, 10).await);
    assert!(!cancel(&shop, token, 11).await, "twice");
    let (_, used) = shop.link(jan, "jan@example.com", 20).await;
    assert_eq!(shop.redeem(used, 30).await, Redeemed::Changed);
    assert!(!cancel(&shop, used, 31).await, "used");
    let deeds =
        shop.audit().await.into_iter().filter(|row| row.entry.action == AuditAction::RequestCancelled);
    assert_eq!(deeds.count(), 1, "what did not happen is not in the audit log");
}

/// Its mail may still be on the way to another attempt; no further link may come of it.
pub(super) async fn a_disowned_request_gets_no_new_token(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, [one, _]) = two_tokens(&shop, jan).await;
    assert!(cancel(&shop, one, 30).await);
    let worker = worker();
    if !shop.claim(worker, 40).await.is_empty() {
        let issue = shop.token_issue(request, worker, jan, 40);
        assert_eq!(shop.ports.tokens.issue(issue).await, Ok(Issued::Superseded));
    }
}

pub(super) async fn other_customers_are_left_alone(shop: Shop) {
    let (jan, eva) = (shop.customer("jan@example.com").await, shop.customer("eva@example.com").await);
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    let (_, other) = shop.link(eva, "eva@example.com", 1).await;
    assert!(cancel(&shop, token, 10).await);
    assert_eq!(shop.link_state(other, 11).await, Some(LinkState::Good));
    let (_, fresh) = shop.link(jan, "jan@example.com", 20).await;
    assert_eq!(
        shop.redeem(fresh, 30).await,
        Redeemed::Changed,
        "nor is a later request of the same customer"
    );
}

pub(super) async fn a_note_is_in_the_timeline(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, token) = shop.link(jan, "jan@example.com", 0).await;
    for (event, seconds) in [("scanned", 5), ("opened", 6), ("opened", 7)] {
        let detail = format!("after {seconds} s; \"'č");
        shop.ports.tokens.note(request, at(seconds), event, detail).await.unwrap();
    }
    let timeline = shop.show(request).await.timeline;
    let notes: Vec<_> =
        timeline.iter().filter(|entry| matches!(entry.event.as_str(), "opened" | "scanned")).collect();
    assert_eq!(notes.len(), 3, "{timeline:?}");
    assert_eq!((notes[0].at, notes[0].event.as_str()), (at(5), "scanned"));
    assert_eq!(notes[2].detail, "after 7 s; \"'č");
    assert_eq!(shop.link_state(token, 8).await, Some(LinkState::Good));
}

pub(super) async fn visits_leave_room_for_other_notes(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, _) = shop.link(jan, "jan@example.com", 0).await;
    let note = async |event| shop.ports.tokens.note(request, at(5), event, String::new()).await.unwrap();
    for _ in 0..60 {
        note("opened").await;
        note("scanned").await;
    }
    note("redeemed").await;
    note("flagged").await;
    let events = shop.events(request).await;
    let count = |wanted: &[&str]| events.iter().filter(|event| wanted.contains(&event.as_str())).count();
    assert_eq!(count(&["opened", "scanned"]), 90);
    assert_eq!((count(&["redeemed"]), count(&["flagged"])), (1, 1));
    for _ in 0..20 {
        note("flagged").await;
    }
    let events = shop.events(request).await;
    let notes =
        events.iter().filter(|event| matches!(event.as_str(), "opened" | "scanned" | "redeemed" | "flagged"));
    assert_eq!(notes.count(), 100);
}
