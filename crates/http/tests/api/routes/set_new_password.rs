use std::sync::Arc;

use application::model::{OrganisationSettings, PasswordSettings};
use application::ports::{MockTokenStore, StoreError};
use axum::http::StatusCode;
use chrono::TimeDelta;

use crate::ask::{Answer, post};
use crate::shop::{
    DEV, FIRST_PASSWORD, GOOD_PASSWORD, OTHER, PING_ONLY, PROD, ROOT, Shop, ShopConfig, UNKNOWN,
};

const PATH: &str = "/api/v1/customer/set-new-password";

async fn set(shop: &Shop, key: &str, token: &str, password: &str) -> Answer {
    let body = serde_json::json!({ "token": token, "password": password, "customerRealIp": "1.1.1.1" });
    post(&format!("{PATH}?apiKey={key}"), body.to_string()).of(shop).await
}

fn refused(code: &str) -> String {
    let message = match code {
        "E001" => "The password could not be changed just now. Please try again.",
        "E002" => "This password has been used before. Please choose another one.",
        "E003" => "This link is not valid. Please ask for a new one.",
        _ => "This link has expired. Please ask for a new one.",
    };
    format!(r#"{{"success":false,"errorCode":"{code}","message":"{message}"}}"#)
}

#[tokio::test]
async fn a_good_token_sets_the_password_once() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    set(&shop, PROD, &token, GOOD_PASSWORD).await.is_changed();
    assert!(shop.jan_signs_in_with(GOOD_PASSWORD).await);
    set(&shop, PROD, &token, "Another secret 9").await.is(StatusCode::OK, &refused("E003"));
    assert!(shop.jan_signs_in_with(GOOD_PASSWORD).await);
}

#[tokio::test]
async fn a_development_key_uses_sandbox_links_alone_and_no_other_key_does() {
    let shop = Shop::open().await;
    let (live, sandbox) = (shop.link(shop.jan).await, shop.sandbox_link().await);
    for (key, token) in [(DEV, &live), (PROD, &sandbox), (ROOT, &sandbox)] {
        set(&shop, key, token, GOOD_PASSWORD).await.is(StatusCode::OK, &refused("E003"));
    }
    // Its history is its own: what Jan signs in with was never this customer's.
    set(&shop, DEV, &sandbox, FIRST_PASSWORD).await.is_changed();
    assert!(shop.jan_signs_in_with(FIRST_PASSWORD).await, "the live password is another");
    set(&shop, PROD, &live, GOOD_PASSWORD).await.is_changed();
    assert!(shop.jan_signs_in_with(GOOD_PASSWORD).await);
    let again = shop.sandbox_link().await;
    set(&shop, DEV, &again, FIRST_PASSWORD).await.is(StatusCode::OK, &refused("E002"));
    set(&shop, DEV, &again, GOOD_PASSWORD).await.is_changed();
    // An expired link tells nothing to the other side, either.
    let (live, sandbox) = (shop.link(shop.jan).await, shop.sandbox_link().await);
    shop.clock.advance(TimeDelta::hours(2));
    for (key, token, code) in
        [(DEV, &live, "E003"), (PROD, &sandbox, "E003"), (DEV, &sandbox, "E004"), (PROD, &live, "E004")]
    {
        set(&shop, key, token, "Another secret 9").await.is(StatusCode::OK, &refused(code));
    }
}

#[tokio::test]
async fn a_failure_of_ours_is_e001() {
    let mut tokens = MockTokenStore::new();
    tokens.expect_find().returning(|_, _| Err(StoreError::Unavailable("secret".into())));
    let shop = Shop::planned(ShopConfig { tokens: Some(Arc::new(tokens)), ..ShopConfig::default() }).await;
    set(&shop, PROD, &"t".repeat(32), GOOD_PASSWORD).await.is(StatusCode::OK, &refused("E001"));
}

