use application::model::{Completion, Lease, MailFilter, Redeemed};
use application::ports::{CustomerDirectory as _, DeliveryQueue as _, MailQueue, TokenStore as _};
use domain::{EmailAddress, MailId};

use super::setup::{ADDRESS, Fixture, at};

/// The whole life of a request, with a server that quotes the address in its reply; then every file
/// is searched.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_address_name_phone_place_or_token_stands_in_the_clear() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let customer = fixture.customer().await;
    let (request, worker, token) = fixture.issued(customer).await;
    let mail = MailId::from_bytes(*request.as_bytes());
    let quoting = format!("450 4.2.0 <{ADDRESS}>: Recipient address rejected: Greylisted");
    let retry = Completion::RetryAt { due_at: at(5), host: "relay:25".to_owned(), reply: quoting.clone() };
    assert!(store.complete(Lease::new(mail, worker), retry, at(1)).await.unwrap());
    store.note(request, at(2), "opened", format!("by {ADDRESS}")).await.unwrap();
    assert_eq!(store.redeem(fixture.redemption(&token, "second")).await.unwrap(), Redeemed::Changed);

    // It is all there for those who hold the key …
    let shown = store.show(mail).await.unwrap().unwrap();
    assert_eq!(shown.summary.last_reply.as_deref(), Some(&*quoting));
    assert_eq!(shown.customer_ip.unwrap().to_string(), "203.0.113.7");
    let found =
        store.find_by_email(fixture.organisation.id, &EmailAddress::parse(ADDRESS).unwrap()).await.unwrap();
    assert_eq!(found.unwrap().name, "Jan Barášek");
    let notices = MailQueue::list(store, MailFilter { limit: 10, ..MailFilter::default() }).await.unwrap();
    assert!(notices.iter().all(|notice| notice.address == "j***@barasek.com"), "{notices:?}");

    // … and for nobody else, in the log of changes as little as in the file.
    for checkpointed in [false, true] {
        if checkpointed {
            store.database().close().await;
        }
        let mut searched = 0;
        for file in std::fs::read_dir(fixture.directory.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            searched += bytes.len();
            for secret in [ADDRESS, "jan@", "Barášek", "777123456", "203.0.113.7", token.expose()] {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{secret} (checkpointed: {checkpointed})");
            }
        }
        assert!(searched > 50_000, "the files hold something: {searched}");
    }
}
