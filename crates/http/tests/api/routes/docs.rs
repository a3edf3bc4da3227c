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
        for part in ["src=\"http", "href=\"http", "@import", "url(http", "from \"http"] {
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

#[tokio::test]
async fn it_names_this_server_and_the_demos_key() {
    let page = get("/docs").of(&Shop::open().await).await;
    page.is_page(
        200,
        "https:&#x2f;&#x2f;reset.example.com&#x2f;api&#x2f;v1&#x2f;customer&#x2f;reset-password",
    );
    assert!(!page.body.contains("127.0.0.1:8080") && page.body.contains("Bearer YOUR_API_KEY"));
    for language in ["curl", "Python", "JavaScript", "PHP"] {
        assert!(page.body.contains(&format!("<summary>{language}</summary>")), "{language}");
    }
    assert!(
        page.body.contains("string, email") && page.body.contains("string, password, 8 to 256 characters")
    );
    let demo = Shop::planned(ShopConfig { accept_sample: true, ..ShopConfig::default() }).await;
    get("/docs").of(&demo).await.is_page(200, &format!("Bearer {}", domain::SAMPLE_API_KEY));
}
