use application::model::{Issued, NewRequest, Requester, TokenIssue};
use domain::{LinkState, RequestId, TokenHash};

use crate::contract::fixture::{Shop, at, hash, id, ip, prague, sent, worker};

pub(super) async fn each_state_is_told_apart(shop: Shop) {
    let (jan, eva) = (shop.customer("jan@example.com").await, shop.customer("eva@example.com").await);
    let (_, first) = shop.link(jan, "jan@example.com", 0).await;
    assert_eq!(shop.link_state(first, 3_599).await, Some(LinkState::Good));
    assert_eq!(shop.link_state(first, 3_600).await, Some(LinkState::Expired), "at the deadline itself");
    assert_eq!(shop.link_state(first, 3_601).await, Some(LinkState::Expired));
    let (_, second) = shop.link(jan, "jan@example.com", 100).await;
    assert_eq!(shop.link_state(first, 200).await, Some(LinkState::Superseded));
    shop.redeem(second, 300).await;
    assert_eq!(shop.link_state(second, 400).await, Some(LinkState::Used));
    for (token, used_at) in [(first, None), (second, Some(at(300)))] {
        let link = shop.ports.tokens.find(token, at(400)).await.unwrap().expect("the link is known");
        assert_eq!(link.used_at, used_at, "when it changed a password");
    }
    let (_, other) = shop.link(eva, "eva@example.com", 500).await;
    assert_eq!(shop.link_state(other, 600).await, Some(LinkState::Good));
    for (token, state) in [(first, LinkState::Superseded), (second, LinkState::Used)] {
        assert_eq!(shop.link_state(token, 1_000_000).await, Some(state), "dead links stay as they died");
    }
}

pub(super) async fn an_unknown_token_has_no_link(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    shop.link(jan, "jan@example.com", 0).await;
    assert_eq!(shop.link_state(TokenHash::from_bytes(hash()), 1).await, None);
}

pub(super) async fn looking_consumes_nothing(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, token) = shop.link(jan, "jan@example.com", 0).await;
    let before = shop.show(request).await;
    for now in 1..=50 {
        assert_eq!(shop.link_state(token, now).await, Some(LinkState::Good));
    }
    assert_eq!(shop.show(request).await, before);
}

pub(super) async fn a_sandbox_link_says_so(shop: Shop) {
    let jan = shop.sandbox_customer("jan@example.com", 0, 10).await.id;
    let request = NewRequest { sandbox: true, ..shop.request("jan@example.com", 0) };
    let id = request.id;
    shop.ports.intake.record(request).await.unwrap();
    let worker = worker();
    shop.claim_one(worker, 0).await;
    let issue = shop.token_issue(id, worker, jan, 0);
    let token = issue.token;
    assert_eq!(shop.ports.tokens.issue(issue).await, Ok(Issued::Issued));
    let link = shop.ports.tokens.find(token, at(1)).await.unwrap().expect("the link is known");
    assert!(link.sandbox);
}

pub(super) async fn who_asked_for_a_link_is_known(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let request = shop.record("jan@example.com", 0).await;
    let worker = worker();
    shop.claim_one(worker, 0).await;
    let issue = TokenIssue { geo: Some(prague()), ..shop.token_issue(request, worker, jan, 0) };
    assert_eq!(shop.ports.tokens.issue(issue).await, Ok(Issued::Issued));
    let expected = Requester { customer_ip: Some(ip("203.0.113.7")), geo: Some(prague()) };
    let tokens = &shop.ports.tokens;
    assert_eq!(tokens.requester(request).await, Ok(Some(expected.clone())), "while the mail is on its way");
    assert!(shop.complete(request, worker, sent(), 1).await);
    assert_eq!(tokens.requester(request).await, Ok(Some(expected)), "when it has ended");
    let nobody = shop.request("jan@example.com", 2);
    let nobody = NewRequest { customer_ip: None, ..nobody };
    let anonymous = nobody.id;
    shop.ports.intake.record(nobody).await.unwrap();
    assert_eq!(tokens.requester(anonymous).await, Ok(Some(Requester { customer_ip: None, geo: None })));
    assert_eq!(tokens.requester(RequestId::from_bytes(id())).await, Ok(None));
}
