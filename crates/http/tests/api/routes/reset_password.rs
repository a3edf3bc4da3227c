use std::sync::Arc;

use application::model::OrganisationSettings;
use application::ports::{MockApiKeyRegistry, MockRequestIntake, StoreError};
use axum::http::{Method, StatusCode};

use crate::ask::{ask, post};
use crate::shop::{
    DEV, EXPIRED, NETWORKED, NOT_YET, PING_ONLY, PROD, REVOKED, ROOT, SUSPENDED, Shop, ShopConfig, UNKNOWN,
};

const PATH: &str = "/api/v1/customer/reset-password";
const BODY: &str =
    r#"{ "email": "jan@barasek.com", "expirationTime": "3h 20m", "customerRealIp": "1.1.1.1" }"#;

fn with(key: &str) -> String {
    format!("{PATH}?apiKey={key}")
}

#[tokio::test]
async fn the_documented_request_is_accepted_where_the_sample_key_is() {
    let shop = Shop::planned(ShopConfig { accept_sample: true, ..ShopConfig::default() }).await;
    let ask = || post(&with(domain::SAMPLE_API_KEY), BODY).header("authorization", "Bearer YOUR_API_KEY");
    let answer = ask().of(&shop).await;
    answer.is(StatusCode::OK, r#"{"success":true}"#);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(shop.due().await, 1);

    let production = Shop::open().await;
    ask().of(&production).await.is_error(404, "PUBLIC_API_KEY_SAMPLE_VALUE");
    assert_eq!(production.due().await, 0);
}

#[tokio::test]
async fn the_first_of_query_body_and_header_that_is_present_counts() {
    let shop = Shop::open().await;
    let body = |key: &str| format!(r#"{{"email":"jan@barasek.com","apiKey":{key}}}"#);
    let good = format!("\"{PROD}\"");
    for (path, key, header, expected) in [
        (with(PROD), r#""nonsense""#, Some("nonsense"), Ok(())),
        (with("nonsense"), &*good, Some(PROD), Err("PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT")),
        (with(""), &*good, Some(PROD), Err("PUBLIC_API_KEY_IS_EMPTY")),
        (PATH.to_owned(), &*good, Some("nonsense"), Ok(())),
        (PATH.to_owned(), r#""nonsense""#, Some(PROD), Err("PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT")),
        (PATH.to_owned(), r#""""#, Some(PROD), Err("PUBLIC_API_KEY_IS_EMPTY")),
        (PATH.to_owned(), "null", Some(PROD), Ok(())),
        (PATH.to_owned(), "null", Some(""), Err("PUBLIC_API_KEY_IS_EMPTY")),
        (PATH.to_owned(), "null", None, Err("PUBLIC_API_KEY_IS_EMPTY")),
        (format!("{PATH}?apikey={PROD}"), "null", None, Err("PUBLIC_API_KEY_IS_EMPTY")),
    ] {
        let mut ask = post(&path, body(key));
        if let Some(header) = header {
            ask = ask.header("authorization", &format!("bearer {header}"));
        }
        let answer = ask.of(&shop).await;
        match expected {
            Ok(()) => answer.is(StatusCode::OK, r#"{"success":true}"#),
            Err(code) => answer.is_error(404, code),
        }
    }
}

#[tokio::test]
async fn every_refusal_of_a_key_has_its_code() {
    let shop = Shop::open().await;
    for (key, status, code) in [
        ("", 404, "PUBLIC_API_KEY_IS_EMPTY"),
        ("short", 404, "PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT"),
        ("prodaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 404, "PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT"),
        ("PROD%C3%A9aaaaaaaaaaaaaaaaaaaaaaaaaa", 404, "PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT"),
        ("%FF", 404, "PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT"),
        (domain::SAMPLE_API_KEY, 404, "PUBLIC_API_KEY_SAMPLE_VALUE"),
        (UNKNOWN, 404, "PUBLIC_API_KEY_DOES_NOT_EXIST"),
        (REVOKED, 404, "PUBLIC_API_KEY_HAS_BEEN_DELETED"),
        (NOT_YET, 404, "PUBLIC_API_KEY_IS_NOT_ACTIVE"),
        (SUSPENDED, 404, "PUBLIC_API_KEY_IS_NOT_ACTIVE"),
        (EXPIRED, 404, "PUBLIC_API_KEY_HAS_BEEN_EXPIRED"),
        (PING_ONLY, 403, "PERMISSION_API_KEY_HAS_NO_PERMISSION"),
        (NETWORKED, 403, "PERMISSION_API_KEY_HAS_NO_PERMISSION"),
    ] {
        let answer = post(&with(key), "not even JSON").of(&shop).await;
        answer.is_error(status, code);
        assert_eq!(answer.header("x-ratelimit-limit").is_some(), status == 403, "{code}");
    }
    post(&with(NETWORKED), BODY)
        .at_address("192.0.2.9")
        .of(&shop)
        .await
        .is(StatusCode::OK, r#"{"success":true}"#);
    assert_eq!(shop.due().await, 1);
}

#[tokio::test]
async fn nothing_is_said_of_the_body_before_the_key_has_passed() {
    let shop = Shop::open().await;
    let huge = "x".repeat(20_000);
    for body in ["", "[]", "{\"email\":1}", &huge] {
        for path in [with(UNKNOWN), PATH.to_owned()] {
            let ask = || post(&path, body.to_owned()).header("authorization", &format!("Bearer {UNKNOWN}"));
            ask().of(&shop).await.is_error(404, "PUBLIC_API_KEY_DOES_NOT_EXIST");
            ask().without("content-type").of(&shop).await.is_error(404, "PUBLIC_API_KEY_DOES_NOT_EXIST");
        }
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_holds_no_key_and_the_bearer_key_is_tried() {
    let shop = Shop::open().await;
    let bearer = format!("Bearer {PROD}");
    let huge = format!(r#"{{"apiKey":"{UNKNOWN}","x":"{}"}}"#, "x".repeat(20_000));
    let post = |body: String| post(PATH, body).header("authorization", &bearer);
    post(huge).of(&shop).await.is_error(413, "INTERNAL_PAYLOAD_TOO_LARGE");
    post("nonsense".to_owned()).of(&shop).await.is_error(400, "INTERNAL_VALIDATION_FAILED");
    let typed = format!(r#"{{"apiKey":"{UNKNOWN}"}}"#);
    let answer = post(typed).without("content-type").header("content-type", "text/plain").of(&shop).await;
    answer.is_error(415, "INTERNAL_UNSUPPORTED_MEDIA_TYPE");
}

#[tokio::test]
async fn the_content_type_is_json_with_any_parameters() {
    let shop = Shop::open().await;
    for (content_type, status) in [
        (Some("application/json"), 200),
        (Some("application/json; charset=utf-8"), 200),
        (Some("APPLICATION/JSON;charset=UTF-8"), 200),
        (Some("application/json ;x=y"), 200),
        (Some("application/jsonp"), 415),
        (Some("text/json"), 415),
        (Some("application/x-www-form-urlencoded"), 415),
        (Some(""), 415),
        (None, 415),
    ] {
        let mut ask = post(&with(ROOT), BODY).without("content-type");
        if let Some(content_type) = content_type {
            ask = ask.header("content-type", content_type);
        }
        assert_eq!(ask.of(&shop).await.status, status, "{content_type:?}");
    }
    let twice = post(&with(ROOT), BODY).header("content-type", "application/json");
    twice.of(&shop).await.is_error(415, "INTERNAL_UNSUPPORTED_MEDIA_TYPE");
}

#[tokio::test]
async fn sixteen_kibibytes_are_taken_and_no_more() {
    let shop = Shop::open().await;
    let body = |size: usize| {
        let bare = r#"{"email":"jan@barasek.com","x":""}"#.len();
        format!(r#"{{"email":"jan@barasek.com","x":"{}"}}"#, "x".repeat(size - bare))
    };
    post(&with(PROD), body(16_384)).of(&shop).await.is(StatusCode::OK, r#"{"success":true}"#);
    post(&with(PROD), body(16_385)).of(&shop).await.is_error(413, "INTERNAL_PAYLOAD_TOO_LARGE");
    // In pieces, without a Content-Length.
    let pieces = body(16_385).into_bytes().chunks(1_000).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let stream = futures_util::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
    let answer = post(&with(PROD), axum::body::Body::from_stream(stream)).of(&shop).await;
    answer.is_error(413, "INTERNAL_PAYLOAD_TOO_LARGE");
    assert_eq!(shop.due().await, 1);
}

#[tokio::test]
async fn fields_are_checked_in_order_and_the_first_error_is_told() {
    let shop = Shop::open().await;
    for (body, field) in [
        (r#"{}"#, "email"),
        (r#"{"email":null}"#, "email"),
        (r#"{"email":""}"#, "email"),
        (r#"{"email":["jan@barasek.com"]}"#, "email"),
        (r#"{"email":{"$ne":1}}"#, "email"),
        (r#"{"email":true}"#, "email"),
        (r#"{"email":"no address","expirationTime":7,"customerRealIp":7}"#, "email"),
        (r#"{"email":"jan@barasek.com","expirationTime":7,"customerRealIp":7}"#, "expirationTime"),
        (r#"{"email":"jan@barasek.com","expirationTime":"3 fortnights"}"#, "expirationTime"),
        (r#"{"email":"jan@barasek.com","expirationTime":"8d"}"#, "expirationTime"),
        (r#"{"email":"jan@barasek.com","expirationTime":"59s"}"#, "expirationTime"),
        (r#"{"email":"jan@barasek.com","customerRealIp":"1.1.1.1:80"}"#, "customerRealIp"),
        (r#"{"email":"jan@barasek.com","customerRealIp":[]}"#, "customerRealIp"),
        (r#"{"email":"jan@barasek.com","email":"jan@barasek.com"}"#, "email"),
        (r#"{"email":"jan@barasek.com","x":1,"x":1}"#, "x"),
    ] {
        post(&with(PROD), body).of(&shop).await.is_field_error(field);
    }
    assert_eq!(shop.due().await, 0);
}

#[tokio::test]
async fn absent_null_and_empty_fields_have_a_meaning() {
    let shop = Shop::open().await;
    for body in [
        r#"{"email":" Jan@Barasek.com "}"#,
        r#"{"email":"jan@barasek.com","expirationTime":null,"customerRealIp":null}"#,
        r#"{"email":"jan@barasek.com","expirationTime":"","customerRealIp":""}"#,
        r#"{"email":"jan@barasek.com","unknown":{"a":[1,2.5,null,true]},"token":7}"#,
    ] {
        post(&with(PROD), body).of(&shop).await.is(StatusCode::OK, r#"{"success":true}"#);
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_a_400() {
    let shop = Shop::open().await;
    for body in ["", "[]", "null", "\"x\"", "{", "{}}", "{\"email\":\"\\ud800\"}", "email=jan%40barasek.com"]
    {
        let answer = post(&with(PROD), body).of(&shop).await;
        assert_eq!(answer.error_with_field(), (400, "INTERNAL_VALIDATION_FAILED".to_owned(), None), "{body}");
    }
}

#[tokio::test]
async fn the_rate_headers_count_down_and_a_429_says_when() {
    let shop = Shop::open().await;
    let first = post(&with(DEV), BODY).of(&shop).await;
    assert_eq!(first.header("x-ratelimit-limit"), Some("1000"));
    assert_eq!(first.header("x-ratelimit-remaining"), Some("999"));
    assert_eq!(first.header("x-ratelimit-reset"), Some("1795608060"));
    let error = post(&with(DEV), "{}").of(&shop).await;
    assert_eq!((error.status, error.header("x-ratelimit-remaining")), (422, Some("998")));
    for _ in 0..998 {
        post(&with(DEV), "{}").of(&shop).await;
    }
    let refused = post(&with(DEV), BODY).of(&shop).await;
    refused.is_error(429, "INTERNAL_TOO_MANY_REQUESTS");
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=61).contains(&wait), "{wait}");

    let unlimited = post(&with(ROOT), BODY).of(&shop).await;
    assert_eq!((unlimited.status, unlimited.header("x-ratelimit-limit")), (200, None));
}

#[tokio::test]
async fn over_the_budget_of_an_ip_it_is_429_and_nothing_was_accepted() {
    let settings = OrganisationSettings { requests_per_ip_minute: 2, ..OrganisationSettings::default() };
    let shop = Shop::planned(ShopConfig { settings, ..ShopConfig::default() }).await;
    for _ in 0..2 {
        post(&with(PROD), BODY).of(&shop).await.is(StatusCode::OK, r#"{"success":true}"#);
    }
    let refused = post(&with(PROD), BODY).of(&shop).await;
    refused.is_error(429, "INTERNAL_TOO_MANY_REQUESTS");
    assert!(refused.header("retry-after").is_some());
    assert_eq!(refused.header("x-ratelimit-limit"), Some("500000"), "the key's limit, not the address's");
    assert_eq!(shop.due().await, 2);
    // The sandbox has a budget of its own.
    for _ in 0..2 {
        post(&with(DEV), BODY).of(&shop).await.is(StatusCode::OK, r#"{"success":true}"#);
    }
    post(&with(DEV), BODY).of(&shop).await.is_error(429, "INTERNAL_TOO_MANY_REQUESTS");
    let nobody = r#"{"email":"jan@barasek.com"}"#;
    post(&with(PROD), nobody).of(&shop).await.is(StatusCode::OK, r#"{"success":true}"#);
}

#[tokio::test]
async fn a_store_that_cannot_take_the_request_is_a_503_and_a_broken_one_a_500() {
    for (error, status, code) in [
        (StoreError::Unavailable("disk full at /var/secret".into()), 503, "INTERNAL_SERVICE_UNAVAILABLE"),
        (StoreError::Corrupt { place: "requests.id", error: "secret".into() }, 500, "INTERNAL_ERROR"),
    ] {
        let mut intake = MockRequestIntake::new();
        let told = error.clone();
        intake.expect_record().returning(move |_| Err(told.clone()));
        let shop =
            Shop::planned(ShopConfig { intake: Some(Arc::new(intake)), ..ShopConfig::default() }).await;
        let answer = post(&with(PROD), BODY).of(&shop).await;
        answer.is_error(status, code);
        assert!(!answer.body.contains("secret") && answer.header("x-ratelimit-limit").is_some());

        let mut keys = MockApiKeyRegistry::new();
        keys.expect_find().returning(move |_| Err(error.clone()));
        let shop = Shop::planned(ShopConfig { keys: Some(Arc::new(keys)), ..ShopConfig::default() }).await;
        post(&with(PROD), BODY).of(&shop).await.is_error(status, code);
    }
}

#[tokio::test]
async fn a_panic_is_a_500_without_a_word_of_it() {
    let mut intake = MockRequestIntake::new();
    intake.expect_record().returning(|_| panic!("secret"));
    let shop = Shop::planned(ShopConfig { intake: Some(Arc::new(intake)), ..ShopConfig::default() }).await;
    let answer = post(&with(PROD), BODY).of(&shop).await;
    answer.is_error(500, "INTERNAL_ERROR");
    assert!(!answer.body.contains("secret") && answer.header("x-request-id").is_some());
}

#[tokio::test]
async fn other_methods_are_405_with_allow() {
    let shop = Shop::open().await;
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS, Method::TRACE] {
        let answer = ask(method.clone(), &with(PROD)).of(&shop).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method}");
        if method != Method::HEAD {
            answer.is_error(405, "INTERNAL_METHOD_NOT_ALLOWED");
        }
    }
}
