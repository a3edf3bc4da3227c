//! Ceilings other than the echo: what the relay and the database can do by themselves.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::{Bench, Plan, echo};
use crate::sink::Sink;
use crate::{Result, loadgen};
use xtask::output::{figure, ratio};
use xtask::process::capture;
use xtask::services::postgres::{Database, client, execute};

/// Bytes of a mail of the built-in template.
const TYPICAL_MAIL: u64 = 4_500;

/// Connections that resetd keeps to its relay (specification.md#mail).
pub(super) const CONNECTIONS: u32 = 25;

/// What this machine does with nothing but one part of the work.
#[derive(Debug)]
pub(super) struct Ceilings {
    /// Requests per second of a bare echo.
    pub(super) echo: f64,
    /// Durable writes of one request per second, one after the other on SQLite's disk or from 64
    /// clients on PostgreSQL.
    commits: f64,
    /// Mails per second that the sink takes.
    pub(super) sink: f64,
}

impl Ceilings {
    /// Measures them, for some seconds each. The sink's record is empty afterwards.
    ///
    /// # Errors
    /// When one cannot be measured.
    pub(super) fn measure(plan: &Plan, bench: &Bench, sink: &Sink) -> Result<Self> {
        const SECONDS: u32 = 3;
        let echo = echo::echo_load(plan, SECONDS)?.per_second();
        let commits = match &bench.database {
            Some(database) => one_row_commits(database, SECONDS)?,
            None => syncs(bench.installation.folder(), Duration::from_secs(SECONDS.into()))?,
        };
        let sink_rate = relay(sink, 20_000, TYPICAL_MAIL)?;
        sink.record().clear();
        Ok(Self { echo, commits, sink: sink_rate })
    }

    /// Prints them.
    pub(super) fn print(&self) {
        figure("ceiling: echo, requests/s", format!("{:.0}", self.echo));
        figure("ceiling: commits/s", format!("{:.0}", self.commits));
        figure("ceiling: sink, mails/s", format!("{:.0}", self.sink));
    }
}

/// Writes of 4 KiB per second, each followed by a sync, to a file in `folder`.
fn syncs(folder: &Path, time: Duration) -> Result<f64> {
    let mut file = tempfile::tempfile_in(folder)?;
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < time {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(ratio(f64::from(count), start.elapsed().as_secs_f64()))
}

/// Mails per second that the sink takes from a client with nothing else to do: kept connections, no
/// pipelining, mails of `bytes` bytes.
pub(super) fn relay(sink: &Sink, mails: u32, bytes: u64) -> Result<f64> {
    let address = sink.address();
    let line = "All of it is filling, seventy-six characters of it to a line, as mails have.";
    let lines = usize::try_from(bytes)?.div_ceil(line.len() + 2);
    let message = format!("Subject: ceiling\r\n\r\n{}.\r\n", format!("{line}\r\n").repeat(lines));
    let elapsed = loadgen::apart(move || async move {
        let start = Instant::now();
        let mut clients = tokio::task::JoinSet::new();
        for _ in 0..CONNECTIONS {
            let stream = TcpStream::connect(address).await?;
            clients.spawn(send(stream, message.clone(), mails / CONNECTIONS));
        }
        while let Some(client) = clients.join_next().await {
            client??;
        }
        Ok(start.elapsed())
    })?;
    Ok(ratio(f64::from(mails / CONNECTIONS * CONNECTIONS), elapsed.as_secs_f64()))
}

async fn send(stream: TcpStream, message: String, mails: u32) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let mut reply = String::new();
    expect(&mut stream, &mut reply).await?;
    for text in std::iter::once("EHLO ceiling.example\r\n").chain((0..mails).flat_map(|_| {
        [
            "MAIL FROM:<a@resetd.example>\r\n",
            "RCPT TO:<b@customers.example>\r\n",
            "DATA\r\n",
            message.as_str(),
        ]
    })) {
        stream.get_mut().write_all(text.as_bytes()).await?;
        expect(&mut stream, &mut reply).await?;
    }
    Ok(())
}

/// Reads one reply, all of its lines.
async fn expect(stream: &mut BufReader<TcpStream>, line: &mut String) -> std::io::Result<()> {
    loop {
        line.clear();
        if stream.read_line(line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match line.as_bytes() {
            [b'2' | b'3', _, _, b' ', ..] => return Ok(()),
            [b'2' | b'3', _, _, b'-', ..] => {}
            _ => return Err(std::io::Error::other(line.clone())),
        }
    }
}

/// Transactions per second of pgbench that insert and commit one row each, from 64 clients.
pub(super) fn one_row_commits(database: &Database, seconds: u32) -> Result<f64> {
    let pgbench = client("pgbench").ok_or("no pgbench")?;
    execute(
        &database.url(),
        "DROP TABLE IF EXISTS one_row; \
         CREATE TABLE one_row (id uuid PRIMARY KEY, organisation uuid NOT NULL, address text NOT NULL, accepted timestamptz NOT NULL)",
    )?;
    let mut script = tempfile::NamedTempFile::new()?;
    script.write_all(
        b"INSERT INTO one_row VALUES (gen_random_uuid(), gen_random_uuid(), 'k0000000@customers.example', now());\n",
    )?;
    let mut command = Command::new(pgbench);
    command.args(["-n", "-M", "prepared", "-c", "64", "-j", "2", "-T", &seconds.to_string(), "-f"]);
    let report = capture(command.arg(script.path()).arg(database.url()))?;
    execute(&database.url(), "DROP TABLE one_row")?;
    tps(&report).ok_or_else(|| format!("pgbench printed no tps:\n{report}").into())
}

/// The figure in `tps = 15500.1 (without initial connection time)`.
fn tps(report: &str) -> Option<f64> {
    report.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::Keep;

    #[test]
    fn the_figure_of_pgbench_is_read() {
        assert_eq!(
            tps("latency average = 4 ms\ntps = 15500.5 (without initial connection time)\n"),
            Some(15500.5)
        );
        assert_eq!(tps("nothing"), None);
    }

    #[test]
    fn syncs_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        assert!(syncs(folder.path(), Duration::from_millis(50)).unwrap() > 0.0);
    }

    #[test]
    fn the_ceilings_client_is_understood_by_the_sink() {
        let sink = Sink::start(Keep::Totals).unwrap();
        assert!(relay(&sink, 50, 3000).unwrap() > 0.0);
        assert_eq!(sink.record().mails(), 50);
        assert!(sink.record().average_bytes() >= 3000);
    }
}
