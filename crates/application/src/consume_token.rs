use std::sync::Arc;

use domain::{ApiKeyKind, CustomerIp, LinkState, RedeemCode, ResetToken, TokenHash};
use sha2::{Digest as _, Sha256};

use crate::model::{CustomersMode, LimitDecision, LimitSubject, Receipt, Redeemed, Redemption, ResetLink};
use crate::ports::{Clock, CustomerDirectory, Random, RateLimiter, TokenStore};
use crate::set_new_password::{ATTEMPTS, NOTICE_LIFE, REPEATED, internal_failure};
use crate::{Authenticated, WorkSignal, new_id};

/// Redeems a token for a platform that keeps the password itself: everything that a change of
/// password does, but the password.
pub struct ConsumeToken {
    /// Where links are found and redeemed.
    pub tokens: Arc<dyn TokenStore>,
    /// Who the customer is to the organisation.
    pub customers: Arc<dyn CustomerDirectory>,
    /// Counts attempts per token.
    pub limiter: Arc<dyn RateLimiter>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// For the notice's identifier.
    pub random: Arc<dyn Random>,
    /// Wakes the worker for the notice mail.
    pub signal: WorkSignal,
}

/// One attempt to consume a token.
#[derive(Debug)]
pub struct ConsumeTokenCommand<'a> {
    /// The token as it was sent.
    pub token: &'a str,
    /// The same key with the same token within ten minutes gets the same answer.
    pub idempotency_key: Option<&'a [u8]>,
    /// Who redeems, if known.
    pub customer_ip: Option<CustomerIp>,
}

/// Why a token was not consumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsumeError {
    /// E001, E003 or E004 of specification.md#new-passwords.
    Refused(RedeemCode),
    /// Too many attempts with this token; it stays good.
    TooManyAttempts(LimitDecision),
    /// In this organisation's mode resetd sets the password: the token stays good.
    PasswordLivesElsewhere,
}

impl From<RedeemCode> for ConsumeError {
    fn from(code: RedeemCode) -> Self {
        Self::Refused(code)
    }
}

impl ConsumeToken {
    /// Tries once.
    ///
    /// # Errors
    /// [`ConsumeError`]; nothing was consumed by this call.
    pub async fn execute(
        &self,
        caller: &Authenticated,
        command: ConsumeTokenCommand<'_>,
    ) -> Result<Receipt, ConsumeError> {
        if !matches!(caller.key.organisation.settings.customers, CustomersMode::Own | CustomersMode::Platform)
        {
            return Err(ConsumeError::PasswordLivesElsewhere);
        }
        let Ok(token) = ResetToken::parse(command.token).map(|token| token.hash()) else {
            return Err(RedeemCode::E003.into());
        };
        let repetition: Option<[u8; 32]> = command.idempotency_key.map(|key| Sha256::digest(key).into());
        let link = self.find(token, caller).await?.ok_or(RedeemCode::E003)?;
        let decision = self.limiter.hit(LimitSubject::ResetToken(token), ATTEMPTS, self.clock.now()).await;
        if !decision.allowed {
            return Err(ConsumeError::TooManyAttempts(decision));
        }
        match link.state {
            LinkState::Good => {}
            LinkState::Expired => return Err(RedeemCode::E004.into()),
            LinkState::Used => return self.repeated(&link, repetition).await,
            LinkState::Superseded => return Err(RedeemCode::E003.into()),
        }
        let receipt = self.receipt(&link).await?;
        let at = self.clock.now();
        let redemption = Redemption {
            token,
            organisation: caller.key.organisation.id,
            sandbox: link.sandbox,
            password: None,
            repetition,
            at,
            customer_ip: command.customer_ip,
            notice: new_id(self.clock.as_ref(), self.random.as_ref()).into(),
            notice_expires_at: at + NOTICE_LIFE,
            actor: caller.key.key.id.to_string(),
        };
        match self.tokens.redeem(redemption).await.map_err(internal_failure)? {
            Redeemed::Changed => {
                self.signal.raise();
                Ok(Receipt { changed_at: at, ..receipt })
            }
            // The same call at the same time may have been first.
            Redeemed::NoSuchLink => {
                let link = self.find(token, caller).await?.ok_or(RedeemCode::E003)?;
                self.repeated(&link, repetition).await
            }
            Redeemed::Expired => Err(RedeemCode::E004.into()),
        }
    }

    /// The answer that the same call had before, if it was this one that used the link.
    async fn repeated(
        &self,
        link: &ResetLink,
        repetition: Option<[u8; 32]>,
    ) -> Result<Receipt, ConsumeError> {
        let is_same = repetition.is_some() && link.repetition == repetition;
        let is_recent = link.used_at.is_some_and(|used_at| self.clock.now() - used_at < REPEATED);
        if !is_same || !is_recent {
            return Err(RedeemCode::E003.into());
        }
        Ok(self.receipt(link).await?)
    }

    /// The link, if it is one of the caller's organisation, on the caller's side of the sandbox.
    async fn find(&self, token: TokenHash, caller: &Authenticated) -> Result<Option<ResetLink>, RedeemCode> {
        let link = self.tokens.find(token, self.clock.now()).await.map_err(internal_failure)?;
        let sandbox = caller.key.key.kind == ApiKeyKind::Development;
        Ok(link.filter(|link| link.organisation == caller.key.organisation.id && link.sandbox == sandbox))
    }

    async fn receipt(&self, link: &ResetLink) -> Result<Receipt, RedeemCode> {
        let customer = self.customers.find(link.customer).await.map_err(internal_failure)?;
        Ok(Receipt {
            request: link.request,
            customer_reference: customer.and_then(|customer| customer.reference),
            changed_at: link.used_at.unwrap_or_else(|| self.clock.now()),
        })
    }
}
