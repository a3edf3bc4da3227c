use application::model::{WebhookEndpoint, WebhookTarget};
use application::ports::StoreError;
use domain::{WebhookEndpointId, WebhookEventType, WebhookSecret};

use super::StoreUnderTest;
use super::fixture::{Shop, at, id};
use super::suite::run_cases;

/// The contract of [`WebhookRegistry`](application::ports::WebhookRegistry).
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn webhook_registry<P: Into<StoreUnderTest>>(fresh: impl AsyncFn() -> P) {
    run_cases!(
        "WebhookRegistry",
        async { Shop::open(fresh().await.into()).await },
        [
            a_new_one_is_found_with_its_secret,
            an_unknown_id_is_not_found,
            a_taken_id_is_a_conflict,
            all_are_listed_oldest_first,
            organisations_do_not_see_each_others,
            a_removed_one_is_gone_with_its_events,
            removing_an_unknown_one_does_nothing,
        ]
    );
}

pub(super) fn endpoint(shop: &Shop, created: i64, events: &[WebhookEventType]) -> WebhookEndpoint {
    WebhookEndpoint {
        id: WebhookEndpointId::from_bytes(id()),
        organisation: shop.organisation.id,
        events: events.to_vec(),
        created_at: at(created),
        disabled_at: None,
    }
}

pub(super) fn target(url: &str) -> WebhookTarget {
    let mut bytes = [0; 24];
    bytes[..16].copy_from_slice(&id());
    WebhookTarget { url: url.to_owned(), secret: WebhookSecret::from_bytes(&bytes).unwrap() }
}

/// Adds an endpoint that wants `events`.
pub(super) async fn listen(shop: &Shop, url: &str, events: &[WebhookEventType]) -> WebhookEndpointId {
    let endpoint = endpoint(shop, -60, events);
    shop.ports.webhooks.create(&endpoint, &target(url)).await.unwrap();
    endpoint.id
}

async fn ids(shop: &Shop) -> Vec<WebhookEndpointId> {
    let listed = shop.ports.webhooks.list(Some(shop.organisation.id)).await.unwrap();
    listed.into_iter().map(|status| status.endpoint.id).collect()
}

async fn a_new_one_is_found_with_its_secret(shop: Shop) {
    let events = [WebhookEventType::Sent, WebhookEventType::Completed];
    let (made, where_to) = (endpoint(&shop, 0, &events), target("https://shop.example/hooks?key=ž"));
    shop.ports.webhooks.create(&made, &where_to).await.unwrap();
    assert_eq!(shop.ports.webhooks.find(made.id).await.unwrap(), Some((made.clone(), where_to)));
    let listed = shop.ports.webhooks.list(Some(shop.organisation.id)).await.unwrap();
    assert_eq!((&listed[0].endpoint, &*listed[0].url), (&made, "https://shop.example/hooks?key=ž"));
    assert_eq!((listed[0].waiting, listed[0].delivered, listed[0].given_up), (0, 0, 0));
    assert_eq!((listed[0].failures, &listed[0].last_answer), (0, &None));
    let all = WebhookSecret::from_bytes(&[0xff; WebhookSecret::LONGEST]).unwrap();
    let (longest, where_to) = (endpoint(&shop, 1, &[]), WebhookTarget { secret: all, ..target("https://a") });
    shop.ports.webhooks.create(&longest, &where_to).await.unwrap();
    assert_eq!(shop.ports.webhooks.find(longest.id).await.unwrap(), Some((longest, where_to)));
}

async fn an_unknown_id_is_not_found(shop: Shop) {
    listen(&shop, "https://shop.example", &[]).await;
    let unknown = WebhookEndpointId::from_bytes(id());
    assert_eq!(shop.ports.webhooks.find(unknown).await.unwrap(), None);
}

async fn a_taken_id_is_a_conflict(shop: Shop) {
    let (made, where_to) = (endpoint(&shop, 0, &[]), target("https://shop.example"));
    shop.ports.webhooks.create(&made, &where_to).await.unwrap();
    let again = shop.ports.webhooks.create(&made, &target("https://other.example")).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    assert_eq!(shop.ports.webhooks.find(made.id).await.unwrap(), Some((made, where_to)));
}

async fn all_are_listed_oldest_first(shop: Shop) {
    let (second, first) = (endpoint(&shop, 1, &[]), endpoint(&shop, 0, &[]));
    for made in [&second, &first] {
        shop.ports.webhooks.create(made, &target("https://shop.example")).await.unwrap();
    }
    assert_eq!(ids(&shop).await, [first.id, second.id]);
}

async fn organisations_do_not_see_each_others(shop: Shop) {
    let neighbour = shop.neighbour().await;
    let (own, other) = (listen(&shop, "https://a", &[]).await, listen(&neighbour, "https://b", &[]).await);
    assert_eq!((ids(&shop).await, ids(&neighbour).await), (vec![own], vec![other]));
    let all = shop.ports.webhooks.list(None).await.unwrap();
    assert!([own, other].iter().all(|id| all.iter().any(|status| status.endpoint.id == *id)));
}

async fn a_removed_one_is_gone_with_its_events(shop: Shop) {
    let (removed, kept) = (listen(&shop, "https://a", &[]).await, listen(&shop, "https://b", &[]).await);
    super::webhook_outbox::happens(&shop, 0).await;
    assert!(shop.ports.webhooks.remove(removed).await.unwrap());
    assert!(!shop.ports.webhooks.remove(removed).await.unwrap(), "once");
    assert_eq!((ids(&shop).await, shop.ports.webhooks.find(removed).await), (vec![kept], Ok(None)));
    let due = super::webhook_outbox::claim(&shop, 10).await;
    assert!(!due.is_empty() && due.iter().all(|event| event.endpoint == kept), "{due:?}");
    super::webhook_outbox::happens(&shop, 100).await;
}

async fn removing_an_unknown_one_does_nothing(shop: Shop) {
    let kept = listen(&shop, "https://a", &[]).await;
    assert!(!shop.ports.webhooks.remove(WebhookEndpointId::from_bytes(id())).await.unwrap());
    assert_eq!(ids(&shop).await, [kept]);
}
