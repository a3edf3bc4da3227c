use application::audit::{GENESIS, first_break};
use application::model::{
    AuditAction, ClaimedWork, Completion, CustomerImport, CustomerStatus, Field, Issued, MailKind,
    Organisation, Redeemed, Redemption,
};
use domain::{DeliveryState, LinkState, TokenHash};

use crate::contract::fixture::{Shop, at, at_once, hash, ids, ip, password, retry_at, row, worker};

pub(super) async fn a_good_link_changes_the_password(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, token) = shop.link(jan, "jan@example.com", 0).await;
    assert_eq!(shop.redeem(token, 10).await, Redeemed::Changed);
    assert_eq!(shop.passwords(jan).await, ["second", "first"]);
    assert_eq!(shop.link_state(token, 11).await, Some(LinkState::Used));
    assert!(shop.events(request).await.contains(&"consumed".to_owned()));
}

pub(super) async fn of_simultaneous_attempts_one_wins(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    let results = at_once(16, |index| {
        let tokens = shop.ports.tokens.clone();
        let redemption =
            Redemption { password: Some(password(&format!("try{index}"))), ..shop.redemption(token, 10) };
        async move { tokens.redeem(redemption).await.unwrap() }
    })
    .await;
    let winners: Vec<_> = (0..16).filter(|index| results[*index] == Redeemed::Changed).collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    assert!(
        results.iter().all(|result| matches!(result, Redeemed::Changed | Redeemed::NoSuchLink)),
        "{results:?}"
    );
    assert_eq!(
        shop.passwords(jan).await,
        [format!("try{}", winners[0]), "first".to_owned()],
        "the winner's is set"
    );
    assert_eq!(shop.claim(worker(), 11).await.len(), 1, "one notice");
    let changes =
        shop.audit().await.into_iter().filter(|row| row.entry.action == AuditAction::PasswordChanged);
    assert_eq!(changes.count(), 1, "one audit row");
}

pub(super) async fn of_simultaneous_attempts_with_two_tokens_one_wins(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let tokens = two_tokens(&shop, jan).await;
    let results = at_once(16, |index| {
        let (store, redemption) = (shop.ports.tokens.clone(), shop.redemption(tokens[index % 2], 40));
        async move { store.redeem(redemption).await.unwrap() }
    })
    .await;
    assert_eq!(results.iter().filter(|result| **result == Redeemed::Changed).count(), 1, "{results:?}");
    assert_eq!(shop.passwords(jan).await, ["second", "first"]);
}

/// Two good tokens of one request, as two attempts at one mail make them.
async fn two_tokens(shop: &Shop, customer: domain::CustomerId) -> [TokenHash; 2] {
    let (worker, request) = (worker(), shop.record("jan@example.com", 0).await);
    let mut tokens = Vec::new();
    for now in [0, 20] {
        shop.claim_one(worker, now).await;
        let issue = shop.token_issue(request, worker, customer, now);
        tokens.push(issue.token);
        assert_eq!(shop.ports.tokens.issue(issue).await, Ok(Issued::Issued));
        assert!(shop.complete(request, worker, retry_at(now + 20), now + 1).await);
    }
    shop.claim_one(worker, 40).await;
    assert!(shop.complete(request, worker, crate::contract::fixture::sent(), 40).await);
    [tokens[0], tokens[1]]
}

pub(super) async fn a_used_link_is_no_link(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    assert_eq!(shop.redeem(token, 10).await, Redeemed::Changed);
    for now in [10, 11, 3_599] {
        assert_eq!(shop.redeem(token, now).await, Redeemed::NoSuchLink, "again at {now} s");
    }
    assert_eq!(shop.passwords(jan).await, ["second", "first"]);
}

pub(super) async fn a_superseded_link_is_no_link(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, older) = shop.link(jan, "jan@example.com", 0).await;
    let (_, newer) = shop.link(jan, "jan@example.com", 10).await;
    assert_eq!(shop.redeem(older, 20).await, Redeemed::NoSuchLink);
    assert_eq!(shop.redeem(newer, 20).await, Redeemed::Changed);
}

pub(super) async fn an_unknown_token_is_no_link(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    shop.link(jan, "jan@example.com", 0).await;
    assert_eq!(shop.redeem(TokenHash::from_bytes(hash()), 1).await, Redeemed::NoSuchLink);
}

pub(super) async fn an_expired_link_is_expired(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    assert_eq!(shop.redeem(token, 3_600).await, Redeemed::Expired, "at the deadline itself");
    assert_eq!(shop.redeem(token, 100_000).await, Redeemed::Expired);
    assert_eq!(shop.passwords(jan).await, ["first"]);
    assert_eq!(shop.redeem(token, 3_599).await, Redeemed::Changed, "a refusal does not kill what is good");
}

