use metrics_exporter_prometheus::PrometheusBuilder;

use crate::ask::{get, post};
use crate::shop::{PROD, Shop};

#[tokio::test]
async fn answers_are_counted_by_route_status_and_code() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _local = metrics::set_default_local_recorder(&recorder);
    let shop = Shop::open().await;
    let path = format!("/api/v1/customer/reset-password?apiKey={PROD}");
    for _ in 0..3 {
        post(&path, r#"{"email":"jan@barasek.com"}"#).of(&shop).await;
    }
    post(&path, "{}").of(&shop).await;
    get("/reset/secret-token").of(&shop).await;
    get("/nowhere/secret-path").of(&shop).await;
    let text = handle.render();
    for line in [
        r#"resetd_http_requests_total{route="/api/v1/customer/reset-password",status="200",code=""} 3"#,
        r#"resetd_http_requests_total{route="/api/v1/customer/reset-password",status="422",code="INTERNAL_VALIDATION_FAILED"} 1"#,
        r#"resetd_http_requests_total{route="/reset/{token}",status="404",code=""} 1"#,
        r#"resetd_http_requests_total{route="unmatched",status="404",code="INTERNAL_RESOURCE_NOT_FOUND"} 1"#,
        r#"resetd_http_request_seconds_count{route="/api/v1/customer/reset-password"} 4"#,
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert!(!text.contains("secret"), "{text}");
}
