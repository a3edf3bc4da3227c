//! What the pages show.

use application::OpenedLink;
use application::model::{LimitDecision, Organisation, OrganisationSettings};
use application::ports::StoreError;
use axum::http::header::RETRY_AFTER;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use domain::{EmailAddress, Language, LinkState, PasswordPolicy, PolicyRule, PolicyViolations};
use minijinja::value::Serde;
use minijinja::{Value, context};
use tracing::error;

use super::languages;
use super::texts::{Notice, Texts};
use crate::body::BodyError;
use crate::html::{self, Policy};
use crate::schema::error::{AnsweredCode, ApiError, BUSY, retry_after};
use crate::schema::error_code::ErrorCode;

/// How a page was asked for.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// The language chosen on the page: `?lang=`.
    language: Option<Language>,
    /// Whether the page may be loaded again in another language: what a form did is not done twice.
    switchable: bool,
    /// How many folders below the installation's own address the page is.
    depth: usize,
}

impl Asked {
    pub(super) fn of(head: &Parts) -> Self {
        Self {
            language: languages::chosen(head.uri.query()),
            switchable: matches!(head.method, Method::GET | Method::HEAD),
            depth: head.uri.path().matches('/').count().saturating_sub(1),
        }
    }

    /// The query that keeps the chosen language.
    fn query(self) -> String {
        self.language.map(|language| format!("?lang={language}")).unwrap_or_default()
    }
}

