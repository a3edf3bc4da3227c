use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    CustomerIp, LinkState, Password, PasswordPolicy, PolicyViolations, RedeemCode, ResetToken, TokenHash,
};
use tracing::field::Empty;
use tracing::{Instrument, error};

use crate::model::{
    CustomersMode, Limit, LimitDecision, LimitSubject, Organisation, PasswordHash, Receipt, Redeemed,
    Redemption, ResetLink,
};
use crate::note_visit::{LinkVisit, VisitAction};
use crate::password_queue::{PasswordQueue, QueueBusy};
use crate::ports::{Clock, CustomerDirectory, PasswordHasher, Random, RateLimiter, TokenStore};
use crate::trace::{ended, stage};
use crate::{NoteVisit, WorkSignal, new_id};

/// Attempts per token, whatever their outcome.
pub(crate) const ATTEMPTS: Limit = Limit { max: 10, window: Duration::from_secs(600) };

/// How many former passwords are compared with the new one, the present one included.
const HISTORY: u32 = 24;
/// For how long after the change the same form is known again.
pub(crate) const REPEATED: TimeDelta = TimeDelta::minutes(10);
/// How long the "your password was changed" mail is worth sending.
pub(crate) const NOTICE_LIFE: TimeDelta = TimeDelta::days(3);

/// Sets a new password: policy, link, history, hash, and one store call that changes everything or
/// nothing.
pub struct SetNewPassword {
    /// Where links are found and redeemed.
    pub tokens: Arc<dyn TokenStore>,
    /// Former passwords.
    pub customers: Arc<dyn CustomerDirectory>,
    /// Hashes on the blocking pool, a bounded number at once.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Counts attempts per token.
    pub limiter: Arc<dyn RateLimiter>,
    /// Where attempts wait for their hashes.
    pub queue: Arc<PasswordQueue>,
    /// Compares who redeems with who asked.
    pub visits: Arc<NoteVisit>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// For the notice's identifier.
    pub random: Arc<dyn Random>,
    /// Wakes the worker for the notice mail.
    pub signal: WorkSignal,
}

/// One attempt to set a password.
#[derive(Debug)]
pub struct SetNewPasswordCommand<'a> {
    /// The token as it was sent.
    pub token: &'a str,
    /// The new password.
    pub password: Password,
    /// Which links the caller may use: the sandbox's (a `DEV_` key), live ones (any other), or the
    /// one whose page it is.
    pub sandbox: bool,
    /// Whose policy holds.
    pub organisation: &'a Organisation,
    /// Who redeems, if known.
    pub customer_ip: Option<CustomerIp>,
    /// For the audit row: the API key's id, or `customer`.
    pub actor: String,
}

/// How the attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewPassword {
    /// The password is set.
    Changed(Box<Receipt>),
    /// The organisation's platform sets passwords itself; the token stays good.
    SetByPlatform,
    /// The password breaks the policy; the token stays good.
    Policy(PolicyViolations),
    /// E001 to E004 of the contract.
    Refused(RedeemCode),
    /// Too many attempts with this token; it stays good.
    TooManyAttempts(LimitDecision),
    /// The queue of password hashes is full, or its deadline has passed; the token stays good.
    Busy,
}

impl From<RedeemCode> for NewPassword {
    fn from(code: RedeemCode) -> Self {
        Self::Refused(code)
    }
}

impl From<QueueBusy> for NewPassword {
    fn from(_: QueueBusy) -> Self {
        Self::Busy
    }
}

impl NewPassword {
    /// Whether the password is set.
    #[must_use]
    pub const fn is_changed(&self) -> bool {
        matches!(self, Self::Changed(_))
    }

    const fn word(&self) -> &'static str {
        match self {
            Self::Changed(_) => "changed",
            Self::SetByPlatform => "set-by-platform",
            Self::Policy(_) => "policy",
            Self::Refused(code) => code.as_str(),
            Self::TooManyAttempts(_) => "too-many-attempts",
            Self::Busy => "busy",
        }
    }
}

