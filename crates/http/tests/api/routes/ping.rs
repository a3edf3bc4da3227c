use axum::http::StatusCode;

use crate::ask::get;
use crate::shop::{DEV, EXPIRED, PING_ONLY, PROD, ROOT, Shop};

#[tokio::test]
async fn it_says_whose_key_it_is_and_what_it_may() {
    let shop = Shop::open().await;
    let expires = r#""expiresAt":"2027-01-24T12:00:00Z"}"#;
    for (key, kind, scopes) in [
        (PROD, "production", "[]"),
        (DEV, "development", "[]"),
        (ROOT, "system", "[]"),
        (PING_ONLY, "production", r#"["ping"]"#),
    ] {
        let body = format!(
            r#"{{"success":true,"kind":"{kind}","organisation":"Barasek & Sons","scopes":{scopes},{expires}"#
        );
        get(&format!("/ping/v1?apiKey={key}")).of(&shop).await.is(StatusCode::OK, &body);
        get("/ping/v1")
            .header("authorization", &format!("Bearer {key}"))
            .of(&shop)
            .await
            .is(StatusCode::OK, &body);
    }
}

#[tokio::test]
async fn it_refuses_like_every_other_call() {
    let shop = Shop::open().await;
    get("/ping/v1").of(&shop).await.is_error(404, "PUBLIC_API_KEY_IS_EMPTY");
    get("/ping/v1")
        .header("authorization", "Basic eDp5")
        .of(&shop)
        .await
        .is_error(404, "PUBLIC_API_KEY_IS_EMPTY");
    let expired = get(&format!("/ping/v1?apiKey={EXPIRED}")).of(&shop).await;
    expired.is_error(404, "PUBLIC_API_KEY_HAS_BEEN_EXPIRED");
    assert_eq!(expired.header("x-ratelimit-limit"), None);
}
