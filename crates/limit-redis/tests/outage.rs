//! A Redis that goes away, hangs and comes back, played by a server of our own.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use application::model::{Limit, LimitDecision, LimitSubject};
use application::ports::RateLimiter as _;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ApiKeyId;
use resetd_limit_redis::{RedisLimiter, RedisSettings, RedisUrlError};
use testkit::fake::WindowLimiter;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How the server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    /// Allows every hit, 7 of which are counted.
    Answers,
    /// Reads and says nothing.
    Hangs,
    /// Closes every connection.
    Closes,
    /// Answers every hit with an error.
    Fails,
}

struct FakeRedis {
    address: SocketAddr,
    mood: watch::Sender<Mood>,
    hits: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl Drop for FakeRedis {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl FakeRedis {
    async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (mood, watched) = watch::channel(mood);
        let hits = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&hits);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, watched.clone(), Arc::clone(&counter)));
            }
        });
        Self { address, mood, hits, server }
    }

    fn hits(&self) -> usize {
        self.hits.load(Ordering::Relaxed)
    }
}

async fn serve(stream: TcpStream, mut mood: watch::Receiver<Mood>, hits: Arc<AtomicUsize>) {
    let mut stream = BufReader::new(stream);
    loop {
        let command = tokio::select! {
            command = command(&mut stream) => command,
            _ = mood.wait_for(|mood| *mood == Mood::Closes) => None,
        };
        let Some(command) = command else { return };
        let hit = command.eq_ignore_ascii_case("EVALSHA");
        hits.fetch_add(usize::from(hit), Ordering::Relaxed);
        let now = *mood.borrow();
        let answer = match now {
            Mood::Closes => return,
            Mood::Hangs => continue,
            Mood::Fails if hit => "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
            Mood::Answers if hit => "*4\r\n:1\r\n:7\r\n:29539200\r\n:29539200\r\n",
            Mood::Answers | Mood::Fails => "+OK\r\n",
        };
        if stream.get_mut().write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The name of the next command (RESP: an array of bulk strings).
async fn command(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let count: usize = line.trim().strip_prefix('*')?.parse().ok()?;
    let mut parts = Vec::new();
    for _ in 0..count {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let length: usize = line.trim().strip_prefix('$')?.parse().ok()?;
        let mut bytes = vec![0; length + 2];
        stream.read_exact(&mut bytes).await.ok()?;
        parts.push(String::from_utf8_lossy(&bytes[..length]).into_owned());
    }
    parts.into_iter().next()
}

fn morning() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_513)
}

async fn limiter(redis: &FakeRedis) -> RedisLimiter {
    let settings = RedisSettings {
        deadline: Duration::from_millis(100),
        probe_every: Duration::from_millis(50),
        ..RedisSettings::new(format!("redis://{}/", redis.address))
    };
    RedisLimiter::start(settings, Arc::new(WindowLimiter::new())).await.expect("a good URL")
}

async fn hit(limiter: &RedisLimiter) -> LimitDecision {
    let subject = LimitSubject::ApiKey(ApiKeyId::from_bytes([7; 16]));
    limiter.hit(subject, Limit::per_minute(20), morning()).await
}

/// What the fake says: 7 of 20 are counted.
fn is_shared(decision: &LimitDecision) -> bool {
    decision.remaining == 13
}

async fn comes_back(limiter: &RedisLimiter) {
    let start = Instant::now();
    while !limiter.is_shared() {
        assert!(start.elapsed() < Duration::from_secs(5), "Redis is back, and nobody noticed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(is_shared(&hit(limiter).await));
}

async fn survives(mood: Mood) {
    let redis = FakeRedis::start(Mood::Answers).await;
    let limiter = limiter(&redis).await;
    for _ in 0..3 {
        assert!(is_shared(&hit(&limiter).await), "while all is well Redis decides");
    }
    assert_eq!(redis.hits(), 3, "one round trip a hit");

    redis.mood.send_replace(mood);
    let start = Instant::now();
    let first = hit(&limiter).await;
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{mood:?}: the first caller waited {:?}",
        start.elapsed()
    );
    assert!(first.allowed && !is_shared(&first), "{mood:?}: {first:?}");
    assert_eq!(first.remaining, 16, "{mood:?}: the hits that Redis allowed are known locally");

    let asked = redis.hits();
    let start = Instant::now();
    for _ in 0..100 {
        hit(&limiter).await;
    }
    let took = start.elapsed();
    assert!(took < Duration::from_millis(90), "{mood:?}: 100 later callers waited {took:?} together");
    assert!(!hit(&limiter).await.allowed, "{mood:?}: the local window is a window");
    assert!(redis.hits() <= asked + 1, "{mood:?}: Redis is left alone");

    redis.mood.send_replace(Mood::Answers);
    comes_back(&limiter).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_hangs() {
    survives(Mood::Hangs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_closes_connections() {
    survives(Mood::Closes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_answers_with_errors() {
    let redis = FakeRedis::start(Mood::Fails).await;
    let limiter = limiter(&redis).await;
    let decision = hit(&limiter).await;
    assert!(decision.allowed && !is_shared(&decision), "{decision:?}");
    redis.mood.send_replace(Mood::Answers);
    comes_back(&limiter).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_is_away_at_the_start() {
    let redis = FakeRedis::start(Mood::Closes).await;
    let limiter = limiter(&redis).await;
    assert!(!limiter.is_shared());
    assert_eq!(hit(&limiter).await.remaining, 19, "the local limiter decides");
    redis.mood.send_replace(Mood::Answers);
    comes_back(&limiter).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_there_at_all() {
    let address =
        TcpListener::bind("127.0.0.1:0").await.and_then(|free| free.local_addr()).expect("a free port");
    let settings = RedisSettings::new(format!("redis://{address}/"));
    let limiter = RedisLimiter::start(settings, Arc::new(WindowLimiter::new())).await.expect("a good URL");
    assert_eq!(hit(&limiter).await.remaining, 19);
}

#[tokio::test]
async fn a_url_of_something_else_is_refused() {
    for url in ["", "memory:", "http://127.0.0.1", "redis//127.0.0.1"] {
        let result = RedisLimiter::start(RedisSettings::new(url), Arc::new(WindowLimiter::new())).await;
        assert_eq!(result.err(), Some(RedisUrlError), "{url:?}");
    }
}

#[test]
fn the_password_is_not_shown() {
    let settings = RedisSettings::new("redis://:hunter2@127.0.0.1/");
    assert!(!format!("{settings:?}").contains("hunter2"));
}
