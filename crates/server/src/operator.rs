//! What every operator's command needs: the stores, the time, and a line in the audit log.

use std::sync::Arc;

use application::model::{AuditAction, AuditEntry, Organisation};
use application::ports::{Clock, Random};
use chrono::{DateTime, Utc};
use domain::OrganisationId;

use system::OsRandom;

use crate::command_error::CommandError;
use crate::settings::Settings;
use crate::stores::Stores;

pub(crate) struct Operator {
    pub(crate) stores: Stores,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

impl Operator {
    /// Opens the database that the settings name.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, CommandError> {
        let stores = Stores::open(settings).await?;
        Ok(Self { clock: Arc::clone(&stores.clock), stores, random: Arc::new(OsRandom) })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) fn new_id(&self) -> [u8; 16] {
        *application::new_id(self.clock.as_ref(), self.random.as_ref()).as_bytes()
    }

    /// The organisation with this id or name.
    pub(crate) async fn organisation(&self, name_or_id: &str) -> Result<Organisation, CommandError> {
        if let Ok(id) = name_or_id.parse::<OrganisationId>()
            && let Some(found) = self.stores.organisations.find(id).await?
        {
            return Ok(found);
        }
        let all = self.stores.organisations.list().await?;
        all.into_iter().find(|organisation| organisation.name == name_or_id).ok_or_else(|| {
            CommandError::usage(format!(
                "there is no organisation `{name_or_id}`; see `resetd organisation list`"
            ))
        })
    }

    /// Writes what the operator did into the audit log.
    pub(crate) async fn audit(
        &self,
        action: AuditAction,
        organisation: Option<OrganisationId>,
        subject: String,
    ) -> Result<(), CommandError> {
        let actor = "operator".to_owned();
        let entry = AuditEntry { at: self.now(), organisation, actor, action, subject, ip: None };
        Ok(self.stores.audit.append(&entry).await?)
    }
}
