//! Attempts with one token are counted, and password hashes have a queue.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use application::model::PasswordHash;
use application::ports::{HasherError, PasswordHasher};
use application::{NewPassword, PasswordQueue, SetNewPassword, SetNewPasswordCommand};
use chrono::TimeDelta;
use domain::{DeliveryState, Password, RedeemCode};
use testkit::fake::PlainHasher;

use crate::use_cases::UseCases;

/// Takes `0` for each hash.
struct SlowHasher(Duration, PlainHasher);

#[async_trait::async_trait]
impl PasswordHasher for SlowHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HasherError> {
        tokio::time::sleep(self.0).await;
        self.1.hash(password).await
    }

    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HasherError> {
        tokio::time::sleep(self.0).await;
        self.1.verify(password, hash).await
    }

    fn max_bytes(&self) -> Option<usize> {
        None
    }
}

async fn mailed(use_cases: &UseCases, address: &str) -> String {
    let id = use_cases.ask(address).await;
    assert_eq!(use_cases.deliver(id).await.state, DeliveryState::Sent);
    // The notice of an earlier change may have come after it.
    let links = use_cases.sender.taken().into_iter().filter_map(|mail| mail.link);
    links.last().and_then(|link| Some(link.rsplit('/').next()?.to_owned())).unwrap()
}

fn slow(use_cases: &UseCases, delay: Duration) -> Arc<SetNewPassword> {
    let hasher = Arc::new(SlowHasher(delay, PlainHasher::new()));
    Arc::new(SetNewPassword { hasher, ..use_cases.set_new_password() })
}

async fn set(use_case: &SetNewPassword, use_cases: &UseCases, token: &str, password: &str) -> NewPassword {
    let command = SetNewPasswordCommand {
        token,
        password: Password::new(password.into()),
        sandbox: false,
        organisation: &use_cases.organisation,
        customer_ip: None,
        actor: "customer".into(),
    };
    use_case.execute(command).await
}

#[tokio::test]
async fn ten_attempts_in_ten_minutes_whatever_their_outcome() {
    let use_cases = UseCases::new().await;
    let token = mailed(&use_cases, "jan@example.com").await;
    let use_case = use_cases.set_new_password();
    assert!(set(&use_case, &use_cases, &token, "Correct-Horse-7").await.is_changed());
    use_cases.clock.advance(TimeDelta::minutes(5));
    let token = mailed(&use_cases, "jan@example.com").await;
    for number in 0..10 {
        let outcome = if number % 2 == 0 { "short" } else { "Correct-Horse-7" };
        let outcome = set(&use_case, &use_cases, &token, outcome).await;
        assert!(matches!(outcome, NewPassword::Policy(_) | NewPassword::Refused(RedeemCode::E002)));
        use_cases.clock.advance(TimeDelta::seconds(10));
    }
    for password in ["short", "Correct-Horse-7", "Correct-Horse-8"] {
        let NewPassword::TooManyAttempts(limit) = set(&use_case, &use_cases, &token, password).await else {
            panic!("{password}: the eleventh attempt is one too many")
        };
        assert_eq!((limit.limit, limit.retry_after), (10, Duration::from_secs(500)));
    }
    use_cases.clock.advance(TimeDelta::seconds(500));
    assert!(set(&use_case, &use_cases, &token, "Correct-Horse-8").await.is_changed());
}

#[tokio::test]
async fn tokens_that_do_not_exist_are_not_counted() {
    let use_cases = UseCases::new().await;
    let token = mailed(&use_cases, "jan@example.com").await;
    let use_case = use_cases.set_new_password();
    for _ in 0..30 {
        let unknown = set(&use_case, &use_cases, &"A".repeat(32), "Correct-Horse-7").await;
        assert_eq!(unknown, NewPassword::Refused(RedeemCode::E003));
    }
    let mut other = use_cases.organisation.clone();
    other.id = domain::OrganisationId::from_bytes([0xee; 16]);
    for _ in 0..30 {
        let command = SetNewPasswordCommand {
            token: &token,
            password: Password::new("Correct-Horse-7".into()),
            sandbox: false,
            organisation: &other,
            customer_ip: None,
            actor: "customer".into(),
        };
        assert_eq!(use_case.execute(command).await, NewPassword::Refused(RedeemCode::E003));
    }
    assert!(set(&use_case, &use_cases, &token, "Correct-Horse-7").await.is_changed());
}

