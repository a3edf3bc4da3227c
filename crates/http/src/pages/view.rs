//! What the pages show.

use application::OpenedLink;
use application::model::LimitDecision;
use application::ports::StoreError;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use domain::{Language, LinkState, PasswordPolicy, PolicyRule, PolicyViolations};
use minijinja::value::Serde;
use minijinja::{Value, context};
use tracing::error;

use super::languages;
use super::texts::{Notice, Texts};
use crate::body::BodyError;
use crate::html::{self, Policy};
use crate::schema::error::{AnsweredCode, ApiError, BUSY, retry_after};
use crate::schema::error_code::ErrorCode;

/// A page in the making: in which language, under whose name.
pub(super) struct Page<'a> {
    texts: &'static Texts,
    organisation: Option<&'a str>,
    logo: Option<&'a str>,
}

/// Where a page is, for its relative links.
#[derive(Clone, Copy)]
pub(super) enum Depth {
    /// `/reset/{token}`.
    Link,
    /// `/reset/{token}/…`.
    BelowLink,
}

/// Why the form is shown again.
pub(super) enum Problem<'a> {
    /// The password breaks rules.
    Policy(&'a PolicyViolations),
    /// Two different passwords were typed.
    Mismatch,
    /// E002.
    UsedBefore,
    /// E001.
    Ours,
    /// The queue of password hashes is full.
    Busy,
}

impl Problem<'_> {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Policy(_) | Self::Mismatch | Self::UsedBefore => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Ours | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    const fn code(&self) -> &'static str {
        match self {
            Self::Policy(_) => "policy",
            Self::Mismatch => "mismatch",
            Self::UsedBefore => "E002",
            Self::Ours => "E001",
            Self::Busy => ErrorCode::ServiceUnavailable.as_str(),
        }
    }
}

/// A page, or the answer to a template that does not render.
pub(crate) type Rendered = Result<Response, ApiError>;

impl<'a> Page<'a> {
    /// For the holder of a link.
    pub(super) fn for_holder(opened: &'a OpenedLink) -> Self {
        let settings = &opened.organisation.settings;
        let texts = Texts::of(opened.language).or_else(|| Texts::of(settings.language));
        Self {
            texts: texts.unwrap_or(Texts::english()),
            organisation: Some(&opened.organisation.name),
            logo: settings.logo_url.as_deref().filter(|url| url.starts_with("https://")),
        }
    }

    /// For a visitor with an unknown link.
    pub(super) fn for_stranger(headers: &HeaderMap) -> Self {
        let language: Language = languages::accepted(headers);
        Self { texts: Texts::of(language).unwrap_or(Texts::english()), organisation: None, logo: None }
    }

    /// The form, perhaps with what was wrong.
    pub(super) fn form(
        &self,
        policy: &PasswordPolicy,
        token: &str,
        problem: Option<Problem<'_>>,
    ) -> Rendered {
        let texts = self.texts;
        let rules: Vec<String> = rules(policy).iter().map(|rule| texts.rule(rule)).collect();
        let broken: Vec<String> = match &problem {
            Some(Problem::Policy(violations)) => {
                violations.rules().iter().map(|rule| texts.rule(rule)).collect()
            }
            _ => Vec::new(),
        };
        let error = problem.as_ref().map(|problem| match problem {
            Problem::Policy(_) => texts.broken_rules,
            Problem::Mismatch => texts.mismatch,
            Problem::UsedBefore => texts.used_before,
            Problem::Ours => texts.ours,
            Problem::Busy => texts.busy,
        });
        let status = problem.as_ref().map_or(StatusCode::OK, Problem::status);
        let content = context! {
            lead => texts.form_lead.replace("{org}", self.organisation.unwrap_or_default()),
            mismatch => matches!(problem, Some(Problem::Mismatch)),
            ours => matches!(problem, Some(Problem::Ours | Problem::Busy)),
            rules, broken, error, token, ..self.frame()
        };
        let mut response = html::page_with(status, "reset-form.html", content, self.policy())?;
        if let Some(problem) = problem {
            response.extensions_mut().insert(AnsweredCode(problem.code()));
            if matches!(problem, Problem::Busy) {
                response.headers_mut().insert(RETRY_AFTER, retry_after(BUSY));
            }
        }
        Ok(response)
    }

