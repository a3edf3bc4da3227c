use application::ports::{
    ClaimedWork, Clock, CustomerStatus, FailureKind, GeoAction, GeoContext, GeoError, MailKind, Random,
    TokenStore,
};
use chrono::TimeDelta;
use domain::{DeliveryState, NoMailReason, WorkerId};
use testkit::fake::SendScript;

use crate::world::{World, email, start};

#[tokio::test]
async fn a_known_customer_gets_one_mail_with_a_good_link() {
    let world = World::new().await;
    let id = world.ask("JAN@example.com").await;
    assert_eq!(world.deliver(id).await.state, DeliveryState::Sent);
    let mails = world.sender.taken();
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].kind, mails[0].to.normalized()), (MailKind::ResetPassword, "jan@example.com"));
    let link = mails[0].link.clone().unwrap();
    assert!(link.starts_with("http://127.0.0.1:8080/reset/"), "{link}");
    assert!(world.open_link().execute(&world.token(0), None).await.unwrap().is_some());
}

#[tokio::test]
async fn nobody_else_gets_one() {
    let world = World::new().await;
    world.customer("banned@example.com", CustomerStatus::Banned).await;
    world.customer("gone@example.com", CustomerStatus::Deleted).await;
    for (address, reason) in [
        ("nobody@example.com", NoMailReason::UnknownAddress),
        ("banned@example.com", NoMailReason::Inactive),
        ("gone@example.com", NoMailReason::Inactive),
    ] {
        let mail = world.deliver(world.ask(address).await).await;
        assert_eq!((mail.state, mail.no_mail_reason), (DeliveryState::NoMail, Some(reason)), "{address}");
    }
    assert!(world.sender.attempts().is_empty());
}

#[tokio::test]
async fn over_the_address_budget_no_further_mail_goes_out() {
    let world = World::new().await;
    let first = world.ask("jan@example.com").await;
    let second = world.ask("jan@example.com").await;
    assert_eq!(world.deliver(first).await.state, DeliveryState::Sent);
    assert_eq!(world.deliver(second).await.no_mail_reason, Some(NoMailReason::OverBudget));
    world.clock.advance(TimeDelta::seconds(61));
    let third = world.ask("jan@example.com").await;
    assert_eq!(world.deliver(third).await.state, DeliveryState::Sent);
    assert_eq!(world.sender.taken().len(), 2);
}

#[tokio::test]
async fn a_crash_after_counting_does_not_throttle_the_request_itself() {
    let world = World::new().await;
    let id = world.ask("jan@example.com").await;
    let dead = WorkerId::from_bytes([0xdd; 16]);
    let lease = start() + TimeDelta::seconds(15);
    let claimed = world.store.claim_due(dead, start(), lease, 10).await.unwrap();
    assert!(matches!(claimed[0].work, ClaimedWork::Reset { admitted: false, .. }));
    let budget = world.organisation.settings.address_budget;
    world.store.admit(id, dead, budget, start()).await.unwrap();
    // The worker dies here; its lease ends.
    world.clock.set(lease + TimeDelta::seconds(1));
    assert_eq!(world.deliver(id).await.state, DeliveryState::Sent);
}

#[tokio::test]
async fn a_deferred_mail_is_tried_again_and_both_links_are_good() {
    let world = World::new().await;
    world.sender.next([SendScript::LoseAnswer]);
    let id = world.ask("jan@example.com").await;
    world
        .deliver_until(|| async { world.mail(id).await.state == DeliveryState::WaitingForNextAttempt })
        .await;
    world.clock.advance(TimeDelta::minutes(10));
    assert_eq!(world.deliver(id).await.state, DeliveryState::Sent);
    let mails = world.sender.taken();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].id, mails[1].id, "Message-ID must not change between attempts");
    assert_ne!(world.token(0), world.token(1));
    for index in 0..2 {
        let opened = world.open_link().execute(&world.token(index), None).await.unwrap().unwrap();
        assert_eq!(opened.link.state, domain::LinkState::Good);
    }
}

#[tokio::test]
async fn a_permanent_refusal_is_undeliverable() {
    let world = World::new().await;
    world.sender.next([SendScript::Refuse(FailureKind::Permanent, "550 no such user".into())]);
    let mail = world.deliver(world.ask("jan@example.com").await).await;
    assert_eq!(mail.state, DeliveryState::Undeliverable);
    assert_eq!(mail.last_reply.as_deref(), Some("550 no such user"));
    assert_eq!(world.sender.attempts().len(), 1);
}

#[tokio::test]
async fn a_mail_that_could_only_arrive_dead_is_not_sent() {
    let world = World::new().await;
    let id = world.ask("jan@example.com").await;
    world.clock.advance(TimeDelta::hours(1));
    assert_eq!(world.deliver(id).await.state, DeliveryState::SendingError);
    assert!(world.sender.attempts().is_empty());
}

