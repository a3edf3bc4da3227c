use async_trait::async_trait;
use domain::OrganisationId;

use crate::model::CapturedMail;
use crate::ports::StoreError;

/// Reads captured mail: the demo's mailbox from a directory, the sandbox of `DEV_` keys from the
/// store.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MailArchive: Send + Sync {
    /// At most `limit` mails of `organisation` (`None`: of all), newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the archive cannot be read.
    async fn list(
        &self,
        organisation: Option<OrganisationId>,
        limit: usize,
    ) -> Result<Vec<CapturedMail>, StoreError>;
}
