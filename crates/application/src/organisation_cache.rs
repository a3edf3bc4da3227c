use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::OrganisationId;

use crate::model::Organisation;
use crate::ports::{OrganisationRegistry, StoreError};

/// How old an organisation's settings may be in the worker.
const CACHE_TTL: TimeDelta = TimeDelta::seconds(1);

type Known = HashMap<OrganisationId, (DateTime<Utc>, Arc<Organisation>)>;

/// Organisations as the worker last read them, so that a thousand mails of one shop read its
/// settings once.
pub(crate) struct OrganisationCache {
    registry: Arc<dyn OrganisationRegistry>,
    known: Mutex<Known>,
}

impl OrganisationCache {
    pub(crate) fn new(registry: Arc<dyn OrganisationRegistry>) -> Self {
        Self { registry, known: Mutex::default() }
    }

    pub(crate) async fn find(
        &self,
        id: OrganisationId,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Organisation>>, StoreError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some((read_at, organisation)) = known
            && (TimeDelta::zero()..=CACHE_TTL).contains(&(now - read_at))
        {
            return Ok(Some(organisation));
        }
        let found = self.registry.find(id).await?.map(Arc::new);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match &found {
            Some(organisation) => known.insert(id, (now, Arc::clone(organisation))),
            None => known.remove(&id),
        };
        Ok(found)
    }
}