/// A page in the making: in which language, under whose name.
pub(super) struct Page<'a> {
    texts: &'static Texts,
    organisation: Option<&'a Organisation>,
    /// The holder's address, for password managers.
    username: Option<&'a str>,
    asked: Asked,
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
    pub(super) fn for_holder(opened: &'a OpenedLink, asked: Asked) -> Self {
        let languages = [asked.language, Some(opened.language), Some(opened.organisation.settings.language)];
        let texts = languages.into_iter().flatten().find_map(Texts::of);
        Self {
            texts: texts.unwrap_or(Texts::english()),
            organisation: Some(&opened.organisation),
            username: opened.email.as_ref().map(EmailAddress::normalized),
            asked,
        }
    }

    /// For a visitor with an unknown link.
    pub(super) fn for_stranger(head: &Parts) -> Self {
        let asked = Asked::of(head);
        let language = asked.language.unwrap_or_else(|| languages::accepted(&head.headers));
        let texts = Texts::of(language).unwrap_or(Texts::english());
        Self { texts, organisation: None, username: None, asked }
    }

    /// The form, perhaps with what was wrong.
    pub(super) fn form(
        &self,
        policy: &PasswordPolicy,
        token: &str,
        problem: Option<Problem<'_>>,
    ) -> Rendered {
        let texts = self.texts;
        let rules: Vec<_> = rules(policy);
        let violations = match &problem {
            Some(Problem::Policy(violations)) => violations.rules(),
            _ => &[],
        };
        let broken: Vec<String> = violations.iter().filter_map(|rule| texts.rule(rule)).collect();
        let sentences: Vec<String> = violations.iter().filter_map(|rule| texts.sentence(rule)).collect();
        let error = problem.as_ref().map(|problem| match problem {
            Problem::Policy(_) => texts.broken_rules,
            Problem::Mismatch => texts.mismatch,
            Problem::UsedBefore => texts.used_before,
            Problem::Ours => texts.ours,
            Problem::Busy => texts.busy,
        });
        let status = problem.as_ref().map_or(StatusCode::OK, Problem::status);
        let content = context! {
            lead => self.named(texts.form_lead),
            rules => rules.iter().filter_map(|(rule, test)| {
                Some(context! { text => texts.rule(rule)?, test => *test })
            }).collect::<Vec<_>>(),
            username => self.username,
            min_length => policy.min_length(),
            password_rules => password_rules(policy),
            mismatch => matches!(problem, Some(Problem::Mismatch)),
            ours => matches!(problem, Some(Problem::Ours | Problem::Busy)),
            broken, sentences, error, token, ..self.frame()
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
        let action = format!("{action}{}", self.asked.query());
        let more = context! { action, button => self.texts.resend_button, hint => self.texts.resend_hint };
        self.notice(StatusCode::GONE, notice, "clock", more)
    }

    pub(super) fn changed(&self) -> Rendered {
        self.notice(StatusCode::OK, &self.texts.changed, "done", context! { is_changed => true })
    }

    pub(super) fn link_resent(&self) -> Rendered {
        self.notice(StatusCode::OK, &self.texts.resend_done, "mail", context! {})
    }

    pub(super) fn ask_to_cancel(&self, token: &str) -> Rendered {
        let more = context! {
            action => format!("not-me{}", self.asked.query()), button => self.texts.not_me_button,
            back => format!("../{token}{}", self.asked.query()), back_text => self.texts.not_me_back,
        };
        self.notice(StatusCode::OK, &self.texts.not_me, "shield", more)
    }

    pub(super) fn cancelled(&self) -> Rendered {
        self.notice(StatusCode::OK, &self.texts.cancelled, "shield", context! {})
    }

    /// A path that does not exist.
    pub(super) fn nothing(&self) -> Rendered {
        let more = context! { back => self.root_or_here(), back_text => self.texts.home };
        let mut response = self.notice(StatusCode::NOT_FOUND, &self.texts.nothing, "clock", more)?;
        response.extensions_mut().insert(AnsweredCode(ErrorCode::ResourceNotFound.as_str()));
        Ok(response)
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

    /// `text` with the organisation's name.
    fn named(&self, text: &str) -> String {
        Texts::with_name(text, self.organisation.map_or("", |organisation| &organisation.name))
    }

    fn frame(&self) -> Value {
        let settings = self.organisation.map(|organisation| &organisation.settings);
        let logo = self.organisation.and_then(|organisation| {
            let path = settings?.logo.as_ref()?.path(organisation.id);
            Some(format!("{}{}", self.root(), path.trim_start_matches('/')))
        });
        let languages = Texts::all().filter(|_| self.asked.switchable);
        let languages = languages.map(|texts| context! {
            tag => texts.language, name => texts.language_name, chosen => texts.language == self.texts.language,
        });
        context! {
            t => Serde(self.texts),
            organisation => self.organisation.map(|organisation| &organisation.name),
            logo,
            accent => self.accent(),
            sign_in_url => settings.and_then(|settings| settings.sign_in_url.as_ref()),
            sign_in => self.named(self.texts.sign_in),
            back_to => self.named(self.texts.back_to),
            contact => settings.and_then(|settings| settings.contact.as_ref()),
            contact_url => settings.and_then(OrganisationSettings::contact_url),
            languages => languages.collect::<Vec<_>>(),
            query => self.asked.query(),
            root => self.root(),
        }
    }

    /// From the page to the installation's own address.
    fn root(&self) -> String {
        "../".repeat(self.asked.depth)
    }

    fn root_or_here(&self) -> String {
        Some(self.root()).filter(|root| !root.is_empty()).unwrap_or_else(|| "./".to_owned())
    }

    /// The style of the organisation's colour.
    fn accent(&self) -> Option<String> {
        let color = self.organisation?.settings.accent?;
        let (light, darker) = (color.lighter_on(DARK), color.darker());
        Some(format!(
            ":root{{--accent:{color};--accent-down:{darker};--on-accent:#fff;--tint:var(--page)}}\
             @media (prefers-color-scheme:dark){{:root{{--accent:{light};--accent-down:#fff;--on-accent:#14171a}}}}"
        ))
    }

    fn policy(&self) -> Policy {
        let logo = self.organisation.is_some_and(|organisation| organisation.settings.logo.is_some());
        Policy::Reset { logo, accent: self.accent() }
    }
}

/// The background of the card in the dark.
const DARK: [u8; 3] = [0x1f, 0x24, 0x29];

/// What password managers make passwords by
/// (<https://github.com/whatwg/html/issues/3518>).
fn password_rules(policy: &PasswordPolicy) -> String {
    let mut text = format!("minlength: {}; maxlength: {};", policy.min_length(), policy.max_bytes().min(128));
    let asked = [(policy.upper_case(), "upper"), (policy.lower_case(), "lower"), (policy.digit(), "digit")];
    for (_, class) in asked.into_iter().filter(|(holds, _)| *holds) {
        text.push_str(&format!(" required: {class};"));
    }
    text
}

/// The rules of the list, with what the script tests them by.
fn rules(policy: &PasswordPolicy) -> Vec<(PolicyRule, &'static str)> {
    let asked = [
        (true, PolicyRule::TooShort { min_length: policy.min_length() }, "length"),
        (policy.upper_case(), PolicyRule::UpperCaseMissing, "upper"),
        (policy.lower_case(), PolicyRule::LowerCaseMissing, "lower"),
        (policy.digit(), PolicyRule::DigitMissing, "digit"),
    ];
    asked.into_iter().filter_map(|(holds, rule, test)| holds.then_some((rule, test))).collect()
}
