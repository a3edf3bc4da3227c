//! The fakes keep the contracts they stand in for.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use application::model::{OutgoingWebhook, Value};
use application::ports::WebhookError;
use async_trait::async_trait;
use chrono::{TimeZone as _, Utc};
use domain::{CustomerIp, GeoContext};
use resetd_testkit::contract::{
    self, ArchiveUnderTest, AuditUnderTest, GeoUnderTest, Inbox, ReceivedMail, ReceivedWebhook,
    SenderUnderTest, WebhooksUnderTest,
};
use resetd_testkit::fake::{
    FixedClock, FixedGeo, ManualClock, MemoryArchive, MemoryRows, MemoryStore, PlainHasher, RecordingSender,
    RecordingWebhooks, SeededRandom, SimpleComposer, TestVault, WindowLimiter,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_store_is_every_persistent_port() {
    contract::every_persistent_port(|| async { MemoryStore::fresh() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_store_finds_tampering() {
    contract::audit_tampering(async || {
        let store = MemoryStore::new();
        AuditUnderTest {
            log: Arc::new(store.clone()),
            vault: Arc::new(TestVault::default()),
            intruder: Box::new(store),
        }
    })
    .await;
}

#[tokio::test]
async fn memory_store_is_shared_by_its_clones() {
    contract::shared_storage(|| async {
        let disk = MemoryStore::new();
        move || {
            let handle = Arc::new(disk.clone());
            async move { handle }
        }
    })
    .await;
}

#[tokio::test]
async fn clocks() {
    let morning = Utc.with_ymd_and_hms(2026, 3, 1, 8, 0, 0).unwrap();
    contract::clock(|| async { FixedClock(morning) }).await;
    contract::clock(|| async { ManualClock::new(morning) }).await;
}

#[tokio::test]
async fn seeded_random() {
    contract::random(|| async { SeededRandom::default() }).await;
}

#[tokio::test]
async fn plain_hasher() {
    contract::password_hasher(|| async { PlainHasher::new() }).await;
    contract::password_hasher(|| async { PlainHasher::with_max_bytes(72) }).await;
}

#[tokio::test]
async fn test_vault() {
    contract::address_vault(|| async { TestVault::new(7) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn window_limiter() {
    contract::rate_limiter(|| async { WindowLimiter::new() }).await;
}

#[tokio::test]
async fn simple_composer() {
    contract::mail_composer(|| async { SimpleComposer::new() }).await;
}

struct Taken(RecordingSender);

#[async_trait]
impl Inbox for Taken {
    async fn received(&self) -> Vec<ReceivedMail> {
        let received = |mail: application::model::OutgoingMail| ReceivedMail {
            to: mail.to.normalized().to_owned(),
            subject: mail.content.subject,
            text: mail.content.text,
            html: mail.content.html,
            message_id: format!("{}@relay.test", mail.id),
            header_names: vec!["subject".to_owned()],
        };
        self.0.taken().into_iter().map(received).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn recording_sender() {
    contract::mail_sender(|| async {
        let sender = RecordingSender::new();
        SenderUnderTest {
            inbox: Arc::new(Taken(sender.clone())),
            sender: Arc::new(sender),
            kept: Box::new(()),
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_archive() {
    contract::mail_archive(|| async {
        let archive = MemoryArchive::new();
        ArchiveUnderTest {
            archive: Arc::new(archive.clone()),
            capture: Arc::new(archive),
            kept: Box::new(()),
        }
    })
    .await;
}

/// What the endpoint of a recorded call would have seen.
#[expect(clippy::expect_used, reason = "a helper of tests")]
fn received(call: OutgoingWebhook) -> ReceivedWebhook {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let (id, timestamp) = (call.id.to_string(), call.at.timestamp().to_string());
    let key = call.target.secret.expose();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("HMAC takes any key");
    mac.update(format!("{id}.{timestamp}.{}", call.body).as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    ReceivedWebhook { id, timestamp, signature, body: call.body }
}

#[tokio::test]
async fn recording_webhooks() {
    contract::webhook_sender(|| async {
        let sender = RecordingWebhooks::new();
        sender.answer("https://moved", Duration::ZERO, Ok(307));
        let deadline = Duration::from_millis(20);
        sender.answer("https://silent", deadline, Err(WebhookError::TimedOut));
        let calls = sender.clone();
        let taken = move || {
            let taken = calls.calls().into_iter().filter(|call| call.target.url == "https://takes");
            taken.map(received).collect()
        };
        WebhooksUnderTest {
            sender: Arc::new(sender),
            takes: "https://takes".to_owned(),
            redirects: "https://moved".to_owned(),
            hangs: "https://silent".to_owned(),
            deadline,
            received: Box::new(taken),
            kept: Box::new(()),
        }
    })
    .await;
}

fn geo(geo: FixedGeo) -> GeoUnderTest {
    let global = |bytes: [u8; 4]| CustomerIp::from(IpAddr::from(bytes));
    let known = global([1, 1, 1, 1]);
    let context = GeoContext {
        country_code: Some("AU".to_owned()),
        source: Some("fake".to_owned()),
        ..GeoContext::default()
    };
    let geo = geo.knowing(known, context);
    let counter = geo.clone();
    GeoUnderTest {
        resolver: Arc::new(geo),
        asked: Box::new(move || counter.asked()),
        known,
        unknown: global([9, 9, 9, 9]),
        kept: Box::new(()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fixed_geo() {
    contract::geo_resolver(|| async { geo(FixedGeo::new()) }).await;
    let deadline = Duration::from_millis(20);
    let hanging = || async {
        let slow = FixedGeo::new();
        slow.delay(Duration::from_secs(3_600));
        slow.deadline(deadline);
        geo(slow)
    };
    contract::geo_resolver_deadline(hanging, deadline).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_rows() {
    contract::store_import(|| async { MemoryRows::new() }).await;
    contract::store_export(|| async {
        let rows = MemoryRows::new();
        let table =
            application::TABLES.iter().find(|table| table.name == "import_checkpoint").expect("it moves");
        for number in 0..7 {
            rows.insert(table, vec![Value::Id([number; 16]), Value::Text("file".to_owned()), Value::Int(5)]);
        }
        rows
    })
    .await;
}
