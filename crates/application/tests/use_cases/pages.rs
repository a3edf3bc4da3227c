use application::{FreshLink, Visit, Visitor};
use chrono::TimeDelta;
use domain::{CustomerIp, DeliveryState, LinkState};

use crate::world::World;

async fn mailed() -> World {
    let world = World::new().await;
    let id = world.ask("jan@example.com").await;
    assert_eq!(world.deliver(id).await.state, DeliveryState::Sent);
    world
}

#[tokio::test]
async fn looking_consumes_nothing() {
    let world = mailed().await;
    let token = world.token(0);
    for by in [Visitor::Scanner, Visitor::Person].into_iter().cycle().take(50) {
        let visit = Visit { by, ip: CustomerIp::LOCALHOST };
        let opened = world.open_link().execute(&token, Some(visit)).await.unwrap().unwrap();
        assert_eq!(opened.link.state, LinkState::Good);
    }
}

#[tokio::test]
async fn a_dead_link_can_be_replaced_and_a_good_one_cannot() {
    let world = mailed().await;
    let token = world.token(0);
    let ip = CustomerIp::parse("1.1.1.1").unwrap();
    assert_eq!(world.fresh_link().execute(&token, ip).await.unwrap(), FreshLink::StillGood);
    world.clock.advance(TimeDelta::hours(2));
    assert_eq!(world.fresh_link().execute(&token, ip).await.unwrap(), FreshLink::Accepted);
    world.deliver_until(|| async { world.sender.taken().len() == 2 }).await;
    assert_eq!(world.fresh_link().execute(&"A".repeat(32), ip).await.unwrap(), FreshLink::NoSuchLink);
}

#[tokio::test]
async fn asking_for_fresh_links_is_bounded() {
    let world = mailed().await;
    let token = world.token(0);
    world.clock.advance(TimeDelta::hours(2));
    let ip = CustomerIp::parse("1.1.1.1").unwrap();
    for _ in 0..60 {
        assert_eq!(world.fresh_link().execute(&token, ip).await.unwrap(), FreshLink::Accepted);
    }
    assert_eq!(world.fresh_link().execute(&token, ip).await.unwrap(), FreshLink::TooManyRequests);
}

#[tokio::test]
async fn this_was_not_me_kills_the_link() {
    let world = mailed().await;
    let token = world.token(0);
    assert!(world.disown().execute(&token, None).await.unwrap());
    assert!(!world.disown().execute(&token, None).await.unwrap());
    let opened = world.open_link().execute(&token, None).await.unwrap().unwrap();
    assert_ne!(opened.link.state, LinkState::Good);
}

#[tokio::test]
async fn the_addresses_of_one_ipv6_network_share_a_budget() {
    let world = mailed().await;
    let token = world.token(0);
    world.clock.advance(TimeDelta::hours(2));
    let ip = |number: u32| CustomerIp::parse(&format!("2001:db8:1:2::{number:x}")).unwrap();
    for number in 1..=60 {
        assert_eq!(world.fresh_link().execute(&token, ip(number)).await.unwrap(), FreshLink::Accepted);
    }
    assert_eq!(world.fresh_link().execute(&token, ip(61)).await.unwrap(), FreshLink::TooManyRequests);
    let neighbour = CustomerIp::parse("2001:db8:1:3::1").unwrap();
    assert_eq!(world.fresh_link().execute(&token, neighbour).await.unwrap(), FreshLink::Accepted);
}
