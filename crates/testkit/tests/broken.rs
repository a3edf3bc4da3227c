//! The suites find what is broken: each implementation here has one error, and the suite names a
//! case that shows it.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use application::audit::{begin_seal, seal_after};
use application::model::{
    AddressBudget, AddressFingerprint, Admission, AuditEnd, AuditEntry, AuditRow, ClaimedMail, Completion,
    Identifier, Issued, Lease, Limit, LimitDecision, LimitSubject, MailFilter, NewRequest, Redeemed,
    Redemption, Requester, ResetLink, TokenIssue,
};
use application::ports::{
    AddressVault, AuditLog, DeliveryQueue, MailQueue as _, PersistentPorts, RateLimiter, RequestIntake,
    StoreError, TokenStore, VaultError,
};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{CustomerIp, EmailAddress, MailId, OrganisationId, RequestId, TokenHash, WorkerId};
use futures_util::FutureExt as _;
use resetd_testkit::contract;
use resetd_testkit::fake::{MemoryStore, TestVault, WindowLimiter};

/// Runs a suite that must fail in `case`.
async fn finds(case: &str, suite: impl Future<Output = ()>) {
    let panic = AssertUnwindSafe(suite).catch_unwind().await.expect_err(case);
    let report = panic.downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(
        report.contains(&format!("::{case}`")) || report.contains(&format!("`{case}`")),
        "{case} is not in: {report}"
    );
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Error {
    ForgetsRequests,
    IgnoresLeases,
    ClaimsInAnyOrder,
    IgnoresTheLimit,
    NeverRenews,
    RenewsEverything,
    NeverReleases,
    ReleasesEverything,
    AdmitsEverybody,
    CountsTwice,
    IssuesWithoutLease,
    CompletesWithoutLease,
    LosesTheReply,
    NeverExpires,
    ForgetsTheRequester,
    RedeemsForAnybody,
    RedeemsTwice,
    ForgetsTheNotice,
    CancelsInWordsOnly,
    TakesNoNotes,
    TakesEveryVisit,
    PurgesEverythingAtOnce,
    PurgesNothing,
}

/// A memory store with an error.
struct Failing(Arc<MemoryStore>, Error);

#[async_trait]
impl RequestIntake for Failing {
    async fn record(&self, request: NewRequest) -> Result<(), StoreError> {
        if self.1 == Error::ForgetsRequests && request.id.as_bytes()[5].is_multiple_of(16) {
            return Ok(());
        }
        self.0.record(request).await
    }
}

#[async_trait]
impl DeliveryQueue for Failing {
    async fn claim(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ClaimedMail>, StoreError> {
        match self.1 {
            Error::IgnoresLeases => self.0.claim(worker, now, now, limit).await,
            Error::IgnoresTheLimit => self.0.claim(worker, now, lease_until, limit + 1).await,
            Error::ClaimsInAnyOrder => {
                let mut mails = self.0.claim(worker, now, lease_until, limit).await?;
                mails.sort_by_key(|mail| std::cmp::Reverse(mail.id()));
                Ok(mails)
            }
            _ => self.0.claim(worker, now, lease_until, limit).await,
        }
    }

    async fn renew(
        &self,
        worker: WorkerId,
        mails: &[MailId],
        lease_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        match self.1 {
            Error::NeverRenews => Ok(()),
            Error::RenewsEverything => {
                let all = self.0.list(MailFilter { limit: 1_000, ..MailFilter::default() }).await?;
                let mails: Vec<_> = all.iter().map(|mail| mail.id).collect();
                self.0.renew(worker, &mails, lease_until).await
            }
            _ => self.0.renew(worker, mails, lease_until).await,
        }
    }

    async fn release(&self, worker: WorkerId, keep: &[MailId]) -> Result<(), StoreError> {
        match self.1 {
            Error::NeverReleases => Ok(()),
            Error::ReleasesEverything => self.0.release(worker, &[]).await,
            _ => self.0.release(worker, keep).await,
        }
    }

    async fn admit(
        &self,
        lease: Lease,
        budget: AddressBudget,
        now: DateTime<Utc>,
    ) -> Result<Admission, StoreError> {
        match self.1 {
            Error::AdmitsEverybody => Ok(Admission::Admitted),
            Error::CountsTwice => {
                let half = AddressBudget { per_minute: budget.per_minute / 2, per_hour: budget.per_hour / 2 };
                self.0.admit(lease, half, now).await
            }
            _ => self.0.admit(lease, budget, now).await,
        }
    }

    async fn complete(
        &self,
        lease: Lease,
        completion: Completion,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let completion = match (self.1, completion) {
            (Error::LosesTheReply, Completion::Sent { host, .. }) => {
                Completion::Sent { host, reply: String::new() }
            }
            (_, completion) => completion,
        };
        let done = self.0.complete(lease, completion, now).await?;
        Ok(done || self.1 == Error::CompletesWithoutLease)
    }

    async fn purge(&self, before: DateTime<Utc>, now: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        match self.1 {
            Error::PurgesNothing => Ok(0),
            Error::PurgesEverythingAtOnce => self.0.purge(before, now, u32::MAX).await,
            _ => self.0.purge(before, now, limit).await,
        }
    }

    async fn remote_work_available(&self) {
        self.0.remote_work_available().await;
    }
}

#[async_trait]
impl TokenStore for Failing {
    async fn issue(&self, issue: TokenIssue) -> Result<Issued, StoreError> {
        let issued = self.0.issue(issue).await?;
        Ok(if self.1 == Error::IssuesWithoutLease { Issued::Issued } else { issued })
    }

    async fn find(&self, token: TokenHash, now: DateTime<Utc>) -> Result<Option<ResetLink>, StoreError> {
        let now = if self.1 == Error::NeverExpires { DateTime::UNIX_EPOCH } else { now };
        self.0.find(token, now).await
    }

    async fn requester(&self, request: RequestId) -> Result<Option<Requester>, StoreError> {
        Ok(match self.1 {
            Error::ForgetsTheRequester => None,
            _ => self.0.requester(request).await?,
        })
    }

    async fn redeem(&self, redemption: Redemption) -> Result<Redeemed, StoreError> {
        let redemption = match self.1 {
            Error::RedeemsForAnybody => {
                let link = self.0.find(redemption.token, redemption.at).await?;
                let organisation = link.map_or(redemption.organisation, |link| link.organisation);
                Redemption { organisation, ..redemption }
            }
            Error::ForgetsTheNotice => Redemption { notice_expires_at: DateTime::UNIX_EPOCH, ..redemption },
            _ => redemption,
        };
        let redeemed = self.0.redeem(redemption).await?;
        Ok(if self.1 == Error::RedeemsTwice { Redeemed::Changed } else { redeemed })
    }

    async fn cancel(&self, token: TokenHash, at: DateTime<Utc>, ip: CustomerIp) -> Result<bool, StoreError> {
        match self.1 {
            Error::CancelsInWordsOnly => Ok(true),
            _ => self.0.cancel(token, at, ip).await,
        }
    }

    async fn note(
        &self,
        request: RequestId,
        at: DateTime<Utc>,
        event: &'static str,
        detail: String,
    ) -> Result<(), StoreError> {
        match self.1 {
            Error::TakesNoNotes => Ok(()),
            Error::TakesEveryVisit => self.0.note(request, at, "flagged", detail).await,
            _ => self.0.note(request, at, event, detail).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn errors_of_a_token_store() {
    for (error, case) in [
        (Error::ForgetsRequests, "simultaneous_requests_are_all_recorded"),
        (Error::IgnoresLeases, "simultaneous_claimers_never_share_a_mail"),
        (Error::ClaimsInAnyOrder, "links_go_before_notices_then_the_oldest"),
        (Error::IgnoresTheLimit, "no_more_than_the_limit_are_claimed"),
        (Error::NeverRenews, "a_renewed_lease_holds_longer"),
        (Error::RenewsEverything, "renewing_some_leases_leaves_the_others_to_end"),
        (Error::NeverReleases, "a_released_mail_is_due_at_once"),
        (Error::ReleasesEverything, "releasing_keeps_what_is_still_worked_on"),
        (Error::AdmitsEverybody, "of_simultaneous_requests_no_more_than_the_budget_pass"),
        (Error::CountsTwice, "a_request_counts_once"),
        (Error::IssuesWithoutLease, "without_the_lease_nothing_is_issued"),
        (Error::CompletesWithoutLease, "an_outcome_without_the_lease_changes_nothing"),
        (Error::LosesTheReply, "a_sent_mail_has_ended"),
        (Error::NeverExpires, "each_state_is_told_apart"),
        (Error::ForgetsTheRequester, "who_asked_for_a_link_is_known"),
        (Error::RedeemsForAnybody, "another_organisations_link_is_no_link"),
        (Error::RedeemsTwice, "of_simultaneous_attempts_one_wins"),
        (Error::ForgetsTheNotice, "a_notice_is_queued"),
        (Error::CancelsInWordsOnly, "a_good_link_is_killed"),
        (Error::TakesNoNotes, "a_note_is_in_the_timeline"),
        (Error::TakesEveryVisit, "visits_leave_room_for_other_notes"),
        (Error::PurgesEverythingAtOnce, "it_goes_in_small_steps"),
        (Error::PurgesNothing, "ended_mails_go"),
    ] {
        let suite = contract::token_store(|| async move {
            let store = MemoryStore::fresh();
            let mut ports = PersistentPorts::of(store.clone());
            let failing = Arc::new(Failing(store, error));
            ports.intake = failing.clone();
            ports.delivery = failing.clone();
            ports.tokens = failing;
            ports
        });
        finds(case, suite).await;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LimiterError {
    AllowsOneMore,
    EmptiesOnTheMinute,
    CountsEverybodyTogether,
    ForgetsTooLate,
    RetriesAtOnce,
}

struct FailingLimiter(WindowLimiter, LimiterError);

#[async_trait]
impl RateLimiter for FailingLimiter {
    async fn hit(&self, subject: LimitSubject, limit: Limit, now: DateTime<Utc>) -> LimitDecision {
        let (mut subject, mut limit, mut now) = (subject, limit, now);
        match self.1 {
            LimiterError::AllowsOneMore => limit.max += 1,
            LimiterError::EmptiesOnTheMinute => now -= TimeDelta::seconds(now.timestamp() % 60),
            LimiterError::CountsEverybodyTogether => {
                subject = LimitSubject::ApiKey(domain::ApiKeyId::from_bytes([0; 16]));
            }
            LimiterError::ForgetsTooLate => limit.window = limit.window.mul_f64(1.1),
            LimiterError::RetriesAtOnce => {}
        }
        let decision = self.0.hit(subject, limit, now).await;
        match self.1 {
            LimiterError::RetriesAtOnce => {
                LimitDecision { retry_after: std::time::Duration::ZERO, ..decision }
            }
            _ => decision,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn errors_of_a_rate_limiter() {
    for (error, case) in [
        (LimiterError::AllowsOneMore, "up_to_the_limit_all_are_allowed"),
        (LimiterError::EmptiesOnTheMinute, "no_window_ever_holds_more_than_the_limit"),
        (LimiterError::CountsEverybodyTogether, "subjects_are_independent"),
        (LimiterError::ForgetsTooLate, "the_window_slides"),
        (LimiterError::RetriesAtOnce, "retry_after_is_right"),
    ] {
        let suite = contract::rate_limiter(|| async move { FailingLimiter(WindowLimiter::new(), error) });
        finds(case, suite).await;
    }
}

/// Seals as it should, but fingerprints the address as it was written.
struct LiteralVault(TestVault);

impl AddressVault for LiteralVault {
    fn seal(&self, plain: &[u8]) -> Vec<u8> {
        self.0.seal(plain)
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.0.open(sealed)
    }

    fn fingerprint(&self, organisation: OrganisationId, email: &EmailAddress) -> AddressFingerprint {
        self.fingerprint_of(organisation, Identifier::External, email.normalized())
    }

    fn fingerprint_of(&self, _: OrganisationId, _: Identifier, text: &str) -> AddressFingerprint {
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
        AddressFingerprint(bytes)
    }

    fn audit_mac(&self, text: &[u8]) -> [u8; 32] {
        self.0.audit_mac(text)
    }
}

/// Does not seal at all.
struct GlassVault;

impl AddressVault for GlassVault {
    fn seal(&self, plain: &[u8]) -> Vec<u8> {
        plain.to_vec()
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        Ok(sealed.to_vec())
    }

    fn fingerprint(&self, organisation: OrganisationId, email: &EmailAddress) -> AddressFingerprint {
        TestVault::default().fingerprint(organisation, email)
    }

    fn fingerprint_of(
        &self,
        organisation: OrganisationId,
        kind: Identifier,
        text: &str,
    ) -> AddressFingerprint {
        TestVault::default().fingerprint_of(organisation, kind, text)
    }

    fn audit_mac(&self, text: &[u8]) -> [u8; 32] {
        TestVault::default().audit_mac(text)
    }
}

#[tokio::test]
async fn errors_of_a_vault() {
    let literal = || contract::address_vault(|| async { LiteralVault(TestVault::default()) });
    finds("fingerprints_follow_the_canonical_form", literal()).await;
    finds("fingerprints_differ_between_organisations_and_addresses", literal()).await;
    finds("identifiers_have_the_fingerprint_of_their_mailbox", literal()).await;
    let glass = || contract::address_vault(|| async { GlassVault });
    for case in [
        "the_same_is_never_sealed_the_same",
        "sealed_bytes_do_not_show_the_plain",
        "altered_bytes_are_refused",
    ] {
        finds(case, glass()).await;
    }
}

/// Seals the end of the log as it finds it.
struct SealsWhatIsThere(MemoryStore);

#[async_trait]
impl AuditLog for SealsWhatIsThere {
    async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.0.append(entry).await
    }

    async fn read(&self, after: i64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        AuditLog::read(&self.0, after, limit).await
    }

    async fn end(&self) -> Result<AuditEnd, StoreError> {
        let (end, vault) = (self.0.end().await?, TestVault::default());
        let rows = AuditLog::read(&self.0, 0, 1_000).await?;
        let last = rows.iter().rev().find_map(|row| row.mac);
        let seal = last.map_or_else(|| begin_seal(&vault), |mac| seal_after(&vault, &mac));
        Ok(AuditEnd { seal: Some(seal), ..end })
    }

    async fn purge_audit(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.0.purge_audit(before, now).await
    }
}

#[tokio::test]
async fn errors_of_an_audit_log() {
    for case in ["a_cut_at_the_end_is_found", "an_emptied_log_is_found", "rows_without_the_key_are_found"] {
        let suite = contract::audit_tampering(async || {
            let store = MemoryStore::new();
            contract::AuditUnderTest {
                log: Arc::new(SealsWhatIsThere(store.clone())),
                vault: Arc::new(TestVault::default()),
                intruder: Box::new(store),
            }
        });
        finds(case, suite).await;
    }
}
