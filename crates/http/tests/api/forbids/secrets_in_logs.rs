use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;

use crate::ask::{form, get, post};
use crate::shop::{DEV, PROD, Shop, ShopConfig};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// At level trace, with spans: the most that can be logged.
#[tokio::test]
async fn no_key_token_password_or_address_is_logged_at_any_level() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(log.clone())
        .finish();
    // For the whole process: what the other tests log meanwhile is searched, too.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let shop = Shop::planned(ShopConfig { mailbox: true, ..ShopConfig::default() }).await;
    shop.capture(shop.organisation.id, 1, 0);
    let token = shop.link(shop.jan).await;
    let path = "/api/v1/customer/reset-password";
    post(&format!("{path}?apiKey={PROD}&email=jan@barasek.com"), r#"{"email":"jan@barasek.com"}"#)
        .of(&shop)
        .await;
    post(path, format!(r#"{{"email":"jan@","apiKey":"{PROD}"}}"#)).of(&shop).await;
    post(path, "{}")
        .header("authorization", &format!("Bearer {DEV}"))
        .header("x-request-id", PROD)
        .of(&shop)
        .await;
    get(&format!("/api/v1/sandbox/mail?apiKey={DEV}")).of(&shop).await;
    get("/dev/mailbox/messages").header("host", "localhost").of(&shop).await;
    get(&format!("/reset/{token}")).of(&shop).await;
    get(&format!("/reset/{token}/not-me")).of(&shop).await;
    let body =
        serde_json::json!({ "token": token, "password": "Xyzzy 4711 weak".to_lowercase() }).to_string();
    post(&format!("/api/v1/customer/set-new-password?apiKey={PROD}"), body).of(&shop).await;
    let fields = "password=Xyzzy+4711&password_confirmation=Xyzzy+4711";
    form(&format!("/reset/{token}"), fields).of(&shop).await.is_page(200, "changed");
    form(&format!("/reset/{token}/fresh"), "").of(&shop).await;
    get(&format!("/nowhere/{token}")).of(&shop).await;

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for secret in [PROD, DEV, &token, "barasek.com", "yzzy"] {
        assert!(!text.contains(secret), "{secret} in:\n{text}");
    }
    for part in
        ["access", "route=\"/reset/{token}\"", "route=\"unmatched\"", "client=198.51.100.7", "duration_us="]
    {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
}
