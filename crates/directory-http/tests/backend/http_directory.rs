//! The port over the backends of several organisations.

use std::sync::Arc;
use std::time::Duration;

use application::DirectoryHealth;
use application::model::{
    CustomersMode, HashScheme, LinkSubject, Organisation, OrganisationSettings, PasswordChange, PasswordHash,
    PasswordSet,
};
use application::ports::{AddressVault, CredentialStore, DirectoryError, OrganisationRegistry};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::{CustomerIp, EmailAddress, OrganisationId, RequestId, WebhookSecret};
use http_client::secret_text;
use testkit::fake::{FixedClock, MemoryStore, TestVault};
use testkit::net::{Authority, Behaviour};

use crate::directory_http::{DirectoryOptions, FoundCustomer, HttpDirectory, HttpDirectoryPorts};
use crate::shop::{Mishap, Shop};
use crate::{SECRET, now, options};

const SHOP: OrganisationId = OrganisationId::from_bytes([1; 16]);
const OTHER: OrganisationId = OrganisationId::from_bytes([2; 16]);
const REQUEST: RequestId = RequestId::from_bytes([7; 16]);

struct Fixture {
    store: Arc<MemoryStore>,
    vault: TestVault,
    health: Arc<DirectoryHealth>,
    directory: HttpDirectory,
}

impl Fixture {
    fn new() -> Self {
        let (store, vault) = (MemoryStore::fresh(), TestVault::default());
        let health = Arc::new(DirectoryHealth::default());
        let ports = HttpDirectoryPorts {
            organisations: Arc::clone(&store) as Arc<dyn OrganisationRegistry>,
            vault: Arc::new(vault.clone()),
            clock: Arc::new(FixedClock(now())),
            health: Arc::clone(&health),
        };
        let short = DirectoryOptions {
            find_deadline: Duration::from_millis(300),
            set_password_deadline: Duration::from_millis(300),
            ..options(&Authority::new())
        };
        Self { store, vault, health, directory: HttpDirectory::new(ports, short).unwrap() }
    }

    fn http(&self, url: &str, secret: &str) -> CustomersMode {
        CustomersMode::Http {
            url: url.to_owned(),
            sealed_secret: STANDARD.encode(self.vault.seal(secret.as_bytes())),
            scheme: HashScheme::Argon2id,
        }
    }

    async fn save(&self, id: OrganisationId, customers: CustomersMode) {
        let settings = OrganisationSettings { customers, ..OrganisationSettings::default() };
        let organisation =
            Organisation { id, name: id.to_string(), suspended: false, settings, created_at: now() };
        let store: &dyn OrganisationRegistry = self.store.as_ref();
        if !store.update(&organisation).await.unwrap() {
            store.create(&organisation).await.unwrap();
        }
    }

    /// The organisation's backend is this shop.
    async fn connect(&self, id: OrganisationId, shop: &Shop) {
        let secret = secret_text(&WebhookSecret::from_bytes(&SECRET).unwrap());
        self.save(id, self.http(&format!("{}/reset", shop.server.url()), &secret)).await;
    }

    async fn find(&self, organisation: OrganisationId) -> Result<Option<FoundCustomer>, DirectoryError> {
        let email = EmailAddress::parse("jan@barasek.com").unwrap();
        self.directory.find_by_email(organisation, REQUEST, &email).await
    }

    async fn set(&self, version: &str, sequence: u32, hash: &str) -> Result<PasswordSet, DirectoryError> {
        let change = PasswordChange {
            organisation: SHOP,
            request: REQUEST,
            sequence,
            subject: LinkSubject {
                reference: "4711".to_owned(),
                version: version.to_owned(),
                email: EmailAddress::parse("jan@barasek.com").unwrap(),
                name: String::new(),
                language: None,
            },
            hash: PasswordHash::new(hash.to_owned()),
            at: now(),
            customer_ip: Some(CustomerIp::parse("1.1.1.1").unwrap()),
        };
        self.directory.set(&change).await
    }
}

#[tokio::test]
async fn each_organisation_has_its_own_backend() {
    let (fixture, shop, other) = (Fixture::new(), Shop::start().await, Shop::start().await);
    fixture.connect(SHOP, &shop).await;
    fixture.connect(OTHER, &other).await;
    other.change(|row| row.version = 9);
    let version = |found: Result<Option<FoundCustomer>, _>| found.unwrap().unwrap().version;
    assert_eq!(version(fixture.find(SHOP).await), "1");
    assert_eq!(version(fixture.find(OTHER).await), "9");
    fixture.connect(SHOP, &other).await;
    assert_eq!(version(fixture.find(SHOP).await), "9", "new settings count at once");
    assert_eq!((shop.server.requests(), other.server.requests()), (1, 2));
}