    /// A link that sets no password any more, with a button that asks for a fresh one.
    pub(super) fn dead(&self, state: LinkState, token: &str, depth: Depth) -> Rendered {
        let notice = match state {
            LinkState::Expired => &self.texts.expired,
            LinkState::Superseded => &self.texts.superseded,
            LinkState::Used | LinkState::Good => &self.texts.used,
        };
        let action = match depth {
            Depth::Link => format!("{token}/fresh"),
            Depth::BelowLink => "fresh".to_owned(),
        };
        let more = context! { action, button => self.texts.resend_button, hint => self.texts.resend_hint };
        self.notice(StatusCode::GONE, notice, "clock", more)
    }

    pub(super) fn changed(&self) -> Rendered {
        self.notice(StatusCode::OK, &self.texts.changed, "done", context! {})
    }

    pub(super) fn link_resent(&self) -> Rendered {
        self.notice(StatusCode::OK, &self.texts.resend_done, "mail", context! {})
    }

    pub(super) fn ask_to_cancel(&self, token: &str) -> Rendered {
        let more = context! {
            action => "not-me", button => self.texts.not_me_button,
            back => format!("../{token}"), back_text => self.texts.not_me_back,
        };
        self.notice(StatusCode::OK, &self.texts.not_me, "shield", more)
    }

    pub(super) fn cancelled(&self) -> Rendered {
        self.notice(StatusCode::OK, &self.texts.cancelled, "shield", context! {})
    }

    pub(super) fn unknown(&self) -> Rendered {
        self.notice(StatusCode::NOT_FOUND, &self.texts.unknown, "clock", context! {})
    }

    pub(super) fn too_many(&self) -> Rendered {
        let mut response =
            self.notice(StatusCode::TOO_MANY_REQUESTS, &self.texts.too_many, "clock", context! {})?;
        // The window is a minute; how much of it is left is not known here.
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
        Ok(response)
    }

    /// Too many attempts with one link.
    pub(super) fn too_many_attempts(&self, decision: &LimitDecision) -> Rendered {
        let notice = &self.texts.too_many_attempts;
        let mut response = self.notice(StatusCode::TOO_MANY_REQUESTS, notice, "clock", context! {})?;
        response.extensions_mut().insert(AnsweredCode(ErrorCode::TooManyRequests.as_str()));
        response.headers_mut().insert(RETRY_AFTER, retry_after(decision.retry_after));
        Ok(response)
    }

    pub(super) fn forbidden(&self) -> Rendered {
        self.notice(StatusCode::FORBIDDEN, &self.texts.not_understood, "shield", context! {})
    }

    pub(super) fn bad_form(&self, error: BodyError) -> Rendered {
        let status = match error {
            BodyError::MediaType | BodyError::Encoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            BodyError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            BodyError::Incomplete | BodyError::NotAForm => StatusCode::BAD_REQUEST,
        };
        self.notice(status, &self.texts.not_understood, "shield", context! {})
    }

    pub(super) fn unavailable(&self, error: &StoreError) -> Rendered {
        error!(%error, "the store did not do its work");
        self.notice(StatusCode::SERVICE_UNAVAILABLE, &self.texts.unavailable, "clock", context! {})
    }

    fn notice(&self, status: StatusCode, notice: &Notice, icon: &str, more: Value) -> Rendered {
        let content = context! { ..context! { notice => Serde(notice), icon }, ..more, ..self.frame() };
        html::page_with(status, "reset-notice.html", content, self.policy())
    }

    fn frame(&self) -> Value {
        context! { t => Serde(self.texts), organisation => self.organisation, logo => self.logo }
    }

    const fn policy(&self) -> Policy<'a> {
        Policy::Reset { logo: self.logo }
    }
}

/// The rules worth reading before one types.
fn rules(policy: &PasswordPolicy) -> Vec<PolicyRule> {
    let asked = [
        (true, PolicyRule::TooShort { min_length: policy.min_length() }),
        (policy.upper_case(), PolicyRule::UpperCaseMissing),
        (policy.lower_case(), PolicyRule::LowerCaseMissing),
        (policy.digit(), PolicyRule::DigitMissing),
    ];
    asked.into_iter().filter_map(|(holds, rule)| holds.then_some(rule)).collect()
}