/// E004 says that the link's time was over, and it was over before anything else happened to it.
pub(super) async fn an_expired_link_stays_expired_whatever_comes_later(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, expired) = shop.link(jan, "jan@example.com", 0).await;
    let (_, newer) = shop.link(jan, "jan@example.com", 4_000).await;
    let still = async |when: &str| {
        assert_eq!(shop.link_state(expired, 5_000).await, Some(LinkState::Expired), "after {when}");
        assert_eq!(shop.redeem(expired, 5_000).await, Redeemed::Expired, "after {when}");
    };
    still("a newer request").await;
    assert_eq!(shop.redeem(newer, 4_500).await, Redeemed::Changed);
    still("a changed password").await;
    let (_, third) = shop.link(jan, "jan@example.com", 4_600).await;
    shop.import_at(
        &[CustomerImport {
            password_hash: Field::Set(password("third")),
            password_changed_at: Some(at(4_700)),
            ..row("jan@example.com")
        }],
        4_700,
    )
    .await;
    assert_eq!(
        shop.redeem(third, 4_800).await,
        Redeemed::NoSuchLink,
        "this one was good when the password changed"
    );
    still("an import").await;
}

pub(super) async fn another_organisations_link_is_no_link(shop: Shop) {
    let neighbour = shop.neighbour().await;
    let jan = shop.customer("jan@example.com").await;
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    assert_eq!(neighbour.redeem(token, 10).await, Redeemed::NoSuchLink);
    assert_eq!(
        neighbour.redeem(token, 10_000).await,
        Redeemed::NoSuchLink,
        "nor does it learn that it expired"
    );
    assert_eq!(shop.redeem(token, 11).await, Redeemed::Changed);
}

pub(super) async fn a_banned_or_deleted_customer_may_not(shop: Shop) {
    for status in [CustomerStatus::Banned, CustomerStatus::Deleted] {
        let address = format!("{}@example.com", status.as_str());
        let customer = shop.customer(&address).await;
        let (_, token) = shop.link(customer, &address, 0).await;
        shop.import_at(&[CustomerImport { status: Some(status), ..row(&address) }], 5).await;
        assert_eq!(shop.redeem(token, 10).await, Redeemed::NoSuchLink, "{status:?}");
        assert_eq!(shop.passwords(customer).await, ["first"]);
    }
}

pub(super) async fn a_suspended_organisation_may_not(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    let suspended = Organisation { suspended: true, ..shop.organisation.clone() };
    assert_eq!(shop.ports.organisations.update(&suspended).await, Ok(true));
    assert_eq!(shop.redeem(token, 10).await, Redeemed::NoSuchLink);
    assert_eq!(shop.ports.organisations.update(&shop.organisation).await, Ok(true));
    assert_eq!(shop.redeem(token, 20).await, Redeemed::Changed, "no longer suspended");
}

pub(super) async fn every_other_link_of_the_customer_dies(shop: Shop) {
    let (jan, eva) = (shop.customer("jan@example.com").await, shop.customer("eva@example.com").await);
    let (_, others) = shop.link(eva, "eva@example.com", 0).await;
    let [one, two] = two_tokens(&shop, jan).await;
    assert_eq!(shop.redeem(one, 50).await, Redeemed::Changed);
    let state = shop.link_state(two, 51).await.expect("the link is known");
    assert!(matches!(state, LinkState::Used | LinkState::Superseded), "{state:?}");
    assert_eq!(shop.redeem(two, 51).await, Redeemed::NoSuchLink);
    assert_eq!(shop.link_state(others, 51).await, Some(LinkState::Good), "another customer's link");
}

pub(super) async fn a_notice_is_queued(shop: Shop) {
    let jan = shop.customer("jan.barasek@example.com").await;
    let (_, token) = shop.link(jan, "jan.barasek@example.com", 0).await;
    let redemption = shop.redemption(token, 10);
    let notice = redemption.notice;
    assert_eq!(shop.ports.tokens.redeem(redemption).await, Ok(Redeemed::Changed));
    let detail = shop.show(notice).await;
    assert_eq!(
        (detail.summary.kind, detail.summary.state),
        (MailKind::PasswordChanged, DeliveryState::InQueue)
    );
    assert_eq!(detail.summary.address, "j***@example.com", "the stored address, masked");
    assert_eq!(detail.customer, Some(jan));
    let worker = worker();
    let claimed = shop.claim_one(worker, 10).await;
    assert_eq!((claimed.id(), claimed.organisation, claimed.sandbox), (notice, shop.organisation.id, false));
    assert_eq!((claimed.accepted_at, claimed.expires_at), (at(10), at(10 + 259_200)));
    let work = ClaimedWork::PasswordChanged { customer: jan, customer_ip: Some(ip("198.51.100.9")) };
    assert_eq!(claimed.work, work);
    assert!(shop.complete(notice, worker, retry_at(20), 11).await);
    assert_eq!(shop.claim_one(worker, 20).await.attempts, 1, "a notice is tried again like any mail");
    assert!(shop.complete(notice, worker, Completion::NoMail(domain::NoMailReason::Inactive), 21).await);
}

