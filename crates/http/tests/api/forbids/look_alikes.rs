use application::ports::CustomerDirectory;

use crate::ask::post;
use crate::shop::{PROD, Shop, email};

/// The request is taken like any other; that no account is found for it is the directory's answer
/// to the worker.
#[tokio::test]
async fn an_address_that_looks_like_another_is_not_its_account() {
    let shop = Shop::open().await;
    for address in
        ["jаn@barasek.com", "jan@bаrasek.com", "ｊan@barasek.com", "jaｎ@barasek.com", "ĵan@barasek.com"]
    {
        let body = serde_json::json!({ "email": address }).to_string();
        let answer = post(&format!("/api/v1/customer/reset-password?apiKey={PROD}"), body).of(&shop).await;
        assert!(matches!(answer.status, 200 | 422), "{address}");
        if answer.status == 200 {
            let found = shop.store.find_by_email(shop.organisation.id, &email(address)).await.unwrap();
            assert!(found.is_none(), "{address}");
        }
    }
}

#[tokio::test]
async fn letters_of_other_alphabets_make_no_key() {
    let shop = Shop::open().await;
    for key in [PROD.replace('a', "а"), PROD.replace('P', "Р"), PROD.replace("PROD", "ＰＲＯＤ")] {
        let body = serde_json::json!({ "email": "jan@barasek.com", "apiKey": key }).to_string();
        let answer = post("/api/v1/customer/reset-password", body).of(&shop).await;
        answer.is_error(404, "PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT");
    }
}
