use std::sync::Arc;
use std::time::{Duration, Instant};

use application::DirectoryCallError;
use domain::WebhookSecret;
use http_client::{AddressPolicy, CallError, UrlError};
use testkit::fake::FixedClock;
use testkit::net::{Authority, Behaviour, HttpServer};

use crate::directory_http::{
    Applied, BackendError, DirectoryClient, DirectoryOptions, OptionsError, SetPasswordAnswer,
};
use crate::{client, find, now, options, set, with};

const JAN: &str = "jan@barasek.com";

fn customer(fields: &str) -> Behaviour {
    Behaviour::json(format!(r#"{{"customer":{{"id":"4711","status":"active",{fields}}}}}"#))
}

/// What a look-up and a change make of each behaviour, and the word in metrics.
#[tokio::test]
async fn nothing_but_the_protocol_is_an_answer() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    let too_large = CallError::TooLarge { limit: 65_536 };
    let page = || Behaviour::html("<h1>It works</h1>");
    for (behaviour, expected, outcome) in [
        (Behaviour::status(404), BackendError::NotFound, "not-found"),
        (Behaviour::Reply(404, vec![], "<h1>no</h1>".to_owned()), BackendError::NotFound, "not-found"),
        (Behaviour::redirect(302, "/elsewhere"), BackendError::Redirect(302), "redirect"),
        (Behaviour::redirect(308, server.url()), BackendError::Redirect(308), "redirect"),
        (Behaviour::status(500), BackendError::Status(500), "status"),
        (Behaviour::status(401), BackendError::Status(401), "status"),
        (Behaviour::status(204), BackendError::Status(204), "status"),
        (page(), BackendError::Page, "page"),
        (Behaviour::json("[]"), BackendError::NotJson, "not-json"),
        (Behaviour::json(""), BackendError::NotJson, "not-json"),
        (Behaviour::json("[".repeat(50_000)), BackendError::NotJson, "not-json"),
        (Behaviour::json(" ".repeat(1_000_000)), too_large.clone().into(), "too-large"),
        (Behaviour::HugeBody { content_length: false }, too_large.into(), "too-large"),
        (Behaviour::CutBody, CallError::Cut.into(), "cut"),
        (Behaviour::HangUp, CallError::Cut.into(), "cut"),
        (Behaviour::Garbage, CallError::NotHttp.into(), "not-http"),
    ] {
        server.behave(behaviour.clone());
        let client = client(&server);
        assert_eq!(find(&client, JAN).await, Err(expected.clone()), "{behaviour:?}");
        assert_eq!(set(&client, "c1", 1, "1", "new").await, Err(expected.clone()), "{behaviour:?}");
        assert_eq!(expected.outcome(), outcome);
        assert!(expected.is_outage());
    }
}

#[tokio::test]
async fn a_backend_that_hangs_is_left_at_the_deadline_of_the_call() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    let short = DirectoryOptions {
        find_deadline: Duration::from_millis(200),
        set_password_deadline: Duration::from_millis(500),
        ..options(&Authority::new())
    };
    let client = with(&server, &short);
    for behaviour in [Behaviour::hang(), Behaviour::SlowBody, Behaviour::SlowHead] {
        server.behave(behaviour.clone());
        let began = Instant::now();
        assert_eq!(find(&client, JAN).await, Err(CallError::TimedOut.into()), "{behaviour:?}");
        let (found, began) = (began.elapsed(), Instant::now());
        assert_eq!(set(&client, "c1", 1, "1", "x").await, Err(CallError::TimedOut.into()));
        assert!(found >= Duration::from_millis(200) && found < Duration::from_millis(500), "{found:?}");
        assert!(began.elapsed() >= Duration::from_millis(500), "{:?}", began.elapsed());
    }
    let defaults = DirectoryOptions::default();
    assert_eq!(
        (defaults.find_deadline, defaults.set_password_deadline),
        (Duration::from_secs(2), Duration::from_secs(5))
    );
}

