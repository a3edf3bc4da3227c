//! `GET /errors` and `GET /errors/{code}`.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::response::Response;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::error_pages::ErrorPage;
use crate::html::{self, Policy};
use crate::schema::error::ApiError;
use crate::schema::error_code::ErrorCode;

pub(crate) const INDEX: &str = "/errors";
pub(crate) const PAGE: &str = "/errors/{code}";

#[derive(Serialize)]
struct Row {
    code: &'static str,
    status: u16,
    title: &'static str,
}

impl From<ErrorPage> for Row {
    fn from(page: ErrorPage) -> Self {
        Self { code: page.code(), status: page.status(), title: page.title() }
    }
}

pub(crate) async fn index() -> Result<Response, ApiError> {
    let rows: Vec<_> = ErrorPage::all().map(Row::from).collect();
    html::page("errors.html", context! { rows => Serde(rows) }, Policy::Static)
}

pub(crate) async fn page(code: Result<Path<String>, PathRejection>) -> Result<Response, ApiError> {
    let page = code.ok().and_then(|Path(code)| ErrorPage::find(&code));
    let page = page.ok_or_else(|| ApiError::new(ErrorCode::ResourceNotFound))?;
    let shown = context! {
        row => Serde(Row::from(page)), description => page.description(), example => page.example(), transient => page.is_transient(),
    };
    html::page("error.html", shown, Policy::Static)
}
