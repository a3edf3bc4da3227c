//! The contract, against a real Redis.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use application::model::{Limit, LimitSubject};
use application::ports::RateLimiter as _;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ApiKeyId;
use redis::AsyncCommands as _;
use resetd_limit_redis::{RedisLimiter, RedisSettings};
use testkit::fake::WindowLimiter;

/// A limiter's settings on the test's Redis, with key names of its own.
fn redis(test: &str) -> RedisSettings {
    let url = testkit::service("RESETD_TEST_REDIS_URL");
    let prefix = format!("resetd-test:{:016x}:", RandomState::new().hash_one(test));
    // A shared machine may keep Redis waiting; that is not what these tests are about.
    RedisSettings { prefix, deadline: Duration::from_secs(5), ..RedisSettings::new(url) }
}

async fn limiter(settings: &RedisSettings) -> RedisLimiter {
    let limiter =
        RedisLimiter::start(settings.clone(), Arc::new(WindowLimiter::new())).await.expect("a good URL");
    assert!(limiter.is_shared(), "Redis answers");
    limiter
}

async fn connection(settings: &RedisSettings) -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(settings.url.as_str()).expect("a good URL");
    client.get_multiplexed_async_connection().await.expect("Redis answers")
}

async fn keys(settings: &RedisSettings) -> Vec<String> {
    connection(settings).await.keys(format!("{}*", settings.prefix)).await.expect("Redis answers")
}

async fn clean_up(settings: &RedisSettings) {
    let keys = keys(settings).await;
    if !keys.is_empty() {
        connection(settings).await.del::<_, ()>(keys).await.expect("Redis answers");
    }
}

fn subject(number: u8) -> LimitSubject {
    LimitSubject::ApiKey(ApiKeyId::from_bytes([number; 16]))
}

fn morning() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_513)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn it_keeps_the_contract() {
    let settings = redis("it_keeps_the_contract");
    testkit::contract::rate_limiter(|| limiter(&settings)).await;
    clean_up(&settings).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn replicas_allow_no_more_together_than_one_alone() {
    let settings = redis("replicas_allow_no_more_together_than_one_alone");
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let replica = Arc::new(limiter(&settings).await);
        for caller in 0..4 {
            let replica = Arc::clone(&replica);
            tasks.push(tokio::spawn(async move {
                let mut allowed = 0;
                for number in 0..50 {
                    let now = morning() + TimeDelta::milliseconds(caller * 50 + number);
                    allowed += u32::from(replica.hit(subject(1), Limit::per_minute(300), now).await.allowed);
                }
                allowed
            }));
        }
    }
    let mut allowed = 0;
    for task in tasks {
        allowed += task.await.expect("no panic");
    }
    assert_eq!(allowed, 300, "of 800 hits of four replicas");
    clean_up(&settings).await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn keys_expire_by_themselves() {
    let settings = redis("keys_expire_by_themselves");
    let limiter = limiter(&settings).await;
    for seconds in [0, 5, 3, -10_000] {
        limiter.hit(subject(2), Limit::per_minute(3), morning() + TimeDelta::seconds(seconds)).await;
    }
    let found = keys(&settings).await;
    assert_eq!(found.len(), 1, "{found:?}");
    let left: i64 = connection(&settings).await.pttl(&found[0]).await.expect("Redis answers");
    assert!((60_000..=130_000).contains(&left), "the key lives for {left} ms more");
    clean_up(&settings).await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_redis_that_forgot_the_script_is_taught_again() {
    let settings = redis("a_redis_that_forgot_the_script_is_taught_again");
    let limiter = limiter(&settings).await;
    let hit = || limiter.hit(subject(3), Limit::per_minute(2), morning());
    assert!(hit().await.allowed);
    redis::cmd("SCRIPT")
        .arg("FLUSH")
        .exec_async(&mut connection(&settings).await)
        .await
        .expect("Redis answers");
    let decision = hit().await;
    assert!(decision.allowed && decision.remaining == 0 && limiter.is_shared(), "{decision:?}");
    clean_up(&settings).await;
}
