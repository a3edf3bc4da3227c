use axum::http::{Method, StatusCode};
use domain::RedeemCode;
use serde_json::Value;

use crate::ask::{ask, get, post};
use crate::shop::{DEV, Shop, ShopConfig};

async fn document() -> Value {
    let answer = get("/openapi.json").of(&Shop::open().await).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, resetd_http::openapi(Some("https://reset.example.com")));
    answer.json()
}

fn operations(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation))
    })
}

#[tokio::test]
async fn it_is_openapi_3_1_and_every_reference_leads_somewhere() {
    let document = document().await;
    assert_eq!(document["openapi"], "3.1.0");
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn every_operation_exists_and_no_other_path_takes_a_key() {
    let document = document().await;
    let shop = Shop::planned(ShopConfig { mailbox: true, ..ShopConfig::default() }).await;
    let mut documented = Vec::new();
    for (path, method, _) in operations(&document) {
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        ask(method, path).of(&shop).await.is_error(404, "PUBLIC_API_KEY_IS_EMPTY");
        documented.push(path.as_str());
    }
    assert_eq!(
        documented,
        [
            "/api/v1/customer/consume-token",
            "/api/v1/customer/reset-password",
            "/api/v1/customer/set-new-password",
            "/api/v1/sandbox/mail",
            "/ping/v1"
        ]
    );
}

#[tokio::test]
async fn every_error_code_has_an_example_that_is_its_very_body() {
    let document = document().await;
    let text = document.to_string();
    let api = resetd_http::error_page_codes().filter(|code| RedeemCode::parse(code).is_err());
    for code in api.filter(|code| *code != "INTERNAL_RESOURCE_NOT_FOUND") {
        assert!(text.contains(&format!("\"code\":\"{code}\"")), "{code}");
    }
    for code in RedeemCode::ALL {
        assert!(text.contains(&format!("\"errorCode\":\"{code}\"")), "{code}");
    }
    let example = &document["paths"]["/ping/v1"]["get"]["responses"]["404"]["content"]["application/json"]["examples"]
        ["PUBLIC_API_KEY_IS_EMPTY"]["value"];
    assert_eq!(*example, get("/ping/v1").of(&Shop::open().await).await.json());
}

#[tokio::test]
async fn every_answer_is_documented_with_its_headers() {
    for (path, method, operation) in operations(&document().await) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert!(response["headers"]["X-Request-Id"].is_object(), "{method} {path} {status}");
            let json = &response["content"]["application/json"];
            assert!(json["schema"].is_object(), "{method} {path} {status}");
            assert!(
                json["example"].is_object() || json["example"].is_array() || json["examples"].is_object(),
                "an example of {method} {path} {status}"
            );
        }
    }
}

#[tokio::test]
async fn the_example_bodies_work() {
    let document = document().await;
    let shop = Shop::open().await;
    for (path, method, operation) in operations(&document) {
        let Some(schema) = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str()
        else {
            continue;
        };
        let properties =
            document.pointer(schema.trim_start_matches('#')).unwrap()["properties"].as_object().unwrap();
        let example =
            |property: &Value| property.get("example").or_else(|| property.pointer("/examples/0")).cloned();
        let body: serde_json::Map<_, _> = properties
            .iter()
            .filter_map(|(name, property)| Some((name.clone(), example(property)?)))
            .collect();
        let fields = if path.ends_with("consume-token") { 2 } else { 3 };
        assert_eq!(body.len(), fields, "{path}: {body:?}");
        let answer = post(&format!("{path}?apiKey={DEV}"), Value::Object(body).to_string()).of(&shop).await;
        assert_eq!(answer.status, StatusCode::OK, "{method} {path}: {}", answer.body);
    }
}

#[tokio::test]
async fn the_two_answers_to_a_new_password_cannot_be_mistaken() {
    let document = document().await;
    let answers =
        document.pointer("/components/schemas/SetNewPasswordAnswer/oneOf").unwrap().as_array().unwrap();
    let successes: Vec<_> = answers
        .iter()
        .map(|answer| {
            let schema = document.pointer(answer["$ref"].as_str().unwrap().trim_start_matches('#')).unwrap();
            assert!(schema["required"].as_array().unwrap().contains(&"success".into()), "{schema}");
            schema["properties"]["success"]["const"].as_bool().unwrap()
        })
        .collect();
    assert_eq!(successes, [true, false]);
}
