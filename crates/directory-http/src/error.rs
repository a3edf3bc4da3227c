use application::DirectoryCallError;
use http_client::{CallError, SetupError, SignError, UrlError};
use thiserror::Error;

/// Why a directory cannot be set up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OptionsError {
    /// The base URL is none that may be called.
    #[error("the directory's URL: {0}")]
    Url(#[from] UrlError),
    /// The base URL has a query.
    #[error("the directory's URL must end with its path: no query")]
    Query,
    /// Certificates or a key that cannot be used.
    #[error("the directory's {0}")]
    Certificates(#[from] SetupError),
}

/// Why a call to the backend has no answer. Quotes nothing of what was sent or came.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BackendError {
    /// Nothing came, or not all of it.
    #[error("the directory: {0}")]
    Call(#[from] CallError),
    /// The id of the request cannot be signed; nothing was sent.
    #[error("the directory: {0}")]
    Sign(#[from] SignError),
    /// A redirect. None is followed.
    #[error("the directory answered {0}, a redirect: the base URL must be the final one")]
    Redirect(u16),
    /// A 404: a wrong base URL, or a backend that says in no defined way that it knows nobody.
    #[error("the directory answered 404: the base URL is wrong, or it means 200 with \"customer\": null")]
    NotFound,
    /// Another status that the call does not define.
    #[error("the directory answered {0}")]
    Status(u16),
    /// A web page.
    #[error("the directory answered with a web page, not JSON")]
    Page,
    /// Neither JSON nor a web page.
    #[error("the directory's answer is no JSON object")]
    NotJson,
    /// JSON that is no answer to the call.
    #[error("the directory's answer: {0}")]
    Invalid(#[from] InvalidAnswer),
    /// A customer with another address than the one asked for. A link must not go there.
    #[error("the directory returned a customer with another address than the one asked for")]
    OtherAddress,
}

/// A field of an answer that is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{field}: expected {expected}")]
pub struct InvalidAnswer {
    /// Its name, with those around it.
    pub field: &'static str,
    /// What stands there in an answer.
    pub expected: &'static str,
}

impl DirectoryCallError for BackendError {
    fn outcome(&self) -> &'static str {
        match self {
            Self::Call(error) => error.as_str(),
            Self::Sign(_) => "sign",
            Self::Redirect(_) => "redirect",
            Self::NotFound => "not-found",
            Self::Status(_) => "status",
            Self::Page => "page",
            Self::NotJson => "not-json",
            Self::Invalid(_) => "invalid",
            Self::OtherAddress => "other-address",
        }
    }

    /// A customer with another address is found by a developer who knows how the backend compares addresses;
    /// that must not stop the mails of others.
    fn is_outage(&self) -> bool {
        *self != Self::OtherAddress
    }
}
