//! `POST /api/v1/customer/reset-password`.

use std::sync::Arc;

use application::{RequestReset, RequestResetCommand};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

use crate::extract::ApiRequest;
use crate::schema::answer::Success;
use crate::schema::error::ApiError;
use crate::schema::request::{ApiKeyParameter, ResetPasswordBody};

/// The request's identifier, whether or not there is such a customer.
const RESET_REQUEST_ID: HeaderName = HeaderName::from_static("x-reset-request-id");

pub(crate) const PATH: &str = "/api/v1/customer/reset-password";

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
    responses((
        status = 200, description = "The request is on disk.", body = Success,
        headers(("X-Reset-Request-Id" = String, description = "The request, for support; it says nothing of the customer.")),
        example = json!({"success": true})
    )),
    params(ApiKeyParameter),
    security(("bearer" = []), ())
)]
pub(crate) async fn handle(
    State(use_case): State<Arc<RequestReset>>,
    ApiRequest { caller, body }: ApiRequest<ResetPasswordBody>,
) -> Result<Response, ApiError> {
    let command = RequestResetCommand {
        email: body.email,
        expiry: body.expiration_time,
        customer_ip: body.customer_real_ip,
    };
    let request = use_case.execute(&caller, command).await?;
    let mut response = Success::response();
    if let Ok(id) = HeaderValue::from_str(&request.to_string()) {
        response.headers_mut().insert(RESET_REQUEST_ID, id);
    }
    Ok(response)
}
