use async_trait::async_trait;
use domain::{OrganisationId, WebhookEndpointId};

use crate::model::{WebhookEndpoint, WebhookEndpointStatus, WebhookTarget};
use crate::ports::StoreError;

/// The endpoints of organisations.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait WebhookRegistry: Send + Sync {
    /// Adds one. From then on what happens in its organisation is written for it, if it wants to
    /// hear of it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken.
    async fn create(&self, endpoint: &WebhookEndpoint, target: &WebhookTarget) -> Result<(), StoreError>;

    /// One, with where it is; `None`: there is none with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn find(
        &self,
        id: WebhookEndpointId,
    ) -> Result<Option<(WebhookEndpoint, WebhookTarget)>, StoreError>;

    /// All, or those of one organisation, the oldest first. Without secrets.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn list(
        &self,
        organisation: Option<OrganisationId>,
    ) -> Result<Vec<WebhookEndpointStatus>, StoreError>;

    /// Removes one for good, with every event written for it. `false`: there is none with this id.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was removed.
    async fn remove(&self, id: WebhookEndpointId) -> Result<bool, StoreError>;
}
