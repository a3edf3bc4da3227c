//! `POST /reset/{token}`: the form.

use std::sync::Arc;

use application::{NewPassword, SetNewPasswordCommand};
use axum::extract::{FromRequest, Request, State};
use domain::{LinkState, Password, RedeemCode};

use super::ResetPages;
use super::link::{Link, SameOrigin};
use super::view::{Depth, Problem, Rendered};
use crate::body::{self, BodyError};
use crate::form::{self, Values};

pub(crate) async fn handle(
    State(pages): State<Arc<ResetPages>>,
    _: SameOrigin,
    link: Link,
    entered: Result<Entered, BodyError>,
) -> Rendered {
    // A used link may be the same form sent twice; the use case knows.
    if !matches!(link.state(), LinkState::Good | LinkState::Used) {
        return link.dead(Depth::Link);
    }
    match entered {
        Ok(Entered { password, repeated: true }) => set(&pages, &link, password).await,
        _ if link.state() == LinkState::Used => link.dead(Depth::Link),
        Ok(Entered { repeated: false, .. }) => {
            let policy = pages.set_new_password.policy(&link.opened.organisation);
            link.page().form(&policy, &link.token, Some(Problem::Mismatch))
        }
        Err(error) => link.page().bad_form(error),
    }
}

/// What was typed.
pub(crate) struct Entered {
    password: Password,
    /// Whether the same was typed twice.
    repeated: bool,
}

impl<S: Sync> FromRequest<S> for Entered {
    type Rejection = BodyError;

    async fn from_request(request: Request, _: &S) -> Result<Self, BodyError> {
        let (head, body) = request.into_parts();
        let body = body::read(&head.headers, body, "application/x-www-form-urlencoded").await?;
        let value = |name| match form::values(&body, name) {
            Values::Absent => Ok(String::new()),
            Values::One(value) => Ok(value.into_owned()),
            Values::Malformed => Err(BodyError::NotAForm),
        };
        let password = Password::new(value("password")?);
        let confirmation = Password::new(value("password_confirmation")?);
        let repeated = password.expose() == confirmation.expose();
        Ok(Self { password, repeated })
    }
}

async fn set(pages: &ResetPages, link: &Link, password: Password) -> Rendered {
    let organisation = &link.opened.organisation;
    let command = SetNewPasswordCommand {
        token: &link.token,
        password,
        sandbox: link.opened.link.sandbox,
        organisation,
        customer_ip: Some(link.ip),
        actor: "customer".to_owned(),
    };
    let outcome = pages.set_new_password.execute_form(command).await;
    let page = link.page();
    let policy = pages.set_new_password.policy(organisation);
    let again = |problem| page.form(&policy, &link.token, Some(problem));
    match outcome {
        NewPassword::Changed(_) => page.changed(),
        NewPassword::SetByPlatform => link.set_by_platform(),
        NewPassword::Policy(_) if link.state() == LinkState::Used => link.dead(Depth::Link),
        NewPassword::Policy(broken) => again(Problem::Policy(&broken)),
        NewPassword::Refused(RedeemCode::E001) => again(Problem::Ours),
        NewPassword::Refused(RedeemCode::E002) => again(Problem::UsedBefore),
        NewPassword::TooManyAttempts(decision) => page.too_many_attempts(&decision),
        NewPassword::Busy => again(Problem::Busy),
        // Another attempt came between the look and the step.
        NewPassword::Refused(RedeemCode::E003) => page.dead(LinkState::Used, &link.token, Depth::Link),
        NewPassword::Refused(RedeemCode::E004) => page.dead(LinkState::Expired, &link.token, Depth::Link),
    }
}
