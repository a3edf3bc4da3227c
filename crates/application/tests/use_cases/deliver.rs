use application::model::{ClaimedWork, CustomerStatus, FailureKind, GeoAction, Lease, MailKind};
use application::ports::{Clock, DeliveryQueue, GeoError, Random};
use chrono::TimeDelta;
use domain::{
    DeliveryState, GeoContext, LinkState, NoMailReason, ProviderRule, ProviderRules, RequestId, TagSeparator,
    WorkerId,
};
use testkit::fake::SendScript;

use crate::use_cases::{UseCases, email, start};

#[tokio::test]
async fn a_known_customer_gets_one_mail_with_a_good_link() {
    let use_cases = UseCases::new().await;
    let id = use_cases.ask("JAN@example.com").await;
    assert_eq!(use_cases.deliver(id).await.state, DeliveryState::Sent);
    let mails = use_cases.sender.taken();
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].kind, mails[0].to.normalized()), (MailKind::ResetPassword, "jan@example.com"));
    let link = mails[0].link.clone().unwrap();
    assert!(link.starts_with("http://127.0.0.1:8080/reset/"), "{link}");
    assert!(use_cases.open_link().execute(&use_cases.token(0), None).await.unwrap().is_some());
}

#[tokio::test]
async fn an_organisations_own_provider_rules_decide_whose_mailbox_it_is() {
    let rule = ProviderRule::new("Example", "its postmaster", ["example.com"]).unwrap();
    let rules: ProviderRules = [rule.ignoring_dots().dropping_tags(TagSeparator::Plus)].into_iter().collect();
    let use_cases = UseCases::with(|shop| shop.settings.provider_rules = rules).await;
    let first = use_cases.ask("J.An+shop@example.com").await;
    let second = use_cases.ask("ja.n@example.com").await;
    let nobody = use_cases.ask("+shop@example.com").await;
    assert_eq!(use_cases.deliver(first).await.state, DeliveryState::Sent);
    // The address stored for the customer gets the mail, and one mailbox has one budget.
    assert_eq!(use_cases.sender.taken()[0].to, "jan@example.com");
    assert_eq!(use_cases.deliver(second).await.no_mail_reason, Some(NoMailReason::OverBudget));
    assert_eq!(use_cases.deliver(nobody).await.no_mail_reason, Some(NoMailReason::UnknownAddress));

    let without = UseCases::new().await;
    let mail = without.deliver(without.ask("J.An+shop@example.com").await).await;
    assert_eq!(mail.no_mail_reason, Some(NoMailReason::UnknownAddress));
}

#[tokio::test]
async fn nobody_else_gets_one() {
    let use_cases = UseCases::new().await;
    use_cases.customer("banned@example.com", CustomerStatus::Banned).await;
    use_cases.customer("gone@example.com", CustomerStatus::Deleted).await;
    for (address, reason) in [
        ("nobody@example.com", NoMailReason::UnknownAddress),
        ("banned@example.com", NoMailReason::Inactive),
        ("gone@example.com", NoMailReason::Inactive),
    ] {
        let mail = use_cases.deliver(use_cases.ask(address).await).await;
        assert_eq!((mail.state, mail.no_mail_reason), (DeliveryState::NoMail, Some(reason)), "{address}");
    }
    assert!(use_cases.sender.attempts().is_empty());
}

#[tokio::test]
async fn over_the_address_budget_no_further_mail_goes_out() {
    let use_cases = UseCases::new().await;
    let first = use_cases.ask("jan@example.com").await;
    let second = use_cases.ask("jan@example.com").await;
    assert_eq!(use_cases.deliver(first).await.state, DeliveryState::Sent);
    assert_eq!(use_cases.deliver(second).await.no_mail_reason, Some(NoMailReason::OverBudget));
    use_cases.clock.advance(TimeDelta::seconds(61));
    let third = use_cases.ask("jan@example.com").await;
    assert_eq!(use_cases.deliver(third).await.state, DeliveryState::Sent);
    assert_eq!(use_cases.sender.taken().len(), 2);
}

