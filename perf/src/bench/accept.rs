//! Accepted requests per second beside a bare echo.

use super::echo::{CUSTOMERS, echo_load, load};
use super::{Bench, Plan, ceiling};
use crate::Result;
use crate::installation::Budget;
use crate::loadgen::{Group, Load, ResetRequest};
use crate::sink::{Keep, Sink};
use xtask::output::{figure, human, note, ratio, step};
use xtask::process::free_address;

pub(super) fn run(plan: &Plan) -> Result {
    step(format!(
        "accept: {} kept connections, {} s, durable {:?}",
        plan.connections,
        plan.seconds(),
        plan.store
    ));
    let sink = Sink::start(Keep::Totals)?;
    let bench = Bench::new(plan, &sink, Budget::AMPLE)?;
    bench.installation.import(Group::Known, 0..CUSTOMERS)?;
    note(format!("{CUSTOMERS} customers imported"));

    let before = echo_load(plan, plan.seconds().min(5))?;
    let address = free_address()?;
    let server = bench.installation.serve(address)?;
    let cpu_before = server.cpu_time().unwrap_or_default();
    let load = load(plan, plan.seconds(), address, ResetRequest::new(address, &bench.key))?;
    let mails = sink.record().mails();
    let cpu = server.cpu_time().unwrap_or_default().saturating_sub(cpu_before);
    let resident = server.resident_bytes();
    let alive = xtask::process::listens(address);
    server.kill();
    let after = echo_load(plan, plan.seconds().min(5))?;
    let echo = f64::midpoint(before.per_second(), after.per_second());

    print("echo before", &before);
    print("echo after", &after);
    print("resetd", &load);
    figure("ratio to echo", format!("{:.2}", ratio(load.per_second(), echo)));
    figure("resetd, all latencies", latencies(&load));
    figure("resetd, other answers", load.errors());
    figure("mails the relay took meanwhile", mails);
    if load.accepted > 0 {
        let micros = cpu.as_secs_f64() * 1e6 / load.accepted as f64;
        figure("processor per request", format!("{micros:.0} µs, delivery of {mails} mails included"));
    }
    if let Some(bytes) = resident {
        figure("resident memory of the server", format!("{:.1} MiB", bytes as f64 / 1_048_576.0));
    }
    if let Some(database) = &bench.database {
        let commits = ceiling::one_row_commits(database, plan.seconds())?;
        figure("pgbench, one-row commits/s, 64", format!("{commits:.0}"));
        figure("ratio to pgbench", format!("{:.2}", ratio(load.per_second(), commits)));
    }
    if alive {
        Ok(())
    } else {
        Err(format!("the server ended under load:\n{}", bench.installation.log_tail()).into())
    }
}

fn print(name: &str, load: &Load) {
    figure(
        &format!("{name}, requests/s"),
        format!(
            "{:.0}  (p50 {}, p99 {})",
            load.per_second(),
            human(load.latencies.quantile(500)),
            human(load.latencies.quantile(990))
        ),
    );
}

fn latencies(load: &Load) -> String {
    let at = |per_mille| human(load.latencies.quantile(per_mille));
    format!("p50 {}  p90 {}  p99 {}  p99.9 {}  max {}", at(500), at(900), at(990), at(999), at(1000))
}