#[tokio::test]
async fn attempts_with_one_token_take_one_slot() {
    let mut use_cases = UseCases::new().await;
    use_cases.queue = Arc::new(PasswordQueue::new(NonZeroUsize::new(2).unwrap()));
    use_cases.customer("eva@example.com", application::model::CustomerStatus::Active).await;
    let (jan, eva) =
        (mailed(&use_cases, "jan@example.com").await, mailed(&use_cases, "eva@example.com").await);
    let use_case = slow(&use_cases, Duration::from_millis(300));
    let (use_cases, jan) = (Arc::new(use_cases), Arc::new(jan));
    let flood: Vec<_> = (0..10)
        .map(|_| {
            let (use_case, use_cases, jan) = (use_case.clone(), use_cases.clone(), jan.clone());
            tokio::spawn(async move { set(&use_case, &use_cases, &jan, "Correct-Horse-7").await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(20)).await;
    let started = tokio::time::Instant::now();
    assert!(set(&use_case, &use_cases, &eva, "Correct-Horse-8").await.is_changed());
    assert!(
        started.elapsed() < Duration::from_millis(500),
        "the second slot was free: {:?}",
        started.elapsed()
    );
    let mut changed = 0;
    for attempt in flood {
        match attempt.await.unwrap() {
            NewPassword::Changed(_) => changed += 1,
            outcome => assert_eq!(outcome, NewPassword::Refused(RedeemCode::E003)),
        }
    }
    assert_eq!(changed, 1);
}

#[tokio::test]
async fn over_the_deadline_the_attempt_ends_and_the_token_stays_good() {
    let mut use_cases = UseCases::new().await;
    let deadline = Duration::from_millis(100);
    use_cases.queue = Arc::new(PasswordQueue::with_deadline(NonZeroUsize::MIN, deadline));
    let token = mailed(&use_cases, "jan@example.com").await;
    let use_case = slow(&use_cases, Duration::from_secs(60));
    let started = tokio::time::Instant::now();
    assert_eq!(set(&use_case, &use_cases, &token, "Correct-Horse-7").await, NewPassword::Busy);
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(set(&use_cases.set_new_password(), &use_cases, &token, "Correct-Horse-7").await.is_changed());
}

#[tokio::test]
async fn a_full_queue_answers_at_once() {
    let use_cases = Arc::new(UseCases::new().await);
    let mut tokens = Vec::new();
    for number in 0..66 {
        let address = format!("number{number}@example.com");
        use_cases.customer(&address, application::model::CustomerStatus::Active).await;
        tokens.push(mailed(&use_cases, &address).await);
    }
    let use_case = slow(&use_cases, Duration::from_secs(60));
    let last = tokens.pop().unwrap();
    let waiting: Vec<_> = tokens
        .into_iter()
        .map(|token| {
            let (use_case, use_cases) = (use_case.clone(), use_cases.clone());
            tokio::spawn(async move { set(&use_case, &use_cases, &token, "Correct-Horse-7").await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = tokio::time::Instant::now();
    assert_eq!(set(&use_case, &use_cases, &last, "Correct-Horse-7").await, NewPassword::Busy);
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn a_password_is_the_same_however_it_is_composed() {
    let use_cases = UseCases::new().await;
    let token = mailed(&use_cases, "jan@example.com").await;
    let use_case = use_cases.set_new_password();
    assert!(set(&use_case, &use_cases, &token, "Caf\u{e9}-Horse-7").await.is_changed());
    use_cases.clock.advance(TimeDelta::minutes(5));
    let token = mailed(&use_cases, "jan@example.com").await;
    let decomposed = set(&use_case, &use_cases, &token, "Cafe\u{301}-Horse-7").await;
    assert_eq!(decomposed, NewPassword::Refused(RedeemCode::E002));
}
