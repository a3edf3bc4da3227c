use async_trait::async_trait;
use thiserror::Error;

use crate::model::{ComposedMail, MailContent};

/// Why a mail cannot be made. It ends as `preparing-error`, never as an empty string in an inbox.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ComposeError {
    /// The template is wrong; an operator must mend it.
    #[error("template {template}: {error}")]
    Template {
        /// Which template: type, language, part.
        template: String,
        /// What is wrong, with the line.
        error: String,
    },
    /// The templates cannot be read at present; try again later.
    #[error("templates are unavailable: {0}")]
    Unavailable(String),
}

/// Puts a template in the customer's language into the organisation's layout.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MailComposer: Send + Sync {
    /// Renders both parts. Every variable MUST be escaped for the part it lands in, and the subject
    /// MUST come out as one line. Language falls back to the organisation's, then to any active
    /// one, then to the built-in.
    ///
    /// # Errors
    /// [`ComposeError::Template`] for an unknown variable or a broken template.
    async fn compose<'a>(&self, content: MailContent<'a>) -> Result<ComposedMail, ComposeError>;
}
