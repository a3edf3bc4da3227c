//! `POST /reset/{token}`: the form.

use std::sync::Arc;

use application::{NewPassword, OpenedLink, SetNewPasswordCommand};
use axum::extract::{Request, State};
use axum::response::Response;
use domain::{CustomerIp, LinkState, Password, RedeemCode};

use super::view::{Depth, Page, Problem};
use super::{ResetPages, Token, same_origin, text};
use crate::body::{self, BodyError};
use crate::edge::Client;
use crate::error::ApiError;
use crate::form::{self, Values};

pub(crate) async fn handle(
    State(pages): State<Arc<ResetPages>>,
    token: Token,
    request: Request,
) -> Result<Response, ApiError> {
    let token = text(token);
    if !same_origin::is_plausible(request.headers(), &pages.public_origin) {
        return Page::for_stranger(request.headers()).forbidden();
    }
    let opened = match pages.open.execute(&token, None).await {
        Ok(Some(opened)) => opened,
        Ok(None) => return Page::for_stranger(request.headers()).unknown(),
        Err(error) => return Page::for_stranger(request.headers()).unavailable(&error),
    };
    let page = Page::for_holder(&opened);
    // A used link may be the same form sent twice; the use case tells.
    if !matches!(opened.link.state, LinkState::Good | LinkState::Used) {
        return page.dead(opened.link.state, &token, Depth::Link);
    }
    let ip = CustomerIp::from(Client::of(&request));
    match read(request).await {
        Ok(Entered { password, repeated: true }) => set(&pages, &opened, &token, password, ip).await,
        _ if opened.link.state == LinkState::Used => page.dead(LinkState::Used, &token, Depth::Link),
        Ok(Entered { repeated: false, .. }) => {
            page.form(&pages.set_new_password.policy(&opened.organisation), &token, Some(Problem::Mismatch))
        }
        Err(error) => page.bad_form(error),
    }
}

/// What was typed.
struct Entered {
    password: Password,
    /// Whether the same was typed twice.
    repeated: bool,
}

async fn read(request: Request) -> Result<Entered, BodyError> {
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
    Ok(Entered { password, repeated })
}

async fn set(
    pages: &ResetPages,
    opened: &OpenedLink,
    token: &str,
    password: Password,
    ip: CustomerIp,
) -> Result<Response, ApiError> {
    let command = SetNewPasswordCommand {
        token,
        password,
        sandbox: opened.link.sandbox,
        organisation: &opened.organisation,
        customer_ip: Some(ip),
        actor: "customer".to_owned(),
    };
    let outcome = pages.set_new_password.execute_form(command).await;
    let page = Page::for_holder(opened);
    let policy = pages.set_new_password.policy(&opened.organisation);
    match outcome {
        NewPassword::Changed => page.changed(),
        NewPassword::Policy(_) if opened.link.state == LinkState::Used => {
            page.dead(LinkState::Used, token, Depth::Link)
        }
        NewPassword::Policy(broken) => page.form(&policy, token, Some(Problem::Policy(&broken))),
        NewPassword::Refused(RedeemCode::E001) => page.form(&policy, token, Some(Problem::Ours)),
        NewPassword::Refused(RedeemCode::E002) => page.form(&policy, token, Some(Problem::UsedBefore)),
        NewPassword::TooManyAttempts(decision) => page.too_many_attempts(&decision),
        NewPassword::Busy => page.form(&policy, token, Some(Problem::Busy)),
        // Somebody was faster between the look and the step.
        NewPassword::Refused(RedeemCode::E003) => page.dead(LinkState::Used, token, Depth::Link),
        NewPassword::Refused(RedeemCode::E004) => page.dead(LinkState::Expired, token, Depth::Link),
    }
}
