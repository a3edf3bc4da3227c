//! `POST /api/v1/customer/set-new-password`.

use std::sync::Arc;

use application::{NewPassword, SetNewPassword, SetNewPasswordCommand};
use axum::extract::State;
use axum::response::Response;
use domain::{ApiKeyKind, RedeemCode};

use crate::extract::ApiRequest;
use crate::schema::answer::{Changed, Refused, SetNewPasswordAnswer, json};
use crate::schema::error::{ApiError, BUSY};
use crate::schema::error_code::ErrorCode;
use crate::schema::request::{ApiKeyParameter, SetNewPasswordBody};

pub(crate) const PATH: &str = "/api/v1/customer/set-new-password";

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
            ("changed" = (summary = "The password is set", value = json!(Changed::example()))),
            ("E001" = (summary = "Ours to mend; the token is still good", value = json!(Refused::from(RedeemCode::E001)))),
            ("E002" = (summary = "Used before; the token is still good", value = json!(Refused::from(RedeemCode::E002)))),
            ("E003" = (summary = "No such request", value = json!(Refused::from(RedeemCode::E003)))),
            ("E004" = (summary = "The request has expired", value = json!(Refused::from(RedeemCode::E004))))
        )
    )),
    params(ApiKeyParameter),
    security(("bearer" = []), ())
)]
pub(crate) async fn handle(
    State(use_case): State<Arc<SetNewPassword>>,
    ApiRequest { caller, body }: ApiRequest<SetNewPasswordBody>,
) -> Result<Response, ApiError> {
    let key = &caller.key;
    let command = SetNewPasswordCommand {
        token: &body.token,
        password: body.password,
        sandbox: key.key.kind == ApiKeyKind::Development,
        organisation: &key.organisation,
        customer_ip: body.customer_real_ip,
        actor: key.key.id.to_string(),
    };
    match use_case.execute(command).await {
        NewPassword::Changed(receipt) => json(&Changed::from(receipt.as_ref())),
        NewPassword::SetByPlatform => Err(ApiError::new(ErrorCode::ValidationFailed).with_message(
            "This organisation sets passwords itself: call consume-token. The token stays good.",
        )),
        NewPassword::Policy(violations) => Err(ApiError::field("password", violations)),
        NewPassword::Refused(code) => Refused::response(code),
        NewPassword::TooManyAttempts(decision) => Err(ApiError::limited(&decision)
            .with_message("Too many attempts with this token. It stays good: please try again later.")),
        NewPassword::Busy => Err(ApiError::new(ErrorCode::ServiceUnavailable)
            .with_message(
                "Too many passwords are being set just now. The token stays good: please try again.",
            )
            .with_retry_after(BUSY)),
    }
}
