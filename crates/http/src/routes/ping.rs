//! `GET /ping/v1`: proves a key and the way to here.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use application::Authenticated;

use crate::call::{ApiKeyAuth, answer};
use crate::openapi::ApiKeyParameter;

pub(crate) const PATH: &str = "/ping/v1";

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
pub(crate) async fn handle(State(auth): State<ApiKeyAuth>, request: Request) -> Response {
    match auth.open(request).await {
        Ok(caller) => answer(super::json(&Pong::about(&caller)), caller.rate.as_ref()),
        Err(denied) => denied.into_response(),
    }
}

/// What a key is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pong<'a> {
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
    /// `production`, `development` or `system`.
    #[schema(example = "production")]
    kind: &'static str,
    /// The organisation the key belongs to.
    #[schema(example = "Demo Shop")]
    organisation: &'a str,
    /// What the key may do; empty: everything.
    #[schema(example = json!([]))]
    scopes: Vec<&'static str>,
    /// The first moment at which the key is no longer valid, RFC 3339.
    #[schema(format = DateTime, example = "2030-01-01T00:00:00Z")]
    expires_at: String,
}

impl Pong<'static> {
    /// An answer as the documentation shows it.
    fn example() -> Self {
        let expires_at = "2030-01-01T00:00:00Z".to_owned();
        Self { success: true, kind: "production", organisation: "Demo Shop", scopes: Vec::new(), expires_at }
    }
}

impl<'a> Pong<'a> {
    fn about(caller: &'a Authenticated) -> Self {
        let key = &caller.key.key;
        Self {
            success: true,
            kind: key.kind.as_str(),
            organisation: &caller.key.organisation.name,
            scopes: key.scopes.iter().map(|scope| scope.as_str()).collect(),
            expires_at: timestamp(key.expires_at, SecondsFormat::Secs),
        }
    }
}

pub(crate) fn timestamp(at: DateTime<Utc>, precision: SecondsFormat) -> String {
    at.to_rfc3339_opts(precision, true)
}
