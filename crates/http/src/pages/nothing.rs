//! What is shown where there is nothing.

use axum::http::Method;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::view::Page;
use crate::schema::error::ApiError;
use crate::schema::error_code::ErrorCode;

/// 404: a page for a browser, JSON for every other client and below `/api/`.
pub(crate) fn not_found(head: &Parts) -> Response {
    let accepts = |line: &[u8]| line.windows(9).any(|part| part.eq_ignore_ascii_case(b"text/html"));
    let accepted = head.headers.get(ACCEPT).is_some_and(|line| accepts(line.as_bytes()));
    let reads = matches!(head.method, Method::GET | Method::HEAD);
    if reads && accepted && !head.uri.path().starts_with("/api/") {
        return Page::for_stranger(head).nothing().into_response();
    }
    ApiError::new(ErrorCode::ResourceNotFound).into_response()
}