#[tokio::test]
async fn while_the_relay_is_down_one_probe_at_a_time_and_then_everything() {
    let world = World::new().await;
    let mut requests = Vec::new();
    for number in 0..60 {
        let address = format!("c{number}@example.com");
        world.customer(&address, CustomerStatus::Active).await;
        requests.push(world.ask(&address).await);
    }
    world.sender.otherwise(SendScript::Refuse(FailureKind::HostDown, "connection refused".into()));
    world.deliver_until(|| async { world.sender.attempts().len() >= 25 }).await;
    let first_wave = world.sender.attempts().len();
    assert!(first_wave <= 25, "only those already on their way may fail: {first_wave}");
    for probe in 1..=3 {
        world.clock.advance(TimeDelta::seconds(6));
        let before = world.sender.attempts().len();
        world.deliver_until(|| async { world.sender.attempts().len() > before }).await;
        // A new worker starts without knowing that the relay is down, so its first wave may be larger.
        assert!(world.sender.attempts().len() - before <= 25, "probe {probe}");
    }
    world.sender.otherwise(SendScript::Accept("250 ok".into()));
    world.clock.advance(TimeDelta::seconds(6));
    world.deliver_until(|| async { world.sender.taken().len() == 60 }).await;
    for request in requests {
        assert_eq!(world.mail(request).await.state, DeliveryState::Sent);
    }
}

#[tokio::test]
async fn mail_of_development_keys_is_captured() {
    let world = World::new().await;
    let mut caller = world.authenticated().await;
    let mut key = (*caller.key).clone();
    key.key.kind = domain::ApiKeyKind::Development;
    caller.key = key.into();
    let command =
        application::RequestResetCommand { email: email("jan@example.com"), expiry: None, customer_ip: None };
    let id = world.request_reset().execute(&caller, command).await.unwrap();
    assert_eq!(world.deliver(id).await.state, DeliveryState::Sent);
    assert!(world.sender.attempts().is_empty());
    assert_eq!(world.sandbox.taken().len(), 1);
}

#[tokio::test]
async fn a_resolver_that_fails_or_hangs_costs_the_place_and_nothing_else() {
    for hang in [false, true] {
        let world = World::new().await;
        if hang {
            world.geo.delay(std::time::Duration::from_secs(30));
        } else {
            world.geo.fail(Some(GeoError::Unavailable("down".into())));
        }
        let id = world.ask_from("jan@example.com", "1.1.1.1").await;
        assert_eq!(world.deliver(id).await.state, DeliveryState::Sent);
        assert_eq!(world.detail(id).await.geo, None);
    }
}

#[tokio::test]
async fn private_addresses_are_never_looked_up() {
    let world = World::new().await;
    for ip in ["127.0.0.1", "10.1.2.3", "fd00::1", "fe80::1"] {
        world.clock.advance(TimeDelta::minutes(20));
        let id = world.ask_from("jan@example.com", ip).await;
        world.deliver(id).await;
    }
    assert_eq!(world.geo.asked(), 0);
}

#[tokio::test]
async fn rules_by_place_refuse_slow_and_flag_in_the_worker() {
    for (action, state) in
        [(GeoAction::Refuse, DeliveryState::NoMail), (GeoAction::Flag, DeliveryState::Sent)]
    {
        let world = World::with(|organisation| organisation.settings.geo_rules.tor = action).await;
        let geo = world.geo.clone().everywhere(GeoContext { is_tor: Some(true), ..GeoContext::default() });
        drop(geo);
        let id = world.ask_from("jan@example.com", "1.1.1.1").await;
        assert_eq!(world.deliver(id).await.state, state);
        let flagged = world.detail(id).await.timeline.iter().any(|entry| entry.event == "flagged");
        assert_eq!(flagged, action == GeoAction::Flag);
    }
    let world = World::with(|organisation| organisation.settings.geo_rules.tor = GeoAction::Slow).await;
    drop(world.geo.clone().everywhere(GeoContext { is_tor: Some(true), ..GeoContext::default() }));
    let id = world.ask_from("jan@example.com", "1.1.1.1").await;
    world.deliver_until(|| async { world.mail(id).await.state == DeliveryState::NotReadyToQueue }).await;
    assert!(world.sender.attempts().is_empty());
    world.clock.advance(TimeDelta::seconds(61));
    assert_eq!(world.deliver(id).await.state, DeliveryState::Sent);
}

#[tokio::test]
async fn a_newer_request_takes_the_place_of_an_older_one() {
    let world = World::with(|organisation| organisation.settings.address_budget.per_minute = 9).await;
    world.sender.next([SendScript::Refuse(FailureKind::Transient, "451 later".into())]);
    let older = world.ask("jan@example.com").await;
    world
        .deliver_until(|| async { world.mail(older).await.state == DeliveryState::WaitingForNextAttempt })
        .await;
    world.clock.advance(TimeDelta::milliseconds(1));
    let newer = world.ask("jan@example.com").await;
    assert_eq!(world.deliver(newer).await.state, DeliveryState::Sent);
    world.clock.advance(TimeDelta::minutes(10));
    assert_eq!(world.deliver(older).await.no_mail_reason, Some(NoMailReason::Superseded));
    assert_eq!(world.sender.taken().len(), 1);
}

#[tokio::test]
async fn identifiers_are_ordered_by_time() {
    let world = World::new().await;
    let clock: &dyn Clock = &world.clock;
    let random: &dyn Random = world.random.as_ref();
    let first = application::fresh_id(clock, random);
    world.clock.advance(TimeDelta::milliseconds(1));
    assert!(first < application::fresh_id(clock, random));
}
