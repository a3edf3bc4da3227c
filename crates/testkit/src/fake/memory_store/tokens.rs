use application::model::{
    AddressBudget, Admission, ClaimedMail, Completion, Issued, NewRequest, Redeemed, Redemption, Requester,
    ResetLink, TokenIssue,
};
use application::ports::{StoreError, TokenStore};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerIp, MailId, RequestId, TokenHash, WorkerId};

use super::MemoryStore;

#[async_trait]
impl TokenStore for MemoryStore {
    async fn record(&self, request: NewRequest) -> Result<(), StoreError> {
        self.tables().record(request);
        Ok(())
    }

    async fn claim_due(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ClaimedMail>, StoreError> {
        Ok(self.tables().claim_due(worker, now, lease_until, limit))
    }

    async fn renew_leases(
        &self,
        worker: WorkerId,
        mails: &[MailId],
        lease_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.tables().renew_leases(worker, mails, lease_until);
        Ok(())
    }

    async fn release_leases(&self, worker: WorkerId, keep: &[MailId]) -> Result<(), StoreError> {
        self.tables().release_leases(worker, keep);
        Ok(())
    }

    async fn admit(
        &self,
        request: RequestId,
        _worker: WorkerId,
        budget: AddressBudget,
        now: DateTime<Utc>,
    ) -> Result<Admission, StoreError> {
        self.tables().admit(request, budget, now)
    }

    async fn issue(&self, issue: TokenIssue) -> Result<Issued, StoreError> {
        Ok(self.tables().issue(issue))
    }

    async fn complete(
        &self,
        mail: MailId,
        worker: WorkerId,
        completion: Completion,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        Ok(self.tables().complete(mail, worker, completion, now))
    }

    async fn find_link(&self, token: TokenHash, now: DateTime<Utc>) -> Result<Option<ResetLink>, StoreError> {
        Ok(self.tables().find_link(token, now))
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
        customer_ip: Option<CustomerIp>,
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

    async fn purge(&self, before: DateTime<Utc>, now: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        Ok(self.tables().purge(before, now, limit))
    }

    async fn remote_work_available(&self) {
        std::future::pending().await
    }
}
