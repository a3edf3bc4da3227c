//! What must be on disk before it is acknowledged.

mod support;

use application::model::{Completion, Issued, Lease, PasswordHash, Redeemed, Redemption, TokenIssue};
use application::ports::{DeliveryQueue, RequestIntake, TokenStore};
use chrono::TimeDelta;
use domain::MailId;
use support::{TestDatabase, at, customer, id, organisation, request, server, token, worker};

/// Notes how durable the commit will be of which a change of the table is part. It runs when the
/// transaction commits.
const WATCH: &str = "CREATE TABLE watched (what text NOT NULL, setting text NOT NULL);
    CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO watched VALUES (TG_TABLE_NAME || ' ' || lower(TG_OP), current_setting('synchronous_commit')); RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER watch AFTER INSERT ON mail_queue DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION watch();
    CREATE CONSTRAINT TRIGGER watch AFTER INSERT ON reset_token DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION watch();
    CREATE CONSTRAINT TRIGGER watch AFTER UPDATE ON customer DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION watch();";

/// `record`, `issue` and `redeem` are durable when they return, even where the server's default is
/// not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn requests_tokens_and_passwords_are_on_disk_before_they_are_acknowledged() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let lazy = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$";
    sqlx::raw_sql(lazy).execute(&mut database.plain().await).await.unwrap();
    let store = database.store().await;
    sqlx::raw_sql(WATCH).execute(&mut database.plain().await).await.unwrap();
    let shop = organisation(&store).await;
    let customer = customer(&store, shop, "jan@barasek.com").await;
    let (request, worker, token) = (request(shop, "jan@barasek.com", at(0)), worker(), token());
    let mail = MailId::from_bytes(*request.id.as_bytes());

    store.record(request.clone()).await.unwrap();
    assert_eq!(store.claim(worker, at(1), at(61), 10).await.unwrap().len(), 1);
    let issue = TokenIssue {
        lease: Lease::new(request.id, worker),
        organisation: shop,
        customer,
        token,
        at: at(1),
        expires_at: request.expires_at,
        geo: None,
    };
    assert_eq!(store.issue(issue).await.unwrap(), Issued::Issued);
    let sent = Completion::Sent { host: "relay.test:25".to_owned(), reply: "250 ok".to_owned() };
    assert!(store.complete(Lease::new(mail, worker), sent, at(2)).await.unwrap());
    let redemption = Redemption {
        token,
        organisation: shop,
        sandbox: false,
        password: Some(PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$new".to_owned())),
        repetition: None,
        at: at(10),
        customer_ip: None,
        notice: MailId::from_bytes(id(at(10))),
        notice_expires_at: at(10) + TimeDelta::days(3),
        actor: "customer".to_owned(),
    };
    assert_eq!(store.redeem(redemption).await.unwrap(), Redeemed::Changed);

    let watched: Vec<(String, String)> =
        sqlx::query_as("SELECT DISTINCT what, setting FROM watched ORDER BY 1, 2")
            .fetch_all(&mut database.plain().await)
            .await
            .unwrap();
    let expected = ["customer update", "mail_queue insert", "reset_token insert"]
        .map(|what| (what.to_owned(), "on".to_owned()));
    assert_eq!(watched, expected);
}
