//! `POST /api/v1/customer/set-new-password`.

use std::sync::Arc;
use std::time::Duration;

use application::{NewPassword, SetNewPassword, SetNewPasswordCommand};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use domain::{ApiKeyKind, ErrorCode, Password, RedeemCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::reset_password::success;
use crate::call::{ApiKeyAuth, JsonCall, answer};
use crate::edge::AnsweredCode;
use crate::error::ApiError;
use crate::fields;
use crate::json::Field;
use crate::openapi::{ApiKeyParameter, SetNewPasswordAnswer, SetNewPasswordBody, always_false, redeem_code};

pub(crate) const PATH: &str = "/api/v1/customer/set-new-password";

/// After how long to try again when the queue of password hashes is full.
pub(crate) const BUSY: Duration = Duration::from_secs(5);

/// What the route needs.
pub(crate) struct SetPassword {
    pub(crate) auth: ApiKeyAuth,
    pub(crate) use_case: Arc<SetNewPassword>,
}

/// Set a new password
///
/// Redeems a token. What the customer can do something about comes with status 200 and an
/// `errorCode`; a password that breaks the policy is a 422 with the rules, and the token stays
/// good.
#[utoipa::path(
    post,
    path = PATH,
    operation_id = "setNewPassword",
    tag = "customer",
    request_body = SetNewPasswordBody,
    responses((
        status = 200, description = "The password is set, or why it is not.", body = SetNewPasswordAnswer,
        examples(
            ("changed" = (summary = "The password is set", value = json!({"success": true}))),
            ("E001" = (summary = "Ours to mend; the token is still good", value = json!(Refused::from(RedeemCode::E001)))),
            ("E002" = (summary = "Used before; the token is still good", value = json!(Refused::from(RedeemCode::E002)))),
            ("E003" = (summary = "No such request", value = json!(Refused::from(RedeemCode::E003)))),
            ("E004" = (summary = "The request has expired", value = json!(Refused::from(RedeemCode::E004))))
        )
    )),
    params(ApiKeyParameter),
    security(("bearer" = []), ())
)]
pub(crate) async fn handle(State(route): State<Arc<SetPassword>>, request: Request) -> Response {
    let call = match route.auth.open_json(request).await {
        Ok(call) => call,
        Err(denied) => return denied.into_response(),
    };
    let outcome = set(&route, &call).await;
    answer(outcome, call.caller.rate.as_ref())
}

async fn set(route: &SetPassword, call: &JsonCall) -> Result<Response, ApiError> {
    let object = call.object()?;
    let key = &call.caller.key;
    let command = SetNewPasswordCommand {
        token: object.required(Field::Token)?,
        password: Password::new(object.required(Field::Password)?.to_owned()),
        sandbox: key.key.kind == ApiKeyKind::Development,
        organisation: &key.organisation,
        customer_ip: fields::customer_real_ip(&object)?,
        actor: key.key.id.to_string(),
    };
    match route.use_case.execute(command).await {
        NewPassword::Changed => Ok(success()),
        NewPassword::Policy(violations) => Err(ApiError::field(Field::Password.name(), violations)),
        NewPassword::Refused(code) => refused(code),
        NewPassword::TooManyAttempts(decision) => Err(ApiError::limited(&decision)
            .with_message("Too many attempts with this token. It stays good: please try again later.")),
        NewPassword::Busy => Err(ApiError::new(ErrorCode::ServiceUnavailable)
            .with_message(
                "Too many passwords are being set just now. The token stays good: please try again.",
            )
            .with_retry_after(BUSY)),
    }
}

/// Why the password was not changed although the call was well-formed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refused {
    /// Always `false`.
    #[schema(schema_with = always_false)]
    pub(crate) success: bool,
    /// `E001` to `E004`; `/errors/{errorCode}` explains it.
    #[schema(schema_with = redeem_code)]
    pub(crate) error_code: &'static str,
    /// One sentence. It may change.
    pub(crate) message: &'static str,
}

impl From<RedeemCode> for Refused {
    fn from(code: RedeemCode) -> Self {
        Self { success: false, error_code: code.as_str(), message: code.message() }
    }
}

fn refused(code: RedeemCode) -> Result<Response, ApiError> {
    let mut response = super::json(&Refused::from(code))?;
    response.extensions_mut().insert(AnsweredCode(code.as_str()));
    Ok(response)
}
