//! `GET /openapi.json`.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::schema::answer::JSON;

pub(crate) const PATH: &str = "/openapi.json";

/// The document, with this server's address.
pub(crate) async fn handle(State(document): State<Bytes>) -> Response {
    ([(CONTENT_TYPE, JSON)], document).into_response()
}
