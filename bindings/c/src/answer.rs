//! What a rule answers, in the members of `conformance`.

use std::fmt::Display;

use domain::RuleError;
use serde::Serialize;

/// What a rule gives for an input that it takes.
#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(crate) enum Parts {
    Email {
        normalized: String,
        canonical: String,
        provider: Option<String>,
        masked: String,
        local_part: String,
        domain: String,
        unicode: String,
    },
    Ip {
        normalized: String,
        scope: &'static str,
        budget_key: String,
    },
    Expiry {
        seconds: u32,
        text: String,
        iso8601: String,
    },
    ApiKey {
        kind: &'static str,
        masked: String,
        sha256: String,
        sample: bool,
    },
}

/// Why there is no answer.
#[derive(Serialize)]
pub(crate) struct Error {
    code: String,
    message: String,
    /// Where the refusal lies; a wrong call has no place in the input.
    #[serde(flatten)]
    place: Option<Place>,
}

#[derive(Serialize)]
struct Place {
    /// In bytes of UTF-8.
    position: usize,
    /// In code units of UTF-16.
    utf16: usize,
}

impl Error {
    pub(crate) fn refusal(text: &str, error: &dyn RuleError) -> Self {
        let place = Place { position: error.position(), utf16: error.utf16_position(text) };
        Self { place: Some(place), ..Self::of_call(error.code(), error) }
    }

    /// An input that is UTF-8 up to there alone.
    pub(crate) fn not_unicode(valid: &str) -> Self {
        let place = Place { position: valid.len(), utf16: valid.encode_utf16().count() };
        Self { place: Some(place), ..Self::of_call("not-unicode", &"the input is no UTF-8") }
    }

    /// A call that is wrong whatever the input.
    pub(crate) fn of_call(code: &str, message: &(impl Display + ?Sized)) -> Self {
        Self { code: code.to_owned(), message: message.to_string(), place: None }
    }
}

/// One line.
pub(crate) fn to_json(answer: Result<Parts, Error>) -> String {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Line {
        Given {
            ok: bool,
            #[serde(flatten)]
            parts: Parts,
        },
        Refused {
            ok: bool,
            error: Error,
        },
    }

    let line = match answer {
        Ok(parts) => Line::Given { ok: true, parts },
        Err(error) => Line::Refused { ok: false, error },
    };
    // Texts, numbers and nothing that could fail.
    serde_json::to_string(&line).unwrap_or_default()
}