#[tokio::test]
async fn a_crash_after_counting_does_not_throttle_the_request_itself() {
    let use_cases = UseCases::new().await;
    let id = use_cases.ask("jan@example.com").await;
    let dead = WorkerId::from_bytes([0xdd; 16]);
    let lease = start() + TimeDelta::seconds(15);
    let claimed = use_cases.store.claim(dead, start(), lease, 10).await.unwrap();
    assert!(matches!(claimed[0].work, ClaimedWork::Reset { admitted: false, .. }));
    let budget = use_cases.organisation.settings.address_budget;
    use_cases.store.admit(Lease::new(id, dead), budget, start()).await.unwrap();
    // The worker dies here; its lease ends.
    use_cases.clock.set(lease + TimeDelta::seconds(1));
    assert_eq!(use_cases.deliver(id).await.state, DeliveryState::Sent);
}

#[tokio::test]
async fn a_deferred_mail_is_tried_again_and_both_links_are_good() {
    let use_cases = UseCases::new().await;
    use_cases.sender.next([SendScript::LoseAnswer]);
    let id = use_cases.ask("jan@example.com").await;
    use_cases
        .deliver_until(|| async { use_cases.mail(id).await.state == DeliveryState::WaitingForNextAttempt })
        .await;
    use_cases.clock.advance(TimeDelta::minutes(10));
    assert_eq!(use_cases.deliver(id).await.state, DeliveryState::Sent);
    let mails = use_cases.sender.taken();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].id, mails[1].id, "Message-ID must not change between attempts");
    assert_ne!(use_cases.token(0), use_cases.token(1));
    for index in 0..2 {
        let opened = use_cases.open_link().execute(&use_cases.token(index), None).await.unwrap().unwrap();
        assert_eq!(opened.link.state, LinkState::Good);
    }
}

#[tokio::test]
async fn a_permanent_refusal_is_undeliverable() {
    let use_cases = UseCases::new().await;
    use_cases.sender.next([SendScript::Refuse(FailureKind::Permanent, "550 no such user".into())]);
    let mail = use_cases.deliver(use_cases.ask("jan@example.com").await).await;
    assert_eq!(mail.state, DeliveryState::Undeliverable);
    assert_eq!(mail.last_reply.as_deref(), Some("550 no such user"));
    assert_eq!(use_cases.sender.attempts().len(), 1);
}

#[tokio::test]
async fn a_mail_that_could_only_arrive_dead_is_not_sent() {
    let use_cases = UseCases::new().await;
    let id = use_cases.ask("jan@example.com").await;
    use_cases.clock.advance(TimeDelta::hours(1));
    assert_eq!(use_cases.deliver(id).await.state, DeliveryState::SendingError);
    assert!(use_cases.sender.attempts().is_empty());
}

#[tokio::test]
async fn while_the_relay_is_down_one_probe_at_a_time_and_then_everything() {
    let use_cases = UseCases::new().await;
    let mut requests = Vec::new();
    for number in 0..60 {
        let address = format!("c{number}@example.com");
        use_cases.customer(&address, CustomerStatus::Active).await;
        requests.push(use_cases.ask(&address).await);
    }
    use_cases.sender.otherwise(SendScript::Refuse(FailureKind::HostDown, "connection refused".into()));
    use_cases.deliver_until(|| async { use_cases.sender.attempts().len() >= 25 }).await;
    let first_wave = use_cases.sender.attempts().len();
    assert!(first_wave <= 25, "only those already on their way may fail: {first_wave}");
    for probe in 1..=3 {
        use_cases.clock.advance(TimeDelta::seconds(6));
        let before = use_cases.sender.attempts().len();
        use_cases.deliver_until(|| async { use_cases.sender.attempts().len() > before }).await;
        // A new worker starts without knowing that the relay is down, so its first wave may be
        // larger.
        assert!(use_cases.sender.attempts().len() - before <= 25, "probe {probe}");
    }
    use_cases.sender.otherwise(SendScript::Accept("250 ok".into()));
    use_cases.clock.advance(TimeDelta::seconds(6));
    use_cases.deliver_until(|| async { use_cases.sender.taken().len() == 60 }).await;
    for request in requests {
        assert_eq!(use_cases.mail(request).await.state, DeliveryState::Sent);
    }
}