pub(super) async fn a_deed_is_in_the_audit_log(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    let redemption = Redemption { actor: "0190-key".to_owned(), ..shop.redemption(token, 10) };
    assert_eq!(shop.ports.tokens.redeem(redemption).await, Ok(Redeemed::Changed));
    let rows = shop.audit().await;
    let row = rows.iter().find(|row| row.entry.action == AuditAction::PasswordChanged).expect("an audit row");
    assert_eq!((row.entry.at, row.entry.actor.as_str()), (at(10), "0190-key"));
    assert_eq!(row.entry.ip, Some(ip("198.51.100.9")));
    assert!(
        !row.entry.subject.contains('@') && !row.entry.subject.is_empty(),
        "an identifier: {}",
        row.entry.subject
    );
    let whole = shop.ports.audit.read(0, 100_000).await.unwrap();
    assert_eq!(first_break(GENESIS, 0, &whole), None, "the first row that is out of its place");
}

pub(super) async fn a_refusal_changes_nothing(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, token) = shop.link(jan, "jan@example.com", 0).await;
    let (before, log) = (shop.show(request).await, shop.audit().await);
    let refused = shop.redemption(token, 4_000);
    let notice = refused.notice;
    assert_eq!(shop.ports.tokens.redeem(refused).await, Ok(Redeemed::Expired));
    assert_eq!(shop.passwords(jan).await, ["first"]);
    assert_eq!(shop.show(request).await, before);
    assert_eq!(shop.ports.queue.show(notice).await, Ok(None), "no notice");
    assert_eq!(ids(&shop.claim(worker(), 4_001).await), []);
    assert_eq!(shop.audit().await, log, "no audit row");
}

pub(super) async fn passwords_pile_up_newest_first(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    for (round, name) in ["two", "three", "four"].into_iter().enumerate() {
        let now = 100 * round as i64;
        let (_, token) = shop.link(jan, "jan@example.com", now).await;
        let redemption = Redemption { password: Some(password(name)), ..shop.redemption(token, now + 10) };
        assert_eq!(shop.ports.tokens.redeem(redemption).await, Ok(Redeemed::Changed));
    }
    assert_eq!(shop.passwords(jan).await, ["four", "three", "two", "first"]);
}

/// For platforms that keep the password themselves.
pub(super) async fn without_a_password_everything_else_changes(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, token) = shop.link(jan, "jan@example.com", 0).await;
    let repetition = Some([7; 32]);
    let redemption = Redemption { password: None, repetition, ..shop.redemption(token, 10) };
    let notice = redemption.notice;
    assert_eq!(shop.ports.tokens.redeem(redemption.clone()).await, Ok(Redeemed::Changed));
    assert_eq!(shop.passwords(jan).await, ["first"], "the password is not resetd's");
    let link = shop.ports.tokens.find(token, at(11)).await.unwrap().expect("a used link is a link");
    assert_eq!((link.state, link.used_at, link.repetition), (LinkState::Used, Some(at(10)), repetition));
    assert!(shop.events(request).await.contains(&"consumed".to_owned()));
    assert_eq!(ids(&shop.claim(worker(), 11).await), [notice], "the customer is notified");
    let changes =
        shop.audit().await.into_iter().filter(|row| row.entry.action == AuditAction::PasswordChanged);
    assert_eq!(changes.count(), 1, "one audit row");
    let again = shop.ports.tokens.redeem(redemption).await;
    assert_eq!(again, Ok(Redeemed::NoSuchLink), "a token is used once");
    // What was accepted before the change gets no token any more.
    let old = shop.record("jan@example.com", 5).await;
    let worker = worker();
    shop.claim(worker, 12).await;
    let issue = shop.token_issue(old, worker, jan, 12);
    assert_eq!(shop.ports.tokens.issue(issue).await, Ok(Issued::Superseded));
}
