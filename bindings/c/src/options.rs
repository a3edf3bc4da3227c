//! The options of a call: rules of one's own, and whether the sample key is refused.

use domain::ProviderRules;
use serde::Deserialize;

use crate::answer::Error;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Before the built-in ones; the first that covers a domain decides.
    pub(crate) providers: ProviderRules,
    pub(crate) refuse_sample: bool,
}

impl Options {
    pub(crate) fn read(json: Option<&[u8]>) -> Result<Self, Error> {
        match json {
            None => Ok(Self::default()),
            Some(json) => serde_json::from_slice(json)
                .map_err(|error| Error::of_call("invalid-options", &format_args!("options: {error}"))),
        }
    }
}
