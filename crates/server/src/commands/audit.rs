//! `resetd audit`.

use application::audit::{Chain, Verifier, hex};

use crate::cli::AuditArgs;
use crate::command_error::CommandError;
use crate::operator::Operator;
use crate::output;

pub(crate) async fn run(args: AuditArgs, operator: &Operator) -> Result<(), CommandError> {
    let log = operator.stores.audit.as_ref();
    let mut verifier = Verifier::begin(log, operator.stores.vault.as_ref()).await?;
    while let Some((rows, checked)) = verifier.next(log).await? {
        checked.map_err(tampered)?;
        for row in rows.iter().filter(|_| !args.verify) {
            output::line(&describe(row, args.json))?;
        }
    }
    match verifier.finish() {
        whole @ Chain::Whole { .. } if args.verify => output::line(&whole.to_string()),
        Chain::Whole { .. } => Ok(()),
        broken => Err(tampered(broken)),
    }
}

fn tampered(broken: Chain) -> CommandError {
    CommandError::usage(format!("the audit log was tampered with: {broken}"))
}

fn describe(row: &application::model::AuditRow, json: bool) -> String {
    let entry = &row.entry;
    let organisation = entry.organisation.map(|id| id.to_string());
    let ip = entry.ip.map(|ip| ip.to_string());
    if json {
        return serde_json::json!({
            "sequence": row.sequence, "at": entry.at, "organisation": organisation, "actor": entry.actor,
            "action": entry.action.as_str(), "subject": entry.subject, "ip": ip, "hash": hex(&row.hash),
        })
        .to_string();
    }
    format!(
        "{:>8}  {}  {:<22} {}  by {}{}{}",
        row.sequence,
        output::timestamp(entry.at),
        entry.action.as_str(),
        entry.subject,
        entry.actor,
        organisation.map(|id| format!("  of {id}")).unwrap_or_default(),
        ip.map(|ip| format!("  from {ip}")).unwrap_or_default(),
    )
}
