use crate::ask::{ask, form, get};
use crate::shop::{FIRST_PASSWORD, Shop};

const FIELDS: &str = "password=Correct+horse+7&password_confirmation=Correct+horse+7";

#[tokio::test]
async fn a_form_on_another_site_sets_no_password_and_kills_no_request() {
    let shop = Shop::open().await;
    let token = shop.link(shop.jan).await;
    for path in [format!("/reset/{token}"), format!("/reset/{token}/not-me"), format!("/reset/{token}/fresh")]
    {
        for site in ["cross-site", "same-site"] {
            let forged = form(&path, FIELDS).without("sec-fetch-site").header("sec-fetch-site", site);
            forged.of(&shop).await.is_page(403, "This did not work");
        }
        let forged = form(&path, FIELDS)
            .without("sec-fetch-site")
            .without("origin")
            .header("origin", "https://evil.example")
            .header("host", "reset.example.com");
        forged.of(&shop).await.is_page(403, "This did not work");
    }
    assert!(shop.jan_signs_in_with(FIRST_PASSWORD).await);
    get(&format!("/reset/{token}")).of(&shop).await.is_page(200, "Set a new password");
}

#[tokio::test]
async fn a_simple_request_of_a_browser_is_no_call_of_the_api() {
    let shop = Shop::open().await;
    let path = format!("/api/v1/customer/reset-password?apiKey={}", crate::shop::PROD);
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let answer = ask(axum::http::Method::POST, &path)
            .header("content-type", kind)
            .body(r#"{"email":"jan@barasek.com"}"#)
            .of(&shop)
            .await;
        answer.is_error(415, "INTERNAL_UNSUPPORTED_MEDIA_TYPE");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    assert_eq!(shop.due().await, 0);
}
