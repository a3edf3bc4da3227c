//! `POST /reset/{token}/fresh`: the holder of a dead link asks for a new one.

use std::sync::Arc;

use application::ResentLink;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use domain::CustomerIp;

use super::view::Page;
use super::{ResetPages, Token, same_origin, text};
use crate::edge::Client;
use crate::error::ApiError;

pub(crate) async fn handle(
    State(pages): State<Arc<ResetPages>>,
    token: Token,
    request: Request,
) -> Result<Response, ApiError> {
    let token = text(token);
    let stranger = Page::for_stranger(request.headers());
    if !same_origin::is_plausible(request.headers(), &pages.public_origin) {
        return stranger.forbidden();
    }
    let ip = CustomerIp::from(Client::of(&request));
    let outcome = match pages.fresh.execute(&token, ip).await {
        Ok(outcome) => outcome,
        Err(error) => return stranger.unavailable(&error),
    };
    let opened = match pages.open.execute(&token, None).await {
        Ok(opened) => opened,
        Err(error) => return stranger.unavailable(&error),
    };
    let page = opened.as_ref().map_or(stranger, Page::for_holder);
    match outcome {
        ResentLink::Accepted => page.link_resent(),
        // Relative, so that it holds under whatever path a proxy puts this service. The token is
        // one: it was found.
        ResentLink::StillGood => {
            Ok((StatusCode::SEE_OTHER, [(LOCATION, format!("../{token}"))]).into_response())
        }
        ResentLink::NoSuchLink => page.unknown(),
        ResentLink::TooManyRequests => page.too_many(),
    }
}
