use application::model::ApiKeyRecord;
use application::ports::{ApiKeyRegistry, OrganisationRegistry};
use application::{AuthenticateCommand, AuthenticateError};
use chrono::TimeDelta;
use domain::{ApiKey, ApiKeyId, ApiKeyKind, SAMPLE_API_KEY, Scope};

use crate::use_cases::{UseCases, start};

async fn check(use_cases: &UseCases, key: Option<&str>) -> Result<Option<u32>, AuthenticateError> {
    let caller = "203.0.113.9".parse().unwrap();
    let command = AuthenticateCommand { key, scope: Scope::ResetPassword, caller };
    let authenticated = use_cases.authenticate().execute(command).await?;
    Ok(authenticated.rate.map(|rate| rate.remaining))
}

/// A second key that differs from the first in what `change` does.
async fn other_key(use_cases: &UseCases, change: impl FnOnce(&mut ApiKeyRecord)) -> String {
    let mut record = ApiKeyRecord { id: ApiKeyId::from_bytes([9; 16]), ..use_cases.record.clone() };
    change(&mut record);
    let key = ApiKey::generate(record.kind, &mut |bytes| {
        application::ports::Random::fill(use_cases.random.as_ref(), bytes)
    });
    record.hash = key.hash();
    ApiKeyRegistry::create(use_cases.store.as_ref(), &record).await.unwrap();
    key.expose().to_owned()
}

#[tokio::test]
async fn the_first_failing_check_decides() {
    let use_cases = UseCases::new().await;
    assert_eq!(check(&use_cases, None).await, Err(AuthenticateError::Empty));
    assert_eq!(check(&use_cases, Some("")).await, Err(AuthenticateError::Empty));
    assert_eq!(check(&use_cases, Some(" ")).await, Err(AuthenticateError::Format));
    assert_eq!(check(&use_cases, Some(SAMPLE_API_KEY)).await, Err(AuthenticateError::Sample));
    assert_eq!(
        check(&use_cases, Some("PRODaaaaaaaaaaaaaaaaaaaaaaaaaaaa")).await,
        Err(AuthenticateError::Unknown)
    );
    assert_eq!(check(&use_cases, Some(use_cases.key.expose())).await, Ok(Some(499_999)));
}

#[tokio::test]
async fn a_revoked_key_is_revoked_even_when_it_has_expired() {
    let use_cases = UseCases::new().await;
    use_cases.clock.advance(TimeDelta::days(91));
    assert_eq!(check(&use_cases, Some(use_cases.key.expose())).await, Err(AuthenticateError::Expired));
    use_cases.store.revoke(use_cases.record.id, start()).await.unwrap();
    assert_eq!(check(&use_cases, Some(use_cases.key.expose())).await, Err(AuthenticateError::Revoked));
}

#[tokio::test]
async fn expiry_is_the_first_moment_without_validity() {
    let use_cases = UseCases::new().await;
    use_cases.clock.set(use_cases.record.expires_at - TimeDelta::milliseconds(1));
    assert!(check(&use_cases, Some(use_cases.key.expose())).await.is_ok());
    use_cases.clock.set(use_cases.record.expires_at);
    assert_eq!(check(&use_cases, Some(use_cases.key.expose())).await, Err(AuthenticateError::Expired));
}

#[tokio::test]
async fn suspended_and_not_yet_valid_are_not_active() {
    let use_cases = UseCases::new().await;
    let early = other_key(&use_cases, |record| record.created_at = start() + TimeDelta::seconds(1)).await;
    assert_eq!(check(&use_cases, Some(&early)).await, Err(AuthenticateError::NotActive));
    let mut organisation = use_cases.organisation.clone();
    organisation.suspended = true;
    OrganisationRegistry::update(use_cases.store.as_ref(), &organisation).await.unwrap();
    assert_eq!(check(&use_cases, Some(use_cases.key.expose())).await, Err(AuthenticateError::NotActive));
}

#[tokio::test]
async fn the_rate_limit_comes_before_permission() {
    let use_cases = UseCases::new().await;
    let key = other_key(&use_cases, |record| {
        record.kind = ApiKeyKind::Development;
        record.scopes = vec![Scope::Ping];
    })
    .await;
    for left in (0..1_000).rev() {
        let Err(AuthenticateError::NoPermission(Some(rate))) = check(&use_cases, Some(&key)).await else {
            panic!("expected a refusal for want of permission")
        };
        assert_eq!(rate.remaining, left);
    }
    let Err(AuthenticateError::TooManyRequests(rate)) = check(&use_cases, Some(&key)).await else {
        panic!("expected the rate limit")
    };
    assert!(rate.retry_after.as_secs() >= 1 && rate.limit == 1_000);
}

#[tokio::test]
async fn networks_bound_where_a_key_works() {
    let use_cases = UseCases::new().await;
    let here =
        other_key(&use_cases, |record| record.networks = vec!["203.0.113.0/24".parse().unwrap()]).await;
    assert!(check(&use_cases, Some(&here)).await.is_ok());
    let elsewhere = other_key(&use_cases, |record| {
        record.id = ApiKeyId::from_bytes([8; 16]);
        record.networks = vec!["198.51.100.0/24".parse().unwrap()];
    })
    .await;
    assert!(matches!(check(&use_cases, Some(&elsewhere)).await, Err(AuthenticateError::NoPermission(_))));
}

#[tokio::test]
async fn system_keys_have_no_limit() {
    let use_cases = UseCases::new().await;
    let key = other_key(&use_cases, |record| record.kind = ApiKeyKind::System).await;
    assert_eq!(check(&use_cases, Some(&key)).await, Ok(None));
}
