//! `POST /api/v1/customer/consume-token`.

use std::sync::Arc;

use application::{ConsumeError, ConsumeToken, ConsumeTokenCommand};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::extract::ApiRequest;
use crate::schema::answer::{Changed, ConsumeTokenAnswer, Refused, json};
use crate::schema::error::ApiError;
use crate::schema::error_code::ErrorCode;
use crate::schema::request::{ApiKeyParameter, ConsumeTokenBody, IdempotencyKey};

pub(crate) const PATH: &str = "/api/v1/customer/consume-token";

/// The longest `Idempotency-Key`, in bytes.
const LONGEST_KEY: usize = 255;

/// Consume a token
///
/// For a platform that writes the password itself: everything that a change of password does but the
/// password. The token is used, the customer's other links die, the notice mail goes out. Call it in
/// the transaction that writes the password, last.
#[utoipa::path(
    post,
    path = PATH,
    operation_id = "consumeToken",
    tag = "customer",
    request_body = ConsumeTokenBody,
    responses((
        status = 200, description = "The token is consumed, or why it is not.", body = ConsumeTokenAnswer,
        examples(
            ("consumed" = (summary = "The token is used", value = json!(Changed::example()))),
            ("E003" = (summary = "No such request", value = json!(Refused::from(domain::RedeemCode::E003)))),
            ("E004" = (summary = "The request has expired", value = json!(Refused::from(domain::RedeemCode::E004))))
        )
    )),
    params(ApiKeyParameter, IdempotencyKey),
    security(("bearer" = []), ())
)]
pub(crate) async fn handle(
    State(use_case): State<Arc<ConsumeToken>>,
    headers: HeaderMap,
    ApiRequest { caller, body }: ApiRequest<ConsumeTokenBody>,
) -> Result<Response, ApiError> {
    let command = ConsumeTokenCommand {
        token: &body.token,
        idempotency_key: idempotency_key(&headers)?,
        customer_ip: body.customer_real_ip,
    };
    match use_case.execute(&caller, command).await {
        Ok(receipt) => json(&Changed::from(&receipt)),
        Err(ConsumeError::Refused(code)) => Refused::response(code),
        Err(ConsumeError::TooManyAttempts(decision)) => Err(ApiError::limited(&decision)
            .with_message("Too many attempts with this token. It stays good: please try again later.")),
        Err(ConsumeError::PasswordLivesElsewhere) => Err(ApiError::new(ErrorCode::ValidationFailed)
            .with_message("resetd sets the passwords of this organisation: call set-new-password.")),
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<&[u8]>, ApiError> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return if headers.contains_key("idempotency-key") { Err(bad_key("is repeated")) } else { Ok(None) };
    };
    match key.as_bytes() {
        key if (1..=LONGEST_KEY).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic) => {
            Ok(Some(key))
        }
        _ => Err(bad_key("must be 1 to 255 visible ASCII characters")),
    }
}

fn bad_key(error: &str) -> ApiError {
    ApiError::field("Idempotency-Key", error)
}
