//! Webhooks: endpoints, and the events that wait for them.

use application::model::{
    ClaimedEvent, OutboxDepth, WebhookEndpoint, WebhookEndpointStatus, WebhookEvent, WebhookOutcome,
    WebhookTarget,
};
use application::ports::{StoreError, WebhookOutbox, WebhookRegistry};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{MailId, OrganisationId, WebhookEndpointId, WebhookEventId, WebhookEventType, WorkerId};

use super::MemoryStore;
use super::tables::{EndpointRow, EventRow, EventState, Tables};

impl Tables {
    /// Writes one event for each endpoint that listens; `relay`: the host and the reply.
    pub(super) fn report(
        &mut self,
        event: WebhookEventType,
        mail: MailId,
        at: DateTime<Utc>,
        relay: Option<(Option<String>, String)>,
    ) {
        let Some(row) = self.mails.get(&mail) else { return };
        // A notice has no submitted address, and is no request.
        let Some(email) = &row.email else { return };
        let reference = row.customer.and_then(|id| self.customers.get(&id)?.external_id.clone());
        let (host, reply) = relay.map_or((None, None), |(host, reply)| (host, Some(reply)));
        let reported = WebhookEvent {
            event,
            at,
            organisation: row.organisation,
            request: domain::RequestId::from_bytes(*mail.as_bytes()),
            sandbox: row.sandbox,
            address: email.masked().to_string(),
            customer_reference: reference,
            expires_at: row.expires_at,
            host,
            reply,
        };
        let listens = |row: &&EndpointRow| {
            let wanted = &row.endpoint.events;
            row.endpoint.organisation == reported.organisation
                && row.endpoint.disabled_at.is_none()
                && (wanted.is_empty() || wanted.contains(&event))
        };
        let endpoints: Vec<_> = self.endpoints.values().filter(listens).map(|row| row.endpoint.id).collect();
        for endpoint in endpoints {
            self.reported += 1;
            let id = WebhookEventId::from_parts(self.reported, *b"memory.evt");
            let row = EventRow {
                endpoint,
                event: reported.clone(),
                state: EventState::Waiting,
                due_at: at,
                holder: None,
                attempts: 0,
            };
            self.events.insert(id, row);
        }
    }

    fn claim_events(
        &mut self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
        each: u32,
    ) -> Vec<ClaimedEvent> {
        let mut claimed = Vec::new();
        for row in self.endpoints.values() {
            let id = row.endpoint.id;
            let own = |event: &EventRow| event.endpoint == id && event.state == EventState::Waiting;
            let busy =
                self.events.values().any(|event| own(event) && event.holder.is_some() && event.due_at > now);
            let rests = row.rests_until.is_some_and(|until| until > now);
            if row.endpoint.disabled_at.is_some() || rests || busy {
                continue;
            }
            let each = if row.failures == 0 { each as usize } else { 1 };
            let room = (limit as usize).saturating_sub(claimed.len());
            let mut due: Vec<_> =
                self.events.iter_mut().filter(|(_, event)| own(event) && event.due_at <= now).collect();
            due.sort_by_key(|(id, event)| (event.due_at, **id));
            for (event_id, event) in due.into_iter().take(each.min(room)) {
                event.holder = Some(worker);
                event.due_at = lease_until;
                claimed.push(ClaimedEvent {
                    id: *event_id,
                    endpoint: id,
                    target: row.target.clone(),
                    event: event.event.clone(),
                    attempts: event.attempts,
                    failures: row.failures,
                });
            }
        }
        claimed
    }

    fn complete_event(
        &mut self,
        id: WebhookEventId,
        worker: WorkerId,
        outcome: WebhookOutcome,
        now: DateTime<Utc>,
    ) -> bool {
        let Some(event) = self.events.get_mut(&id).filter(|event| event.holder == Some(worker)) else {
            return false;
        };
        event.holder = None;
        event.attempts += 1;
        event.due_at = now;
        let Some(row) = self.endpoints.get_mut(&event.endpoint) else { return true };
        match outcome {
            WebhookOutcome::Delivered { answer } => {
                event.state = EventState::Delivered;
                (row.failures, row.rests_until, row.last_answer) = (0, None, Some(answer));
            }
            WebhookOutcome::RetryAt { due_at, answer } => {
                event.due_at = due_at;
                if row.rests_until.is_none_or(|until| until <= now) {
                    row.failures += 1;
                    row.rests_until = Some(due_at);
                }
                row.last_answer = Some(answer);
            }
            WebhookOutcome::Gone { answer } => {
                event.state = EventState::GivenUp;
                row.endpoint.disabled_at = Some(now);
                row.last_answer = Some(answer);
                let gone = row.endpoint.id;
                let waits = |event: &&mut EventRow| {
                    event.endpoint == gone && event.state == EventState::Waiting && event.holder.is_none()
                };
                self.events.values_mut().filter(waits).for_each(|event| event.state = EventState::GivenUp);
            }
        }
        true
    }

