use application::model::{
    AddressBudget, Admission, Completion, CustomerImport, Field, Issued, Lease, Redeemed, WebhookEvent,
};
use domain::{NoMailReason, WebhookEventType};

use super::{BUDGET, claim, happens, reported};
use crate::contract::fixture::{IntoMail as _, Shop, at, password, retry_at, row, sent, worker};
use crate::contract::webhook_registry::listen;

pub(super) async fn where_nobody_listens_nothing_is_written(shop: Shop) {
    happens(&shop, 0).await;
    let jan = shop.customer("jan@example.com").await;
    let (_, token) = shop.link(jan, "jan@example.com", 1).await;
    assert_eq!(shop.redeem(token, 2).await, Redeemed::Changed);
    // A new endpoint is notified of what happens from then on.
    let endpoint = listen(&shop, "https://a", &[]).await;
    assert_eq!(claim(&shop, 100).await, []);
    shop.ports.webhooks.remove(endpoint).await.unwrap();
    happens(&shop, 3).await;
    listen(&shop, "https://a", &[]).await;
    assert_eq!(claim(&shop, 100).await, []);
}

pub(super) async fn an_admitted_request_is_reported_once(shop: Shop) {
    let endpoint = listen(&shop, "https://a", &[]).await;
    let (holder, request) = (worker(), shop.record("Jan.Novak@example.com", 5).await);
    shop.claim_one(holder, 6).await;
    let one = AddressBudget { per_minute: 1, per_hour: 1 };
    for now in [7, 8] {
        assert_eq!(
            shop.ports.delivery.admit(Lease::new(request, holder), one, at(now)).await,
            Ok(Admission::Admitted),
            "{now}"
        );
    }
    let over = shop.record("jan.novak@example.com", 9).await;
    shop.claim_one(holder, 9).await;
    assert_eq!(
        shop.ports.delivery.admit(Lease::new(over, holder), one, at(9)).await,
        Ok(Admission::OverBudget)
    );
    let due = claim(&shop, 10).await;
    assert_eq!(due.len(), 1, "{due:?}");
    assert_eq!((due[0].endpoint, &*due[0].target.url), (endpoint, "https://a"));
    assert_eq!((due[0].attempts, due[0].failures), (0, 0));
    let expected = WebhookEvent {
        event: WebhookEventType::Requested,
        at: at(7),
        organisation: shop.organisation.id,
        request,
        sandbox: false,
        address: "j***@example.com".to_owned(),
        customer_reference: None,
        expires_at: at(3_605),
        host: None,
        reply: None,
    };
    assert_eq!(due[0].event, expected);
}

/// A request of a customer with a reference, claimed by the worker returned and given a token.
async fn issued(shop: &Shop, now: i64) -> (domain::RequestId, domain::WorkerId, domain::TokenHash) {
    let customer = CustomerImport {
        external_id: Some("4711".to_owned()),
        password_hash: Field::Set(password("first")),
        ..row("jan@example.com")
    };
    shop.import_at(std::slice::from_ref(&customer), -86_400).await;
    let (worker, request) = (worker(), shop.record("jan@example.com", now).await);
    shop.claim_one(worker, now).await;
    let issue = shop.token_issue(request, worker, customer.id, now);
    let token = issue.token;
    assert_eq!(shop.ports.tokens.issue(issue).await.unwrap(), Issued::Issued);
    (request, worker, token)
}

pub(super) async fn a_sent_mail_is_reported(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    let (request, worker, _) = issued(&shop, 0).await;
    assert!(shop.complete(request, worker, sent(), 3).await);
    let due = claim(&shop, 4).await;
    assert_eq!(due.len(), 1, "{due:?}");
    let event = &due[0].event;
    assert_eq!((event.event, event.request, event.at), (WebhookEventType::Sent, request, at(3)));
    assert_eq!(event.customer_reference.as_deref(), Some("4711"));
    assert_eq!((&*event.address, event.expires_at), ("j***@example.com", at(3_600)));
    assert_eq!(event.host.as_deref(), Some("relay.test:25"));
    assert_eq!(event.reply.as_deref(), Some("250 2.0.0 Ok: queued as 4D2A"));
}

pub(super) async fn an_undeliverable_mail_is_reported(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    for (host, reply) in [("relay.test:25", "550 5.1.1 No such user"), ("", "dead on arrival")] {
        let (worker, mut request) = (worker(), shop.request("jan@example.com", 0));
        request.sandbox = true;
        let id = request.id;
        shop.ports.intake.record(request).await.unwrap();
        shop.claim_one(worker, 0).await;
        let refused = Completion::Undeliverable { host: host.to_owned(), reply: reply.to_owned() };
        assert!(shop.complete(id, worker, refused, 1).await);
        let due = claim(&shop, 2).await;
        assert_eq!(due.len(), 1, "{due:?}");
        let event = &due[0].event;
        assert_eq!((event.event, event.request), (WebhookEventType::Undeliverable, id));
        assert_eq!((event.sandbox, &event.customer_reference), (true, &None));
        assert_eq!(event.host.as_deref().unwrap_or_default(), host);
        assert_eq!(event.reply.as_deref(), Some(reply));
        // What is under lease holds up what comes next; a new endpoint begins anew.
        shop.ports.webhooks.remove(due[0].endpoint).await.unwrap();
        listen(&shop, "https://a", &[]).await;
    }
}

