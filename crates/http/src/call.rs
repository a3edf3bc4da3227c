//! A call of the API on its way to a use case: the key first, then the body, then the fields.

use std::net::IpAddr;
use std::sync::Arc;

use application::model::LimitDecision;
use application::{Authenticate, AuthenticateCommand, AuthenticateError, Authenticated};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::Scope;

use crate::body::{self, BodyError};
use crate::edge::Client;
use crate::error::ApiError;
use crate::json::JsonObject;
use crate::key::{self, ApiKeyCredential};
use crate::rate;

/// An answer to a key that did not pass.
pub(crate) struct AuthRejection {
    error: ApiError,
    rate: Option<LimitDecision>,
}

impl IntoResponse for AuthRejection {
    fn into_response(self) -> Response {
        answer(Err(self.error), self.rate.as_ref())
    }
}

impl From<AuthenticateError> for AuthRejection {
    fn from(error: AuthenticateError) -> Self {
        let rate = match &error {
            AuthenticateError::TooManyRequests(decision) => Some(*decision),
            AuthenticateError::NoPermission(decision) => *decision,
            _ => None,
        };
        Self { error: (&error).into(), rate }
    }
}

/// Checks keys for one thing that a call is about to do.
#[derive(Clone)]
pub(crate) struct ApiKeyAuth {
    pub(crate) authenticate: Arc<Authenticate>,
    pub(crate) scope: Scope,
}

impl ApiKeyAuth {
    async fn pass(
        &self,
        credential: ApiKeyCredential<'_>,
        caller: IpAddr,
    ) -> Result<Authenticated, AuthRejection> {
        let key = match &credential {
            ApiKeyCredential::Malformed => return Err(AuthenticateError::Format.into()),
            ApiKeyCredential::Absent => None,
            ApiKeyCredential::Key(key) => Some(key.as_ref()),
        };
        Ok(self.authenticate.execute(AuthenticateCommand { key, scope: self.scope, caller }).await?)
    }

    /// Lets a call without a body pass: the key is in the query or the header.
    pub(crate) async fn open(&self, request: Request) -> Result<Authenticated, AuthRejection> {
        let client = Client::of(&request);
        let (head, _) = request.into_parts();
        let credential = key::in_query(head.uri.query()).or_else(|| key::in_header(&head.headers));
        self.pass(credential, client).await
    }

    /// Lets a call with a JSON body pass. A body that cannot be read holds no key, and is told only
    /// to those whose key has passed.
    pub(crate) async fn open_json(&self, request: Request) -> Result<JsonCall, AuthRejection> {
        let client = Client::of(&request);
        let (head, body) = request.into_parts();
        let credential = key::in_query(head.uri.query());
        if credential != ApiKeyCredential::Absent {
            let caller = self.pass(credential, client).await?;
            let body = body::read(&head.headers, body, JSON).await;
            return Ok(JsonCall { caller, body });
        }
        let body = body::read(&head.headers, body, JSON).await;
        let object = body.as_ref().ok().and_then(|body| JsonObject::parse(body).ok());
        let credential = object.as_ref().map_or(ApiKeyCredential::Absent, key::in_body);
        let caller = self.pass(credential.or_else(|| key::in_header(&head.headers)), client).await?;
        drop(object);
        Ok(JsonCall { caller, body })
    }
}

const JSON: &str = "application/json";

/// A call whose key has passed.
pub(crate) struct JsonCall {
    /// Whose key.
    pub(crate) caller: Authenticated,
    body: Result<Bytes, BodyError>,
}

impl JsonCall {
    /// The body's object, without a repeated name.
    ///
    /// # Errors
    /// 415, 413, 400 and 422, in this order.
    pub(crate) fn object(&self) -> Result<JsonObject<'_>, ApiError> {
        let body = self.body.as_ref().map_err(|error| *error)?;
        let object = JsonObject::parse(body)?;
        object.refuse_duplicates()?;
        Ok(object)
    }
}

/// The answer to a call whose key is known, with what its limit says.
pub(crate) fn answer(outcome: Result<Response, ApiError>, rate: Option<&LimitDecision>) -> Response {
    let mut response = outcome.unwrap_or_else(IntoResponse::into_response);
    rate::insert_rate_limit_headers(response.headers_mut(), rate);
    response
}
