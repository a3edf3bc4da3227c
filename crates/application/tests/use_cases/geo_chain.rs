use std::sync::Arc;
use std::time::Duration;

use application::ports::{GeoError, GeoResolver};
use application::{GEO_DEADLINE, GeoChain};
use domain::{CustomerIp, GeoContext};
use testkit::fake::FixedGeo;
use tokio::time::Instant;

const NEVER: Duration = Duration::from_secs(3_600);

fn from(source: &str) -> FixedGeo {
    FixedGeo::new().everywhere(GeoContext { source: Some(source.to_owned()), ..GeoContext::default() })
}

/// What a chain of these says of a global address, and after how long.
async fn resolve(resolvers: &[&FixedGeo]) -> (Result<String, GeoError>, Duration) {
    let resolvers = resolvers.iter().map(|resolver| Arc::new((*resolver).clone()) as Arc<dyn GeoResolver>);
    let chain = GeoChain::new(resolvers.collect(), GEO_DEADLINE);
    let begun = Instant::now();
    let answer = chain.resolve(CustomerIp::parse("1.1.1.1").unwrap()).await;
    (answer.map(|context| context.source.unwrap()), begun.elapsed())
}

#[tokio::test(start_paused = true)]
async fn the_first_that_knows_answers_and_the_others_are_not_asked() {
    let (first, second) = (from("first"), from("second"));
    assert_eq!(resolve(&[&first, &second]).await, (Ok("first".to_owned()), Duration::ZERO));
    assert_eq!(second.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_second_stands_in_for_one_that_is_down_or_knows_nothing() {
    for error in [GeoError::Unavailable("down".to_owned()), GeoError::Unknown] {
        let (first, second) = (from("first"), from("second"));
        first.fail(Some(error));
        assert_eq!(resolve(&[&first, &second]).await.0, Ok("second".to_owned()));
    }
}

#[tokio::test(start_paused = true)]
async fn the_second_gets_its_turn_when_the_first_never_answers() {
    let (first, second) = (from("first"), from("second"));
    first.delay(NEVER);
    second.delay(Duration::from_millis(100));
    let (answer, took) = resolve(&[&first, &second]).await;
    assert_eq!(answer, Ok("second".to_owned()));
    assert!(took < GEO_DEADLINE, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn every_one_of_many_gets_its_turn() {
    let slow = [from("a"), from("b"), from("c"), from("d")];
    slow.iter().for_each(|resolver| resolver.delay(NEVER));
    let last = from("last");
    let all: Vec<&FixedGeo> = slow.iter().chain([&last]).collect();
    let (answer, took) = resolve(&all).await;
    assert_eq!(answer, Ok("last".to_owned()));
    assert!(took < GEO_DEADLINE, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn the_deadline_holds_for_all_of_them_together() {
    let (first, second) = (from("first"), from("second"));
    first.delay(NEVER);
    second.delay(NEVER);
    let (answer, took) = resolve(&[&first, &second]).await;
    assert!(matches!(answer, Err(GeoError::Unavailable(_))), "{answer:?}");
    // The timer's grain is a millisecond.
    assert!((GEO_DEADLINE..=GEO_DEADLINE + Duration::from_millis(2)).contains(&took), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn what_a_quick_error_leaves_over_goes_to_the_next() {
    let (first, second) = (from("first"), from("second"));
    first.fail(Some(GeoError::Unavailable("refused".to_owned())));
    second.delay(GEO_DEADLINE - Duration::from_millis(10));
    assert_eq!(resolve(&[&first, &second]).await.0, Ok("second".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_about_private_addresses() {
    let only = from("only");
    let chain = GeoChain::new(vec![Arc::new(only.clone())], GEO_DEADLINE);
    for private in ["127.0.0.1", "10.1.2.3", "fd00::1"] {
        let ip = CustomerIp::parse(private).unwrap();
        assert_eq!(chain.resolve(ip).await, Err(GeoError::Unknown), "{private}");
    }
    assert_eq!(only.asked(), 0);
}
