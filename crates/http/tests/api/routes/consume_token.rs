use application::model::{CustomersMode, OrganisationSettings};
use application::ports::Clock as _;
use axum::http::StatusCode;
use chrono::TimeDelta;

use crate::ask::{Answer, form, get, post};
use crate::shop::{DEV, FIRST_PASSWORD, GOOD_PASSWORD, OTHER, PING_ONLY, PROD, Shop, ShopConfig};

const PATH: &str = "/api/v1/customer/consume-token";

async fn consume(shop: &Shop, key: &str, token: &str, idempotency_key: Option<&str>) -> Answer {
    let body = serde_json::json!({ "token": token, "customerRealIp": "1.1.1.1" }).to_string();
    let call = post(&format!("{PATH}?apiKey={key}"), body);
    let call = match idempotency_key {
        Some(value) => call.header("idempotency-key", value),
        None => call,
    };
    call.of(shop).await
}

async fn platform() -> Shop {
    let settings = OrganisationSettings {
        customers: CustomersMode::Platform,
        reset_url: Some("https://shop.example/reset?t={token}".to_owned()),
        ..OrganisationSettings::default()
    };
    Shop::planned(ShopConfig { settings, ..ShopConfig::default() }).await
}

#[tokio::test]
async fn a_consumed_token_names_the_customer_and_leaves_the_password() {
    let shop = platform().await;
    let token = shop.link(shop.jan).await;
    let answer = consume(&shop, PROD, &token, None).await;
    answer.is_changed();
    let body = answer.json();
    assert_eq!(body["customerReference"], "4711");
    assert_eq!(body["changedAt"], shop.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true));
    assert!(shop.jan_signs_in_with(FIRST_PASSWORD).await, "the password is the platform's to write");
    let again = consume(&shop, PROD, &token, None).await;
    assert_eq!((again.status, again.json()["errorCode"].as_str()), (200, Some("E003")));
}

#[tokio::test]
async fn the_same_call_gets_the_same_answer_for_ten_minutes() {
    let shop = platform().await;
    let token = shop.link(shop.jan).await;
    let first = consume(&shop, PROD, &token, Some("order-1")).await;
    first.is_changed();
    shop.clock.advance(TimeDelta::minutes(9));
    let again = consume(&shop, PROD, &token, Some("order-1")).await;
    assert_eq!(again.body, first.body);
    for other in [Some("order-2"), None] {
        assert_eq!(consume(&shop, PROD, &token, other).await.json()["errorCode"], "E003", "{other:?}");
    }
    shop.clock.advance(TimeDelta::minutes(2));
    assert_eq!(consume(&shop, PROD, &token, Some("order-1")).await.json()["errorCode"], "E003");
}

#[tokio::test]
async fn dead_links_and_links_of_others_are_refused_as_such() {
    let shop = platform().await;
    let (live, sandbox) = (shop.link(shop.jan).await, shop.sandbox_link().await);
    for (key, token) in [(OTHER, &live), (DEV, &live), (PROD, &sandbox), (PROD, &"A".repeat(32))] {
        assert_eq!(consume(&shop, key, token, None).await.json()["errorCode"], "E003", "{key} {token}");
    }
    consume(&shop, DEV, &sandbox, None).await.is_changed();
    shop.clock.advance(TimeDelta::hours(2));
    assert_eq!(consume(&shop, PROD, &live, None).await.json()["errorCode"], "E004");
    consume(&shop, PING_ONLY, &live, None).await.is_error(403, "PERMISSION_API_KEY_HAS_NO_PERMISSION");
}

#[tokio::test]
async fn an_idempotency_key_has_bounds() {
    let shop = platform().await;
    let token = shop.link(shop.jan).await;
    for key in ["", "two words", &"k".repeat(256)] {
        consume(&shop, PROD, &token, Some(key)).await.is_field_error("Idempotency-Key");
    }
    consume(&shop, PROD, &token, Some(&"k".repeat(255))).await.is_changed();
}

#[tokio::test]
async fn attempts_are_counted_with_those_to_set_a_password() {
    let shop = platform().await;
    let token = shop.link(shop.jan).await;
    for number in 0..10 {
        let answer = consume(&shop, PROD, &token, None).await;
        assert_eq!(answer.status, 200, "{number}: {}", answer.body);
    }
    let over = consume(&shop, PROD, &token, None).await;
    over.is_error(429, "INTERNAL_TOO_MANY_REQUESTS");
    assert!(over.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn where_the_platform_keeps_passwords_nothing_here_sets_one() {
    let shop = platform().await;
    let token = shop.link(shop.jan).await;
    let body = serde_json::json!({ "token": token, "password": GOOD_PASSWORD }).to_string();
    let set = post(&format!("/api/v1/customer/set-new-password?apiKey={PROD}"), body).of(&shop).await;
    set.is_error(422, "INTERNAL_VALIDATION_FAILED");
    let page = get(&format!("/reset/{token}")).of(&shop).await;
    assert_eq!(page.status, 303);
    assert_eq!(page.headers["location"], format!("https://shop.example/reset?t={token}"));
    let fields = format!("password={GOOD_PASSWORD}&password_confirmation={GOOD_PASSWORD}");
    let sent = form(&format!("/reset/{token}"), fields).of(&shop).await;
    assert_eq!(sent.status, 303);
    assert!(shop.jan_signs_in_with(FIRST_PASSWORD).await);
    consume(&shop, PROD, &token, None).await.is_changed();
}

#[tokio::test]
async fn an_accepted_request_is_named() {
    let shop = Shop::open().await;
    let mut names = std::collections::HashSet::new();
    for address in ["jan@barasek.com", "nobody@example.com"] {
        let body = serde_json::json!({ "email": address }).to_string();
        let answer = post(&format!("/api/v1/customer/reset-password?apiKey={PROD}"), body).of(&shop).await;
        answer.is(StatusCode::OK, r#"{"success":true}"#);
        let name = answer.headers["x-reset-request-id"].to_str().unwrap().to_owned();
        assert!(domain::RequestId::parse(&name).is_ok(), "{name}");
        assert!(names.insert(name));
    }
}
