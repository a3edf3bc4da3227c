use application::{ResentLink, Visit, Visitor};
use chrono::TimeDelta;
use domain::{CustomerIp, DeliveryState, LinkState};

use crate::use_cases::UseCases;

async fn mailed() -> UseCases {
    let use_cases = UseCases::new().await;
    let id = use_cases.ask("jan@example.com").await;
    assert_eq!(use_cases.deliver(id).await.state, DeliveryState::Sent);
    use_cases
}

#[tokio::test]
async fn looking_consumes_nothing() {
    let use_cases = mailed().await;
    let token = use_cases.token(0);
    for by in [Visitor::Scanner, Visitor::Person].into_iter().cycle().take(50) {
        let visit = Visit { by, ip: CustomerIp::LOCALHOST };
        let opened = use_cases.open_link().execute(&token, Some(visit)).await.unwrap().unwrap();
        assert_eq!(opened.link.state, LinkState::Good);
    }
}

#[tokio::test]
async fn a_dead_link_can_be_replaced_and_a_good_one_cannot() {
    let use_cases = mailed().await;
    let token = use_cases.token(0);
    let ip = CustomerIp::parse("1.1.1.1").unwrap();
    assert_eq!(use_cases.resent_link().execute(&token, ip).await.unwrap(), ResentLink::StillGood);
    use_cases.clock.advance(TimeDelta::hours(2));
    assert_eq!(use_cases.resent_link().execute(&token, ip).await.unwrap(), ResentLink::Accepted);
    use_cases.deliver_until(|| async { use_cases.sender.taken().len() == 2 }).await;
    assert_eq!(use_cases.resent_link().execute(&"A".repeat(32), ip).await.unwrap(), ResentLink::NoSuchLink);
}

#[tokio::test]
async fn asking_for_fresh_links_is_bounded() {
    let use_cases = mailed().await;
    let token = use_cases.token(0);
    use_cases.clock.advance(TimeDelta::hours(2));
    let ip = CustomerIp::parse("1.1.1.1").unwrap();
    for _ in 0..60 {
        assert_eq!(use_cases.resent_link().execute(&token, ip).await.unwrap(), ResentLink::Accepted);
    }
    assert_eq!(use_cases.resent_link().execute(&token, ip).await.unwrap(), ResentLink::TooManyRequests);
}

#[tokio::test]
async fn this_was_not_me_kills_the_link() {
    let use_cases = mailed().await;
    let token = use_cases.token(0);
    assert!(use_cases.cancel().execute(&token, "203.0.113.9".parse().unwrap()).await.unwrap());
    assert!(!use_cases.cancel().execute(&token, "203.0.113.9".parse().unwrap()).await.unwrap());
    let opened = use_cases.open_link().execute(&token, None).await.unwrap().unwrap();
    assert_ne!(opened.link.state, LinkState::Good);
}

#[tokio::test]
async fn the_addresses_of_one_ipv6_network_share_a_budget() {
    let use_cases = mailed().await;
    let token = use_cases.token(0);
    use_cases.clock.advance(TimeDelta::hours(2));
    let ip = |number: u32| CustomerIp::parse(&format!("2001:db8:1:2::{number:x}")).unwrap();
    for number in 1..=60 {
        assert_eq!(use_cases.resent_link().execute(&token, ip(number)).await.unwrap(), ResentLink::Accepted);
    }
    assert_eq!(use_cases.resent_link().execute(&token, ip(61)).await.unwrap(), ResentLink::TooManyRequests);
    let neighbour = CustomerIp::parse("2001:db8:1:3::1").unwrap();
    assert_eq!(use_cases.resent_link().execute(&token, neighbour).await.unwrap(), ResentLink::Accepted);
}
