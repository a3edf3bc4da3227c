//! `GET /openapi.json`.

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::openapi;
use crate::schema::answer::JSON;

pub(crate) const PATH: &str = "/openapi.json";

static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(openapi::document()));

pub(crate) async fn handle() -> Response {
    ([(CONTENT_TYPE, JSON)], DOCUMENT.clone()).into_response()
}
