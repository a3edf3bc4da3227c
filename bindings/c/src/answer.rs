//! What a rule answers, in the members of `conformance`.

use std::fmt::Display;

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
    /// A refusal at a byte of the input.
    pub(crate) fn at(text: &str, code: &str, position: usize, message: &dyn Display) -> Self {
        let utf16 = text.get(..position).unwrap_or(text).encode_utf16().count();
        Self { place: Some(Place { position, utf16 }), ..Self::of_call(code, message) }
    }

    /// A call that is wrong whatever the input.
    pub(crate) fn of_call(code: &str, message: &dyn Display) -> Self {
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