/// A request of a development key.
async fn ask_in_sandbox(use_cases: &UseCases, address: &str, from: Option<&str>) -> RequestId {
    let mut caller = use_cases.authenticated().await;
    let mut key = (*caller.key).clone();
    key.key.kind = domain::ApiKeyKind::Development;
    caller.key = key.into();
    let customer_ip = from.map(|ip| domain::CustomerIp::parse(ip).unwrap());
    let command = application::RequestResetCommand { email: email(address), expiry: None, customer_ip };
    use_cases.request_reset().execute(&caller, command).await.unwrap()
}

#[tokio::test]
async fn mail_of_development_keys_is_captured_whoever_has_an_account() {
    let use_cases = UseCases::new().await;
    use_cases.customer("banned@example.com", CustomerStatus::Banned).await;
    for address in ["jan@example.com", "nobody@example.com", "banned@example.com"] {
        let id = ask_in_sandbox(&use_cases, address, None).await;
        assert_eq!(use_cases.deliver(id).await.state, DeliveryState::Sent, "{address}");
    }
    assert!(use_cases.sender.attempts().is_empty());
    let taken = use_cases.sandbox.taken();
    let names: Vec<String> = taken
        .iter()
        .map(|mail| {
            let link = mail.link.clone().unwrap();
            let token = link.rsplit('/').next().unwrap();
            mail.content.text.replace(token, "TOKEN")
        })
        .collect();
    assert!(names.iter().all(|text| *text == names[0]), "they differ: {names:#?}");
}

#[tokio::test]
async fn a_development_key_leaves_what_is_live_alone() {
    let use_cases = UseCases::new().await;
    let live = use_cases.ask("jan@example.com").await;
    assert_eq!(use_cases.deliver(live).await.state, DeliveryState::Sent);
    let sandbox = ask_in_sandbox(&use_cases, "jan@example.com", None).await;
    assert_eq!(use_cases.deliver(sandbox).await.state, DeliveryState::Sent, "its budget is its own");
    let opened = use_cases.open_link().execute(&use_cases.token(0), None).await.unwrap().unwrap();
    assert_eq!(opened.link.state, LinkState::Good, "the live link lives on");
    assert_ne!(use_cases.detail(sandbox).await.customer, use_cases.detail(live).await.customer);
    let over = ask_in_sandbox(&use_cases, "jan@example.com", None).await;
    assert_eq!(use_cases.deliver(over).await.no_mail_reason, Some(NoMailReason::OverBudget));
}

#[tokio::test]
async fn a_development_key_uses_up_no_live_budget() {
    let use_cases = UseCases::new().await;
    let sandbox = ask_in_sandbox(&use_cases, "jan@example.com", None).await;
    assert_eq!(use_cases.deliver(sandbox).await.state, DeliveryState::Sent);
    let live = use_cases.ask("jan@example.com").await;
    assert_eq!(use_cases.deliver(live).await.state, DeliveryState::Sent);
    for _ in 0..use_cases.organisation.settings.requests_per_ip_minute {
        ask_in_sandbox(&use_cases, "nobody@example.com", Some("1.1.1.1")).await;
    }
    use_cases.ask_from("nobody@example.com", "1.1.1.1").await;
}

