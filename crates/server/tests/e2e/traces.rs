//! Traces: what a collector is told of a request and of its mail, and what it is never told.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use serde_json::json;

use crate::collector::{Collector, attribute};
use crate::demo::{documented_request, newest_link};
use crate::http::{get, post_json, send};
use crate::process::{Server, resetd, within};

const KEY: &str = "PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE";
const PASSWORD: &str = "Correct-Horse-7";

fn traced(directory: &std::path::Path, url: &str) -> Server {
    Server::start(
        resetd()
            .arg("demo")
            .arg("--data-dir")
            .arg(directory)
            .env("RESETD_TELEMETRY_OTLP_URL", url)
            .env("RESETD_TELEMETRY_OTLP_HEADERS", "Authorization=Bearer of-the-collector")
            .env("RESETD_TELEMETRY_SERVICE_NAME", "shop-resets")
            .env("RESETD_TELEMETRY_SAMPLING", "1")
            .env("RESETD_LOG", "debug"),
    )
}

fn named<'a>(spans: &'a [Span], name: &str) -> Vec<&'a Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

#[test]
fn a_collector_sees_every_stage_and_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let collector = Collector::start();
    let server = traced(directory.path(), &collector.url());
    let at = server.address;
    assert_eq!(documented_request(at).status, 200);
    let link = newest_link(at, 1);
    let token = link.rsplit('/').next().unwrap().to_owned();
    get(at, &format!("/reset/{token}"));
    let body = json!({ "token": token, "password": PASSWORD }).to_string();
    let set = format!("/api/v1/customer/set-new-password?apiKey={KEY}");
    assert_eq!(post_json(at, &set, &body).json()["success"], true);
    post_json(at, &set, &body);
    newest_link_is_there(at);
    let log = server.stop();

    let spans = collector.spans("shop-resets");
    let request = named(&spans, "POST /api/v1/customer/reset-password")[0];
    assert_eq!(request.kind(), SpanKind::Server);
    assert_eq!(attribute(request, "http.response.status_code").as_deref(), Some("200"));
    assert_eq!(attribute(request, "http.route").as_deref(), Some("/api/v1/customer/reset-password"));
    assert_eq!(attribute(request, "request_id").unwrap().len(), 32);
    let record = named(&spans, "record")[0];
    assert_eq!((&record.parent_span_id, &record.trace_id), (&request.span_id, &request.trace_id));

    // The mail is a trace of its own, found by the identifier that the request told.
    let mail = attribute(record, "mail").unwrap();
    let delivers = named(&spans, "deliver");
    let deliver = delivers.iter().find(|span| attribute(span, "mail").as_ref() == Some(&mail)).unwrap();
    assert_ne!(deliver.trace_id, request.trace_id);
    assert_eq!(attribute(deliver, "outcome").as_deref(), Some("sent"));
    let within_it = |name: &str| {
        let found = named(&spans, name).into_iter().find(|span| span.trace_id == deliver.trace_id);
        found.unwrap_or_else(|| panic!("no span {name} of the delivery"))
    };
    let prepare = within_it("prepare");
    for name in ["admit", "geo", "issue", "compose"] {
        assert_eq!(within_it(name).parent_span_id, prepare.span_id, "{name}");
    }
    for name in ["prepare", "send", "complete"] {
        assert_eq!(within_it(name).parent_span_id, deliver.span_id, "{name}");
    }
    assert!(named(&spans, "claim").iter().all(|span| attribute(span, "mails").unwrap() != "0"));
    let outcomes: Vec<_> = named(&spans, "set-new-password")
        .into_iter()
        .map(|span| attribute(span, "outcome").unwrap())
        .collect();
    assert_eq!(outcomes, ["changed", "E003"]);
    assert!(!named(&spans, "hash").is_empty() && !named(&spans, "redeem").is_empty());
    assert!(!named(&spans, "GET /reset/{token}").is_empty());

    let sent = collector.bytes();
    for secret in [KEY, token.as_str(), PASSWORD, "jan@barasek.com", "apiKey"] {
        assert!(!sent.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} was sent");
    }
    for head in collector.heads() {
        assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
        assert!(head.to_lowercase().contains("content-type: application/x-protobuf"), "{head}");
        assert!(head.contains("Bearer of-the-collector"), "{head}");
    }
    assert!(!log.contains("of-the-collector"));
}

fn newest_link_is_there(at: std::net::SocketAddr) {
    within(Duration::from_secs(4), "the notice", || (crate::demo::mails(at).len() == 2).then_some(()));
}

#[test]
fn a_callers_trace_goes_on_here_and_its_decision_holds() {
    let directory = tempfile::tempdir().unwrap();
    let collector = Collector::start();
    let server = traced(directory.path(), &collector.url());
    let ping = |parent: &str| {
        let headers = [("traceparent", parent), ("tracestate", "vendor=of-somebody-else")];
        assert_eq!(send(server.address, "GET", "/healthz", &headers, "").status, 200);
    };
    ping("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    // Not sampled by the caller, and not one at all.
    ping("00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
    ping("nonsense");
    server.stop();
    let spans = collector.spans("shop-resets");
    let requests = named(&spans, "GET /healthz");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut seen: Vec<_> =
        requests.iter().map(|span| (hex(&span.trace_id), hex(&span.parent_span_id))).collect();
    seen.retain(|(_, parent)| !parent.is_empty());
    let continued = ("0af7651916cd43dd8448eb211c80319c".to_owned(), "b7ad6b7169203331".to_owned());
    assert_eq!(seen, [continued]);
    assert!(requests.iter().all(|span| !hex(&span.trace_id).starts_with("1af7")));
    let sent = collector.bytes();
    assert!(!sent.windows(16).any(|window| window == b"of-somebody-else"));
}

#[test]
fn a_collector_that_is_away_is_told_once_and_holds_nobody_up() {
    let directory = tempfile::tempdir().unwrap();
    // Takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = traced(directory.path(), &format!("http://{}", silent.local_addr().unwrap()));
    for _ in 0..20 {
        assert_eq!(get(server.address, "/healthz").status, 200);
    }
    documented_request(server.address);
    newest_link(server.address, 1);
    let asked = Instant::now();
    let log = server.stop();
    assert!(asked.elapsed() < Duration::from_secs(12), "{:?}", asked.elapsed());
    assert!(log.contains("stopped"), "{log}");
}

#[test]
fn senseless_settings_are_named() {
    let directory = tempfile::tempdir().unwrap();
    for (variable, value, setting) in [
        ("RESETD_TELEMETRY_OTLP_URL", "grpc://127.0.0.1:4317", "telemetry.otlp_url"),
        ("RESETD_TELEMETRY_OTLP_URL", "http://user:hunter2@127.0.0.1:4318", "telemetry.otlp_url"),
        ("RESETD_TELEMETRY_SAMPLING", "2", "telemetry.sampling"),
        ("RESETD_TELEMETRY_OTLP_HEADERS", "hunter2", "telemetry.otlp_headers"),
    ] {
        let mut command = crate::settings::good(directory.path(), &["serve"]);
        command.env("RESETD_TELEMETRY_OTLP_URL", "http://127.0.0.1:4318").env(variable, value);
        let output = crate::process::run_with(&mut command, b"");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && told.contains(setting), "{variable}={value}: {told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}
