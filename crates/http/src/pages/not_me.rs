//! `GET` and `POST /reset/{token}/not-me`: "this wasn't me". Only the `POST` cancels the request:
//! scanners follow links.

use std::sync::Arc;

use axum::extract::State;
use domain::LinkState;

use super::ResetPages;
use super::link::{Link, SameOrigin};
use super::view::{Depth, Rendered};

pub(crate) async fn ask(link: Link) -> Rendered {
    match link.state() {
        LinkState::Good => link.page().ask_to_cancel(&link.token),
        LinkState::Used | LinkState::Superseded | LinkState::Expired => link.dead(Depth::BelowLink),
    }
}

pub(crate) async fn cancel(State(pages): State<Arc<ResetPages>>, _: SameOrigin, link: Link) -> Rendered {
    match pages.cancel.execute(&link.token, link.ip).await {
        Ok(true) => link.page().cancelled(),
        Ok(false) => link.dead(Depth::BelowLink),
        Err(error) => link.page().unavailable(&error),
    }
}
