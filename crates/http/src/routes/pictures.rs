//! Pictures that pages show: the icon of this service, and organisations' logos. Nothing is loaded
//! from elsewhere.

use std::sync::Arc;

use application::model::LogoKind;
use application::ports::OrganisationRegistry;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::OrganisationId;

use crate::schema::error::ApiError;
use crate::schema::error_code::ErrorCode;

pub(crate) const ICON: &str = "/favicon.svg";
pub(crate) const LOGO: &str = "/logo/{organisation}/{hash}";

/// A script in a picture does not run, and the picture loads nothing.
const INERT: HeaderValue = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
const SVG: HeaderValue = HeaderValue::from_static("image/svg+xml");

pub(crate) async fn icon() -> Response {
    const DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");
    let headers = [(CONTENT_TYPE, SVG), (CONTENT_SECURITY_POLICY, INERT), (CACHE_CONTROL, DAY)];
    (headers, include_str!("../../assets/favicon.svg")).into_response()
}

/// The logo of an organisation. Its address holds its hash, so that it may be kept for ever.
pub(crate) async fn logo(
    State(organisations): State<Arc<dyn OrganisationRegistry>>,
    Path((organisation, hash)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    const YEAR: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
    let missing = || ApiError::new(ErrorCode::ResourceNotFound);
    let id = OrganisationId::parse(&organisation).map_err(|_| missing())?;
    let logo = organisations.find(id).await?.and_then(|organisation| organisation.settings.logo);
    let logo = logo.filter(|logo| logo.hash == hash).ok_or_else(missing)?;
    let kind = match logo.kind {
        LogoKind::Png => HeaderValue::from_static("image/png"),
        LogoKind::Svg => SVG,
    };
    let headers = [(CONTENT_TYPE, kind), (CONTENT_SECURITY_POLICY, INERT), (CACHE_CONTROL, YEAR)];
    Ok((headers, logo.bytes().ok_or_else(missing)?).into_response())
}
