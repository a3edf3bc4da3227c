use crate::ask::get;
use crate::shop::{Shop, ShopConfig};

#[tokio::test]
async fn the_reference_reads_without_a_script() {
    let page = get("/docs").of(&Shop::open().await).await;
    page.is_page(200, "Request a reset mail");
    for text in [
        "&#x2f;api&#x2f;v1&#x2f;customer&#x2f;set-new-password",
        "customerRealIp",
        "errors/E003",
        "expirationTime",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self'") && policy.contains("connect-src 'self'"), "{policy}");
}

#[tokio::test]
async fn nothing_of_it_comes_from_elsewhere() {
    let shop = Shop::open().await;
    for path in ["/docs", "/docs/app.js", "/", "/errors", "/errors/E001"] {
        let answer = get(path).of(&shop).await;
        assert_eq!(answer.status, 200, "{path}");
        for part in ["src=\"http", "href=\"http", "@import", "url(http", "import "] {
            assert!(!answer.body.contains(part), "{part} in {path}");
        }
    }
}

#[tokio::test]
async fn the_signpost_points_to_a_mailbox_only_where_there_is_one() {
    let shop = Shop::open().await;
    let page = get("/").of(&shop).await;
    page.is_page(200, r#"href="docs""#);
    assert!(!page.body.contains("mailbox"));
    let demo = Shop::planned(ShopConfig { mailbox: true, ..ShopConfig::default() }).await;
    get("/").of(&demo).await.is_page(200, r#"href="dev/mailbox""#);
}
