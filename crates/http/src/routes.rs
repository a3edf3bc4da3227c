//! The handlers: each calls one use case and answers.

pub(crate) mod consume_token;
pub(crate) mod health;
pub(crate) mod mailbox;
pub(crate) mod pictures;
pub(crate) mod ping;
pub(crate) mod reset_password;
pub(crate) mod root;
pub(crate) mod sandbox_mail;
pub(crate) mod set_new_password;

use axum::http::request::Parts;
use axum::response::Response;

use crate::pages;
use crate::schema::error::ApiError;
use crate::schema::error_code::ErrorCode;

/// 405; the router adds `Allow`.
pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::new(ErrorCode::MethodNotAllowed)
}

/// 404 for a path that does not exist: a page for browsers.
pub(crate) async fn not_found(head: Parts) -> Response {
    pages::not_found(&head)
}
