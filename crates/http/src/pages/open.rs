//! `GET` and `HEAD /reset/{token}`.

use std::sync::Arc;

use axum::extract::State;
use domain::LinkState;

use super::ResetPages;
use super::link::VisitedLink;
use super::view::{Depth, Rendered};

pub(crate) async fn handle(State(pages): State<Arc<ResetPages>>, VisitedLink(link): VisitedLink) -> Rendered {
    match link.state() {
        LinkState::Good if link.is_set_by_platform() => link.set_by_platform(),
        LinkState::Good => {
            let policy = pages.set_new_password.policy(&link.opened.organisation);
            link.page().form(&policy, &link.token, None)
        }
        LinkState::Used | LinkState::Superseded | LinkState::Expired => link.dead(Depth::Link),
    }
}
