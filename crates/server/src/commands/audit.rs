//! `resetd audit`.

use application::audit::{Chain, beginning, first_break, verify};

use crate::cli::AuditArgs;
use crate::fault::Fault;
use crate::operator::Operator;
use crate::output;

/// Rows read at once.
const PAGE: u32 = 1_000;

pub(crate) async fn run(args: AuditArgs, operator: &Operator) -> Result<(), Fault> {
    if args.verify {
        return match verify(operator.stores.audit.as_ref()).await? {
            Chain::Whole { rows, purged: 0 } => output::line(&format!("{rows} rows, the chain is whole")),
            Chain::Whole { rows, purged } => output::line(&format!(
                "{rows} rows, the chain is whole; the first {purged} were purged by the retention"
            )),
            Chain::BrokenAt(row) => Err(tampered(row)),
        };
    }
    let (mut sequence, mut previous) = beginning(operator.stores.audit.as_ref()).await?;
    loop {
        let rows = operator.stores.audit.read(sequence, PAGE).await?;
        let Some(last) = rows.last() else { break };
        if let Some(at) = first_break(previous, sequence, &rows) {
            return Err(tampered(at));
        }
        for row in &rows {
            output::line(&describe(row, args.json))?;
        }
        (previous, sequence) = (last.hash, last.sequence);
    }
    Ok(())
}

fn tampered(row: i64) -> Fault {
    Fault::usage(format!("the audit log was tampered with: row {row} is not what was written"))
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
