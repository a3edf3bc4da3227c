//! The backend from outside: requests, rows, documents, the command line.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use backend::{Customer, Document, Registration, Settings, Shop};
use clap::Parser;
use domain::{
    ApiKey, CustomerId, CustomerIp, EmailAddress, Expiry, Language, OrganisationId, Scope, TokenHash,
};
use http_body_util::BodyExt;
use proptest::prelude::*;
use serde_json::{Value, json};
use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use tower::ServiceExt;
use utoipa::OpenApi;

const KEY: &str = "PROD0123456789012345678901234567";

async fn pool() -> SqlitePool {
    SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap()
}

async fn shop() -> Shop {
    Shop::open(pool().await, Expiry::DEFAULT, &ApiKey::parse(KEY).unwrap()).await.unwrap()
}

async fn ask(router: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_else(|_| String::from_utf8_lossy(&body).into()))
}

fn post(key: &str, body: &Value) -> Request<Body> {
    let request = Request::post("/customers").header("content-type", "application/json");
    request.header("authorization", format!("Bearer {key}")).body(Body::from(body.to_string())).unwrap()
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_customer_is_found_by_any_spelling() {
    let shop = shop().await;
    let router = shop.clone().router();
    let body = json!({"email": " Jan.Barasek+shop@GoogleMail.com", "linkLives": "PT3H20M", "customerRealIp": "::ffff:1.1.1.1"});
    let (status, customer) = ask(&router, post(KEY, &body)).await;
    assert_eq!(status, StatusCode::CREATED, "{customer}");
    assert_eq!(customer["email"], "jan.barasek+shop@googlemail.com");
    assert_eq!((&customer["linkLives"], &customer["registeredFrom"]), (&json!("3h 20m"), &json!("1.1.1.1")));

    let (status, found) = ask(&router, get("/customers/janbarasek@gmail.com")).await;
    assert_eq!((status, &found), (StatusCode::OK, &customer), "what comes out of the row is what went in");
    let (status, link) = ask(&router, get("/customers/J.anBarasek@gmail.com/link")).await;
    assert_eq!((status, &link["livesSeconds"]), (StatusCode::OK, &json!(12_000)), "{link}");

    let (status, _) = ask(&router, post(KEY, &json!({"email": "janbarasek@gmail.com"}))).await;
    assert_eq!(status, StatusCode::CONFLICT, "one mailbox, one customer");
    assert_eq!((shop.asked_for("janbarasek@gmail.com"), shop.asked_for("eva@gmail.com")), (1, 0));
    assert_eq!(ask(&router, get("/customers/eva@gmail.com")).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_refusal_names_field_code_and_position() {
    let router = shop().await.router();
    for (body, status, field, code, position) in [
        (json!({"email": "jan@example.com."}), 422, "email", "trailing-dot", 15),
        (json!({"email": "jan@example.com", "linkLives": "1.5h"}), 422, "linkLives", "fraction", 1),
    ] {
        let (answered, problem) = ask(&router, post(KEY, &body)).await;
        assert_eq!(answered, status, "{problem}");
        assert_eq!((&problem["field"], &problem["code"]), (&json!(field), &json!(code)));
        assert_eq!(problem["position"], position);
    }
    // A field that is no `Parsed` ends the body; axum answers with serde's text, code and position in it.
    let body = json!({"email": "jan@example.com", "customerRealIp": "10.0.0.0/8"});
    let (status, text) = ask(&router, post(KEY, &body)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.to_string().contains("(code cidr, byte 8)"), "{text}");
    let wrong = "PROD9999999999999999999999999999";
    assert_eq!(
        ask(&router, post(wrong, &json!({"email": "jan@example.com"}))).await.0,
        StatusCode::UNAUTHORIZED
    );
}

#[test]
fn documents_know_the_types() {
    let document = serde_json::to_value(Document::openapi()).unwrap();
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["EmailAddress"]["format"], "email", "{schemas}");
    assert_eq!(schemas["CustomerId"]["format"], "uuid");
    assert_eq!(schemas["Expiry"]["examples"][0], "3h 20m");
    assert_eq!(schemas["Customer"]["properties"]["email"]["$ref"], "#/components/schemas/EmailAddress");
    assert_eq!(
        schemas["Registration"]["properties"]["email"]["$ref"],
        "#/components/schemas/Parsed_EmailAddress"
    );
    assert_eq!(schemas["Parsed_EmailAddress"], schemas["EmailAddress"]);
    assert_eq!(schemas["Link"]["properties"]["livesSeconds"]["type"], "integer");

    let schema = serde_json::to_value(schemars::schema_for!(Registration)).unwrap();
    assert_eq!(schema["$defs"]["EmailAddress"]["format"], "email", "{schema}");
    assert_eq!(schema["$defs"]["CustomerIp"]["type"], "string");
    assert_eq!(schema["required"], json!(["email"]));
    let schema = serde_json::to_value(schemars::schema_for!(Scope)).unwrap();
    assert!(schema["enum"].as_array().unwrap().contains(&json!("customer:reset-password")), "{schema}");
    let schema = serde_json::to_value(schemars::schema_for!(ApiKey)).unwrap();
    assert_eq!((&schema["writeOnly"], &schema["examples"]), (&json!(true), &Value::Null));
    assert_eq!(schemars::schema_for!(Customer).get("title"), Some(&json!("Customer")));
}

#[test]
fn the_command_line_reads_values() {
    let settings =
        Settings::parse_from(["backend", "--support", "Help@Shop.example", "--link-lives", "2 days"]);
    assert_eq!(settings.support, "help@shop.example");
    assert_eq!(settings.link_lives.as_seconds(), 172_800);
    assert_eq!(Settings::parse_from(["backend", "--support", "a@b.cz"]).link_lives, Expiry::DEFAULT);
    let error = Settings::try_parse_from(["backend", "--support", "help@shop"]).unwrap_err().to_string();
    assert!(error.contains("without a dot in it"), "{error}");
}

#[tokio::test]
async fn a_row_that_breaks_a_rule_does_not_come_out() {
    let pool = pool().await;
    let email = sqlx::query_scalar::<_, EmailAddress>("SELECT 'jan@localhost'").fetch_one(&pool).await;
    assert!(email.unwrap_err().to_string().contains("without a dot in it"));
    let expiry = sqlx::query_scalar::<_, Expiry>("SELECT 59").fetch_one(&pool).await;
    assert!(expiry.unwrap_err().to_string().contains("too short"));
    assert!(sqlx::query_scalar::<_, TokenHash>("SELECT x'00'").fetch_one(&pool).await.is_err());
    let none = sqlx::query_scalar::<_, Option<CustomerIp>>("SELECT NULL").fetch_one(&pool).await;
    assert_eq!(none.unwrap(), None);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

type Values = (EmailAddress, CustomerIp, Expiry, CustomerId, (Language, Scope, TokenHash, OrganisationId));

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn values_come_back_from_json_and_from_rows(values in any::<Values>()) {
        let (email, ip, expiry, id, (language, scope, hash, organisation)) = values;
        let text = serde_json::to_string(&(&email, ip, expiry, id, language, scope)).unwrap();
        let back: (EmailAddress, CustomerIp, Expiry, CustomerId, Language, Scope) = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(back, (email.clone(), ip, expiry, id, language, scope));

        let row = runtime().block_on(async {
            sqlx::query_as::<_, (EmailAddress, CustomerIp, Expiry, CustomerId, Language, Scope, TokenHash, OrganisationId)>(
                "SELECT $1, $2, $3, $4, $5, $6, $7, $8",
            )
            .bind(&email).bind(ip).bind(expiry).bind(id).bind(language).bind(scope).bind(hash).bind(organisation)
            .fetch_one(&pool().await)
            .await
            .unwrap()
        });
        prop_assert_eq!(row.0.canonical(), email.canonical());
        prop_assert_eq!(row, (email, ip, expiry, id, language, scope, hash, organisation));
    }
}
