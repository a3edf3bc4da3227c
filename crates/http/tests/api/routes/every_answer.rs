use axum::http::Method;

use crate::ask::{ask, get, post};
use crate::shop::{PROD, Shop, ShopConfig};

const PATHS: [&str; 14] = [
    "/",
    "/healthz",
    "/readyz",
    "/docs",
    "/docs/app.js",
    "/openapi.json",
    "/errors",
    "/errors/E001",
    "/ping/v1",
    "/api/v1/customer/reset-password",
    "/reset/unknown",
    "/reset/unknown/not-me",
    "/dev/mailbox",
    "/nowhere",
];

#[tokio::test]
async fn it_carries_a_request_id_and_is_neither_sniffed_nor_framed_nor_kept() {
    let shop = Shop::planned(ShopConfig { mailbox: true, ..ShopConfig::default() }).await;
    let mut seen = std::collections::HashSet::new();
    for path in PATHS {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::DELETE] {
            let answer = ask(method.clone(), path).header("host", "localhost").of(&shop).await;
            let id = answer.header("x-request-id").unwrap();
            assert!(id.len() == 32 && seen.insert(id.to_owned()), "{method} {path}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{method} {path}");
            let kept = answer.header("cache-control").unwrap();
            assert!(kept == "no-store" || kept == "no-cache", "{method} {path}: {kept}");
            if answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
                let policy = answer.header("content-security-policy").unwrap();
                assert!(
                    policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
                    "{path}"
                );
                assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn a_harmless_request_id_of_the_caller_comes_back() {
    let shop = Shop::open().await;
    let answer = get("/healthz").header("x-request-id", "shop-17.retry_2").of(&shop).await;
    assert_eq!(answer.header("x-request-id"), Some("shop-17.retry_2"));
    let answer = get("/healthz").header("x-request-id", "a b").of(&shop).await;
    assert_eq!(answer.header("x-request-id").map(str::len), Some(32));
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let shop = Shop::open().await;
    for path in [
        "/nowhere",
        "/api/v1/customer",
        "/api/v1/customer/reset-password/",
        "/API/v1/customer/reset-password",
        "//ping/v1",
        "/dev/mailbox",
        "/dev/mailbox/messages",
        "/ping/v1/..",
    ] {
        get(path).of(&shop).await.is_error(404, "INTERNAL_RESOURCE_NOT_FOUND");
        post(path, "{}").of(&shop).await.is_error(404, "INTERNAL_RESOURCE_NOT_FOUND");
    }
}

#[tokio::test]
async fn the_wrong_method_is_told_the_right_ones() {
    let shop = Shop::open().await;
    for (path, allow) in [
        ("/ping/v1", "GET,HEAD"),
        ("/api/v1/customer/set-new-password", "POST"),
        ("/reset/unknown", "GET,HEAD,POST"),
        ("/reset/unknown/fresh", "POST"),
        ("/reset/unknown/not-me", "GET,HEAD,POST"),
        ("/openapi.json", "GET,HEAD"),
    ] {
        let answer = ask(Method::PUT, path).of(&shop).await;
        answer.is_error(405, "INTERNAL_METHOD_NOT_ALLOWED");
        assert_eq!(answer.header("allow"), Some(allow), "{path}");
    }
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let shop = Shop::open().await;
    for path in ["/ping/v1", "/openapi.json", "/healthz", "/docs", "/errors/E001"] {
        let path = format!("{path}?apiKey={PROD}");
        let (head, get) = (ask(Method::HEAD, &path).of(&shop).await, get(&path).of(&shop).await);
        assert_eq!((head.status, head.body.as_str(), get.status), (200, "", 200), "{path}");
        assert_eq!(head.header("content-length"), Some(get.body.len().to_string().as_str()), "{path}");
    }
}

#[tokio::test]
async fn a_browser_gets_a_page_where_there_is_nothing() {
    let shop = Shop::open().await;
    let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    for path in ["/nowhere", "/errors/NOPE", "/docs/", "/favicon.ico"] {
        let page = get(path).header("accept", browser).header("accept-language", "de").of(&shop).await;
        page.is_page(404, "<h1>Hier ist nichts</h1>");
        assert!(page.body.contains(r#"<html lang="de">"#), "{path}");
    }
    let api = get("/api/v1/nowhere").header("accept", browser).of(&shop).await;
    api.is_error(404, "INTERNAL_RESOURCE_NOT_FOUND");
    assert_eq!(api.header("link"), Some(r#"</errors/INTERNAL_RESOURCE_NOT_FOUND>; rel="help""#));
    let icon = get("/favicon.svg").of(&shop).await;
    assert_eq!((icon.status, icon.header("content-type")), (200, Some("image/svg+xml")));
}
