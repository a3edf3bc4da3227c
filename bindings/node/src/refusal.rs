//! A refusal as plain data; `index.cjs` makes an error of it.

use domain::RuleError;
use napi_derive::napi;

/// Why a text was refused, and where.
#[napi(object)]
pub(crate) struct Refusal {
    /// The machine's name of the error.
    pub code: String,
    /// The text for people, without the value.
    pub message: String,
    /// In UTF-16 code units, as JavaScript counts.
    pub position: u32,
    /// In bytes of UTF-8.
    pub byte_position: u32,
}

impl Refusal {
    pub(crate) fn new(text: &str, error: &dyn RuleError) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            position: number(error.utf16_position(text)),
            byte_position: number(error.position()),
        }
    }
}

/// A length of a JavaScript string: V8 has none that does not fit.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
