//! `GET /errors` and `GET /errors/{code}`.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::error_pages::ErrorPage;
use crate::html::{self, Policy};
use crate::pages;
use crate::schema::error::ApiError;

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

pub(crate) async fn page(code: Result<Path<String>, PathRejection>, head: Parts) -> Response {
    match code.ok().and_then(|Path(code)| ErrorPage::find(&code)) {
        Some(page) => shown(page).into_response(),
        None => pages::not_found(&head),
    }
}

fn shown(page: ErrorPage) -> Result<Response, ApiError> {
    let content = context! {
        row => Serde(Row::from(page)), description => page.description(), example => page.example(),
        transient => page.is_transient(), root => "../",
    };
    html::page("error.html", content, Policy::Static)
}