#[tokio::test]
async fn a_former_password_is_e002_and_the_token_stays_good() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    set(&shop, PROD, &token, FIRST_PASSWORD).await.is(StatusCode::OK, &refused("E002"));
    set(&shop, PROD, &token, GOOD_PASSWORD).await.is_changed();
}

#[tokio::test]
async fn a_token_that_is_none_of_this_organisations_is_e003() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    for (key, token) in
        [(PROD, ""), (PROD, "short"), (PROD, &*"x".repeat(32)), (PROD, "🦀"), (OTHER, &*token)]
    {
        set(&shop, key, token, GOOD_PASSWORD).await.is(StatusCode::OK, &refused("E003"));
    }
    let newer = shop.link(shop.jan).await;
    set(&shop, PROD, &token, GOOD_PASSWORD).await.is(StatusCode::OK, &refused("E003"));
    set(&shop, PROD, &newer, GOOD_PASSWORD).await.is_changed();
}

#[tokio::test]
async fn past_its_time_a_token_is_e004() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    shop.clock.advance(TimeDelta::hours(1));
    set(&shop, PROD, &token, GOOD_PASSWORD).await.is(StatusCode::OK, &refused("E004"));
    assert!(shop.jan_signs_in_with(FIRST_PASSWORD).await);
}

#[tokio::test]
async fn a_password_that_breaks_the_policy_is_a_422_with_the_rules_and_the_token_stays_good() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    let answer = set(&shop, PROD, &token, "short").await;
    answer.is_field_error("password");
    assert_eq!(
        answer.json()["error"]["message"],
        "The password needs at least 8 characters, an upper-case letter and a digit."
    );
    for password in ["", "alllower7", "ALLUPPER7", "No digits", "Password1", &"Aa1".repeat(86)] {
        set(&shop, PROD, &token, password).await.is_field_error("password");
    }
    set(&shop, PROD, &token, GOOD_PASSWORD).await.is_changed();
}

#[tokio::test]
async fn the_policy_is_the_organisations() {
    let password = PasswordSettings { min_length: 12, ..PasswordSettings::default() };
    let settings = OrganisationSettings { password, ..OrganisationSettings::default() };
    let shop = Shop::planned(ShopConfig { settings, ..ShopConfig::default() }).await;
    let token = shop.link(shop.jan).await;
    set(&shop, PROD, &token, "Secret 7890").await.is_field_error("password");
    set(&shop, PROD, &token, "Secret 78901").await.is_changed();
}

#[tokio::test]
async fn fields_are_strings_and_both_are_needed() {
    let shop = Shop::open().await;
    for (body, field) in [
        (r#"{}"#, "token"),
        (r#"{"token":null,"password":"x"}"#, "token"),
        (r#"{"token":["x"],"password":"x"}"#, "token"),
        (r#"{"token":"x"}"#, "password"),
        (r#"{"token":"x","password":7}"#, "password"),
        (r#"{"token":"x","password":"Correct horse 7","customerRealIp":"[::1]"}"#, "customerRealIp"),
        (r#"{"token":"x","token":"y","password":"Correct horse 7"}"#, "token"),
        (r#"{"token":"x","password":"Correct horse 7","password":"Correct horse 8"}"#, "password"),
    ] {
        post(&format!("{PATH}?apiKey={PROD}"), body).of(&shop).await.is_field_error(field);
    }
}

#[tokio::test]
async fn the_key_comes_first_here_too() {
    let shop = Shop::open().await;
    set(&shop, UNKNOWN, "x", "x").await.is_error(404, "PUBLIC_API_KEY_DOES_NOT_EXIST");
    set(&shop, PING_ONLY, "x", "x").await.is_error(403, "PERMISSION_API_KEY_HAS_NO_PERMISSION");
    let answer = set(&shop, PROD, "x", GOOD_PASSWORD).await;
    assert_eq!(answer.header("x-ratelimit-limit"), Some("500000"));
}
