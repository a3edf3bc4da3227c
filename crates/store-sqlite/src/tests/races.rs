use application::model::{MailFilter, Redeemed};
use application::ports::{AuditLog as _, CustomerDirectory as _, MailQueue, TokenStore as _};
use futures_util::future::join_all;

use super::setup::{Fixture, open};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixteen_simultaneous_redemptions_one_wins() {
    let fixture = Fixture::new().await;
    let customer = fixture.customer().await;
    let (_, _, token) = fixture.issued(customer).await;
    // Two handles on the file, as two processes have.
    let other = open(&fixture.directory).await;
    let redeem = |number: usize| {
        let store = if number.is_multiple_of(2) { fixture.store.clone() } else { other.clone() };
        let redemption = fixture.redemption(&token, &format!("attempt-{number}"));
        tokio::spawn(async move { store.redeem(redemption).await })
    };
    let outcomes: Vec<_> =
        join_all((0..16).map(redeem)).await.into_iter().map(|outcome| outcome.unwrap().unwrap()).collect();
    let winner: Vec<_> = (0..16).filter(|number| outcomes[*number] == Redeemed::Changed).collect();
    assert_eq!(winner.len(), 1, "{outcomes:?}");
    assert_eq!(
        outcomes.iter().filter(|outcome| **outcome == Redeemed::NoSuchLink).count(),
        15,
        "{outcomes:?}"
    );

    let history = fixture.store.password_history(customer, 10).await.unwrap();
    let history: Vec<_> = history.iter().map(|hash| hash.expose()).collect();
    assert_eq!(history, [&*format!("$argon2id$attempt-{}", winner[0]), "$argon2id$first"]);
    assert_eq!(fixture.store.read(0, 10).await.unwrap().len(), 1);
    let notices =
        MailQueue::list(&fixture.store, MailFilter { limit: 10, ..MailFilter::default() }).await.unwrap();
    assert_eq!(notices.len(), 2, "the request and one notice");
}
