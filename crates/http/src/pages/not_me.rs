//! `GET` and `POST /reset/{token}/not-me`: "this was not me". Only the `POST` kills the request:
//! scanners follow links.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use domain::{CustomerIp, LinkState};

use super::view::{Depth, Page};
use super::{ResetPages, Token, same_origin, text};
use crate::edge::Client;
use crate::error::ApiError;

pub(crate) async fn ask(
    State(pages): State<Arc<ResetPages>>,
    token: Token,
    request: Request,
) -> Result<Response, ApiError> {
    let token = text(token);
    let stranger = Page::for_stranger(request.headers());
    match pages.open.execute(&token, None).await {
        Ok(Some(opened)) if opened.link.state == LinkState::Good => {
            Page::for_holder(&opened).ask_to_disown(&token)
        }
        Ok(Some(opened)) => Page::for_holder(&opened).dead(opened.link.state, &token, Depth::BelowLink),
        Ok(None) => stranger.unknown(),
        Err(error) => stranger.unavailable(&error),
    }
}

pub(crate) async fn cancel(
    State(pages): State<Arc<ResetPages>>,
    token: Token,
    request: Request,
) -> Result<Response, ApiError> {
    let token = text(token);
    let stranger = Page::for_stranger(request.headers());
    if !same_origin::is_plausible(request.headers(), &pages.public_origin) {
        return stranger.forbidden();
    }
    let opened = match pages.open.execute(&token, None).await {
        Ok(Some(opened)) => opened,
        Ok(None) => return stranger.unknown(),
        Err(error) => return stranger.unavailable(&error),
    };
    let page = Page::for_holder(&opened);
    let ip = CustomerIp::from(Client::of(&request));
    match pages.cancel.execute(&token, ip).await {
        Ok(true) => page.cancelled(),
        Ok(false) => page.dead(opened.link.state, &token, Depth::BelowLink),
        Err(error) => page.unavailable(&error),
    }
}
