//! What somebody finds who steals the tables.

#![expect(clippy::unwrap_used, reason = "a test that cannot begin fails")]

mod support;

use application::model::{
    AddressBudget, Completion, CustomerImport, Field, ImportCheckpoint, Lease, PasswordHash, Redeemed,
    Redemption, TokenIssue, WebhookEndpoint, WebhookTarget,
};
use application::ports::{
    CustomerDirectory, DeliveryQueue, MailQueue, RequestIntake, TokenStore, WebhookOutbox, WebhookRegistry,
};
use domain::{GeoContext, MailId, PlaceName, ResetToken, WebhookEndpointId, WebhookSecret};
use sqlx::{AssertSqlSafe, PgConnection};
use support::{TestDatabase, at, email, id, import_row, ip, organisation, request, server, worker};

/// The text of every row of every table, bytes in hexadecimal.
async fn dump(connection: &mut PgConnection) -> Vec<(String, String)> {
    let tables = "SELECT table_name::text FROM information_schema.tables \
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *connection).await.unwrap();
    let mut dump = Vec::new();
    for table in tables {
        let rows = AssertSqlSafe(format!("SELECT t::text FROM {table} t"));
        let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(&mut *connection).await.unwrap();
        dump.extend(rows.into_iter().map(|row| (table.clone(), row)));
    }
    dump
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn a_dump_holds_no_address_no_token_and_no_person() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let store = database.store().await;
    let shop = organisation(&store).await;
    let row = CustomerImport {
        external_id: Some("jan.secret@crm.example".to_owned()),
        phone: Field::Set("+420777123456".to_owned()),
        ..import_row("jan.secret@barasek.com")
    };
    let (customer, checkpoint) = (row.id, ImportCheckpoint { name: "file".to_owned(), position: 1 });
    store.import(shop, &[row], checkpoint, at(-86_400)).await.unwrap();

    let endpoint = WebhookEndpoint {
        id: WebhookEndpointId::from_bytes(id(at(0))),
        organisation: shop,
        events: Vec::new(),
        created_at: at(0),
        disabled_at: None,
    };
    let target = WebhookTarget {
        url: "https://hooks.example/secret".to_owned(),
        secret: WebhookSecret::from_bytes(b"Secret, and twenty-four octets").unwrap(),
    };
    WebhookRegistry::create(&store, &endpoint, &target).await.unwrap();

    // Two requests: one goes its whole way, one waits for its next attempt.
    let (worker, mut plain_tokens) = (worker(), Vec::new());
    let waiting = request(shop, "nobody.secret@example.com", at(0));
    let whole = request(shop, "jan.secret+tag@barasek.com", at(1));
    for request in [&waiting, &whole] {
        store.record(request.clone()).await.unwrap();
        store.claim(worker, at(1), at(60), 10).await.unwrap();
        store.admit(Lease::new(request.id, worker), AddressBudget::default(), at(1)).await.unwrap();
    }
    let token = ResetToken::generate(&mut |bytes| bytes.fill(7));
    plain_tokens.push(token.expose().to_owned());
    let geo = GeoContext { city: Some(PlaceName::new("Secretville")), ..GeoContext::default() };
    let issue = TokenIssue {
        lease: Lease::new(whole.id, worker),
        organisation: shop,
        customer,
        token: token.hash(),
        at: at(2),
        expires_at: at(3_600),
        geo: Some(geo),
    };
    store.issue(issue).await.unwrap();
    let reply = "250 2.1.5 <jan.secret@barasek.com> accepted".to_owned();
    let sent = Completion::Sent { host: "relay.test:25".to_owned(), reply };
    let whole = MailId::from_bytes(*whole.id.as_bytes());
    assert!(store.complete(Lease::new(whole, worker), sent, at(3)).await.unwrap());
    let reply = "451 4.7.1 <nobody.secret@example.com> greylisted".to_owned();
    let retry = Completion::RetryAt { due_at: at(30), host: "relay.test:25".to_owned(), reply };
    assert!(store.complete(Lease::new(waiting.id, worker), retry, at(3)).await.unwrap());
    store.note(waiting.id, at(4), "opened", "from 203.0.113.7 with SecretBrowser".to_owned()).await.unwrap();
    let redemption = Redemption {
        token: token.hash(),
        organisation: shop,
        sandbox: false,
        password: Some(PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$second".to_owned())),
        repetition: None,
        at: at(5),
        customer_ip: Some(ip("203.0.113.7")),
        notice: MailId::from_bytes(id(at(5))),
        notice_expires_at: at(86_400),
        actor: "customer".to_owned(),
    };
    assert_eq!(store.redeem(redemption).await.unwrap(), Redeemed::Changed);

    let dump = dump(&mut database.plain().await).await;
    assert!(dump.len() > 12, "the dump has {} rows", dump.len());
    let mut secrets: Vec<String> =
        ["secret", "Secret", "barasek", "Barášek", "777123456", "203.0.113.7"].map(str::to_owned).to_vec();
    secrets.extend(plain_tokens);
    for (table, row) in &dump {
        for secret in &secrets {
            assert!(!row.contains(secret.as_str()), "{table} holds {secret}");
            assert!(!row.contains(&hex(secret)), "{table} holds {secret} in octets");
        }
    }

    // It was all there, for whoever has the key.
    let shown = store.show(whole).await.unwrap().unwrap();
    assert_eq!(shown.geo.unwrap().city.unwrap().name, "Secretville");
    assert_eq!(shown.customer_ip, Some(ip("203.0.113.7")));
    assert!(shown.summary.last_reply.unwrap().contains("jan.secret@barasek.com"));
    let found = store.find_by_email(shop, &email("jan.secret@barasek.com")).await.unwrap().unwrap();
    assert_eq!((found.id, found.name.as_str()), (customer, "Jan Barášek"));
    let told = store.claim_events(worker, at(6), at(36), 10, 10).await.unwrap();
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told.iter().all(|event| event.target == target && event.event.address.ends_with(".com")));
}
