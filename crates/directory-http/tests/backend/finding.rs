use domain::Language;
use serde_json::{Value, json};

use crate::shop::Shop;
use crate::{client, find};

#[tokio::test]
async fn a_customer_is_found_by_the_canonical_form() {
    let shop = Shop::start().await;
    let found = find(&client(&shop.server), "JAN@barasek.com").await.unwrap().unwrap();
    assert_eq!((&*found.id, &*found.name, &*found.version), ("4711", "Jan", "1"));
    assert_eq!(found.email.normalized(), "jan@barasek.com");
    assert_eq!(found.language, Some(Language::CS));
    assert_eq!(find(&client(&shop.server), "nobody@barasek.com").await, Ok(None));
}

#[tokio::test]
async fn the_request_is_the_documented_one() {
    let shop = Shop::start().await;
    find(&client(&shop.server), "Jan.Barasek+x@gmail.com").await.unwrap();
    let call = shop.server.calls().remove(0);
    assert_eq!((&*call.method, &*call.path), ("POST", "/reset/find"));
    assert_eq!(call.header("content-type"), "application/json");
    assert_eq!(call.header("webhook-id"), "0195f3a0-0000-7000-8000-000000000001");
    assert_eq!(call.header("webhook-timestamp"), "1772352000");
    let body: Value = serde_json::from_str(&call.body).unwrap();
    let expected = json!({
        "request": "0195f3a0-0000-7000-8000-000000000001",
        "email": "jan.barasek+x@gmail.com",
        "canonical": "janbarasek@gmail.com",
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn connections_are_kept() {
    let shop = Shop::start().await;
    let client = client(&shop.server);
    for _ in 0..20 {
        find(&client, "jan@barasek.com").await.unwrap();
    }
    assert_eq!((shop.server.requests(), shop.server.connections()), (20, 1));
}
