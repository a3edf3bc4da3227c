//! `resetd mail`.

use application::model::{AuditAction, MailDetail, MailFilter, MailSummary};
use chrono::{DateTime, Utc};
use domain::{DeliveryState, Expiry, MailId};

use crate::cli::MailCommand;
use crate::command_error::CommandError;
use crate::operator::Operator;
use crate::output;

pub(crate) async fn run(command: MailCommand, operator: &Operator) -> Result<(), CommandError> {
    match command {
        MailCommand::List { state, organisation, limit, json } => {
            let state = state.as_deref().map(delivery_state).transpose()?;
            let organisation = match organisation {
                Some(organisation) => Some(operator.organisation(&organisation).await?.id),
                None => None,
            };
            let mails = operator.stores.queue.list(MailFilter { organisation, state, limit }).await?;
            if json {
                return mails.iter().try_for_each(|mail| output::line(&as_json(mail).to_string()));
            }
            let rows: Vec<Vec<String>> = mails.iter().map(row).collect();
            output::table(&["ID", "TYPE", "STATE", "ATTEMPTS", "ACCEPTED", "ADDRESS", "LAST REPLY"], &rows)
        }
        MailCommand::Show { id } => {
            let id = mail_id(&id)?;
            let detail = operator.stores.queue.show(id).await?;
            show(&detail.ok_or_else(|| CommandError::usage(format!("there is no mail {id}")))?)
        }
        MailCommand::Retry { state: Some(state), since: Some(since), .. } => {
            let (state, since) = (delivery_state(&state)?, time(&since, operator.now())?);
            if !(state.may_be_retried() || state == DeliveryState::WaitingForNextAttempt) {
                return Err(CommandError::usage(format!(
                    "mails that are `{}` are not retried",
                    state.as_str()
                )));
            }
            let retried = operator.stores.queue.retry_since(state, since, operator.now()).await?;
            let subject = format!("{retried} {} since {}", state.as_str(), output::timestamp(since));
            operator.audit(AuditAction::MailRetried, None, subject).await?;
            output::line(&format!("{retried} mails are back in the queue"))
        }
        MailCommand::Retry { id, .. } => {
            let id = mail_id(&id.unwrap_or_default())?;
            if !operator.stores.queue.retry(id, operator.now()).await? {
                return Err(CommandError::usage(format!(
                    "mail {id} cannot be retried: there is none, it was sent, none is owed, or its link is dead"
                )));
            }
            operator.audit(AuditAction::MailRetried, None, id.to_string()).await
        }
    }
}

fn mail_id(text: &str) -> Result<MailId, CommandError> {
    text.parse().map_err(|_| CommandError::usage("expected the id of a mail; see `resetd mail list`"))
}

/// A time in RFC 3339, or how long before `now`.
fn time(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, CommandError> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let ago = Expiry::parse(text).ok().map(Expiry::as_time_delta);
    let expected = "since: expected a time (2026-11-23T14:00:00Z) or how long ago (2h), at most 7 days";
    ago.map(|ago| now - ago).ok_or_else(|| CommandError::usage(expected))
}

fn delivery_state(text: &str) -> Result<DeliveryState, CommandError> {
    DeliveryState::parse(text).map_err(|_| CommandError::usage(format!("state: there is no `{text}`")))
}

fn state(mail: &MailSummary) -> String {
    match mail.no_mail_reason {
        Some(reason) => format!("{} ({})", mail.state.as_str(), reason.as_str()),
        None => mail.state.as_str().to_owned(),
    }
}

/// The address, marked where it is the sandbox's.
fn address(mail: &MailSummary) -> String {
    if mail.sandbox { format!("{} (sandbox)", mail.address) } else { mail.address.clone() }
}

fn row(mail: &MailSummary) -> Vec<String> {
    vec![
        mail.id.to_string(),
        mail.kind.as_str().to_owned(),
        state(mail),
        mail.attempts.to_string(),
        output::timestamp(mail.accepted_at),
        address(mail),
        mail.last_reply.clone().unwrap_or_default(),
    ]
}

fn as_json(mail: &MailSummary) -> serde_json::Value {
    serde_json::json!({
        "id": mail.id.to_string(),
        "type": mail.kind.as_str(),
        "organisation": mail.organisation.to_string(),
        "sandbox": mail.sandbox,
        "address": mail.address,
        "state": mail.state.as_str(),
        "reason": mail.no_mail_reason.map(|reason| reason.as_str()),
        "attempts": mail.attempts,
        "acceptedAt": mail.accepted_at,
        "dueAt": mail.due_at,
        "expiresAt": mail.expires_at,
        "sentAt": mail.sent_at,
        "lastReply": mail.last_reply,
    })
}

fn show(detail: &MailDetail) -> Result<(), CommandError> {
    let mail = &detail.summary;
    let field = |name: &str, value: String| output::line(&format!("{name:<14}{value}"));
    field("id", mail.id.to_string())?;
    field("type", mail.kind.as_str().to_owned())?;
    field("organisation", mail.organisation.to_string())?;
    field("address", address(mail))?;
    field("state", state(mail))?;
    field("attempts", mail.attempts.to_string())?;
    field("expires", output::timestamp(mail.expires_at))?;
    if let Some(customer) = detail.customer {
        field("customer", customer.to_string())?;
    }
    if let Some(ip) = detail.customer_ip {
        field("customer IP", ip.to_string())?;
    }
    if let Some(geo) = &detail.geo {
        field("place", serde_json::to_string(geo).unwrap_or_default())?;
    }
    output::line("timeline")?;
    for entry in &detail.timeline {
        let at = entry.at.format("%Y-%m-%dT%H:%M:%S%.3fZ");
        output::line(format!("  {at}  {:<10} {}", entry.event, entry.detail).trim_end())?;
    }
    Ok(())
}
