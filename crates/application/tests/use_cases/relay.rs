//! What the relay says, and what becomes of mails and queue.

use application::ports::{Clock as _, CustomerStatus, FailureKind, MailQueue, QueueDepth};
use chrono::TimeDelta;
use domain::{DeliveryState, MailId, RequestId};
use testkit::fake::SendScript;

use crate::world::World;

/// A world in which each of `count` customers has asked.
async fn asked(count: usize) -> (World, Vec<RequestId>) {
    let world = World::new().await;
    let mut requests = Vec::new();
    for number in 0..count {
        let address = format!("c{number}@example.com");
        world.customer(&address, CustomerStatus::Active).await;
        requests.push(world.ask(&address).await);
    }
    (world, requests)
}

/// Lets the worker run, at a second of the world's time a step, until `done`.
async fn run_until(world: &World, done: impl Fn() -> bool) {
    world
        .deliver_until(|| async {
            world.clock.advance(TimeDelta::seconds(1));
            done()
        })
        .await;
}

async fn all(world: &World, requests: &[RequestId], state: DeliveryState) -> bool {
    for request in requests {
        if world.mail(*request).await.state != state {
            return false;
        }
    }
    true
}

fn refuse(kind: FailureKind, reply: &str) -> SendScript {
    SendScript::Refuse(kind, reply.to_owned())
}

#[tokio::test]
async fn a_relay_that_denies_everybody_loses_nobody() {
    let (world, requests) = asked(8).await;
    world.sender.otherwise(refuse(FailureKind::PolicyRefused, "554 5.7.1 <***>: Relay access denied"));
    run_until(&world, || world.relay.error().is_some() && world.sender.attempts().len() > 9).await;
    assert_eq!(
        world.relay.error().as_deref(),
        Some("the relay refuses us: 554 5.7.1 <***>: Relay access denied")
    );
    assert!(all(&world, &requests, DeliveryState::WaitingForNextAttempt).await);
    world.sender.otherwise(SendScript::Accept("250 ok".to_owned()));
    run_until(&world, || world.sender.taken().len() == 8).await;
    assert_eq!(world.relay.error(), None);
    assert!(all(&world, &requests, DeliveryState::Sent).await);
}

#[tokio::test]
async fn a_recipient_refused_among_others_is_undeliverable() {
    let (world, requests) = asked(1).await;
    world.sender.next([refuse(FailureKind::PolicyRefused, "554 5.7.1 not here")]);
    world
        .deliver_until(|| async {
            world.mail(requests[0]).await.state == DeliveryState::WaitingForNextAttempt
        })
        .await;
    world.customer("other@example.com", CustomerStatus::Active).await;
    let other = world.ask("other@example.com").await;
    world.sender.next([
        refuse(FailureKind::PolicyRefused, "554 5.7.1 not here"),
        SendScript::Accept("250 ok".to_owned()),
        refuse(FailureKind::PolicyRefused, "554 5.7.1 not here"),
    ]);
    world
        .deliver_until(|| async {
            world.clock.advance(TimeDelta::seconds(1));
            world.sender.attempts().len() >= 4
        })
        .await;
    let ended = [world.mail(requests[0]).await.state, world.mail(other).await.state];
    assert!(ended.contains(&DeliveryState::Sent), "{ended:?}");
    assert!(world.relay.error().is_none());
}

#[tokio::test]
async fn a_deferred_mail_ends_as_a_sending_error_when_its_link_dies() {
    let (world, requests) = asked(1).await;
    world.sender.otherwise(refuse(FailureKind::Transient, "451 4.3.0 later"));
    world
        .deliver_until(|| async {
            world.clock.advance(TimeDelta::seconds(20));
            world.mail(requests[0]).await.state.is_terminal()
        })
        .await;
    let mail = world.mail(requests[0]).await;
    assert_eq!(mail.state, DeliveryState::SendingError);
    assert!(mail.attempts > 3, "{mail:?}");
}

#[tokio::test]
async fn a_wrong_password_is_tried_seldom_and_costs_no_mail_an_attempt() {
    let (world, requests) = asked(5).await;
    world.sender.refuse_connections(Some((FailureKind::HostRefuses, "535 5.7.8 no".to_owned())));
    let end = world.clock.now() + TimeDelta::minutes(10);
    run_until(&world, || world.clock.now() > end).await;
    let logins = world.sender.connections();
    assert!((2..=12).contains(&logins), "{logins} in ten minutes");
    assert_eq!(world.relay.error().as_deref(), Some("the relay refuses us: 535 5.7.8 no"));
    assert!(world.sender.attempts().is_empty());
    for request in &requests {
        let detail = world.detail(*request).await;
        assert_eq!(detail.summary.attempts, 0);
        assert_eq!(detail.timeline.len(), 1, "{:?}", detail.timeline);
    }
    world.sender.refuse_connections(None);
    run_until(&world, || world.sender.taken().len() == 5).await;
    assert_eq!(world.relay.error(), None);
}

#[tokio::test]
async fn a_relay_that_is_down_for_hours_leaves_no_rows() {
    let (world, requests) = asked(3).await;
    world.sender.otherwise(refuse(FailureKind::HostDown, "connection refused"));
    world.sender.refuse_connections(Some((FailureKind::HostDown, "connection refused".to_owned())));
    run_until(&world, || world.sender.connections() > 200).await;
    assert!(world.sender.attempts().is_empty());
    assert_eq!(world.detail(requests[0]).await.timeline.len(), 1);
    // When the link dies the mail does not wait for the relay.
    world.clock.advance(TimeDelta::hours(2));
    world.deliver_until(|| async { all(&world, &requests, DeliveryState::SendingError).await }).await;
    let depths: Vec<QueueDepth> = world.store.depths().await.unwrap();
    assert_eq!(depths, []);
}

#[tokio::test]
async fn an_organisations_refused_sender_stops_nobody_else() {
    let world = World::with(|organisation| {
        organisation.settings.mail_from = Some("a@own.example".to_owned());
    })
    .await;
    let request = world.ask("jan@example.com").await;
    world.sender.next([refuse(FailureKind::SenderRefused, "553 5.7.1 not yours")]);
    world
        .deliver_until(|| async { world.mail(request).await.state == DeliveryState::WaitingForNextAttempt })
        .await;
    assert_eq!(world.relay.error(), None);

    let (world, requests) = asked(1).await;
    world.sender.next([refuse(FailureKind::SenderRefused, "553 5.7.1 not yours")]);
    world.deliver_until(|| async { world.relay.error().is_some() }).await;
    assert_eq!(world.relay.error().as_deref(), Some("the relay refuses us: 553 5.7.1 not yours"));
    let id = MailId::from_bytes(*requests[0].as_bytes());
    world
        .deliver_until(|| async {
            world.store.show(id).await.unwrap().unwrap().summary.state == DeliveryState::WaitingForNextAttempt
                || world.sender.taken().len() == 1
        })
        .await;
}
