use std::sync::Arc;

use domain::{CustomerIp, EmailAddress, Language, LinkState, ResetToken};

use crate::NoteVisit;
use crate::model::{CustomerStatus, Organisation, ResetLink};
use crate::note_visit::{LinkVisit, VisitAction};
use crate::ports::{Clock, CustomerDirectory, OrganisationRegistry, StoreError, TokenStore};

/// A look at a link that the timeline shall tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// Who seems to be looking.
    pub by: Visitor,
    /// From where.
    pub ip: CustomerIp,
}

/// Who seems to be looking at a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor {
    /// A person's browser.
    Person,
    /// A mail scanner, a link preview, or a `HEAD`.
    Scanner,
}

/// Looks at a link without consuming anything, however often it is asked.
pub struct OpenLink {
    /// Where links are found.
    pub tokens: Arc<dyn TokenStore>,
    /// For the customer's language.
    pub customers: Arc<dyn CustomerDirectory>,
    /// For the organisation's name and looks.
    pub organisations: Arc<dyn OrganisationRegistry>,
    /// Writes visits into the timeline.
    pub visits: Arc<NoteVisit>,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

/// What a page needs to know of a link.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedLink {
    /// The link.
    pub link: ResetLink,
    /// Whose link.
    pub organisation: Organisation,
    /// The customer's language, else the organisation's.
    pub language: Language,
    /// The customer's address as it is stored, for the user name of password managers.
    pub email: Option<EmailAddress>,
}

impl OpenLink {
    /// The link behind `token`, or `None` where there is none to show: unknown token, suspended
    /// organisation.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    pub async fn execute(&self, token: &str, visit: Option<Visit>) -> Result<Option<OpenedLink>, StoreError> {
        let Ok(token) = ResetToken::parse(token) else { return Ok(None) };
        let now = self.clock.now();
        let Some(mut link) = self.tokens.find(token.hash(), now).await? else { return Ok(None) };
        let Some(organisation) = self.organisations.find(link.organisation).await? else { return Ok(None) };
        if organisation.suspended {
            return Ok(None);
        }
        let customer = self.customers.find(link.customer).await?;
        // A customer who may not set a password has no use for a form.
        let may = customer.as_ref().is_some_and(|customer| customer.status == CustomerStatus::Active);
        if link.state == LinkState::Good && !may {
            link.state = LinkState::Superseded;
        }
        let (language, email) =
            customer.map(|customer| (customer.language, customer.email)).unwrap_or_default();
        let language = language.unwrap_or(organisation.settings.language);
        if let Some(visit) = visit
            && link.state == LinkState::Good
        {
            let action = match visit.by {
                Visitor::Person => VisitAction::Opened,
                Visitor::Scanner => VisitAction::Scanned,
            };
            self.visits.execute(LinkVisit { request: link.request, action, ip: visit.ip, at: now }).await;
        }
        Ok(Some(OpenedLink { link, organisation, language, email }))
    }
}
