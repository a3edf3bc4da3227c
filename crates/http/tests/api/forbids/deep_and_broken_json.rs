use crate::ask::post;
use crate::shop::{PROD, Shop};

async fn status(shop: &Shop, body: impl Into<axum::body::Body>) -> u16 {
    post(&format!("/api/v1/customer/reset-password?apiKey={PROD}"), body).of(shop).await.status
}

#[tokio::test]
async fn depth_does_not_reach_the_stack() {
    let shop = Shop::open().await;
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let deep = |depth: usize| {
            format!(r#"{{"email":"jan@barasek.com","x":{}1{}}}"#, open.repeat(depth), close.repeat(depth))
        };
        assert_eq!(status(&shop, deep(100)).await, 200);
        assert_eq!(status(&shop, deep(200)).await, 400);
        assert_eq!(status(&shop, deep(2_000)).await, 400);
        assert_eq!(status(&shop, format!(r#"{{"x":{}"#, open.repeat(3_000))).await, 400);
    }
}

#[tokio::test]
async fn text_that_two_parsers_could_read_differently_is_refused() {
    let shop = Shop::open().await;
    for body in [
        &b"{\"email\":\"jan@barasek.com\"}x"[..],
        b"{\"email\":\"jan@barasek.com\"}{\"email\":\"eve@evil.example\"}",
        b"{\"email\":\"jan@barasek.com\"}\0",
        b"\xef\xbb\xbf{\"email\":\"jan@barasek.com\"}",
        b"{\"email\":\"jan\xff@barasek.com\"}",
        b"{\"email\":\"jan@barasek.com\",\"x\":\"\xc0\xaf\"}",
        b"{\"email\":\"jan@barasek.com\",\"x\":\"\\ud800\"}",
        b"{\"email\":\"jan@barasek.com\",\"\\udfff\":1}",
        b"{\"email\":\"jan@barasek.com\",}",
        b"{\"email\":\"jan@barasek.com\" /* x */}",
        b"{'email':'jan@barasek.com'}",
        b"{\"email\":\"jan@barasek.com\",\"x\":NaN}",
        b"{\x00\"\x00e\x00m\x00a\x00i\x00l\x00\"\x00:\x001\x00}\x00",
    ] {
        assert_eq!(status(&shop, body).await, 400, "{:?}", String::from_utf8_lossy(body));
    }
    assert_eq!(shop.due().await, 0);
}

#[tokio::test]
async fn very_many_names_take_no_quadratic_time() {
    let shop = Shop::open().await;
    let names: Vec<_> = (0..1_500).map(|number| format!("\"{number}\":1")).collect();
    let started = std::time::Instant::now();
    for _ in 0..20 {
        assert_eq!(status(&shop, format!("{{{}}}", names.join(","))).await, 422);
    }
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_compressed_body_is_not_unpacked() {
    let shop = Shop::open().await;
    let path = format!("/api/v1/customer/reset-password?apiKey={PROD}");
    for coding in ["gzip", "deflate", "br", "zstd", "GZIP", "identity, gzip"] {
        let answer =
            post(&path, r#"{"email":"jan@barasek.com"}"#).header("content-encoding", coding).of(&shop).await;
        answer.is_error(415, "INTERNAL_UNSUPPORTED_MEDIA_TYPE");
    }
    let plain = post(&path, r#"{"email":"jan@barasek.com"}"#).header("content-encoding", "identity");
    assert_eq!(plain.of(&shop).await.status, 200);
}