#[tokio::test]
async fn another_customer_is_never_returned_and_pauses_nothing() {
    let server = HttpServer::start(customer(r#""email":"eve@barasek.com","version":"1""#)).await;
    let error = find(&client(&server), JAN).await.unwrap_err();
    assert_eq!((&error, error.outcome()), (&BackendError::OtherAddress, "other-address"));
    assert!(!error.is_outage());
    assert!(!error.to_string().contains("eve"), "{error}");
}

#[tokio::test]
async fn a_misfit_is_named_without_its_value() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    for (fields, field) in [
        (r#""email":"jan@barasek.com""#, "customer.version"),
        (r#""email":"jan@barasek.com","version":["s3cret"]"#, "customer.version"),
        (r#""email":"s3cret","version":"1""#, "customer.email"),
    ] {
        server.behave(customer(fields));
        let error = find(&client(&server), JAN).await.unwrap_err();
        assert!(matches!(&error, BackendError::Invalid(invalid) if invalid.field == field), "{error:?}");
        assert!(error.to_string().contains(field) && !error.to_string().contains("s3cret"), "{error}");
    }
    for (status, body, field) in [
        (200, r#"{"applied":"yes"}"#, "applied"),
        (200, r#"{"success":true}"#, "applied"),
        (422, r#"{"reason":"s3cret"}"#, "reason"),
        (422, "{}", "reason"),
    ] {
        server.behave(Behaviour::json_status(status, body));
        let error = set(&client(&server), "c1", 1, "1", "new").await.unwrap_err();
        assert!(matches!(&error, BackendError::Invalid(invalid) if invalid.field == field), "{error:?}");
    }
}

#[tokio::test]
async fn a_status_says_stale_and_gone_whatever_the_body() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    for (status, expected) in [(409, SetPasswordAnswer::Stale), (410, SetPasswordAnswer::Gone)] {
        for body in ["", "{}", "<h1>Conflict</h1>"] {
            server.behave(Behaviour::Reply(status, vec![], body.to_owned()));
            assert_eq!(set(&client(&server), "c1", 1, "1", "new").await, Ok(expected), "{status} {body}");
            assert_eq!(find(&client(&server), JAN).await, Err(BackendError::Status(status)));
        }
    }
}

#[tokio::test]
async fn sessions_are_ended_only_where_the_backend_says_so() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    for body in [r#"{"applied":"now"}"#, r#"{"applied":"now","sessionsEnded":"yes"}"#] {
        server.behave(Behaviour::Reply(200, vec![], body.to_owned()));
        let answer = set(&client(&server), "c1", 1, "1", "new").await;
        assert_eq!(answer, Ok(SetPasswordAnswer::Applied { by: Applied::Now, sessions_ended: false }));
    }
}

#[test]
fn other_urls_are_refused() {
    let refused = |url: &str, addresses: AddressPolicy| {
        let secret = WebhookSecret::from_bytes(&[7; 32]).unwrap();
        let options = DirectoryOptions { addresses, ..options(&Authority::new()) };
        DirectoryClient::new(&options, url, secret, Arc::new(FixedClock(now()))).unwrap_err()
    };
    let public = AddressPolicy::Public;
    for (url, addresses, error) in [
        ("shop.example", public, UrlError::NotAUrl),
        ("http://shop.example/reset", public, UrlError::InTheClear),
        ("http://shop.example/reset", AddressPolicy::PrivateToo, UrlError::InTheClear),
        ("https://user:pw@shop.example/", public, UrlError::Parts),
        ("https://10.0.0.1/reset", public, UrlError::Private),
        ("http://127.0.0.1/reset", public, UrlError::Private),
    ] {
        assert_eq!(refused(url, addresses), OptionsError::Url(error), "{url}");
    }
    assert_eq!(refused("https://shop.example/reset?key=1", public), OptionsError::Query);
}
