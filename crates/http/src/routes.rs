//! The handlers: parse, call, map.

pub(crate) mod docs;
pub(crate) mod errors;
pub(crate) mod health;
pub(crate) mod mailbox;
pub(crate) mod openapi;
pub(crate) mod ping;
pub(crate) mod reset_password;
pub(crate) mod root;
pub(crate) mod sandbox_mail;
pub(crate) mod set_new_password;

use axum::response::{IntoResponse, Response};
use domain::ErrorCode;
use serde::Serialize;

use crate::error::{ApiError, JSON};

/// 200 with `body` as JSON.
pub(crate) fn json(body: &impl Serialize) -> Result<Response, ApiError> {
    let body = serde_json::to_vec(body).map_err(|_| ApiError::new(ErrorCode::Internal))?;
    Ok(([(axum::http::header::CONTENT_TYPE, JSON)], body).into_response())
}

/// 405; the router adds `Allow`.
pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::new(ErrorCode::MethodNotAllowed)
}

/// 404 for a path that does not exist.
pub(crate) async fn not_found() -> ApiError {
    ApiError::new(ErrorCode::ResourceNotFound)
}
