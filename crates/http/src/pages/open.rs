//! `GET` and `HEAD /reset/{token}`.

use std::sync::Arc;

use application::Visit;
use axum::extract::{Request, State};
use axum::response::Response;
use domain::{CustomerIp, LinkState};

use super::view::{Depth, Page};
use super::{ResetPages, Token, mended, text, visit};
use crate::edge::Client;
use crate::error::ApiError;

pub(crate) async fn handle(
    State(pages): State<Arc<ResetPages>>,
    token: Token,
    request: Request,
) -> Result<Response, ApiError> {
    let token = text(token);
    if let Some(redirect) = mended::redirect(&token, "", &request) {
        return Ok(redirect);
    }
    let by = visit::of(request.method(), request.headers());
    let visit = Visit { by, ip: CustomerIp::from(Client::of(&request)) };
    let opened = match pages.open.execute(&token, Some(visit)).await {
        Ok(Some(opened)) => opened,
        Ok(None) => return Page::for_stranger(request.headers()).unknown(),
        Err(error) => return Page::for_stranger(request.headers()).unavailable(&error),
    };
    let page = Page::for_holder(&opened);
    match opened.link.state {
        LinkState::Good => page.form(&pages.set_new_password.policy(&opened.organisation), &token, None),
        dead => page.dead(dead, &token, Depth::Link),
    }
}
