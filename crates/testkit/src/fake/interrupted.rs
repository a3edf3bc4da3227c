use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex};

use application::model::{
    AddressBudget, Admission, ClaimedMail, Completion, Issued, Lease, NewRequest, Redeemed, Redemption,
    Requester, ResetLink, TokenIssue,
};
use application::ports::{DeliveryQueue, RequestIntake, StoreError, TokenStore};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerIp, MailId, RequestId, TokenHash, WorkerId};

use super::lock;

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interruption {
    /// It fails as unavailable, and nothing is done.
    Refused,
    /// It is done, and then fails as unavailable: a connection lost after the commit.
    AnswerLost,
    /// It is done, and never answered: a network that falls silent.
    Silent,
    /// It panics.
    Panic,
}

/// The ports from intake to redemption, whose calls can be interrupted.
#[derive(Clone)]
pub struct InterruptedStore {
    intake: Arc<dyn RequestIntake>,
    delivery: Arc<dyn DeliveryQueue>,
    tokens: Arc<dyn TokenStore>,
    script: Arc<Mutex<VecDeque<(&'static str, Interruption)>>>,
}

impl InterruptedStore {
    /// Passes everything on to `store`.
    #[must_use]
    pub fn new<S: RequestIntake + DeliveryQueue + TokenStore + 'static>(store: &Arc<S>) -> Self {
        Self { intake: store.clone(), delivery: store.clone(), tokens: store.clone(), script: Arc::default() }
    }

    /// Interrupts the next call of `method` (its name in the port). Several add up.
    pub fn next(&self, method: &'static str, interruption: Interruption) {
        lock(&self.script).push_back((method, interruption));
    }

    /// How many interruptions are still to come.
    #[must_use]
    pub fn left(&self) -> usize {
        lock(&self.script).len()
    }

    async fn pass<T>(
        &self,
        method: &'static str,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let interruption = {
            let mut script = lock(&self.script);
            let found = script.iter().position(|(name, _)| *name == method);
            found.and_then(|index| script.remove(index)).map(|(_, interruption)| interruption)
        };
        let lost = || Err(StoreError::Unavailable(format!("{method} was interrupted")));
        match interruption {
            None => call.await,
            Some(Interruption::Refused) => lost(),
            Some(Interruption::AnswerLost) => call.await.and_then(|_| lost()),
            Some(Interruption::Silent) => {
                drop(call.await);
                std::future::pending().await
            }
            #[expect(clippy::panic, reason = "asked for")]
            Some(Interruption::Panic) => panic!("{method} was interrupted"),
        }
    }
}

#[async_trait]
impl RequestIntake for InterruptedStore {
    async fn record(&self, request: NewRequest) -> Result<(), StoreError> {
        self.pass("record", self.intake.record(request)).await
    }
}

#[async_trait]
impl DeliveryQueue for InterruptedStore {
    async fn claim(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ClaimedMail>, StoreError> {
        self.pass("claim", self.delivery.claim(worker, now, lease_until, limit)).await
    }

    async fn renew(
        &self,
        worker: WorkerId,
        mails: &[MailId],
        lease_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.pass("renew", self.delivery.renew(worker, mails, lease_until)).await
    }

    async fn release(&self, worker: WorkerId, keep: &[MailId]) -> Result<(), StoreError> {
        self.pass("release", self.delivery.release(worker, keep)).await
    }

    async fn admit(
        &self,
        lease: Lease,
        budget: AddressBudget,
        now: DateTime<Utc>,
    ) -> Result<Admission, StoreError> {
        self.pass("admit", self.delivery.admit(lease, budget, now)).await
    }

    async fn complete(
        &self,
        lease: Lease,
        completion: Completion,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.pass("complete", self.delivery.complete(lease, completion, now)).await
    }

    async fn purge(&self, before: DateTime<Utc>, now: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        self.pass("purge", self.delivery.purge(before, now, limit)).await
    }

    async fn remote_work_available(&self) {
        self.delivery.remote_work_available().await;
    }
}

#[async_trait]
impl TokenStore for InterruptedStore {
    async fn issue(&self, issue: TokenIssue) -> Result<Issued, StoreError> {
        self.pass("issue", self.tokens.issue(issue)).await
    }

    async fn find(&self, token: TokenHash, now: DateTime<Utc>) -> Result<Option<ResetLink>, StoreError> {
        self.pass("find", self.tokens.find(token, now)).await
    }

    async fn requester(&self, request: RequestId) -> Result<Option<Requester>, StoreError> {
        self.pass("requester", self.tokens.requester(request)).await
    }

    async fn redeem(&self, redemption: Redemption) -> Result<Redeemed, StoreError> {
        self.pass("redeem", self.tokens.redeem(redemption)).await
    }

    async fn cancel(
        &self,
        token: TokenHash,
        at: DateTime<Utc>,
        customer_ip: CustomerIp,
    ) -> Result<bool, StoreError> {
        self.pass("cancel", self.tokens.cancel(token, at, customer_ip)).await
    }

    async fn note(
        &self,
        request: RequestId,
        at: DateTime<Utc>,
        event: &'static str,
        detail: String,
    ) -> Result<(), StoreError> {
        self.pass("note", self.tokens.note(request, at, event, detail)).await
    }
}
