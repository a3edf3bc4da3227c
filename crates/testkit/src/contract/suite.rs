//! Runs the cases of a suite and reports those that failed.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;

/// A case that takes longer hangs.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The cases of one suite.
pub(super) struct Suite {
    port: &'static str,
    run: usize,
    broken: Vec<String>,
}

impl Suite {
    pub(super) const fn new(port: &'static str) -> Self {
        Self { port, run: 0, broken: Vec::new() }
    }

    /// Runs one case to its end, or to its panic.
    pub(super) async fn case(&mut self, name: &'static str, case: impl Future<Output = ()>) {
        self.run += 1;
        let outcome = tokio::time::timeout(TIMEOUT, AssertUnwindSafe(case).catch_unwind()).await;
        let error = match outcome {
            Ok(Ok(())) => return,
            Ok(Err(panic)) => message(panic.as_ref()),
            Err(_) => format!("not done after {} s", TIMEOUT.as_secs()),
        };
        let name = name.replace(" :: ", "::");
        self.broken.push(format!("  case `{name}`: {error}"));
    }

    /// Panics when a case failed.
    pub(super) fn finish(self) {
        let Self { port, run, broken } = self;
        assert!(
            broken.is_empty(),
            "{port}: {} of {run} cases of the contract are broken\n{}",
            broken.len(),
            broken.join("\n")
        );
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panicked".to_owned())
}

/// Runs the named cases, each with a fresh instance. Each is boxed: in a debug build a suite would
/// otherwise hold the futures of all its cases side by side on one stack.
macro_rules! run_cases {
    ($port:literal, $fresh:expr, [$($($path:ident)::+),+ $(,)?]) => {{
        let mut suite = $crate::contract::suite::Suite::new($port);
        $(
            let case = Box::pin(async { $($path)::+($fresh.await).await });
            suite.case(stringify!($($path)::+), case).await;
        )+
        suite.finish();
    }};
}

pub(super) use run_cases;
