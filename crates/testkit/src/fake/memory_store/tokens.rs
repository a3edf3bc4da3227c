use application::model::{
    AddressBudget, Admission, ClaimedMail, Completion, Issued, Lease, NewRequest, Redeemed, Redemption,
    Requester, ResetLink, TokenIssue,
};
use application::ports::{DeliveryQueue, RequestIntake, StoreError, TokenStore};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerIp, MailId, RequestId, TokenHash, WorkerId};

use super::MemoryStore;

#[async_trait]
impl RequestIntake for MemoryStore {
    async fn record(&self, request: NewRequest) -> Result<(), StoreError> {
        self.tables().record(request);
        Ok(())
    }
}

#[async_trait]
impl DeliveryQueue for MemoryStore {
    async fn claim(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ClaimedMail>, StoreError> {
        Ok(self.tables().claim(worker, now, lease_until, limit))
    }

    async fn renew(
        &self,
        worker: WorkerId,
        mails: &[MailId],
        lease_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.tables().renew(worker, mails, lease_until);
        Ok(())
    }

    async fn release(&self, worker: WorkerId, keep: &[MailId]) -> Result<(), StoreError> {
        self.tables().release(worker, keep);
        Ok(())
    }

    async fn admit(
        &self,
        lease: Lease,
        budget: AddressBudget,
        now: DateTime<Utc>,
    ) -> Result<Admission, StoreError> {
        self.tables().admit(lease.request(), budget, now)
    }

    async fn complete(
        &self,
        lease: Lease,
        completion: Completion,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        Ok(self.tables().complete(lease, completion, now))
    }

    async fn purge(&self, before: DateTime<Utc>, now: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        Ok(self.tables().purge(before, now, limit))
    }

    async fn remote_work_available(&self) {
        std::future::pending().await
    }
}

#[async_trait]
impl TokenStore for MemoryStore {
    async fn issue(&self, issue: TokenIssue) -> Result<Issued, StoreError> {
        Ok(self.tables().issue(issue))
    }

    async fn find(&self, token: TokenHash, now: DateTime<Utc>) -> Result<Option<ResetLink>, StoreError> {
        Ok(self.tables().find(token, now))
    }

    async fn requester(&self, request: RequestId) -> Result<Option<Requester>, StoreError> {
        Ok(self.tables().requester(request))
    }

    async fn redeem(&self, redemption: Redemption) -> Result<Redeemed, StoreError> {
        Ok(self.tables().redeem(redemption))
    }

    async fn cancel(
        &self,
        token: TokenHash,
        at: DateTime<Utc>,
        customer_ip: CustomerIp,
    ) -> Result<bool, StoreError> {
        Ok(self.tables().cancel(token, at, customer_ip))
    }

    async fn note(
        &self,
        request: RequestId,
        at: DateTime<Utc>,
        event: &'static str,
        detail: String,
    ) -> Result<(), StoreError> {
        self.tables().note(request, at, event, detail);
        Ok(())
    }
}