pub(super) async fn no_other_outcome_is_reported(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    let error = || "error".to_owned();
    for outcome in [
        retry_at(1_000),
        Completion::NotReadyUntil { due_at: at(1_000), reason: error() },
        Completion::PreparingError { error: error() },
        Completion::NoMail(NoMailReason::UnknownAddress),
    ] {
        let (worker, request) = (worker(), shop.record("jan@example.com", 0).await);
        shop.claim_one(worker, 0).await;
        assert!(shop.complete(request, worker, outcome.clone(), 1).await);
        assert_eq!(claim(&shop, 2).await, [], "{outcome:?}");
    }
}

pub(super) async fn an_outcome_without_the_lease_is_not_reported(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    let (request, holder) = (shop.record("jan@example.com", 0).await, worker());
    shop.claim_one(holder, 0).await;
    assert!(!shop.complete(request, worker(), sent(), 1).await);
    assert_eq!(claim(&shop, 2).await, []);
    assert!(shop.complete(request, holder, sent(), 3).await);
    assert!(!shop.complete(request, holder, sent(), 3).await);
    assert_eq!(reported(&shop, 4).await, [WebhookEventType::Sent]);
}

pub(super) async fn a_new_password_is_reported_and_its_notice_is_not(shop: Shop) {
    listen(&shop, "https://a", &[WebhookEventType::Completed]).await;
    let everything = listen(&shop, "https://b", &[]).await;
    let (request, holder, token) = issued(&shop, 0).await;
    // Redeemed before the outcome of the mail is recorded, as a quick customer may.
    assert_eq!(shop.redeem(token, 50).await, Redeemed::Changed);
    let due = claim(&shop, 51).await;
    assert_eq!(due.len(), 2, "{due:?}");
    for claimed in &due {
        let event = &claimed.event;
        assert_eq!((event.event, event.request), (WebhookEventType::Completed, request));
        assert_eq!((event.at, event.expires_at), (at(50), at(3_600)));
        assert_eq!(event.customer_reference.as_deref(), Some("4711"));
        assert_eq!((&*event.address, &event.reply), ("j***@example.com", &None));
    }
    assert_ne!(due[0].id, due[1].id, "each endpoint has an event of its own");
    let postman = worker();
    let notice = shop.claim_one(postman, 52).await;
    assert_ne!(notice.id(), request.into_mail());
    assert!(shop.complete(notice.id(), postman, sent(), 53).await);
    assert!(shop.complete(request, holder, sent(), 54).await);
    // The leases of the first two have ended; of the mails, that of the request alone is reported.
    let due = claim(&shop, 100).await;
    let sent = due.iter().filter(|claimed| claimed.event.event == WebhookEventType::Sent);
    let sent: Vec<_> = sent.map(|claimed| (claimed.endpoint, claimed.event.request)).collect();
    assert_eq!(sent, [(everything, request)]);
}

pub(super) async fn a_failed_redemption_is_not_reported(shop: Shop) {
    let (_, holder, token) = issued(&shop, 0).await;
    shop.ports.delivery.release(holder, &[]).await.unwrap();
    listen(&shop, "https://a", &[]).await;
    assert_eq!(shop.redeem(token, 3_601).await, Redeemed::Expired);
    assert_eq!(claim(&shop, 3_602).await, []);
    assert_eq!(shop.redeem(token, 10).await, Redeemed::Changed);
    assert_eq!(shop.redeem(token, 11).await, Redeemed::NoSuchLink);
    assert_eq!(reported(&shop, 3_603).await, [WebhookEventType::Completed]);
}

pub(super) async fn only_what_is_wanted_is_reported(shop: Shop) {
    let wanted = [WebhookEventType::Undeliverable, WebhookEventType::Requested];
    listen(&shop, "https://a", &wanted).await;
    let (request, holder) = (shop.record("jan@example.com", 0).await, worker());
    shop.claim_one(holder, 0).await;
    shop.ports.delivery.admit(Lease::new(request, holder), BUDGET, at(0)).await.unwrap();
    assert!(shop.complete(request, holder, sent(), 1).await);
    assert_eq!(reported(&shop, 2).await, [WebhookEventType::Requested]);
}

pub(super) async fn organisations_hear_of_their_own_alone(shop: Shop) {
    let neighbour = shop.neighbour().await;
    let own = listen(&shop, "https://a", &[]).await;
    let other = listen(&neighbour, "https://b", &[]).await;
    let request = happens(&shop, 0).await;
    let due = claim(&shop, 1).await;
    let due: Vec<_> = due.iter().map(|claimed| (claimed.endpoint, claimed.event.request)).collect();
    assert_eq!(due, [(own, request)]);
    let request = happens(&neighbour, 2).await;
    let due = claim(&shop, 3).await;
    let due: Vec<_> = due.iter().map(|claimed| (claimed.endpoint, claimed.event.request)).collect();
    assert_eq!(due, [(other, request)]);
}
