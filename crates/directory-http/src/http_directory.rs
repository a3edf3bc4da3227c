use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use application::model::{CustomersMode, LinkSubject, PasswordChange, PasswordHash, PasswordSet};
use application::ports::{AddressVault, Clock, CredentialStore, DirectoryError, OrganisationRegistry};
use application::{DirectoryHealth, Refused};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::{EmailAddress, OrganisationId, RequestId};
use http_client::{HttpClient, SetupError, parse_secret};
use zeroize::Zeroizing;

use crate::{
    BackendError, DirectoryClient, DirectoryOptions, Find, FoundCustomer, SetPassword, SetPasswordAnswer,
};

/// What [`HttpDirectory`] needs of the world.
#[derive(Clone)]
pub struct HttpDirectoryPorts {
    /// Where each organisation's backend is.
    pub organisations: Arc<dyn OrganisationRegistry>,
    /// Opens their secrets.
    pub vault: Arc<dyn AddressVault>,
    /// Stamps requests.
    pub clock: Arc<dyn Clock>,
    /// Which backends answer.
    pub health: Arc<DirectoryHealth>,
}

/// The backends of all organisations whose mode is `http`. A change of the settings counts from the
/// next call on.
pub struct HttpDirectory {
    ports: HttpDirectoryPorts,
    options: DirectoryOptions,
    http: HttpClient,
    clients: Mutex<HashMap<OrganisationId, Known>>,
}

/// A client and the settings it was made of.
struct Known {
    url: String,
    sealed_secret: String,
    client: Arc<DirectoryClient>,
}

impl HttpDirectory {
    /// Reads certificates; nothing is sent yet.
    ///
    /// # Errors
    /// Certificates or a key that cannot be used.
    pub fn new(ports: HttpDirectoryPorts, options: DirectoryOptions) -> Result<Self, SetupError> {
        let http = DirectoryClient::http(&options)?;
        Ok(Self { ports, options, http, clients: Mutex::default() })
    }

    /// The customer of `organisation` whose address has the same canonical form as `email`, asked for
    /// `request`. `None` only where the backend says that there is none.
    ///
    /// # Errors
    /// [`DirectoryError`] when the backend did not say, returned somebody else, or is left alone.
    pub async fn find_by_email(
        &self,
        organisation: OrganisationId,
        request: RequestId,
        email: &EmailAddress,
    ) -> Result<Option<FoundCustomer>, DirectoryError> {
        let client = self.client(organisation).await?;
        let request = request.to_string();
        let find = Find { request: &request, email };
        let outcome = |found: &Option<_>| if found.is_some() { "found" } else { "unknown" };
        let found = self.ports.health.call(organisation, "find", client.find(&find), outcome).await;
        found.map_err(unanswered)
    }

    async fn client(&self, organisation: OrganisationId) -> Result<Arc<DirectoryClient>, DirectoryError> {
        let found = self.ports.organisations.find(organisation).await;
        let found = found.map_err(|error| DirectoryError::Unavailable(error.to_string()))?;
        let mode = found.map(|organisation| organisation.settings.customers);
        let Some(CustomersMode::Http { url, sealed_secret, .. }) = mode else {
            return Err(misconfigured("the organisation has no backend"));
        };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = clients.get(&organisation)
            && known.url == url
            && known.sealed_secret == sealed_secret
        {
            return Ok(Arc::clone(&known.client));
        }
        let secret = self.open(&sealed_secret).ok_or_else(|| misconfigured("its secret cannot be opened"))?;
        let secret = parse_secret(&secret).map_err(misconfigured)?;
        let (http, clock) = (self.http.clone(), Arc::clone(&self.ports.clock));
        let client =
            DirectoryClient::over(http, &self.options, &url, secret, clock).map_err(misconfigured)?;
        let client = Arc::new(client);
        clients.insert(organisation, Known { url, sealed_secret, client: Arc::clone(&client) });
        Ok(client)
    }

    fn open(&self, sealed: &str) -> Option<Zeroizing<String>> {
        let opened = self.ports.vault.open(&STANDARD.decode(sealed).ok()?).ok()?;
        String::from_utf8(opened).ok().map(Zeroizing::new)
    }
}

#[async_trait]
impl CredentialStore for HttpDirectory {
    async fn former_hashes(
        &self,
        _: OrganisationId,
        _: &LinkSubject,
        _: u32,
    ) -> Result<Vec<PasswordHash>, DirectoryError> {
        Ok(Vec::new())
    }

    async fn set(&self, change: &PasswordChange) -> Result<PasswordSet, DirectoryError> {
        let client = self.client(change.organisation).await?;
        let request = change.request.to_string();
        let set = SetPassword {
            change: &request,
            sequence: change.sequence,
            customer: &change.subject.reference,
            version: &change.subject.version,
            hash: &change.hash,
            at: change.at,
            ip: change.customer_ip.map(|ip| ip.addr()),
        };
        let call = client.set_password(&set);
        let health = &self.ports.health;
        let answer = health.call(change.organisation, "set-password", call, SetPasswordAnswer::as_str).await;
        Ok(match answer.map_err(unanswered)? {
            SetPasswordAnswer::Applied { sessions_ended, .. } => PasswordSet::Applied { sessions_ended },
            SetPasswordAnswer::Stale => PasswordSet::Stale,
            SetPasswordAnswer::Gone => PasswordSet::Gone,
            SetPasswordAnswer::UsedBefore => PasswordSet::UsedBefore,
            SetPasswordAnswer::Policy => PasswordSet::AgainstPolicy,
        })
    }
}

fn misconfigured(error: impl fmt::Display) -> DirectoryError {
    DirectoryError::Nonsense(format!("its settings: {error}"))
}

fn unanswered(refused: Refused<BackendError>) -> DirectoryError {
    let text = refused.to_string();
    match refused {
        Refused::Paused | Refused::Failed(BackendError::Call(_) | BackendError::Status(429 | 500..)) => {
            DirectoryError::Unavailable(text)
        }
        Refused::Failed(_) => DirectoryError::Nonsense(text),
    }
}

impl fmt::Debug for HttpDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpDirectory").field("options", &self.options).finish_non_exhaustive()
    }
}
