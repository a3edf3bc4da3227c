//! `POST /reset/{token}/fresh`: the holder of a dead link asks for a new one.

use std::sync::Arc;

use application::ResentLink;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;

use super::ResetPages;
use super::link::{Link, SameOrigin};
use super::view::Rendered;

pub(crate) async fn handle(State(pages): State<Arc<ResetPages>>, _: SameOrigin, link: Link) -> Rendered {
    let page = link.page();
    match pages.resent_link.execute(&link.token, link.ip).await {
        Ok(ResentLink::Accepted) => page.link_resent(),
        // Relative, so that it holds under whatever path a proxy puts this service. The token is
        // one: it was found.
        Ok(ResentLink::StillGood) => {
            Ok((StatusCode::SEE_OTHER, [(LOCATION, format!("../{}", link.token))]).into_response())
        }
        Ok(ResentLink::NoSuchLink) => page.unknown(),
        Ok(ResentLink::TooManyRequests) => page.too_many(),
        Err(error) => page.unavailable(&error),
    }
}
