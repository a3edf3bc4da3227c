//! What goes over the wire: the shape of Standard Webhooks, `{"type", "timestamp", "data"}`.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::{OrganisationId, RequestId, mask_addresses};
use serde::Serialize;

use crate::model::WebhookEvent;

#[derive(Serialize)]
struct Payload<'a, D> {
    r#type: &'a str,
    timestamp: String,
    data: D,
}

#[derive(Serialize)]
struct Data<'a> {
    request_id: RequestId,
    organisation_id: OrganisationId,
    customer_reference: Option<&'a str>,
    address: &'a str,
    expires_at: String,
    sandbox: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<Mail<'a>>,
}

/// What became of the mail.
#[derive(Serialize)]
struct Mail<'a> {
    host: Option<&'a str>,
    reply: String,
}

#[derive(Serialize)]
struct Nothing {
    organisation_id: OrganisationId,
}

/// The body that tells of `event`.
pub(super) fn of(event: &WebhookEvent) -> String {
    let mail = |reply: &String| Mail { host: event.host.as_deref(), reply: mask_addresses(reply) };
    json(&Payload {
        r#type: event.event.as_str(),
        timestamp: format_timestamp(event.at),
        data: Data {
            request_id: event.request,
            organisation_id: event.organisation,
            customer_reference: event.customer_reference.as_deref(),
            address: &event.address,
            expires_at: format_timestamp(event.expires_at),
            sandbox: event.sandbox,
            mail: event.reply.as_ref().map(mail),
        },
    })
}

/// The body of a call that an operator makes to try an endpoint out: of the type `webhook.test`.
#[must_use]
pub fn test_event(organisation: OrganisationId, now: DateTime<Utc>) -> String {
    let data = Nothing { organisation_id: organisation };
    json(&Payload { r#type: "webhook.test", timestamp: format_timestamp(now), data })
}

fn format_timestamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn json(payload: &impl Serialize) -> String {
    // Strings, booleans and names known here: nothing in it can fail.
    serde_json::to_string(payload).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::WebhookEventType;

    use super::*;

    fn event() -> WebhookEvent {
        WebhookEvent {
            event: WebhookEventType::Undeliverable,
            at: DateTime::from_timestamp_millis(1_772_352_000_123).unwrap(),
            organisation: OrganisationId::from_bytes([1; 16]),
            request: RequestId::from_bytes([2; 16]),
            sandbox: false,
            address: "j***@barasek.com".to_owned(),
            customer_reference: Some("47\"11".to_owned()),
            expires_at: DateTime::from_timestamp(1_772_355_600, 0).unwrap(),
            host: Some("relay.test:25".to_owned()),
            reply: Some("550 5.1.1 <jan.secret@barasek.com>: unknown".to_owned()),
        }
    }

    #[test]
    fn the_shape_of_an_event_with_a_mail() {
        assert_eq!(
            of(&event()),
            concat!(
                r#"{"type":"password_reset.undeliverable","timestamp":"2026-03-01T08:00:00.123Z","data":{"#,
                r#""request_id":"02020202-0202-0202-0202-020202020202","#,
                r#""organisation_id":"01010101-0101-0101-0101-010101010101","customer_reference":"47\"11","#,
                r#""address":"j***@barasek.com","expires_at":"2026-03-01T09:00:00.000Z","sandbox":false,"#,
                r#""mail":{"host":"relay.test:25","reply":"550 5.1.1 <***>: unknown"}}}"#
            )
        );
    }

    #[test]
    fn an_event_without_a_mail_has_none_and_an_unknown_customer_is_null() {
        let told = of(&WebhookEvent { host: None, reply: None, customer_reference: None, ..event() });
        assert!(!told.contains("mail\":") && told.contains(r#""customer_reference":null"#), "{told}");
    }
}
