use axum::http::StatusCode;

use crate::ask::get;
use crate::shop::{DEV, OTHER_DEV, PROD, ROOT, Shop};

const PATH: &str = "/api/v1/sandbox/mail";

#[tokio::test]
async fn a_development_key_reads_its_organisations_mail_newest_first() {
    let shop = Shop::open().await;
    shop.capture(shop.organisation.id, 1, 0);
    shop.capture(shop.other.id, 2, 1);
    shop.capture(shop.organisation.id, 3, 2);
    let answer = get(&format!("{PATH}?apiKey={DEV}")).of(&shop).await;
    let ids: Vec<_> = answer.json().as_array().unwrap().iter().map(|mail| mail["id"].clone()).collect();
    assert_eq!(ids, ["mail-3", "mail-1"]);
    assert_eq!(answer.header("x-ratelimit-limit"), Some("1000"));
    get(PATH).header("authorization", &format!("Bearer {OTHER_DEV}")).of(&shop).await.is(
        StatusCode::OK,
        concat!(
            r#"[{"id":"mail-2","to":"jan@barasek.com","subject":"Subject 2 <b>","#,
            r#""text":"Text 2\nhttps://reset.example.com/reset/TOKEN2","html":"<h1>Hello 2</h1>","#,
            r#""link":"https://reset.example.com/reset/TOKEN2","created_at":"2026-11-25T12:01:00.000Z"}]"#
        ),
    );
}

#[tokio::test]
async fn without_mail_it_is_an_empty_list() {
    let shop = Shop::open().await;
    get(&format!("{PATH}?apiKey={DEV}")).of(&shop).await.is(StatusCode::OK, "[]");
}

#[tokio::test]
async fn keys_of_other_kinds_are_refused() {
    let shop = Shop::open().await;
    shop.capture(shop.organisation.id, 1, 0);
    for key in [PROD, ROOT] {
        let answer = get(&format!("{PATH}?apiKey={key}")).of(&shop).await;
        answer.is_error(403, "PERMISSION_API_KEY_HAS_NO_PERMISSION");
    }
    get(PATH).of(&shop).await.is_error(404, "PUBLIC_API_KEY_IS_EMPTY");
}
