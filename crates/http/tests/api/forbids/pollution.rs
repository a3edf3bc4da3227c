use crate::ask::post;
use crate::shop::{PROD, Shop, UNKNOWN};

const PATH: &str = "/api/v1/customer/reset-password";
const BODY: &str = r#"{"email":"jan@barasek.com"}"#;

#[tokio::test]
async fn a_repeated_key_in_the_query_is_not_chosen_from() {
    let shop = Shop::open().await;
    for query in [
        format!("apiKey={PROD}&apiKey={PROD}"),
        format!("apiKey={PROD}&apiKey={UNKNOWN}"),
        format!("apiKey={UNKNOWN}&apiKey={PROD}"),
        format!("apiKey={PROD}&%61piKey="),
        format!("apiKey&apiKey={PROD}"),
    ] {
        let answer = post(&format!("{PATH}?{query}"), BODY).of(&shop).await;
        answer.is_error(404, "PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT");
    }
    assert_eq!(shop.due().await, 0);
}

#[tokio::test]
async fn array_syntax_in_the_query_is_not_a_key() {
    let shop = Shop::open().await;
    for query in [format!("apiKey[]={PROD}"), format!("apiKey[0]={PROD}"), format!("apiKey.x={PROD}")] {
        post(&format!("{PATH}?{query}"), BODY).of(&shop).await.is_error(404, "PUBLIC_API_KEY_IS_EMPTY");
    }
}

#[tokio::test]
async fn repeated_authorization_headers_are_not_chosen_from() {
    let shop = Shop::open().await;
    for other in [format!("Bearer {PROD}"), format!("Bearer {UNKNOWN}"), "Basic eDp5".to_owned()] {
        let ask = post(PATH, BODY)
            .header("authorization", &format!("Bearer {PROD}"))
            .header("authorization", &other);
        ask.of(&shop).await.is_error(404, "PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT");
    }
}

#[tokio::test]
async fn an_array_or_object_where_a_string_belongs_is_not_flattened() {
    let shop = Shop::open().await;
    for (body, field) in [
        (r#"{"email":["jan@barasek.com","eve@evil.example"]}"#, "email"),
        (r#"{"email":{"0":"jan@barasek.com"}}"#, "email"),
        (r#"{"email":"jan@barasek.com","expirationTime":["1h"]}"#, "expirationTime"),
        (r#"{"email":"jan@barasek.com","customerRealIp":{"ip":"1.1.1.1"}}"#, "customerRealIp"),
    ] {
        post(&format!("{PATH}?apiKey={PROD}"), body).of(&shop).await.is_field_error(field);
    }
    for key in [format!(r#"["{PROD}"]"#), format!(r#"{{"k":"{PROD}"}}"#), "7".to_owned(), "true".to_owned()] {
        let body = format!(r#"{{"email":"jan@barasek.com","apiKey":{key}}}"#);
        let ask = post(PATH, body).header("authorization", &format!("Bearer {PROD}"));
        ask.of(&shop).await.is_error(404, "PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT");
    }
    assert_eq!(shop.due().await, 0);
}

#[tokio::test]
async fn two_addresses_in_one_object_reach_nobody() {
    let shop = Shop::open().await;
    for body in [
        r#"{"email":"jan@barasek.com","email":"eve@evil.example"}"#,
        r#"{"email":null,"email":"eve@evil.example"}"#,
        r#"{"email":"jan@barasek.com","\u0065mail":"eve@evil.example"}"#,
    ] {
        post(&format!("{PATH}?apiKey={PROD}"), body).of(&shop).await.is_field_error("email");
    }
    let twice = format!(r#"{{"apiKey":"{PROD}","apiKey":"{PROD}","email":"jan@barasek.com"}}"#);
    post(PATH, twice).of(&shop).await.is_error(404, "PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT");
    assert_eq!(shop.due().await, 0);
}

#[tokio::test]
async fn two_addresses_in_one_string_reach_nobody() {
    let shop = Shop::open().await;
    for email in [
        "jan@barasek.com,eve@evil.example",
        "jan@barasek.com;eve@evil.example",
        "jan@barasek.com eve@evil.example",
        "jan@barasek.com%0aeve@evil.example@x",
        "Jan <jan@barasek.com>",
        "jan@barasek.com|eve@evil.example",
    ] {
        let body = serde_json::json!({ "email": email }).to_string();
        post(&format!("{PATH}?apiKey={PROD}"), body).of(&shop).await.is_field_error("email");
    }
    assert_eq!(shop.due().await, 0);
}
