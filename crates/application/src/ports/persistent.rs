use std::sync::Arc;

use crate::ports::{
    ApiKeyRegistry, AuditLog, CustomerDirectory, DeliveryQueue, MailArchive, MailQueue, OrganisationRegistry,
    RequestIntake, SandboxStore, TemplateStore, TokenStore, WebhookOutbox, WebhookRegistry,
};

/// A store that offers every persistent port.
pub trait PersistentStore:
    RequestIntake
    + DeliveryQueue
    + TokenStore
    + MailQueue
    + CustomerDirectory
    + ApiKeyRegistry
    + OrganisationRegistry
    + TemplateStore
    + AuditLog
    + WebhookRegistry
    + WebhookOutbox
    + SandboxStore
    + MailArchive
    + 'static
{
}

impl<S> PersistentStore for S where
    S: RequestIntake
        + DeliveryQueue
        + TokenStore
        + MailQueue
        + CustomerDirectory
        + ApiKeyRegistry
        + OrganisationRegistry
        + TemplateStore
        + AuditLog
        + WebhookRegistry
        + WebhookOutbox
        + SandboxStore
        + MailArchive
        + 'static
{
}

/// The persistent ports over one storage. Clones are handles on the same.
#[derive(Clone)]
pub struct PersistentPorts {
    /// Accepts requests.
    pub intake: Arc<dyn RequestIntake>,
    /// The queue as a delivery worker sees it.
    pub delivery: Arc<dyn DeliveryQueue>,
    /// Tokens from issue to redemption.
    pub tokens: Arc<dyn TokenStore>,
    /// The queue as an operator sees it.
    pub queue: Arc<dyn MailQueue>,
    /// The customers.
    pub customers: Arc<dyn CustomerDirectory>,
    /// The API keys.
    pub keys: Arc<dyn ApiKeyRegistry>,
    /// The tenants.
    pub organisations: Arc<dyn OrganisationRegistry>,
    /// Organisations' own templates.
    pub templates: Arc<dyn TemplateStore>,
    /// The log of deeds.
    pub audit: Arc<dyn AuditLog>,
    /// Where organisations are told of what happened.
    pub webhooks: Arc<dyn WebhookRegistry>,
    /// What they are still to be told.
    pub outbox: Arc<dyn WebhookOutbox>,
    /// Customers and captured mail of `DEV_` keys.
    pub sandbox: Arc<dyn SandboxStore>,
    /// What was captured there.
    pub sandbox_mail: Arc<dyn MailArchive>,
}

impl PersistentPorts {
    /// The ports of a store that implements all of them.
    #[must_use]
    pub fn of<S: PersistentStore>(store: Arc<S>) -> Self {
        Self {
            intake: Arc::<S>::clone(&store),
            delivery: Arc::<S>::clone(&store),
            tokens: Arc::<S>::clone(&store),
            queue: Arc::<S>::clone(&store),
            customers: Arc::<S>::clone(&store),
            keys: Arc::<S>::clone(&store),
            organisations: Arc::<S>::clone(&store),
            templates: Arc::<S>::clone(&store),
            audit: Arc::<S>::clone(&store),
            webhooks: Arc::<S>::clone(&store),
            outbox: Arc::<S>::clone(&store),
            sandbox: Arc::<S>::clone(&store),
            sandbox_mail: store,
        }
    }
}
