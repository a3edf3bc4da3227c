use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use application::ports::{GeoError, GeoResolver};
use domain::CustomerIp;

use super::fixture::ip;
use super::suite::run_cases;

/// A resolver over a source that the test controls.
pub struct GeoUnderTest {
    /// The resolver.
    pub resolver: Arc<dyn GeoResolver>,
    /// How often its source (a server, a name server) has been asked until now. For a source that
    /// cannot count, a file say: always zero.
    pub asked: Box<dyn Fn() -> usize>,
    /// A global address of which the source knows the country.
    pub known: CustomerIp,
    /// A global address of which it knows nothing.
    pub unknown: CustomerIp,
    /// Whatever must live as long as the resolver.
    pub kept: Box<dyn Any>,
}

/// The contract of [`GeoResolver`].
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn geo_resolver(fresh: impl AsyncFn() -> GeoUnderTest) {
    run_cases!(
        "GeoResolver",
        fresh(),
        [
            a_known_address_has_its_context,
            an_unknown_address_is_unknown,
            only_global_addresses_are_asked_for,
            a_dropped_question_harms_nothing,
            many_questions_at_once_are_answered,
        ]
    );
}

/// That a resolver whose source never answers gives up. `hanging` makes one whose own deadline is
/// `deadline`; half a second more is granted to a busy machine.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn geo_resolver_deadline(hanging: impl AsyncFn() -> GeoUnderTest, deadline: Duration) {
    run_cases!("GeoResolver", async { (hanging().await, deadline) }, [a_source_that_hangs_is_given_up]);
}

async fn a_known_address_has_its_context(under: GeoUnderTest) {
    let context = under.resolver.resolve(under.known).await.expect("the context of a known address");
    let country = context.country_code.clone().expect("the country of a known address");
    assert!(
        country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()),
        "country {country:?}"
    );
    assert!(context.source.is_some(), "which resolver said so");
    assert_eq!(context.clone().cleaned(), context, "every field is fit to be shown");
}

async fn an_unknown_address_is_unknown(under: GeoUnderTest) {
    assert_eq!(under.resolver.resolve(under.unknown).await, Err(GeoError::Unknown));
}

async fn only_global_addresses_are_asked_for(under: GeoUnderTest) {
    for text in [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "169.254.1.1",
        "100.64.0.1",
        "0.0.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "198.18.0.1",
        "240.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
    ] {
        let address = ip(text);
        assert_eq!(under.resolver.resolve(address).await, Err(GeoError::Unknown), "{text}");
        assert_eq!((under.asked)(), 0, "somebody was asked for {text}");
    }
}

async fn a_dropped_question_harms_nothing(under: GeoUnderTest) {
    for microseconds in [0, 10, 100, 1_000] {
        let question = under.resolver.resolve(under.known);
        drop(tokio::time::timeout(Duration::from_micros(microseconds), question).await);
    }
    assert!(under.resolver.resolve(under.known).await.is_ok(), "the next question");
}

async fn many_questions_at_once_are_answered(under: GeoUnderTest) {
    let questions: Vec<_> = (0..32)
        .map(|_| {
            let (resolver, known) = (under.resolver.clone(), under.known);
            tokio::spawn(async move { resolver.resolve(known).await })
        })
        .collect();
    for question in questions {
        let answer = question.await.expect("a question panicked");
        assert!(answer.is_ok(), "{answer:?}");
    }
}

async fn a_source_that_hangs_is_given_up((under, deadline): (GeoUnderTest, Duration)) {
    let start = Instant::now();
    let answer = under.resolver.resolve(under.known).await;
    let took = start.elapsed();
    assert!(matches!(answer, Err(GeoError::Unavailable(_))), "{answer:?}");
    assert!(took < deadline + Duration::from_millis(500), "given up after {took:?}, not {deadline:?}");
}
