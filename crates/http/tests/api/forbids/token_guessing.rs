use chrono::TimeDelta;

use crate::ask::{Answer, form, get, post};
use crate::shop::{FIRST_PASSWORD, GOOD_PASSWORD, OTHER, PROD, Shop};

async fn set(shop: &Shop, key: &str, token: &str, password: &str) -> Answer {
    let body = serde_json::json!({ "token": token, "password": password }).to_string();
    post(&format!("/api/v1/customer/set-new-password?apiKey={key}"), body).of(shop).await
}

#[tokio::test]
async fn a_flood_of_guesses_never_locks_the_holder_out() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    for guess in 0..500 {
        let guess = format!("{guess:032}");
        assert!(set(&shop, PROD, &guess, GOOD_PASSWORD).await.body.contains("E003"));
        assert_eq!(get(&format!("/reset/{guess}")).of(&shop).await.status, 404);
        assert_eq!(form(&format!("/reset/{guess}/fresh"), "").of(&shop).await.status, 404);
    }
    set(&shop, PROD, &token, GOOD_PASSWORD).await.is_changed();
}

#[tokio::test]
async fn looking_at_a_link_consumes_nothing_however_often() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    let path = format!("/reset/{token}");
    assert_eq!(crate::ask::ask(axum::http::Method::HEAD, &path).of(&shop).await.status, 200);
    for _ in 0..150 {
        get(&path).of(&shop).await.is_page(200, "Set a new password");
    }
    set(&shop, PROD, &token, GOOD_PASSWORD).await.is_changed();
}

#[tokio::test]
async fn a_token_of_another_organisation_is_unknown_and_stays_good() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    let foreign = set(&shop, OTHER, &token, GOOD_PASSWORD).await;
    let unknown = set(&shop, OTHER, &"x".repeat(32), GOOD_PASSWORD).await;
    assert_eq!(foreign.body, unknown.body);
    assert!(shop.jan_signs_in_with(FIRST_PASSWORD).await);
    set(&shop, PROD, &token, GOOD_PASSWORD).await.is_changed();
}

#[tokio::test]
async fn a_token_is_exact() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    let flipped: String =
        token
            .chars()
            .map(|letter| {
                if letter.is_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
            })
            .collect();
    for wrong in
        [flipped, format!(" {token}"), format!("{token}\n"), token[1..].to_owned(), format!("{token}{token}")]
    {
        assert!(set(&shop, PROD, &wrong, GOOD_PASSWORD).await.body.contains("E003"), "{wrong:?}");
    }
    assert!(shop.jan_signs_in_with(FIRST_PASSWORD).await);
}

#[tokio::test]
async fn what_happened_between_request_and_consume_counts() {
    let shop = Shop::open().await;
    // A newer request.
    let older = shop.link(shop.jan).await;
    shop.clock.advance(TimeDelta::seconds(1));
    let newer = shop.link(shop.jan).await;
    assert!(set(&shop, PROD, &older, GOOD_PASSWORD).await.body.contains("E003"));
    // A changed password.
    set(&shop, PROD, &newer, GOOD_PASSWORD).await.is_changed();
    assert!(set(&shop, PROD, &newer, "Another secret 9").await.body.contains("E003"));
    // A suspended organisation.
    shop.clock.advance(TimeDelta::seconds(1));
    let token = shop.link(shop.jan).await;
    let suspended = application::model::Organisation { suspended: true, ..shop.organisation.clone() };
    assert!(application::ports::OrganisationRegistry::update(&shop.store, &suspended).await.unwrap());
    set(&shop, PROD, &token, "Another secret 9").await.is_error(404, "PUBLIC_API_KEY_IS_NOT_ACTIVE");
    get(&format!("/reset/{token}")).of(&shop).await.is_page(404, "This link is not valid");
    assert!(shop.jan_signs_in_with(GOOD_PASSWORD).await);
}