#[tokio::test]
async fn a_resolver_that_fails_or_hangs_costs_the_place_and_nothing_else() {
    for hang in [false, true] {
        let use_cases = UseCases::new().await;
        if hang {
            use_cases.geo.delay(std::time::Duration::from_secs(30));
        } else {
            use_cases.geo.fail(Some(GeoError::Unavailable("down".into())));
        }
        let id = use_cases.ask_from("jan@example.com", "1.1.1.1").await;
        assert_eq!(use_cases.deliver(id).await.state, DeliveryState::Sent);
        assert_eq!(use_cases.detail(id).await.geo, None);
    }
}

#[tokio::test]
async fn private_addresses_are_never_looked_up() {
    let use_cases = UseCases::new().await;
    for ip in ["127.0.0.1", "10.1.2.3", "fd00::1", "fe80::1"] {
        use_cases.clock.advance(TimeDelta::minutes(20));
        let id = use_cases.ask_from("jan@example.com", ip).await;
        use_cases.deliver(id).await;
    }
    assert_eq!(use_cases.geo.asked(), 0);
}

#[tokio::test]
async fn rules_by_place_refuse_slow_and_flag_in_the_worker() {
    for (action, state) in
        [(GeoAction::Refuse, DeliveryState::NoMail), (GeoAction::Flag, DeliveryState::Sent)]
    {
        let use_cases = UseCases::with(|organisation| organisation.settings.geo_rules.tor = action).await;
        let geo =
            use_cases.geo.clone().everywhere(GeoContext { is_tor: Some(true), ..GeoContext::default() });
        drop(geo);
        let id = use_cases.ask_from("jan@example.com", "1.1.1.1").await;
        assert_eq!(use_cases.deliver(id).await.state, state);
        let flagged = use_cases.detail(id).await.timeline.iter().any(|entry| entry.event == "flagged");
        assert_eq!(flagged, action == GeoAction::Flag);
    }
    let use_cases =
        UseCases::with(|organisation| organisation.settings.geo_rules.tor = GeoAction::Slow).await;
    drop(use_cases.geo.clone().everywhere(GeoContext { is_tor: Some(true), ..GeoContext::default() }));
    let id = use_cases.ask_from("jan@example.com", "1.1.1.1").await;
    use_cases
        .deliver_until(|| async { use_cases.mail(id).await.state == DeliveryState::NotReadyToQueue })
        .await;
    assert!(use_cases.sender.attempts().is_empty());
    use_cases.clock.advance(TimeDelta::seconds(61));
    assert_eq!(use_cases.deliver(id).await.state, DeliveryState::Sent);
}

#[tokio::test]
async fn a_newer_request_takes_the_place_of_an_older_one() {
    let use_cases = UseCases::with(|organisation| organisation.settings.address_budget.per_minute = 9).await;
    use_cases.sender.next([SendScript::Refuse(FailureKind::Transient, "451 later".into())]);
    let older = use_cases.ask("jan@example.com").await;
    use_cases
        .deliver_until(|| async { use_cases.mail(older).await.state == DeliveryState::WaitingForNextAttempt })
        .await;
    use_cases.clock.advance(TimeDelta::milliseconds(1));
    let newer = use_cases.ask("jan@example.com").await;
    assert_eq!(use_cases.deliver(newer).await.state, DeliveryState::Sent);
    use_cases.clock.advance(TimeDelta::minutes(10));
    assert_eq!(use_cases.deliver(older).await.no_mail_reason, Some(NoMailReason::Superseded));
    assert_eq!(use_cases.sender.taken().len(), 1);
}

#[tokio::test]
async fn identifiers_are_ordered_by_time() {
    let use_cases = UseCases::new().await;
    let clock: &dyn Clock = &use_cases.clock;
    let random: &dyn Random = use_cases.random.as_ref();
    let first = application::new_id(clock, random);
    use_cases.clock.advance(TimeDelta::milliseconds(1));
    assert!(first < application::new_id(clock, random));
}