#[tokio::test]
async fn every_verdict_reaches_the_port() {
    let (fixture, shop) = (Fixture::new(), Shop::start().await);
    fixture.connect(SHOP, &shop).await;
    let applied = Ok(PasswordSet::Applied { sessions_ended: true });
    assert_eq!(fixture.set("1", 1, "old").await, Ok(PasswordSet::UsedBefore));
    assert_eq!(fixture.set("1", 1, "weak").await, Ok(PasswordSet::AgainstPolicy));
    assert_eq!(fixture.set("0", 1, "new").await, Ok(PasswordSet::Stale));
    assert_eq!(fixture.set("1", 1, "new").await, applied);
    assert_eq!(fixture.set("1", 1, "new").await, applied);
    assert_eq!(shop.row().writes, 1);
    let call = shop.server.calls().remove(0);
    assert!(call.body.contains(r#""ip":"1.1.1.1""#) && call.body.contains(&REQUEST.to_string()), "{call:?}");
    shop.change(|row| row.status = "banned");
    assert_eq!(fixture.set("2", 1, "x").await, Ok(PasswordSet::Gone));
}

#[tokio::test]
async fn a_lost_answer_is_an_unknown_outcome_and_the_repetition_finds_it_applied() {
    let (fixture, shop) = (Fixture::new(), Shop::start().await);
    fixture.connect(SHOP, &shop).await;
    shop.suffer(Mishap::CutBody);
    assert!(matches!(fixture.set("1", 1, "new").await, Err(DirectoryError::Unavailable(_))));
    shop.suffer(Mishap::None);
    assert_eq!(fixture.set("1", 1, "new").await, Ok(PasswordSet::Applied { sessions_ended: true }));
    assert_eq!(shop.row().writes, 1);
}

#[tokio::test]
async fn a_backend_that_is_down_is_left_alone_and_found_again_while_others_go_on() {
    let (fixture, shop, other) = (Fixture::new(), Shop::start().await, Shop::start().await);
    fixture.connect(SHOP, &shop).await;
    fixture.connect(OTHER, &other).await;
    shop.suffer(Mishap::HangUp);
    for _ in 0..3 {
        assert!(matches!(fixture.find(SHOP).await, Err(DirectoryError::Unavailable(_))));
    }
    let sent = shop.server.requests();
    for _ in 0..20 {
        let Err(DirectoryError::Unavailable(text)) = fixture.find(SHOP).await else { panic!("not paused") };
        assert!(text.contains("left alone"), "{text}");
        assert!(fixture.find(OTHER).await.unwrap().is_some());
    }
    assert_eq!(shop.server.requests(), sent, "nothing is sent meanwhile");
    let down = fixture.health.down();
    assert!(down.len() == 1 && down[0].0 == SHOP && down[0].1.contains("cut short"), "{down:?}");

    shop.suffer(Mishap::None);
    tokio::time::sleep(Duration::from_millis(550)).await;
    assert!(fixture.find(SHOP).await.unwrap().is_some(), "the probe finds it back");
    assert_eq!(fixture.health.down(), []);
}

#[tokio::test]
async fn what_the_backend_answers_wrong_is_named() {
    let (fixture, shop) = (Fixture::new(), Shop::start().await);
    fixture.connect(SHOP, &shop).await;
    for (behaviour, words) in [
        (Behaviour::status(404), "404"),
        (Behaviour::html("<h1>It works</h1>"), "a web page"),
        (
            Behaviour::json(
                r#"{"customer":{"id":"4711","email":"eve@barasek.com","status":"active","version":"1"}}"#,
            ),
            "another address",
        ),
    ] {
        shop.server.behave(behaviour);
        let Err(DirectoryError::Nonsense(text)) = fixture.find(SHOP).await else { panic!("{words}") };
        assert!(text.contains(words) && !text.contains("eve"), "{text}");
    }
    assert_eq!(fixture.health.down(), []);
}

#[tokio::test]
async fn settings_that_are_none_are_named_and_nothing_is_sent() {
    let fixture = Fixture::new();
    let good = secret_text(&WebhookSecret::from_bytes(&SECRET).unwrap());
    let sealed_by_another = CustomersMode::Http {
        url: "https://shop.example".to_owned(),
        sealed_secret: STANDARD.encode(TestVault::new(2).seal(good.as_bytes())),
        scheme: HashScheme::Argon2id,
    };
    assert!(matches!(fixture.find(SHOP).await, Err(DirectoryError::Nonsense(_))));
    for (mode, words) in [
        (CustomersMode::Own, "no backend"),
        (fixture.http("http://shop.example", &good), "expected https"),
        (fixture.http("https://shop.example", "hunter2"), "whsec_"),
        (sealed_by_another, "cannot be opened"),
    ] {
        fixture.save(SHOP, mode).await;
        let Err(DirectoryError::Nonsense(text)) = fixture.find(SHOP).await else { panic!("{words}") };
        assert!(text.contains(words) && !text.contains("hunter2"), "{text}");
    }
    let subject = LinkSubject {
        reference: "4711".to_owned(),
        version: "1".to_owned(),
        email: EmailAddress::parse("jan@barasek.com").unwrap(),
        name: String::new(),
        language: None,
    };
    assert_eq!(fixture.directory.former_hashes(SHOP, &subject, 5).await, Ok(Vec::new()));
}
