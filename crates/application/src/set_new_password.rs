use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    CustomerIp, LinkState, MailId, Password, PasswordPolicy, PolicyViolations, RedeemCode, ResetToken,
    TokenHash,
};
use tracing::field::Empty;
use tracing::{Instrument, error};

use crate::note_visit::{Came, Deed};
use crate::ports::{
    Clock, CustomerDirectory, Organisation, PasswordHash, PasswordHasher, Random, Redeemed, Redemption,
    ResetLink, TokenStore,
};
use crate::trace::{ended, stage};
use crate::{NoteVisit, WorkSignal, fresh_id};

/// How many former passwords are compared with the new one, the present one included.
const HISTORY: u32 = 24;
/// How long the "your password was changed" mail is worth sending.
const NOTICE_LIFE: TimeDelta = TimeDelta::days(3);

/// Sets a new password: policy, link, history, hash, and one store call that changes everything or nothing.
pub struct SetNewPassword {
    /// Where links are found and redeemed.
    pub tokens: Arc<dyn TokenStore>,
    /// Former passwords.
    pub customers: Arc<dyn CustomerDirectory>,
    /// Hashes on the blocking pool, a bounded number at once.
    pub hasher: Arc<dyn PasswordHasher>,
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
    /// Which links the caller may use: the sandbox's (a `DEV_` key), live ones (any other), or the one whose page it is.
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
    Changed,
    /// The password breaks the policy; the token stays good.
    Policy(PolicyViolations),
    /// E001 to E004 of the contract.
    Refused(RedeemCode),
}

impl NewPassword {
    const fn word(&self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Policy(_) => "policy",
            Self::Refused(code) => code.as_str(),
        }
    }
}

impl SetNewPassword {
    /// Tries once.
    pub async fn execute(&self, command: SetNewPasswordCommand<'_>) -> NewPassword {
        let tried = async {
            let outcome = self.try_once(command).await;
            ended(outcome.word());
            outcome
        };
        tried.instrument(stage!("set-new-password", outcome = Empty)).await
    }

    async fn try_once(&self, command: SetNewPasswordCommand<'_>) -> NewPassword {
        if let Err(violations) = self.policy(command.organisation).check(&command.password) {
            return NewPassword::Policy(violations);
        }
        match self.attempt(command).await {
            Ok(()) => {
                self.signal.raise();
                NewPassword::Changed
            }
            Err(code) => NewPassword::Refused(code),
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

    async fn attempt(&self, command: SetNewPasswordCommand<'_>) -> Result<(), RedeemCode> {
        let token = ResetToken::parse(command.token).map_err(|_| RedeemCode::E003)?.hash();
        let now = self.clock.now();
        let link = self.find(token, &command, now).await?;
        self.check_history(&link, &command.password).instrument(stage!("history")).await?;
        let hashed = self.hasher.hash(&command.password).instrument(stage!("hash"));
        let password = hashed.await.map_err(ours)?;
        self.redeem(link, token, password, command).instrument(stage!("redeem")).await
    }

    async fn find(
        &self,
        token: TokenHash,
        command: &SetNewPasswordCommand<'_>,
        now: DateTime<Utc>,
    ) -> Result<ResetLink, RedeemCode> {
        let link = self.tokens.find_link(token, now).await.map_err(ours)?.ok_or(RedeemCode::E003)?;
        if link.organisation != command.organisation.id || link.sandbox != command.sandbox {
            return Err(RedeemCode::E003);
        }
        match link.state {
            LinkState::Good => Ok(link),
            LinkState::Expired => Err(RedeemCode::E004),
            LinkState::Used | LinkState::Superseded => Err(RedeemCode::E003),
        }
    }

    async fn check_history(&self, link: &ResetLink, password: &Password) -> Result<(), RedeemCode> {
        let former = self.customers.password_history(link.customer, HISTORY).await.map_err(ours)?;
        for hash in former {
            if self.verify(password, &hash).await {
                return Err(RedeemCode::E002);
            }
        }
        Ok(())
    }

    /// A former hash that nobody can read any more is no reason to keep a customer out.
    async fn verify(&self, password: &Password, hash: &PasswordHash) -> bool {
        match self.hasher.verify(password, hash).await {
            Ok(same) => same,
            Err(fault) => {
                tracing::warn!(%fault, "a former password could not be compared");
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
    ) -> Result<(), RedeemCode> {
        let at = self.clock.now();
        let flag_abroad = command.organisation.settings.geo_rules.flag_abroad;
        let notice = fresh_id(self.clock.as_ref(), self.random.as_ref());
        let redemption = Redemption {
            token,
            organisation: Some(command.organisation.id),
            sandbox: command.sandbox,
            password,
            at,
            customer_ip: command.customer_ip,
            notice: MailId::from_bytes(*notice.as_bytes()),
            notice_expires_at: at + NOTICE_LIFE,
            actor: command.actor,
        };
        match self.tokens.redeem(redemption).await.map_err(ours)? {
            Redeemed::Changed => {
                if let Some(ip) = command.customer_ip {
                    let deed = Deed::Redeemed { flag_abroad };
                    self.visits.execute(Came { request: link.request, deed, ip, at }).await;
                }
                Ok(())
            }
            Redeemed::NoSuchLink => Err(RedeemCode::E003),
            Redeemed::Expired => Err(RedeemCode::E004),
        }
    }
}

/// Whatever failed is ours to mend; the token is still good.
fn ours(fault: impl std::error::Error) -> RedeemCode {
    error!(%fault, "a password could not be changed");
    RedeemCode::E001
}
