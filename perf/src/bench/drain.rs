//! How fast a full queue empties when the relay is back, and at a slow relay.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::{Bench, Plan, ceiling};
use crate::Result;
use crate::installation::Budget;
use crate::loadgen::{Closed, Group, ResetRequest, apart, closed_loop};
use crate::sink::{Behaviour, Keep, Sink};
use xtask::output::{figure, human, ratio, step};
use xtask::process::free_address;

/// How long a drain may take.
const TIMEOUT: Duration = Duration::from_secs(180);

/// What the slow relay takes for a mail.
const SLOWNESS: Duration = Duration::from_millis(100);

pub(super) fn run(plan: &Plan) -> Result {
    let queue = plan.mails;
    let slow = (queue / 8).clamp(25, 2_500);
    step(format!(
        "drain: a queue of {queue} when the relay is back; then {slow} at {} a mail",
        human(SLOWNESS)
    ));
    let sink = Sink::start(Keep::Totals)?;
    let bench = Bench::new(plan, &sink, Budget::AMPLE)?;
    bench.installation.import(Group::Known, 0..queue)?;
    let address = free_address()?;
    let server = bench.installation.serve(address)?;

    sink.behave(Behaviour::Away);
    accept(address, &bench.key, queue)?;
    let back = Instant::now();
    sink.behave(Behaviour::Accept);
    wait_for(&sink, queue)?;
    let (all, span) = (back.elapsed(), sink.record().span());
    let bytes = sink.record().average_bytes();
    let rate = ratio(f64::from(queue), span.as_secs_f64());
    figure("relay back to last mail", human(all));
    figure("relay back to first mail", human(all.saturating_sub(span)));
    figure("drain, mails/s", format!("{rate:.0}  ({bytes} bytes each)"));

    sink.record().clear();
    sink.behave(Behaviour::Delay(SLOWNESS));
    accept(address, &bench.key, slow)?;
    wait_for(&sink, slow)?;
    let slow_rate = ratio(f64::from(slow - 1), sink.record().span().as_secs_f64());
    figure("slow relay, mails/s", format!("{slow_rate:.0}  (25 in flight allow 250)"));
    drop(server);

    sink.behave(Behaviour::Accept);
    let most = ceiling::relay(&sink, queue, bytes)?;
    figure("the relay's own ceiling, mails/s", format!("{most:.0}"));
    figure("ratio to the ceiling", format!("{:.2}", ratio(rate, most)));
    Ok(())
}

/// Has `mails` requests accepted.
fn accept(server: SocketAddr, key: &str, mails: u32) -> Result {
    let plan = Closed {
        server,
        request: ResetRequest::new(server, key),
        connections: 32,
        warm_up: Duration::ZERO,
        duration: Duration::from_secs(120),
        customers: mails,
        at_most: mails.into(),
    };
    let load = apart(move || closed_loop(plan))?;
    if load.accepted == u64::from(mails) {
        Ok(())
    } else {
        Err(format!("only {} of {mails} requests were accepted; others: {}", load.accepted, load.errors())
            .into())
    }
}

fn wait_for(sink: &Sink, mails: u32) -> Result {
    let start = Instant::now();
    while sink.record().mails() < mails.into() {
        if start.elapsed() > TIMEOUT {
            return Err(format!("{} of {mails} mails after {TIMEOUT:?}", sink.record().mails()).into());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
