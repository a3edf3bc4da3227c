//! Our spans in the words of OpenTelemetry's semantic conventions for HTTP.

use opentelemetry::trace::{SpanKind, Status};
use opentelemetry::{Key, Value};
use opentelemetry_sdk::trace::SpanData;

/// The span of a request, made by the HTTP surface.
const REQUEST: &str = "http";
/// The span of a word with the relay.
const SEND: &str = "send";
/// The span of looking for work.
const CLAIM: &str = "claim";

/// Our name of an attribute, and theirs.
const NAMES: [(&str, &str); 3] =
    [("method", "http.request.method"), ("route", "http.route"), ("status", "http.response.status_code")];

/// Looking for work once a second and finding none is no story.
pub(super) fn should_export(span: &SpanData) -> bool {
    span.name != CLAIM || !matches!(attribute(span, "mails"), None | Some(Value::I64(0)))
}

pub(super) fn translate(span: &mut SpanData) {
    match span.name.as_ref() {
        REQUEST => translate_request(span),
        SEND => span.span_kind = SpanKind::Client,
        _ => {}
    }
}

fn translate_request(span: &mut SpanData) {
    let text = |name| attribute(span, name).map(|value| value.as_str().into_owned()).unwrap_or_default();
    let name = format!("{} {}", text("method"), text("route"));
    if let Some(Value::I64(500..)) = attribute(span, "status") {
        span.status = Status::error("");
    }
    span.name = name.into();
    span.span_kind = SpanKind::Server;
    for attribute in &mut span.attributes {
        if let Some((_, theirs)) = NAMES.iter().find(|(ours, _)| *ours == attribute.key.as_str()) {
            attribute.key = Key::from_static_str(theirs);
        }
    }
}

fn attribute<'a>(span: &'a SpanData, name: &str) -> Option<&'a Value> {
    span.attributes.iter().find(|attribute| attribute.key.as_str() == name).map(|attribute| &attribute.value)
}
