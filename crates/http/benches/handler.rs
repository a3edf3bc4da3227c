//! The whole of `reset-password` over an in-memory store beside a bare echo handler, both through
//! `Router::call` in this process: what the surface itself costs, without sockets and disks.
//!
//! `cargo bench -p resetd-http --bench handler` prints both medians and their ratio.

#![expect(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark, on the fixture of the tests"
)]

#[path = "../tests/api/shop.rs"]
mod shop;

use std::sync::Arc;
use std::time::{Duration, Instant};

use application::CachedKeys;
use application::model::OrganisationSettings;
use application::ports::MockRequestIntake;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::routing::post;
use http_body_util::BodyExt;
use tower::Service;

use shop::{PROD, Shop, ShopConfig};

const BODY: &str =
    r#"{ "email": "jan@barasek.com", "expirationTime": "3h 20m", "customerRealIp": "1.1.1.1" }"#;
const ROUNDS: usize = 60;
const CALLS: u32 = 2_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let bare = Router::new().route("/echo", post(|body: Bytes| async move { body }));
        let whole = whole().await;
        let key = format!("/api/v1/customer/reset-password?apiKey={PROD}");
        // Interleaved, so that what disturbs the machine disturbs both.
        let (mut echo, mut refused, mut reset) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            echo.push(round(&bare, "/echo", 200).await);
            refused.push(round(&whole, "/api/v1/customer/reset-password?apiKey=x", 404).await);
            reset.push(round(&whole, &key, 200).await);
        }
        let (echo, refused, reset) = (median(echo), median(refused), median(reset));
        println!("bare echo        {echo:>8.2?} a call");
        println!("refused key      {refused:>8.2?} a call");
        println!("reset-password   {reset:>8.2?} a call");
        println!("ratio            {:>8.3} of the echo's rate", echo.as_secs_f64() / reset.as_secs_f64());
    });
}

/// The surface over a store that takes every request at once: the disk is not what is measured
/// here.
async fn whole() -> Router {
    let mut intake = MockRequestIntake::new();
    intake.expect_record().returning(|_| Ok(()));
    let settings =
        OrganisationSettings { requests_per_ip_minute: u32::MAX, ..OrganisationSettings::default() };
    // Keys are remembered for 400 ms, as in the server.
    let first = Shop::planned(ShopConfig { settings, ..ShopConfig::default() }).await;
    let keys = CachedKeys::new(Arc::new(first.store.clone()), Arc::new(first.clock.clone()));
    let plan =
        ShopConfig { intake: Some(Arc::new(intake)), keys: Some(Arc::new(keys)), ..ShopConfig::default() };
    Shop::planned(plan).await.router
}

/// The mean of many calls.
async fn round(router: &Router, path: &str, status: u16) -> Duration {
    let started = Instant::now();
    for _ in 0..CALLS {
        let request = Request::post(path)
            .header("host", "127.0.0.1:8080")
            .header("user-agent", "bench")
            .header("authorization", "Bearer YOUR_API_KEY")
            .header("content-type", "application/json")
            .extension(shop::peer())
            .body(Body::from(BODY))
            .unwrap();
        let response = router.clone().call(request).await.unwrap();
        assert_eq!(response.status(), status);
        response.into_body().collect().await.unwrap();
    }
    started.elapsed() / CALLS
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
