use axum::http::StatusCode;
use resetd_http::ReadinessReport;

use crate::ask::get;
use crate::shop::{Shop, ShopConfig};

#[tokio::test]
async fn a_process_that_answers_is_healthy() {
    get("/healthz").of(&Shop::open().await).await.is(StatusCode::OK, r#"{"status":"ok"}"#);
}

#[tokio::test]
async fn it_is_ready_with_store_and_worker() {
    for (store, worker, status, body) in [
        (true, true, StatusCode::OK, r#"{"status":"ok","store":"ok","worker":"ok"}"#),
        (
            false,
            true,
            StatusCode::SERVICE_UNAVAILABLE,
            r#"{"status":"unavailable","store":"unavailable","worker":"ok"}"#,
        ),
        (
            true,
            false,
            StatusCode::SERVICE_UNAVAILABLE,
            r#"{"status":"unavailable","store":"ok","worker":"unavailable"}"#,
        ),
    ] {
        let ready = ReadinessReport { store, worker, relay: None };
        let shop = Shop::planned(ShopConfig { ready, ..ShopConfig::default() }).await;
        get("/readyz").of(&shop).await.is(status, body);
    }
    let relay = Some("the relay refuses us: 535 5.7.8 no".to_owned());
    let ready = ReadinessReport { store: true, worker: true, relay };
    let shop = Shop::planned(ShopConfig { ready, ..ShopConfig::default() }).await;
    let body = r#"{"status":"ok","store":"ok","worker":"ok","relay":"the relay refuses us: 535 5.7.8 no"}"#;
    get("/readyz").of(&shop).await.is(StatusCode::OK, body);
}