    fn status(&self, row: &EndpointRow) -> WebhookEndpointStatus {
        let count = |state| {
            let own = |event: &&EventRow| event.endpoint == row.endpoint.id && event.state == state;
            self.events.values().filter(own).count() as u64
        };
        WebhookEndpointStatus {
            endpoint: row.endpoint.clone(),
            url: row.target.url.clone(),
            waiting: count(EventState::Waiting),
            delivered: count(EventState::Delivered),
            given_up: count(EventState::GivenUp),
            failures: row.failures,
            last_answer: row.last_answer.clone(),
        }
    }
}

#[async_trait]
impl WebhookRegistry for MemoryStore {
    async fn create(&self, endpoint: &WebhookEndpoint, target: &WebhookTarget) -> Result<(), StoreError> {
        let mut tables = self.tables();
        if tables.endpoints.contains_key(&endpoint.id) {
            return Err(StoreError::Conflict("the webhook endpoint"));
        }
        let row = EndpointRow {
            endpoint: endpoint.clone(),
            target: target.clone(),
            failures: 0,
            rests_until: None,
            last_answer: None,
        };
        tables.endpoints.insert(endpoint.id, row);
        Ok(())
    }

    async fn find(
        &self,
        id: WebhookEndpointId,
    ) -> Result<Option<(WebhookEndpoint, WebhookTarget)>, StoreError> {
        Ok(self.tables().endpoints.get(&id).map(|row| (row.endpoint.clone(), row.target.clone())))
    }

    async fn list(
        &self,
        organisation: Option<OrganisationId>,
    ) -> Result<Vec<WebhookEndpointStatus>, StoreError> {
        let tables = self.tables();
        let wanted =
            |row: &&EndpointRow| organisation.is_none_or(|wanted| wanted == row.endpoint.organisation);
        let mut all: Vec<_> =
            tables.endpoints.values().filter(wanted).map(|row| tables.status(row)).collect();
        all.sort_by_key(|status| (status.endpoint.created_at, status.endpoint.id));
        Ok(all)
    }

    async fn remove(&self, id: WebhookEndpointId) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        tables.events.retain(|_, event| event.endpoint != id);
        Ok(tables.endpoints.remove(&id).is_some())
    }
}

#[async_trait]
impl WebhookOutbox for MemoryStore {
    async fn claim_events(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
        each: u32,
    ) -> Result<Vec<ClaimedEvent>, StoreError> {
        Ok(self.tables().claim_events(worker, now, lease_until, limit, each))
    }

    async fn release_events(&self, worker: WorkerId, now: DateTime<Utc>) -> Result<(), StoreError> {
        for event in self.tables().events.values_mut().filter(|event| event.holder == Some(worker)) {
            event.holder = None;
            event.due_at = now;
        }
        Ok(())
    }

    async fn complete_event(
        &self,
        event: WebhookEventId,
        worker: WorkerId,
        outcome: WebhookOutcome,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        Ok(self.tables().complete_event(event, worker, outcome, now))
    }

    async fn give_up(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let mut tables = self.tables();
        let old = |event: &&mut EventRow| {
            event.state == EventState::Waiting
                && event.event.at < before
                && (event.holder.is_none() || event.due_at < before)
        };
        let given_up = tables.events.values_mut().filter(old).take(limit as usize);
        Ok(given_up.map(|event| (event.state, event.holder) = (EventState::GivenUp, None)).count() as u64)
    }

    async fn outbox_depth(&self) -> Result<OutboxDepth, StoreError> {
        let tables = self.tables();
        let active = |id: &WebhookEndpointId| {
            tables.endpoints.get(id).is_some_and(|row| row.endpoint.disabled_at.is_none())
        };
        let waits = |event: &&EventRow| event.state == EventState::Waiting && active(&event.endpoint);
        let times = || tables.events.values().filter(waits).map(|event| event.event.at);
        Ok(OutboxDepth { waiting: times().count() as u64, oldest: times().min() })
    }

    async fn purge_events(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let mut tables = self.tables();
        let old = |event: &EventRow| event.state != EventState::Waiting && event.event.at < before;
        let ids: Vec<_> = tables
            .events
            .iter()
            .filter(|(_, event)| old(event))
            .map(|(id, _)| *id)
            .take(limit as usize)
            .collect();
        for id in &ids {
            tables.events.remove(id);
        }
        Ok(ids.len() as u64)
    }

    async fn event_notifier(&self) {
        std::future::pending().await
    }
}
