use application::model::{MailFilter, MailKind};
use application::ports::{MailQueue, OrganisationRegistry};
use application::{NewPassword, SetNewPasswordCommand};
use chrono::TimeDelta;
use domain::{DeliveryState, Password, PolicyRule, RedeemCode};

use crate::use_cases::UseCases;

async fn set(use_cases: &UseCases, token: &str, password: &str) -> NewPassword {
    let command = SetNewPasswordCommand {
        token,
        password: Password::new(password.into()),
        sandbox: false,
        organisation: &use_cases.organisation,
        customer_ip: None,
        actor: "customer".into(),
    };
    use_cases.set_new_password().execute(command).await
}

async fn mailed() -> UseCases {
    let use_cases = UseCases::new().await;
    let id = use_cases.ask("jan@example.com").await;
    assert_eq!(use_cases.deliver(id).await.state, DeliveryState::Sent);
    use_cases
}

const REFUSED: fn(RedeemCode) -> NewPassword = NewPassword::Refused;

#[tokio::test]
async fn a_link_is_good_for_one_password() {
    let use_cases = mailed().await;
    assert!(set(&use_cases, &use_cases.token(0), "Correct-Horse-7").await.is_changed());
    assert_eq!(set(&use_cases, &use_cases.token(0), "Correct-Horse-8").await, REFUSED(RedeemCode::E003));
}

#[tokio::test]
async fn a_bad_password_leaves_the_link_good() {
    let use_cases = mailed().await;
    let NewPassword::Policy(broken) = set(&use_cases, &use_cases.token(0), "short").await else {
        panic!("expected the policy")
    };
    assert!(broken.rules().iter().any(|rule| matches!(rule, PolicyRule::TooShort { .. })), "{broken:?}");
    assert!(set(&use_cases, &use_cases.token(0), "Correct-Horse-7").await.is_changed());
}

#[tokio::test]
async fn a_password_of_the_past_is_refused_and_leaves_the_link_good() {
    let use_cases = mailed().await;
    assert!(set(&use_cases, &use_cases.token(0), "Correct-Horse-7").await.is_changed());
    use_cases.clock.advance(TimeDelta::minutes(5));
    use_cases.deliver(use_cases.ask("jan@example.com").await).await;
    let links = use_cases.sender.taken().iter().filter(|mail| mail.link.is_some()).count();
    let index = use_cases.sender.taken().iter().rposition(|mail| mail.link.is_some()).unwrap();
    assert_eq!(links, 2);
    assert_eq!(set(&use_cases, &use_cases.token(index), "Correct-Horse-7").await, REFUSED(RedeemCode::E002));
    assert!(set(&use_cases, &use_cases.token(index), "Correct-Horse-8").await.is_changed());
}

#[tokio::test]
async fn unknown_malformed_and_foreign_links_look_alike() {
    let use_cases = mailed().await;
    for token in ["", "x", "ěščřžýáíé", &"A".repeat(32), &"A".repeat(10_000)] {
        assert_eq!(set(&use_cases, token, "Correct-Horse-7").await, REFUSED(RedeemCode::E003), "{token}");
    }
    let mut other = use_cases.organisation.clone();
    other.id = domain::OrganisationId::from_bytes([0xee; 16]);
    other.name = "Other".into();
    OrganisationRegistry::create(use_cases.store.as_ref(), &other).await.unwrap();
    let command = SetNewPasswordCommand {
        token: &use_cases.token(0),
        password: Password::new("Correct-Horse-7".into()),
        sandbox: false,
        organisation: &other,
        customer_ip: None,
        actor: "customer".into(),
    };
    assert_eq!(use_cases.set_new_password().execute(command).await, REFUSED(RedeemCode::E003));
    assert!(set(&use_cases, &use_cases.token(0), "Correct-Horse-7").await.is_changed());
}

#[tokio::test]
async fn an_expired_link_says_so() {
    let use_cases = mailed().await;
    use_cases.clock.advance(TimeDelta::hours(1));
    assert_eq!(set(&use_cases, &use_cases.token(0), "Correct-Horse-7").await, REFUSED(RedeemCode::E004));
}

#[tokio::test]
async fn the_customer_is_told_of_the_change() {
    let use_cases = mailed().await;
    assert!(set(&use_cases, &use_cases.token(0), "Correct-Horse-7").await.is_changed());
    use_cases.deliver_until(|| async { use_cases.sender.taken().len() == 2 }).await;
    assert_eq!(use_cases.sender.taken()[1].kind, MailKind::PasswordChanged);
    let filter = MailFilter { limit: 10, ..MailFilter::default() };
    assert_eq!(MailQueue::list(use_cases.store.as_ref(), filter).await.unwrap().len(), 2);
}

#[tokio::test]
async fn of_many_attempts_at_once_one_wins() {
    let use_cases = mailed().await;
    let token = use_cases.token(0);
    let mut outcomes = Vec::new();
    let attempts: Vec<_> = (0..10).map(|number| format!("Correct-Horse-{number}")).collect();
    for outcome in futures(attempts.iter().map(|password| set(&use_cases, &token, password))).await {
        outcomes.push(outcome);
    }
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_changed()).count(), 1);
    let lost = outcomes.iter().filter(|outcome| **outcome == REFUSED(RedeemCode::E003)).count();
    assert_eq!(lost, 9);
}

/// Polls all of them in turn until all are done.
async fn futures<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = all.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(move |context| {
        pending.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                done.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        if pending.is_empty() {
            std::task::Poll::Ready(std::mem::take(&mut done))
        } else {
            std::task::Poll::Pending
        }
    })
    .await
}
