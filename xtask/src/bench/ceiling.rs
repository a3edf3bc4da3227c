//! Ceilings other than the echo: what the relay and the database can do by themselves.

use std::process::Command;
use std::time::Instant;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::output::ratio;
use crate::process::capture;
use crate::services::postgres::{Database, client, execute};
use crate::sink::Sink;
use crate::{Result, loadgen};

/// Connections that resetd keeps to its relay (specification.md#mail).
pub(super) const CONNECTIONS: u32 = 25;

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
    std::io::Write::write_all(
        &mut script,
        b"INSERT INTO one_row VALUES (gen_random_uuid(), gen_random_uuid(), 'k0000000@customers.example', now());\n",
    )?;
    let mut command = Command::new(pgbench);
    command.args(["-n", "-M", "prepared", "-c", "64", "-j", "2", "-T", &seconds.to_string(), "-f"]);
    let report = capture(command.arg(script.path()).arg(database.url()))?;
    execute(&database.url(), "DROP TABLE one_row")?;
    tps(&report).ok_or_else(|| format!("pgbench told no tps:\n{report}").into())
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
    fn the_ceilings_client_is_understood_by_the_sink() {
        let sink = Sink::start(Keep::Totals).unwrap();
        assert!(relay(&sink, 50, 3000).unwrap() > 0.0);
        assert_eq!(sink.record().mails(), 50);
        assert!(sink.record().average_bytes() >= 3000);
    }
}
