//! `resetd audit`.

use application::audit::{GENESIS, first_break, purged_through};

use crate::cli::AuditArgs;
use crate::fault::Fault;
use crate::operator::Operator;
use crate::output;

/// Rows read at once.
const PAGE: u32 = 1_000;

pub(crate) async fn run(args: AuditArgs, operator: &Operator) -> Result<(), Fault> {
    let purged = last_purge(operator).await?;
    let (mut sequence, mut previous) = purged.unwrap_or((0, GENESIS));
    loop {
        let rows = operator.stores.audit.read(sequence, PAGE).await?;
        let Some(last) = rows.last() else { break };
        if let Some(at) = first_break(previous, sequence, &rows) {
            return Err(Fault::usage(format!(
                "the audit log was tampered with: row {at} is not what was written"
            )));
        }
        if !args.verify {
            for row in &rows {
                output::line(&describe(row, args.json))?;
            }
        }
        (previous, sequence) = (last.hash, last.sequence);
    }
    if args.verify {
        let purged = purged.map(|(through, _)| format!("; the first {through} were purged by the retention"));
        output::line(&format!("{sequence} rows, the chain is whole{}", purged.unwrap_or_default()))?;
    }
    Ok(())
}

/// The last row that the retention has purged, as the log itself tells.
async fn last_purge(operator: &Operator) -> Result<Option<(i64, [u8; 32])>, Fault> {
    let (mut found, mut sequence) = (None, 0);
    loop {
        let rows = operator.stores.audit.read(sequence, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        found = rows.iter().rev().find_map(|row| purged_through(&row.entry)).or(found);
        sequence = last.sequence;
    }
}

fn describe(row: &application::ports::AuditRow, json: bool) -> String {
    let entry = &row.entry;
    let organisation = entry.organisation.map(|id| id.to_string());
    let ip = entry.ip.map(|ip| ip.to_string());
    if json {
        return serde_json::json!({
            "sequence": row.sequence, "at": entry.at, "organisation": organisation, "actor": entry.actor,
            "action": entry.action.as_str(), "subject": entry.subject, "ip": ip,
        })
        .to_string();
    }
    format!(
        "{:>8}  {}  {:<22} {}  by {}{}{}",
        row.sequence,
        output::moment(entry.at),
        entry.action.as_str(),
        entry.subject,
        entry.actor,
        organisation.map(|id| format!("  of {id}")).unwrap_or_default(),
        ip.map(|ip| format!("  from {ip}")).unwrap_or_default(),
    )
}
