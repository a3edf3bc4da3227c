use std::sync::Arc;
use std::time::Duration;

use application::model::{WebhookAnswer, WebhookEndpoint, WebhookEndpointStatus, WebhookTarget};
use application::ports::{Clock as _, WebhookError, WebhookOutbox as _, WebhookRegistry};
use application::{DeliverWebhooks, WebhookPorts, WebhookSettings};
use chrono::TimeDelta;
use domain::{WebhookEndpointId, WebhookSecret, WorkerId};
use testkit::fake::RecordingWebhooks;

use crate::use_cases::{UseCases, start};

/// An endpoint that wants everything.
async fn listen(use_cases: &UseCases, number: u8, url: &str) {
    let endpoint = WebhookEndpoint {
        id: WebhookEndpointId::from_bytes([number; 16]),
        organisation: use_cases.organisation.id,
        events: Vec::new(),
        created_at: start() + TimeDelta::seconds(number.into()),
        disabled_at: None,
    };
    let secret = WebhookSecret::from_bytes(&[number; 24]).unwrap();
    let target = WebhookTarget { url: url.to_owned(), secret };
    WebhookRegistry::create(use_cases.store.as_ref(), &endpoint, &target).await.unwrap();
}

async fn statuses(use_cases: &UseCases) -> Vec<WebhookEndpointStatus> {
    WebhookRegistry::list(use_cases.store.as_ref(), None).await.unwrap()
}

