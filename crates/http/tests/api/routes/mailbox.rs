use crate::ask::{Ask, get};
use crate::shop::{Shop, ShopConfig};

async fn demo() -> Shop {
    Shop::planned(ShopConfig { mailbox: true, ..ShopConfig::default() }).await
}

fn local(path: &str) -> Ask {
    get(path).header("host", "127.0.0.1:8080")
}

#[tokio::test]
async fn messages_are_json_newest_first_with_exactly_seven_members() {
    let shop = demo().await;
    shop.capture(shop.organisation.id, 1, 0);
    shop.capture(shop.other.id, 2, 5);
    let answer = local("/dev/mailbox/messages").of(&shop).await;
    let list = answer.json();
    assert_eq!(
        (answer.status, list[0]["id"].as_str(), list[1]["id"].as_str()),
        (200, Some("mail-2"), Some("mail-1"))
    );
    let members: Vec<_> = list[0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["created_at", "html", "id", "link", "subject", "text", "to"]);
    assert_eq!(list[1]["created_at"], "2026-11-25T12:00:00.000Z");
}

#[tokio::test]
async fn the_page_shows_the_newest_and_escapes_what_is_in_it() {
    let shop = demo().await;
    local("/dev/mailbox").of(&shop).await.is_page(200, "No mail yet");
    shop.capture(shop.organisation.id, 1, 0);
    shop.capture(shop.organisation.id, 2, 5);
    let page = local("/dev/mailbox").of(&shop).await;
    page.is_page(200, "<h2>Subject 2 &lt;b&gt;</h2>");
    assert!(
        page.body.contains(r#"src="mailbox/mail-2/html""#) && page.body.contains(r#"http-equiv="refresh""#)
    );
    let older = local("/dev/mailbox?mail=mail-1&view=text").of(&shop).await;
    older.is_page(200, "Text 1\nhttps:&#x2f;&#x2f;reset.example.com&#x2f;reset&#x2f;TOKEN1");
    assert!(!older.body.contains(r#"http-equiv="refresh""#), "what is being read stays");
    local("/dev/mailbox?mail=mail-1&view=headers").of(&shop).await.is_page(200, r#"<th scope="row">To</th>"#);
    local("/dev/mailbox?mail=gone").of(&shop).await.is_page(200, "Subject 2");
}

#[tokio::test]
async fn the_html_of_a_mail_stands_in_a_sandbox() {
    let shop = demo().await;
    shop.capture(shop.organisation.id, 1, 0);
    let frame = local("/dev/mailbox/mail-1/html").of(&shop).await;
    frame.is_page(200, "<h1>Hello 1</h1>");
    let policy = frame.header("content-security-policy").unwrap();
    assert!(policy.starts_with("sandbox allow-popups ") && policy.contains("default-src 'none'"), "{policy}");
    assert!(!policy.contains("script-src") && !policy.contains("allow-same-origin"), "{policy}");
    local("/dev/mailbox/gone/html").of(&shop).await.is_error(404, "INTERNAL_RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn its_script_is_served() {
    let shop = demo().await;
    let script = local("/dev/mailbox/app.js").of(&shop).await;
    assert_eq!((script.status, script.header("content-type")), (200, Some("text/javascript; charset=utf-8")));
}