impl SetNewPassword {
    /// Tries once.
    pub async fn execute(&self, command: SetNewPasswordCommand<'_>) -> NewPassword {
        self.traced(command, false).await
    }

    /// Tries once for a form that may be sent twice (a double click, a reload): the same password
    /// with the same token within ten minutes of the change is [`NewPassword::Changed`] again, and
    /// changes nothing.
    pub async fn execute_form(&self, command: SetNewPasswordCommand<'_>) -> NewPassword {
        self.traced(command, true).await
    }

    async fn traced(&self, command: SetNewPasswordCommand<'_>, is_form: bool) -> NewPassword {
        let tried = async {
            let outcome = self.try_once(command, is_form).await;
            ended(outcome.word());
            metrics::counter!("resetd_password_changes_total", "outcome" => outcome.word()).increment(1);
            outcome
        };
        tried.instrument(stage!("set-new-password", outcome = Empty)).await
    }

    async fn try_once(&self, command: SetNewPasswordCommand<'_>, is_form: bool) -> NewPassword {
        match self.attempt(command, is_form).await {
            Ok(receipt) => {
                self.signal.raise();
                NewPassword::Changed(Box::new(receipt))
            }
            Err(outcome) => outcome,
        }
    }

    /// The organisation's policy, narrowed to what the hashing scheme can take.
    #[must_use]
    pub fn policy(&self, organisation: &Organisation) -> PasswordPolicy {
        let policy = organisation.settings.password.policy();
        match self.hasher.max_bytes() {
            Some(bytes) => policy.with_max_bytes(bytes),
            None => policy,
        }
    }

    async fn attempt(
        &self,
        command: SetNewPasswordCommand<'_>,
        is_form: bool,
    ) -> Result<Receipt, NewPassword> {
        if command.organisation.settings.customers == CustomersMode::Platform && !command.sandbox {
            return Err(NewPassword::SetByPlatform);
        }
        let token = ResetToken::parse(command.token).map(|token| token.hash()).ok();
        let found = match token {
            Some(token) => self.find(token, &command).await,
            None => Ok(None),
        };
        if let (Some(token), Ok(Some(_))) = (token, &found) {
            self.count(token).await?;
        }
        self.policy(command.organisation).check(&command.password).map_err(NewPassword::Policy)?;
        let (Some(token), Some(_)) = (token, found?) else { return Err(RedeemCode::E003.into()) };
        let deadline = self.queue.deadline();
        // Held to the end of the attempt: the next one with this token sees what this one did.
        let _only = self.queue.only_one_of(token, deadline).await?;
        let link = self.find(token, &command).await?.ok_or(RedeemCode::E003)?;
        if is_form && self.was_just_used(&link) {
            let same = self.queue.run(deadline, self.is_present(&link, &command.password)).await??;
            return if same { Ok(self.receipt(&link).await?) } else { Err(RedeemCode::E003.into()) };
        }
        match link.state {
            LinkState::Good => {}
            LinkState::Expired => return Err(RedeemCode::E004.into()),
            LinkState::Used | LinkState::Superseded => return Err(RedeemCode::E003.into()),
        }
        let receipt = self.receipt(&link).await?;
        // The store's step is not part of it: cut short, nobody would know whether the password was
        // changed.
        let password = self.queue.run(deadline, self.check_and_hash(&link, &command.password)).await??;
        let changed_at = self.redeem(link, token, password, command).instrument(stage!("redeem")).await?;
        Ok(Receipt { changed_at, ..receipt })
    }

    async fn receipt(&self, link: &ResetLink) -> Result<Receipt, RedeemCode> {
        let customer = self.customers.find(link.customer).await.map_err(internal_failure)?;
        Ok(Receipt {
            request: link.request,
            customer_reference: customer.and_then(|customer| customer.reference),
            changed_at: link.used_at.unwrap_or_else(|| self.clock.now()),
        })
    }

    fn was_just_used(&self, link: &ResetLink) -> bool {
        link.used_at.is_some_and(|used_at| self.clock.now() - used_at < REPEATED)
    }

