use crate::ask::{get, post};
use crate::shop::{PROD, Shop};

const PATH: &str = "/api/v1/customer/reset-password";

#[tokio::test]
async fn line_breaks_and_controls_do_not_get_into_an_address() {
    let shop = Shop::open().await;
    for email in [
        "jan@barasek.com\r\nBcc: eve@evil.example",
        "jan@barasek.com\n",
        "\rjan@barasek.com",
        "jan\u{0}@barasek.com",
        "jan@barasek.com\u{2028}x",
        "jan\u{202e}@barasek.com",
        "\u{b}jan@barasek.com",
        "jan\u{7f}@barasek.com",
    ] {
        let body = serde_json::json!({ "email": email }).to_string();
        let answer = post(&format!("{PATH}?apiKey={PROD}"), body).of(&shop).await;
        answer.is_field_error("email");
        assert!(!answer.body.contains("evil.example") && !answer.body.contains("barasek"), "{}", answer.body);
    }
    assert_eq!(shop.due().await, 0);
}

#[tokio::test]
async fn an_answer_gets_no_header_from_the_request() {
    let shop = Shop::open().await;
    for path in [
        "/reset/x%0d%0aSet-Cookie:%20a=b/fresh",
        "/errors/E001%0d%0aSet-Cookie:%20a=b",
        "/ping/v1?apiKey=x%0d%0aSet-Cookie:%20a=b",
    ] {
        let answer = get(path).header("x-request-id", "a;Set-Cookie=b").of(&shop).await;
        assert_eq!(answer.header("set-cookie"), None);
        assert!(
            answer
                .headers
                .values()
                .all(|value| !String::from_utf8_lossy(value.as_bytes()).contains("Cookie"))
        );
    }
}

#[tokio::test]
async fn markup_does_not_get_into_a_page() {
    let shop = Shop::open().await;
    for path in ["/reset/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/reset/%22onload%3D%22x/not-me"] {
        let page = get(path).header("accept-language", "\"><script>").of(&shop).await;
        page.is_page(404, "This link is not valid");
        assert!(
            !page.body.contains("alert(1)")
                && !page.body.contains("onload")
                && !page.body.contains("<script")
        );
    }
}

#[tokio::test]
async fn an_error_does_not_echo_what_was_sent() {
    let shop = Shop::open().await;
    let secret = "Xyzzy-4711";
    for body in [
        format!(r#"{{"email":"{secret}"}}"#),
        format!(r#"{{"email":"jan@barasek.com","expirationTime":"{secret}"}}"#),
        format!(r#"{{"email":"jan@barasek.com","customerRealIp":"{secret}"}}"#),
        format!(r#"{{"email":"jan@barasek.com","{secret}":1,"{secret}":2}}"#),
        secret.to_owned(),
    ] {
        let answer = post(&format!("{PATH}?apiKey={PROD}"), body).of(&shop).await;
        assert!(answer.status >= 400 && !answer.body.contains(secret), "{}", answer.body);
    }
    let answer = get(&format!("/ping/v1?apiKey={secret}")).of(&shop).await;
    assert!(!answer.body.contains(secret));
    let password = format!(r#"{{"token":"{secret}","password":"{}"}}"#, "xyzzy");
    let answer = post(&format!("/api/v1/customer/set-new-password?apiKey={PROD}"), password).of(&shop).await;
    assert!(answer.status == 422 && !answer.body.contains(secret) && !answer.body.contains("xyzzy"));
}
