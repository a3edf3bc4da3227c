//! `GET /ping/v1`: proves a key and the connection.

use axum::response::Response;
use domain::Scope;

use crate::extract::ApiCaller;
use crate::schema::answer::{Pong, json};
use crate::schema::error::ApiError;
use crate::schema::request::{ApiKeyParameter, Permission};

pub(crate) const PATH: &str = "/ping/v1";

/// What a key needs for this call.
pub(crate) enum Ping {}

impl Permission for Ping {
    const SCOPE: Scope = Scope::Ping;
}

/// Prove a key
///
/// Says whose key it is and what it may do.
#[utoipa::path(
    get,
    path = PATH,
    operation_id = "ping",
    tag = "integration",
    responses((status = 200, description = "The key works.", body = Pong<'static>, example = json!(Pong::example()))),
    params(ApiKeyParameter),
    security(("bearer" = []), ())
)]
pub(crate) async fn handle(ApiCaller { caller, .. }: ApiCaller<Ping>) -> Result<Response, ApiError> {
    json(&Pong::from(&caller))
}
