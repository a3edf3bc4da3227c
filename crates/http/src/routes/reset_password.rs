//! `POST /api/v1/customer/reset-password`.

use std::sync::Arc;

use application::{RequestReset, RequestResetCommand};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::call::{ApiKeyAuth, answer};
use crate::error::{ApiError, JSON};
use crate::fields;
use crate::json::JsonObject;
use crate::openapi::{ApiKeyParameter, ResetPasswordBody, Success};

pub(crate) const PATH: &str = "/api/v1/customer/reset-password";

/// How many headers an answer has when it leaves, those of hyper included.
const HEADERS: usize = 10;

/// What the route needs.
pub(crate) struct ResetPassword {
    pub(crate) auth: ApiKeyAuth,
    pub(crate) use_case: Arc<RequestReset>,
}

/// Request a reset mail
///
/// Records the request durably and answers. A mail goes out if the address belongs to a customer;
/// the answer is the same whether it does or not.
#[utoipa::path(
    post,
    path = PATH,
    operation_id = "resetPassword",
    tag = "customer",
    request_body = ResetPasswordBody,
    responses((status = 200, description = "The request is on disk.", body = Success, example = json!({"success": true}))),
    params(ApiKeyParameter),
    security(("bearer" = []), ())
)]
pub(crate) async fn handle(State(route): State<Arc<ResetPassword>>, request: Request) -> Response {
    let call = match route.auth.open_json(request).await {
        Ok(call) => call,
        Err(denied) => return denied.into_response(),
    };
    let accepted = async {
        let command = command(&call.object()?)?;
        route.use_case.execute(&call.caller, command).await?;
        Ok(success())
    };
    answer(accepted.await, call.caller.rate.as_ref())
}

fn command(object: &JsonObject<'_>) -> Result<RequestResetCommand, ApiError> {
    Ok(RequestResetCommand {
        email: fields::email(object)?,
        expiry: fields::expiration_time(object)?,
        customer_ip: fields::customer_real_ip(object)?,
    })
}

/// The one answer there is, whoever the customer is.
pub(crate) fn success() -> Response {
    let mut response = Response::new(Body::from(Bytes::from_static(br#"{"success":true}"#)));
    let headers = response.headers_mut();
    // Room for what the way out adds, so that the map does not grow on it.
    headers.reserve(HEADERS);
    headers.insert(CONTENT_TYPE, JSON);
    response
}
