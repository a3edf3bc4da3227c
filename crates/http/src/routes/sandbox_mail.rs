//! `GET /api/v1/sandbox/mail`: the captured mail of a development key's organisation, so that an
//! integrator tests the whole way in CI without a mailbox.

use std::sync::Arc;

use application::Authenticated;
use application::ports::MailArchive;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use domain::{ApiKeyKind, ErrorCode};

use super::mailbox::message::Message;
use crate::call::{ApiKeyAuth, answer};
use crate::error::ApiError;
use crate::openapi::ApiKeyParameter;

pub(crate) const PATH: &str = "/api/v1/sandbox/mail";
/// The most messages of one answer.
pub(crate) const MAX_LISTED: usize = 100;

/// What the route needs.
pub(crate) struct Sandbox {
    pub(crate) auth: ApiKeyAuth,
    pub(crate) archive: Arc<dyn MailArchive>,
}

/// Read captured mail
///
/// The mail of requests made with a development key is captured, never sent. At most 100 messages
/// of the key's organisation, newest first. Keys of other kinds are refused.
#[utoipa::path(
    get,
    path = PATH,
    operation_id = "sandboxMail",
    tag = "integration",
    responses((
        status = 200, description = "The messages, newest first.", body = Vec<Message<'static>>,
        example = json!([Message::example()])
    )),
    params(ApiKeyParameter),
    security(("bearer" = []), ())
)]
pub(crate) async fn handle(State(route): State<Arc<Sandbox>>, request: Request) -> Response {
    match route.auth.open(request).await {
        Ok(caller) => answer(list(route.archive.as_ref(), &caller).await, caller.rate.as_ref()),
        Err(denied) => denied.into_response(),
    }
}

async fn list(archive: &dyn MailArchive, caller: &Authenticated) -> Result<Response, ApiError> {
    if caller.key.key.kind != ApiKeyKind::Development {
        return Err(ApiError::new(ErrorCode::ApiKeyHasNoPermission)
            .with_message("Only a development key (DEV_) reads the sandbox."));
    }
    let mails = archive.list(Some(caller.key.key.organisation), MAX_LISTED).await?;
    super::json(&mails.iter().map(Message::from).collect::<Vec<_>>())
}
