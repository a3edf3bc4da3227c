use std::{any::Any, sync::Arc};

use application::ports::{
    ApiKeyRegistry, AuditLog, CustomerDirectory, MailQueue, OrganisationRegistry, TemplateStore, TokenStore,
    WebhookOutbox, WebhookRegistry,
};

use super::{
    api_key_registry, audit_log, customer_directory, mail_queue, organisation_registry, template_store,
    token_store, webhook_outbox, webhook_registry,
};

/// The persistent ports over one storage. Clones are handles on the same.
#[derive(Clone)]
pub struct PersistentPorts {
    /// Requests from acceptance to redemption.
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
    kept: Vec<Arc<dyn Any + Send + Sync>>,
}

impl PersistentPorts {
    /// The ports of a store that implements all of them.
    #[must_use]
    pub fn of<S>(store: Arc<S>) -> Self
    where
        S: TokenStore
            + MailQueue
            + CustomerDirectory
            + ApiKeyRegistry
            + OrganisationRegistry
            + TemplateStore
            + AuditLog
            + WebhookRegistry
            + WebhookOutbox
            + 'static,
    {
        Self {
            tokens: store.clone(),
            queue: store.clone(),
            customers: store.clone(),
            keys: store.clone(),
            organisations: store.clone(),
            templates: store.clone(),
            audit: store.clone(),
            webhooks: store.clone(),
            outbox: store,
            kept: Vec::new(),
        }
    }

    /// Keeps `guard` (a temporary directory, say) for as long as the ports are in use.
    #[must_use]
    pub fn keeping(mut self, guard: impl Any + Send + Sync) -> Self {
        self.kept.push(Arc::new(guard));
        self
    }
}

impl<S> From<Arc<S>> for PersistentPorts
where
    S: TokenStore
        + MailQueue
        + CustomerDirectory
        + ApiKeyRegistry
        + OrganisationRegistry
        + TemplateStore
        + AuditLog
        + WebhookRegistry
        + WebhookOutbox
        + 'static,
{
    fn from(store: Arc<S>) -> Self {
        Self::of(store)
    }
}

/// The suites of all nine persistent ports, one after the other.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn every_persistent_port<P: Into<PersistentPorts>>(fresh: impl AsyncFn() -> P) {
    organisation_registry(&fresh).await;
    api_key_registry(&fresh).await;
    audit_log(&fresh).await;
    template_store(&fresh).await;
    customer_directory(&fresh).await;
    mail_queue(&fresh).await;
    token_store(&fresh).await;
    webhook_registry(&fresh).await;
    webhook_outbox(&fresh).await;
}
