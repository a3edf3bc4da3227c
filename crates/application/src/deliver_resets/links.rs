use domain::ResetToken;

use crate::model::Organisation;

/// Makes the links that go into mails: from configuration, never from what a caller sent.
#[derive(Debug, Clone)]
pub struct Links {
    public_url: String,
}

impl Links {
    /// `public_url` is where this installation is reached from outside, with or without a trailing
    /// slash.
    #[must_use]
    pub fn new(public_url: &str) -> Self {
        Self { public_url: public_url.trim_end_matches('/').to_owned() }
    }

    /// The link to the page where the new password is set: the organisation's own, or resetd's.
    #[must_use]
    pub fn reset(&self, organisation: &Organisation, token: &ResetToken) -> String {
        match &organisation.settings.reset_url {
            Some(url) => url.replace("{token}", token.expose()),
            None => format!("{}/reset/{}", self.public_url, token.expose()),
        }
    }

    /// The link that says "this was not me"; always resetd's own page.
    #[must_use]
    pub fn cancel(&self, token: &ResetToken) -> String {
        format!("{}/reset/{}/not-me", self.public_url, token.expose())
    }
}
