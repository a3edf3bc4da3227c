//! `GET /api/v1/sandbox/mail`: the captured mail of a development key's organisation, so that an
//! integrator tests the whole way in CI without a mailbox.

use std::sync::Arc;

use application::ports::MailArchive;
use axum::extract::State;
use axum::response::Response;
use domain::{ApiKeyKind, Scope};

use crate::extract::ApiCaller;
use crate::schema::answer::{Message, json};
use crate::schema::error::ApiError;
use crate::schema::error_code::ErrorCode;
use crate::schema::request::{ApiKeyParameter, Permission};

pub(crate) const PATH: &str = "/api/v1/sandbox/mail";
/// The most messages of one answer.
pub(crate) const MAX_LISTED: usize = 100;

/// What a key needs for this call.
pub(crate) enum ReadSandbox {}

impl Permission for ReadSandbox {
    const SCOPE: Scope = Scope::ReadSandbox;
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
pub(crate) async fn handle(
    State(archive): State<Arc<dyn MailArchive>>,
    ApiCaller { caller, .. }: ApiCaller<ReadSandbox>,
) -> Result<Response, ApiError> {
    let key = &caller.key.key;
    if key.kind != ApiKeyKind::Development {
        return Err(ApiError::new(ErrorCode::ApiKeyHasNoPermission)
            .with_message("Only a development key (DEV_) reads the sandbox."));
    }
    let mails = archive.list(Some(key.organisation), MAX_LISTED).await?;
    json(&mails.iter().map(Message::from).collect::<Vec<_>>())
}
