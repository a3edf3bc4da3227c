use application::model::{ClaimedWork, Issued, Lease, Redeemed, ResetLink, TokenIssue};
use domain::{CustomerId, LinkState, RequestId, TokenHash};

use crate::contract::fixture::{Shop, at, prague, retry_at, sent, worker};

/// A request accepted at `accepted` and claimed at `now`, with what a worker would issue for it.
async fn claimed(shop: &Shop, customer: CustomerId, accepted: i64, now: i64) -> (RequestId, TokenIssue) {
    let (worker, request) = (worker(), shop.record("jan@example.com", accepted).await);
    shop.claim_one(worker, now).await;
    (request, shop.token_issue(request, worker, customer, now))
}

async fn issue(shop: &Shop, issue: &TokenIssue) -> Issued {
    shop.ports.tokens.issue(issue.clone()).await.unwrap()
}

async fn state(shop: &Shop, token: TokenHash, now: i64) -> LinkState {
    shop.link_state(token, now).await.expect("the link is known")
}

pub(super) async fn an_issued_token_is_a_good_link(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, token) = claimed(&shop, jan, 0, 1).await;
    assert_eq!(shop.ports.tokens.find(token.token, at(1)).await, Ok(None), "before it is issued");
    assert_eq!(issue(&shop, &token).await, Issued::Issued);
    let expected = ResetLink {
        request,
        organisation: shop.organisation.id,
        customer: jan,
        state: LinkState::Good,
        used_at: None,
        repetition: None,
        expires_at: at(3_601),
        sandbox: false,
    };
    assert_eq!(shop.ports.tokens.find(token.token, at(2)).await, Ok(Some(expected)));
    assert_eq!(shop.show(request).await.customer, Some(jan));
}

pub(super) async fn a_newer_request_kills_older_links(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, older) = shop.link(jan, "jan@example.com", 0).await;
    let (_, newer) = shop.link(jan, "jan@example.com", 10).await;
    assert_eq!(state(&shop, older, 20).await, LinkState::Superseded);
    assert_eq!(state(&shop, newer, 20).await, LinkState::Good);
}

pub(super) async fn an_older_request_comes_too_late(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, older) = claimed(&shop, jan, 0, 5).await;
    let (_, newer) = shop.link(jan, "jan@example.com", 10).await;
    assert_eq!(issue(&shop, &TokenIssue { at: at(20), ..older.clone() }).await, Issued::Superseded);
    assert_eq!(shop.link_state(older.token, 20).await, None, "nothing was stored");
    assert_eq!(state(&shop, newer, 20).await, LinkState::Good);
}

/// A mailbox may have folded the later mail into the earlier.
pub(super) async fn tokens_of_one_request_stay_good_together(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, first) = claimed(&shop, jan, 0, 0).await;
    assert_eq!(issue(&shop, &first).await, Issued::Issued);
    assert!(shop.complete(request, first.lease.worker, retry_at(10), 1).await);
    let second_worker = worker();
    shop.claim_one(second_worker, 10).await;
    let second = shop.token_issue(request, second_worker, jan, 10);
    assert_eq!(issue(&shop, &second).await, Issued::Issued);
    for token in [first.token, second.token] {
        assert_eq!(state(&shop, token, 11).await, LinkState::Good);
    }
}

pub(super) async fn without_the_lease_nothing_is_issued(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, late) = claimed(&shop, jan, 0, 0).await;
    let stranger = TokenIssue { lease: Lease::new(late.lease.mail, worker()), ..late.clone() };
    assert_eq!(issue(&shop, &stranger).await, Issued::LeaseLost, "a worker that never had it");
    shop.claim_one(worker(), 61).await;
    assert_eq!(
        issue(&shop, &TokenIssue { at: at(62), ..late.clone() }).await,
        Issued::LeaseLost,
        "it has passed on"
    );
    assert_eq!(shop.link_state(late.token, 62).await, None, "nothing was stored");
}

