use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use application::ports::{ComposeError, TemplateStore};
use domain::OrganisationId;

use crate::own::OwnTemplates;

/// Organisations kept at most; beyond that the stale ones go.
const CAPACITY: usize = 10_000;

/// Organisations' compiled templates, read again when they are older than `life`.
pub(crate) struct Cache {
    store: Arc<dyn TemplateStore>,
    life: Duration,
    slots: Mutex<HashMap<OrganisationId, Arc<Slot>>>,
}

#[derive(Default)]
struct Slot {
    loaded: Mutex<Option<(Instant, Arc<OwnTemplates>)>>,
    /// Held while one caller reads the store for all.
    reading: tokio::sync::Mutex<()>,
}

impl Cache {
    pub(crate) fn new(store: Arc<dyn TemplateStore>, life: Duration) -> Self {
        Self { store, life, slots: Mutex::default() }
    }

    /// Forgets what is kept of `organisation`, or of all.
    pub(crate) fn forget(&self, organisation: Option<OrganisationId>) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        match organisation {
            Some(organisation) => {
                slots.remove(&organisation);
            }
            None => slots.clear(),
        }
    }

    pub(crate) async fn get(&self, organisation: OrganisationId) -> Result<Arc<OwnTemplates>, ComposeError> {
        let slot = self.slot(organisation);
        if let Some(fresh) = slot.fresh(self.life) {
            return Ok(fresh);
        }
        let _reading = slot.reading.lock().await;
        if let Some(fresh) = slot.fresh(self.life) {
            return Ok(fresh);
        }
        let set = self
            .store
            .templates(organisation)
            .await
            .map_err(|error| ComposeError::Unavailable(error.to_string()))?;
        let mut loaded = slot.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let own = match loaded.take() {
            Some((_, own)) if *own.set() == set => own,
            _ => Arc::new(OwnTemplates::compile(set)),
        };
        *loaded = Some((Instant::now(), Arc::clone(&own)));
        Ok(own)
    }

    fn slot(&self, organisation: OrganisationId) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= CAPACITY && !slots.contains_key(&organisation) {
            slots.retain(|_, slot| slot.fresh(self.life).is_some());
            if slots.len() >= CAPACITY {
                slots.clear();
            }
        }
        Arc::clone(slots.entry(organisation).or_default())
    }
}

impl Slot {
    fn fresh(&self, life: Duration) -> Option<Arc<OwnTemplates>> {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.as_ref().filter(|(read, _)| read.elapsed() < life).map(|(_, own)| Arc::clone(own))
    }
}
