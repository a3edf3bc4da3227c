//! What is counted and timed per route, on handles made once.

use std::sync::OnceLock;

use axum::http::StatusCode;
use metrics::{Counter, Histogram, Unit};

const REQUESTS: &str = "resetd_http_requests_total";
const SECONDS: &str = "resetd_http_request_seconds";

/// Says what the metrics mean, to whatever recorder there is.
pub(crate) fn describe() {
    metrics::describe_counter!(REQUESTS, Unit::Count, "Requests answered, by route, status and error code.");
    metrics::describe_histogram!(
        SECONDS,
        Unit::Seconds,
        "From the request's head to its answer's, by route."
    );
}

/// The metrics of one route.
pub(crate) struct RouteStats {
    /// The route's template, such as `/reset/{token}`: the only form of a path that is logged or
    /// counted.
    pub(crate) template: &'static str,
    seconds: Histogram,
    outcomes: Outcomes,
}

impl RouteStats {
    /// Makes the handles; the recorder has to be installed before.
    pub(crate) fn new(template: &'static str) -> Self {
        let seconds = metrics::histogram!(SECONDS, "route" => template);
        Self { template, seconds, outcomes: Outcomes::default() }
    }

    /// Counts one answer. `code` is the error code, or empty.
    pub(crate) fn record(&self, status: StatusCode, code: &'static str, seconds: f64) {
        self.seconds.record(seconds);
        self.outcomes.counter(self.template, status, code).increment(1);
    }
}

/// A list that only grows, read without a lock. A route has context ten outcomes, and the usual one
/// comes first.
#[derive(Default)]
struct Outcomes(OnceLock<Box<Outcome>>);

struct Outcome {
    status: StatusCode,
    code: &'static str,
    counter: Counter,
    next: Outcomes,
}

impl Outcomes {
    fn counter(&self, template: &'static str, status: StatusCode, code: &'static str) -> &Counter {
        let mut place = self;
        loop {
            let outcome = place.0.get_or_init(|| {
                let status_text = status.as_str().to_owned();
                let counter =
                    metrics::counter!(REQUESTS, "route" => template, "status" => status_text, "code" => code);
                Box::new(Outcome { status, code, counter, next: Self::default() })
            });
            if outcome.status == status && outcome.code == code {
                return &outcome.counter;
            }
            place = &outcome.next;
        }
    }
}