pub(super) async fn nothing_is_issued_for_an_ended_mail(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, ended) = claimed(&shop, jan, 0, 0).await;
    assert!(shop.complete(request, ended.lease.worker, sent(), 1).await);
    assert_eq!(issue(&shop, &TokenIssue { at: at(2), ..ended.clone() }).await, Issued::LeaseLost);
    assert_eq!(shop.link_state(ended.token, 2).await, None, "nothing was stored");
}

pub(super) async fn a_password_set_meanwhile_supersedes_the_request(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    let (_, waiting) = claimed(&shop, jan, 5, 6).await;
    shop.redeem(token, 10).await;
    assert_eq!(issue(&shop, &TokenIssue { at: at(20), ..waiting.clone() }).await, Issued::Superseded);
    assert_eq!(shop.link_state(waiting.token, 20).await, None, "nothing was stored");
    shop.claim(worker(), 20).await;
    let (_, later) = claimed(&shop, jan, 30, 31).await;
    assert_eq!(issue(&shop, &later).await, Issued::Issued, "a request from after the change");
}

/// Another replica, or this machine an hour ago, may date what happens 15 seconds or three days
/// ahead.
pub(super) async fn what_a_clock_ahead_dated_does_not_swallow_later_requests(shop: Shop) {
    for (ahead, address) in [(15, "jan@example.com"), (3 * 86_400, "eva@example.com")] {
        let customer = shop.customer(address).await;
        let (first, holder) = (shop.record(address, 0).await, worker());
        shop.claim(holder, 0).await;
        let token = TokenIssue { expires_at: at(600_000), ..shop.token_issue(first, holder, customer, 0) };
        assert_eq!(issue(&shop, &token).await, Issued::Issued);
        shop.ports.delivery.release(holder, &[]).await.unwrap();
        assert_eq!(shop.redeem(token.token, 1 + ahead).await, Redeemed::Changed);

        let (_, after_the_change) = shop.link(customer, address, 2).await;
        assert_eq!(state(&shop, after_the_change, 3).await, LinkState::Good, "{ahead} s ahead");
        let (_, dated_ahead) = shop.link(customer, address, 4 + ahead).await;
        let (_, last) = shop.link(customer, address, 5).await;
        assert_eq!(state(&shop, last, 6).await, LinkState::Good, "{ahead} s ahead");
        assert_eq!(state(&shop, dated_ahead, 6).await, LinkState::Superseded, "{ahead} s ahead");
    }
}

pub(super) async fn other_customers_keep_their_links(shop: Shop) {
    let neighbour = shop.neighbour().await;
    let (jan, eva) = (shop.customer("jan@example.com").await, shop.customer("eva@example.com").await);
    let namesake = neighbour.customer("jan@example.com").await;
    let (_, one) = shop.link(eva, "eva@example.com", 0).await;
    let (_, other) = neighbour.link(namesake, "jan@example.com", 1).await;
    shop.link(jan, "jan@example.com", 10).await;
    assert_eq!(state(&shop, one, 20).await, LinkState::Good);
    assert_eq!(state(&shop, other, 20).await, LinkState::Good);
}

pub(super) async fn what_was_found_out_is_kept_for_the_next_attempt(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, first) = claimed(&shop, jan, 0, 0).await;
    assert_eq!(issue(&shop, &TokenIssue { geo: Some(prague()), ..first.clone() }).await, Issued::Issued);
    assert!(shop.complete(request, first.lease.worker, retry_at(10), 1).await);
    let again = shop.claim_one(worker(), 10).await;
    assert_eq!(again.attempts, 1);
    assert!(
        matches!(&again.work, ClaimedWork::Reset { geo: Some(geo), .. } if *geo == prague()),
        "{again:?}"
    );
    let detail = shop.show(request).await;
    assert_eq!(detail.geo, Some(prague()), "the operator sees it");
    assert!(detail.timeline.iter().any(|entry| entry.event == "resolved"), "and when: {:?}", detail.timeline);
}
