//! A page per error code, from the registry: as HTML on the running server, as Markdown
//! under `docs/errors/`.

use domain::RedeemCode;

use crate::schema::answer::Refused;
use crate::schema::error::ApiError;
use crate::schema::error_code::ErrorCode;
use crate::schema::redeem;

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
            Self::Api(code) => code.status().as_u16(),
            Self::Redeem(_) => 200,
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Api(code) => code.title(),
            Self::Redeem(code) => redeem::texts(code).title,
        }
    }

    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::Api(code) => code.description(),
            Self::Redeem(code) => redeem::texts(code).description,
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
         `/errors/CODE`.\nThey are written from the registry in `crates/http` by `cargo run -p resetd-http --example \
         error-pages`.\n\n| code | HTTP | |\n|---|---|---|\n",
    );
    for page in ErrorPage::all() {
        let (code, status, title) = (page.code(), page.status(), page.title());
        text.push_str(&format!("| [`{code}`]({code}.md) | {status} | {title} |\n"));
    }
    text
}
