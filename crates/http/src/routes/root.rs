//! `GET /`: a signpost.

use axum::extract::State;
use axum::response::Response;
use minijinja::context;

use crate::html::{self, Policy};
use crate::schema::error::ApiError;

pub(crate) const PATH: &str = "/";

/// Whether there is a mailbox to point to.
#[derive(Clone, Copy)]
pub(crate) struct Signpost {
    pub(crate) has_mailbox: bool,
}

pub(crate) async fn handle(State(post): State<Signpost>) -> Result<Response, ApiError> {
    html::page("root.html", context! { has_mailbox => post.has_mailbox }, Policy::Static)
}
