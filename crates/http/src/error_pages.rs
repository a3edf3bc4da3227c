//! A page per error code, from the domain's registry: as HTML on the running server, as Markdown
//! under `docs/errors/`.

use domain::{ErrorCode, RedeemCode};

use crate::error::{self, ApiError};
use crate::routes::set_new_password::Refused;

/// A code that has a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorPage {
    Api(ErrorCode),
    Redeem(RedeemCode),
}

impl ErrorPage {
    /// Every code, those of the API first.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let redeem = RedeemCode::ALL.iter().copied().map(Self::Redeem);
        ErrorCode::ALL.iter().copied().map(Self::Api).chain(redeem)
    }

    /// The page of `code`, spelt exactly.
    pub(crate) fn find(code: &str) -> Option<Self> {
        Self::all().find(|page| page.code() == code)
    }

    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Api(code) => code.as_str(),
            Self::Redeem(code) => code.as_str(),
        }
    }

    pub(crate) fn status(self) -> u16 {
        match self {
            Self::Api(code) => error::status(code).as_u16(),
            Self::Redeem(_) => 200,
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Api(code) => code.title(),
            Self::Redeem(RedeemCode::E001) => "The password could not be changed just now",
            Self::Redeem(RedeemCode::E002) => "The password has been used before",
            Self::Redeem(RedeemCode::E003) => "There is no such request",
            Self::Redeem(RedeemCode::E004) => "The request has expired",
        }
    }

    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::Api(code) => code.description(),
            Self::Redeem(RedeemCode::E001) => {
                "The change failed for a reason that is ours, and nothing was changed. The token is still good: send the \
                 same call again after a moment. Details are in the server's log under the `X-Request-Id` of the answer."
            }
            Self::Redeem(RedeemCode::E002) => {
                "The customer has had this password before. The token is still good: let the customer choose another \
                 password and send it with the same token."
            }
            Self::Redeem(RedeemCode::E003) => {
                "The token belongs to no request of this organisation: it was never made, has been used, was killed by a \
                 newer request or a changed password, or was cut off while copying. Which of these it is, is not told. \
                 Let the customer ask for a new link."
            }
            Self::Redeem(RedeemCode::E004) => {
                "The link's time is over, and the token is dead. Let the customer ask for a new link; `expirationTime` of \
                 `reset-password` sets how long the next one lives."
            }
        }
    }

    /// Whether the same call may succeed later without a change.
    pub(crate) const fn is_transient(self) -> bool {
        match self {
            Self::Api(code) => code.is_transient(),
            Self::Redeem(code) => matches!(code, RedeemCode::E001),
        }
    }

    /// An answer that carries the code, as indented JSON.
    pub(crate) fn example(self) -> String {
        match self {
            Self::Api(code) => serde_json::to_string_pretty(&ApiError::example(code).body()),
            Self::Redeem(code) => serde_json::to_string_pretty(&Refused::from(code)),
        }
        .unwrap_or_default()
    }

    fn markdown(self) -> String {
        let retry = if self.is_transient() {
            "The same call may succeed later without a change."
        } else {
            "The same call fails again until something is changed."
        };
        format!(
            "# {code}\n\n**{title}** · HTTP {status}\n\n{description}\n\n{retry}\n\n```json\n{example}\n```\n\n[All codes](README.md)\n",
            code = self.code(),
            title = self.title(),
            status = self.status(),
            description = self.description(),
            example = self.example(),
        )
    }
}

/// The codes that have a page, those of the API first.
pub fn error_page_codes() -> impl Iterator<Item = &'static str> {
    ErrorPage::all().map(ErrorPage::code)
}

/// The page of `code` as Markdown, for `docs/errors/CODE.md`; `None` where there is no such code.
#[must_use]
pub fn error_page_markdown(code: &str) -> Option<String> {
    ErrorPage::find(code).map(ErrorPage::markdown)
}

/// The list of all codes as Markdown, for `docs/errors/README.md`.
#[must_use]
pub fn error_index_markdown() -> String {
    let mut text = String::from(
        "# Error codes\n\nCodes never change their meaning; messages may. The running server shows these pages at \
         `/errors/CODE`.\nThey are written from the registry in `crates/domain` by `cargo run -p resetd-http --example \
         error-pages`.\n\n| code | HTTP | |\n|---|---|---|\n",
    );
    for page in ErrorPage::all() {
        let (code, status, title) = (page.code(), page.status(), page.title());
        text.push_str(&format!("| [`{code}`]({code}.md) | {status} | {title} |\n"));
    }
    text
}