/// Tells endpoints until `done`, at most ten seconds.
async fn tell_until(
    use_cases: &UseCases,
    sender: &RecordingWebhooks,
    done: impl Fn(&[WebhookEndpointStatus]) -> bool,
) {
    let ports = WebhookPorts {
        outbox: use_cases.store.clone(),
        sender: Arc::new(sender.clone()),
        clock: Arc::new(use_cases.clock.clone()),
        random: use_cases.random.clone(),
    };
    let worker =
        WorkerId::from_bytes(*application::new_id(&use_cases.clock, use_cases.random.as_ref()).as_bytes());
    let settings = WebhookSettings {
        poll: Duration::from_millis(5),
        grace: Duration::from_millis(50),
        ..WebhookSettings::new(worker)
    };
    let (told, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(Arc::new(DeliverWebhooks::new(ports, settings)).run(async move {
        stopped.await.unwrap_or_default();
    }));
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    loop {
        let statuses = statuses(use_cases).await;
        if done(&statuses) {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "not in ten seconds: {statuses:?}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    drop(told);
    running.await.unwrap();
}

#[tokio::test]
async fn an_endpoint_hears_of_the_request_and_of_its_mail() {
    let use_cases = UseCases::new().await;
    listen(&use_cases, 1, "https://a").await;
    let request = use_cases.ask("jan@example.com").await;
    use_cases.deliver(request).await;
    let sender = RecordingWebhooks::new();
    tell_until(&use_cases, &sender, |all| all[0].delivered == 2).await;
    let mut bodies: Vec<_> = sender.calls().into_iter().map(|call| call.body).collect();
    bodies.sort();
    for (body, kind) in bodies.iter().zip(["password_reset.requested", "password_reset.sent"]) {
        assert!(body.starts_with(&format!(r#"{{"type":"{kind}","#)), "{body}");
        assert!(
            body.contains(&request.to_string()) && body.contains(r#""address":"j***@example.com""#),
            "{body}"
        );
        assert!(!body.contains(&use_cases.token(0)), "{body}");
    }
}

#[tokio::test]
async fn what_failed_comes_again_as_it_was() {
    let use_cases = UseCases::new().await;
    listen(&use_cases, 1, "https://a").await;
    use_cases.deliver(use_cases.ask("nobody@example.com").await).await;
    let sender = RecordingWebhooks::new();
    for (failures, answer) in [(1, Ok(500)), (2, Ok(302)), (3, Err(WebhookError::TimedOut)), (4, Ok(404))] {
        sender.answer("https://a", Duration::ZERO, answer);
        tell_until(&use_cases, &sender, |all| all[0].failures == failures).await;
        use_cases.clock.advance(TimeDelta::hours(1));
    }
    assert_eq!(statuses(&use_cases).await[0].waiting, 1);
    sender.answer("https://a", Duration::ZERO, Ok(202));
    tell_until(&use_cases, &sender, |all| all[0].delivered == 1 && all[0].failures == 0).await;
    let calls = sender.calls();
    assert!(calls.len() >= 5, "{} calls", calls.len());
    assert!(calls.iter().all(|call| (call.id, &call.body) == (calls[0].id, &calls[0].body)));
    assert!(calls[0].at < calls[calls.len() - 1].at, "each attempt has a time of its own");
}

#[tokio::test]
async fn an_endpoint_is_left_alone_for_as_long_as_it_asks() {
    let use_cases = UseCases::new().await;
    listen(&use_cases, 1, "https://a").await;
    use_cases.deliver(use_cases.ask("nobody@example.com").await).await;
    let sender = RecordingWebhooks::new();
    let busy = WebhookAnswer { status: 429, retry_after: Some(Duration::from_secs(1_200)) };
    sender.answer_with("https://a", Duration::ZERO, Ok(busy));
    tell_until(&use_cases, &sender, |all| all[0].failures == 1).await;
    sender.answer("https://a", Duration::ZERO, Ok(204));
    let due = |now| use_cases.store.claim_events(WorkerId::from_bytes([7; 16]), now, now, 10, 10);
    let now = use_cases.clock.now();
    assert!(due(now + TimeDelta::seconds(1_199)).await.unwrap().is_empty(), "too early");
    assert_eq!(due(now + TimeDelta::seconds(1_201)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_endpoint_that_hangs_holds_nobody_up() {
    let use_cases = UseCases::new().await;
    listen(&use_cases, 1, "https://hangs").await;
    let sender = RecordingWebhooks::new();
    sender.answer("https://hangs", Duration::from_secs(3_600), Ok(200));
    for number in 0..60 {
        use_cases.deliver(use_cases.ask(&format!("c{number}@example.com")).await).await;
    }
    listen(&use_cases, 2, "https://works").await;
    for number in 60..70 {
        use_cases.deliver(use_cases.ask(&format!("c{number}@example.com")).await).await;
    }
    tell_until(&use_cases, &sender, |all| all[1].delivered == 10).await;
    let hanging = sender.calls().iter().filter(|call| call.target.url == "https://hangs").count();
    assert_eq!(hanging, 4, "a few at a time");
}

#[tokio::test]
async fn who_answers_410_is_told_nothing_more() {
    let use_cases = UseCases::new().await;
    listen(&use_cases, 1, "https://a").await;
    use_cases.deliver(use_cases.ask("jan@example.com").await).await;
    let sender = RecordingWebhooks::new();
    sender.answer("https://a", Duration::ZERO, Ok(410));
    tell_until(&use_cases, &sender, |all| all[0].endpoint.disabled_at.is_some()).await;
    use_cases.clock.advance(TimeDelta::hours(1));
    let before = sender.calls().len();
    use_cases.deliver(use_cases.ask("jan@example.com").await).await;
    tell_until(&use_cases, &sender, |_| true).await;
    assert_eq!(sender.calls().len(), before);
    assert_eq!(statuses(&use_cases).await[0].delivered, 0);
}

#[tokio::test]
async fn after_a_day_an_event_is_given_up() {
    let use_cases = UseCases::new().await;
    listen(&use_cases, 1, "https://a").await;
    use_cases.deliver(use_cases.ask("nobody@example.com").await).await;
    let sender = RecordingWebhooks::new();
    sender.answer("https://a", Duration::ZERO, Err(WebhookError::Unreachable));
    tell_until(&use_cases, &sender, |all| all[0].failures == 1).await;
    use_cases.clock.advance(TimeDelta::hours(25));
    tell_until(&use_cases, &sender, |all| all[0].given_up == 1).await;
    let status = statuses(&use_cases).await.remove(0);
    assert_eq!((status.waiting, status.delivered), (0, 0));
    assert_eq!(status.last_answer.as_deref(), Some("the host cannot be reached"));
}
