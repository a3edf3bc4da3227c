//! From the acknowledgement to the relay's 250, when there is nothing else to do.

use std::time::{Duration, Instant};

use super::{Bench, Plan};
use crate::Result;
use crate::installation::Budget;
use crate::loadgen::{Connection, Group, ResetRequest, address, apart};
use crate::sink::{Keep, Sink};
use crate::statistics::Latencies;
use xtask::output::{figure, human, step};
use xtask::process::free_address;

const REQUESTS: u32 = 200;
const TIMEOUT: Duration = Duration::from_secs(10);

pub(super) fn run(plan: &Plan) -> Result {
    step(format!("latency: {REQUESTS} requests, one after the other, on an idle server"));
    let sink = Sink::start(Keep::Arrivals)?;
    let bench = Bench::new(plan, &sink, Budget::DEFAULT)?;
    bench.installation.import(Group::Known, 0..REQUESTS)?;
    let server_address = free_address()?;
    let _server = bench.installation.serve(server_address)?;

    let mut answers = Vec::new();
    let mut deliveries = Vec::new();
    let mut request = ResetRequest::new(server_address, &bench.key);
    for number in 0..REQUESTS {
        let bytes = request.for_customer(Group::Known, number).to_vec();
        let (sent, acknowledged) = apart(move || async move {
            let mut connection = Connection::open(server_address).await?;
            let sent = Instant::now();
            let answer = connection.exchange(&bytes).await?;
            if answer.status == 200 {
                Ok((sent, Instant::now()))
            } else {
                Err(format!("{}", answer.status).into())
            }
        })?;
        let recipient = address(Group::Known, number);
        let taken = loop {
            if let Some(delivery) = sink.record().of(&recipient).first() {
                break delivery.at;
            }
            if acknowledged.elapsed() > TIMEOUT {
                return Err(format!("no mail {TIMEOUT:?} after the acknowledgement").into());
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        answers.push(micros(acknowledged.duration_since(sent)));
        // A mail may be there before the answer has been read.
        deliveries.push(micros(taken.saturating_duration_since(acknowledged)));
        // Unlike pauses, so that no request meets the same tick of some timer.
        std::thread::sleep(Duration::from_millis(20 + u64::from(number * 7 % 31)));
    }
    let (answers, deliveries) = (Latencies::from_micros(answers), Latencies::from_micros(deliveries));
    for (name, latencies) in [("request to acknowledgement", answers), ("acknowledgement to 250", deliveries)]
    {
        let at = |per_mille| human(latencies.quantile(per_mille));
        figure(name, format!("median {}  p99 {}  max {}", at(500), at(990), at(1000)));
    }
    Ok(())
}

fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}