    /// Whether `password` is what the customer signs in with.
    async fn is_present(&self, link: &ResetLink, password: &Password) -> Result<bool, RedeemCode> {
        let present = self.customers.password_history(link.customer, 1).await.map_err(internal_failure)?;
        let Some(hash) = present.first() else { return Ok(false) };
        Ok(self.verify(password, hash).await)
    }

    /// Counts the attempt. A link of another organisation does not come here: to its callers it
    /// does not exist.
    async fn count(&self, token: TokenHash) -> Result<(), NewPassword> {
        let decision = self.limiter.hit(LimitSubject::ResetToken(token), ATTEMPTS, self.clock.now()).await;
        if decision.allowed { Ok(()) } else { Err(NewPassword::TooManyAttempts(decision)) }
    }

    /// The link, if it is one of this organisation, on the caller's side of the sandbox.
    async fn find(
        &self,
        token: TokenHash,
        command: &SetNewPasswordCommand<'_>,
    ) -> Result<Option<ResetLink>, RedeemCode> {
        let link = self.tokens.find(token, self.clock.now()).await.map_err(internal_failure)?;
        let own = |link: &ResetLink| {
            link.organisation == command.organisation.id && link.sandbox == command.sandbox
        };
        Ok(link.filter(own))
    }

    async fn check_and_hash(
        &self,
        link: &ResetLink,
        password: &Password,
    ) -> Result<PasswordHash, RedeemCode> {
        self.check_history(link, password).instrument(stage!("history")).await?;
        self.hasher.hash(password).instrument(stage!("hash")).await.map_err(internal_failure)
    }

    async fn check_history(&self, link: &ResetLink, password: &Password) -> Result<(), RedeemCode> {
        let former =
            self.customers.password_history(link.customer, HISTORY).await.map_err(internal_failure)?;
        for hash in former {
            if self.verify(password, &hash).await {
                return Err(RedeemCode::E002);
            }
        }
        Ok(())
    }

    /// A former hash that nobody can read any more is no reason to keep a customer out.
    async fn verify(&self, password: &Password, hash: &PasswordHash) -> bool {
        let same = match (self.hasher.verify(password, hash).await, password.as_typed()) {
            // A hash from elsewhere may be one of the text as it was typed.
            (Ok(false), Some(typed)) => self.hasher.verify(&typed, hash).await,
            (same, _) => same,
        };
        match same {
            Ok(same) => same,
            Err(error) => {
                tracing::warn!(%error, "a former password could not be compared");
                false
            }
        }
    }

    async fn redeem(
        &self,
        link: ResetLink,
        token: TokenHash,
        password: PasswordHash,
        command: SetNewPasswordCommand<'_>,
    ) -> Result<DateTime<Utc>, RedeemCode> {
        let at = self.clock.now();
        let flag_abroad = command.organisation.settings.geo_rules.flag_abroad;
        let notice = new_id(self.clock.as_ref(), self.random.as_ref());
        let redemption = Redemption {
            token,
            organisation: command.organisation.id,
            sandbox: command.sandbox,
            password: Some(password),
            repetition: None,
            at,
            customer_ip: command.customer_ip,
            notice: notice.into(),
            notice_expires_at: at + NOTICE_LIFE,
            actor: command.actor,
        };
        match self.tokens.redeem(redemption).await.map_err(internal_failure)? {
            Redeemed::Changed => {
                if let Some(ip) = command.customer_ip {
                    let action = VisitAction::Redeemed { flag_abroad };
                    self.visits.execute(LinkVisit { request: link.request, action, ip, at }).await;
                }
                Ok(at)
            }
            Redeemed::NoSuchLink => Err(RedeemCode::E003),
            Redeemed::Expired => Err(RedeemCode::E004),
        }
    }
}

/// The error is logged and answered as E001; the token is still good.
pub(crate) fn internal_failure(error: impl std::error::Error) -> RedeemCode {
    error!(%error, "a password could not be changed");
    RedeemCode::E001
}
