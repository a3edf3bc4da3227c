//! What goes over the wire: bodies, answers, error codes and their texts.

pub(crate) mod answer;
pub(crate) mod error;
pub(crate) mod error_code;
pub(crate) mod json;
pub(crate) mod redeem;
pub(crate) mod request;
