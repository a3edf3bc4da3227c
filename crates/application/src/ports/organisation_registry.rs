use async_trait::async_trait;
use domain::OrganisationId;

use crate::model::Organisation;
use crate::ports::StoreError;

/// The tenants.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OrganisationRegistry: Send + Sync {
    /// Stores a new organisation.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id or name is taken.
    async fn create(&self, organisation: &Organisation) -> Result<(), StoreError>;

    /// Replaces the name, the suspension and the settings of the organisation with this id.
    /// `false`: no such one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another organisation has the name.
    async fn update(&self, organisation: &Organisation) -> Result<bool, StoreError>;

    /// The organisation with this id, as it is now.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn find(&self, id: OrganisationId) -> Result<Option<Organisation>, StoreError>;

    /// Every organisation, by name.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn list(&self) -> Result<Vec<Organisation>, StoreError>;
}
