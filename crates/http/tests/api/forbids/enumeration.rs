use application::ports::Clock;

use crate::ask::{Answer, post};
use crate::shop::{PROD, ROOT, Shop};

const ADDRESSES: [&str; 6] = [
    "jan@barasek.com",
    "unknown@barasek.com",
    "banned@barasek.com",
    "deleted@barasek.com",
    "jan@phone-only.example",
    "J.A.N+tag@googlemail.com",
];

async fn ask(shop: &Shop, key: &str, address: &str) -> Answer {
    let body = serde_json::json!({ "email": address, "customerRealIp": null }).to_string();
    post(&format!("/api/v1/customer/reset-password?apiKey={key}"), body).of(shop).await
}

/// Status, headers and body, without the two identifiers, which every answer has its own of, and the
/// count of what is left.
fn observable(answer: &Answer) -> String {
    let headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| {
            !["x-request-id", "x-reset-request-id", "x-ratelimit-remaining"].contains(&name.as_str())
        })
        .collect();
    format!("{} {headers:?} {}", answer.status, answer.body)
}

#[tokio::test]
async fn known_unknown_banned_phone_only_and_throttled_addresses_answer_byte_for_byte_alike() {
    let shop = Shop::open().await;
    for key in [PROD, ROOT] {
        let expected = observable(&ask(&shop, key, "jan@barasek.com").await);
        assert!(expected.starts_with("200 ") && expected.ends_with(r#" {"success":true}"#), "{expected}");
        for address in ADDRESSES {
            // The sixth of one address within a minute is far over its budget.
            for _ in 0..6 {
                assert_eq!(observable(&ask(&shop, key, address).await), expected, "{address}");
            }
        }
    }
    assert_eq!(shop.due().await, 2 * (1 + 6 * ADDRESSES.len()), "each is recorded, throttled or not");
}

/// No port that knows accounts is within reach of the handler: the use case holds none. What it
/// does reach, the record, is made of what was submitted alone.
#[tokio::test]
async fn what_is_recorded_depends_on_the_request_alone() {
    let shop = Shop::open().await;
    for address in ADDRESSES {
        assert_eq!(ask(&shop, PROD, address).await.status, 200);
    }
    let now = shop.clock.now();
    let worker = domain::WorkerId::from_bytes([7; 16]);
    let lease = now + chrono::TimeDelta::minutes(1);
    let claimed =
        application::ports::DeliveryQueue::claim(&shop.store, worker, now, lease, 100).await.unwrap();
    assert_eq!(claimed.len(), ADDRESSES.len());
    for mail in claimed {
        assert_eq!((mail.organisation, mail.accepted_at, mail.attempts), (shop.organisation.id, now, 0));
        assert_eq!(mail.expires_at, now + chrono::TimeDelta::hours(1));
    }
}
