use std::time::Duration;

use application::ports::GeoError;
use application::{GEO_DEADLINE, SetNewPasswordCommand, Visit, Visitor};
use domain::{CustomerIp, GeoContext, Password, RequestId};
use tokio::time::Instant;

use crate::use_cases::UseCases;

fn ip(text: &str) -> CustomerIp {
    CustomerIp::parse(text).unwrap()
}

fn place(country: &str, asn: u32) -> GeoContext {
    GeoContext { country_code: Some(country.to_owned()), asn: Some(asn), ..GeoContext::default() }
}

/// A shop that knows where four addresses are, and a link that was asked for from 1.1.1.1.
async fn mailed() -> (UseCases, RequestId) {
    mailed_by(UseCases::with(|organisation| organisation.settings.geo_rules.flag_abroad = true).await).await
}

async fn mailed_by(use_cases: UseCases) -> (UseCases, RequestId) {
    let geo = use_cases.geo.clone();
    let geo = geo.knowing(ip("1.1.1.1"), place("CZ", 1)).knowing(ip("2.2.2.2"), place("CZ", 1));
    drop(geo.knowing(ip("3.3.3.3"), place("CZ", 3)).knowing(ip("4.4.4.4"), place("KP", 4)));
    let id = use_cases.ask_from("jan@example.com", "1.1.1.1").await;
    use_cases.deliver(id).await;
    (use_cases, id)
}

async fn open(use_cases: &UseCases, by: Visitor, from: &str) {
    let visit = Visit { by, ip: ip(from) };
    use_cases.open_link().execute(&use_cases.token(0), Some(visit)).await.unwrap().unwrap();
}

async fn redeem(use_cases: &UseCases, from: Option<&str>) {
    let command = SetNewPasswordCommand {
        token: &use_cases.token(0),
        password: Password::new("Correct-Horse-7".into()),
        sandbox: false,
        organisation: &use_cases.organisation,
        customer_ip: from.map(ip),
        actor: "customer".into(),
    };
    assert!(use_cases.set_new_password().execute(command).await.is_changed());
    use_cases.visits.settle().await;
}

/// The details of the entries of this event.
async fn entries(use_cases: &UseCases, id: RequestId, event: &str) -> Vec<String> {
    let timeline = use_cases.detail(id).await.timeline.into_iter();
    timeline.filter(|entry| entry.event == event).map(|entry| entry.detail).collect()
}

#[tokio::test]
async fn the_timeline_says_how_near_whoever_opened_the_link_is_to_whoever_asked() {
    let (use_cases, id) = mailed().await;
    for (from, proximity) in [
        ("1.1.1.1", "same address"),
        ("1.1.1.2", "same network"),
        ("2.2.2.2", "same network"),
        ("3.3.3.3", "same country"),
        ("4.4.4.4", "different country"),
        ("5.5.5.5", "unknown"),
        ("10.0.0.1", "unknown"),
    ] {
        open(&use_cases, Visitor::Person, from).await;
        use_cases.visits.settle().await;
        let opened = entries(&use_cases, id, "opened").await;
        assert_eq!(opened.last(), Some(&format!("from {from}; compared with the request: {proximity}")));
    }
    assert_eq!(entries(&use_cases, id, "flagged").await, [""; 0], "looking is not redeeming");
}

#[tokio::test]
async fn scanners_are_told_apart_and_not_looked_up() {
    let (use_cases, id) = mailed().await;
    let asked = use_cases.geo.asked();
    open(&use_cases, Visitor::Scanner, "4.4.4.4").await;
    use_cases.visits.settle().await;
    assert_eq!(entries(&use_cases, id, "scanned").await, [""]);
    assert_eq!(entries(&use_cases, id, "opened").await, [""; 0]);
    assert_eq!(use_cases.geo.asked(), asked);
}

#[tokio::test]
async fn nobody_is_asked_where_the_answer_is_plain_or_cannot_help() {
    let (use_cases, _) = mailed().await;
    let asked = use_cases.geo.asked();
    for from in ["1.1.1.1", "1.1.1.200", "10.0.0.1"] {
        open(&use_cases, Visitor::Person, from).await;
        use_cases.visits.settle().await;
    }
    assert_eq!(use_cases.geo.asked(), asked);

    // The requester's place is not known.
    let use_cases = UseCases::new().await;
    let id = use_cases.ask_from("jan@example.com", "9.9.9.9").await;
    use_cases.deliver(id).await;
    let asked = use_cases.geo.asked();
    open(&use_cases, Visitor::Person, "4.4.4.4").await;
    use_cases.visits.settle().await;
    assert_eq!(entries(&use_cases, id, "opened").await, ["from 4.4.4.4; compared with the request: unknown"]);
    assert_eq!(use_cases.geo.asked(), asked);
}

#[tokio::test(start_paused = true)]
async fn a_resolver_that_hangs_or_fails_delays_no_page_and_costs_the_comparison_alone() {
    let (use_cases, id) = mailed().await;
    use_cases.geo.delay(Duration::from_secs(3_600));
    let begun = Instant::now();
    open(&use_cases, Visitor::Person, "4.4.4.4").await;
    assert_eq!(begun.elapsed(), Duration::ZERO, "the page");
    use_cases.visits.settle().await;
    assert!(begun.elapsed() <= GEO_DEADLINE + Duration::from_millis(2), "{:?}", begun.elapsed());
    use_cases.geo.delay(Duration::ZERO);
    use_cases.geo.fail(Some(GeoError::Unavailable("down".into())));
    open(&use_cases, Visitor::Person, "4.4.4.4").await;
    use_cases.visits.settle().await;
    let unknown = "from 4.4.4.4; compared with the request: unknown";
    assert_eq!(entries(&use_cases, id, "opened").await, [unknown, unknown]);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_visits_is_noted_and_not_looked_up_without_bound() {
    let (use_cases, id) = mailed().await;
    let asked = use_cases.geo.asked();
    use_cases.geo.delay(Duration::from_secs(3_600));
    for _ in 0..200 {
        open(&use_cases, Visitor::Person, "4.4.4.4").await;
    }
    use_cases.visits.settle().await;
    assert!(use_cases.geo.asked() - asked <= 64, "{}", use_cases.geo.asked());
    assert_eq!(entries(&use_cases, id, "opened").await.len(), 90, "as many as a timeline keeps");
}

#[tokio::test]
async fn a_password_set_from_another_country_is_flagged_where_the_organisation_asks_for_it() {
    for (from, proximity, flags) in
        [("4.4.4.4", "different country", 1), ("3.3.3.3", "same country", 0), ("9.9.9.9", "unknown", 0)]
    {
        let (use_cases, id) = mailed().await;
        redeem(&use_cases, Some(from)).await;
        let expected = format!("from {from}; compared with the request: {proximity}");
        assert_eq!(entries(&use_cases, id, "redeemed").await, [expected]);
        assert_eq!(entries(&use_cases, id, "flagged").await.len(), flags, "{from}");
    }
    let (use_cases, id) = mailed().await;
    redeem(&use_cases, None).await;
    assert_eq!(entries(&use_cases, id, "redeemed").await, [""; 0], "nobody to compare with");
    let (use_cases, id) = mailed_by(UseCases::new().await).await;
    redeem(&use_cases, Some("4.4.4.4")).await;
    assert_eq!(entries(&use_cases, id, "flagged").await, [""; 0]);
}
