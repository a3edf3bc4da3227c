//! The link of a page: from the path to what is known of it, or the page that refuses.

use std::sync::Arc;

use application::model::CustomersMode;
use application::{OpenedLink, Visit};
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::{CustomerIp, LinkState};

use super::view::{Asked, Depth, Page, Rendered};
use super::{ResetPages, mended, same_origin, visit};
use crate::edge::RequestContext;

/// A link that exists.
pub(crate) struct Link {
    /// The token in the path.
    pub(super) token: String,
    pub(super) opened: OpenedLink,
    /// Where the request came from.
    pub(super) ip: CustomerIp,
    asked: Asked,
}

impl Link {
    /// The page in the language and under the name of the link's holder.
    pub(super) fn page(&self) -> Page<'_> {
        Page::for_holder(&self.opened, self.asked)
    }

    pub(super) const fn state(&self) -> LinkState {
        self.opened.link.state
    }

    /// The page of a link that sets no password any more.
    pub(super) fn dead(&self, depth: Depth) -> Rendered {
        self.page().dead(self.state(), &self.token, depth)
    }

    /// Where the holder sets the password instead, if the organisation's platform does that itself.
    pub(super) fn set_by_platform(&self) -> Rendered {
        let settings = &self.opened.organisation.settings;
        let url = settings.reset_url.as_ref().map(|url| url.replace("{token}", &self.token));
        match url {
            Some(url) => Ok((StatusCode::SEE_OTHER, [(LOCATION, url)]).into_response()),
            None => self.page().unknown(),
        }
    }

    pub(super) fn is_set_by_platform(&self) -> bool {
        self.opened.organisation.settings.customers == CustomersMode::Platform && !self.opened.link.sandbox
    }

    async fn open(head: &Parts, pages: &ResetPages, token: String, noted: bool) -> Result<Self, Response> {
        let ip = CustomerIp::from(RequestContext::client(&head.extensions));
        let visit = noted.then(|| Visit { by: visit::of(&head.method, &head.headers), ip });
        let stranger = Page::for_stranger(head);
        match pages.open.execute(&token, visit).await {
            Ok(Some(opened)) => Ok(Self { token, opened, ip, asked: Asked::of(head) }),
            Ok(None) => Err(stranger.unknown().into_response()),
            Err(error) => Err(stranger.unavailable(&error).into_response()),
        }
    }
}

/// The token in the path; one that is not UTF-8 is an unknown one.
async fn token(head: &mut Parts, pages: &Arc<ResetPages>) -> String {
    Path::from_request_parts(head, pages).await.map(|Path(token)| token).unwrap_or_default()
}

impl FromRequestParts<Arc<ResetPages>> for Link {
    type Rejection = Response;

    async fn from_request_parts(head: &mut Parts, pages: &Arc<ResetPages>) -> Result<Self, Response> {
        let token = token(head, pages).await;
        Self::open(head, pages, token, false).await
    }
}

/// A link whose visit is noted; one that was lengthened on its way is redirected to.
pub(crate) struct VisitedLink(pub(super) Link);

impl FromRequestParts<Arc<ResetPages>> for VisitedLink {
    type Rejection = Response;

    async fn from_request_parts(head: &mut Parts, pages: &Arc<ResetPages>) -> Result<Self, Response> {
        let token = token(head, pages).await;
        match mended::redirect(&token, "", &head.uri) {
            Some(redirect) => Err(redirect),
            None => Link::open(head, pages, token, true).await.map(Self),
        }
    }
}

/// A request that was sent by the page it belongs to.
pub(crate) struct SameOrigin;

impl FromRequestParts<Arc<ResetPages>> for SameOrigin {
    type Rejection = Response;

    async fn from_request_parts(head: &mut Parts, pages: &Arc<ResetPages>) -> Result<Self, Response> {
        if same_origin::is_plausible(head, &pages.public_origin) {
            return Ok(Self);
        }
        Err(Page::for_stranger(head).forbidden().into_response())
    }
}
