//! What handlers of the API take: a key that has passed, and a body that has been read. The order of
//! the specification holds by construction: the key first, then the body, then its fields.

use std::marker::PhantomData;
use std::sync::Arc;

use application::{Authenticate, AuthenticateCommand, AuthenticateError, Authenticated};
use axum::extract::{FromRef, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use domain::Scope;

use crate::body;
use crate::credential::{self, ApiKeyCredential};
use crate::edge::RequestContext;
use crate::schema::error::ApiError;
use crate::schema::json::JsonObject;
use crate::schema::request::{Permission, RequestBody};

const JSON: &str = "application/json";

/// The caller of a call without a body: its key is in the query or the header.
pub(crate) struct ApiCaller<P> {
    pub(crate) caller: Authenticated,
    permission: PhantomData<P>,
}

impl<S, P> FromRequestParts<S> for ApiCaller<P>
where
    S: Send + Sync,
    P: Permission,
    Arc<Authenticate>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(head: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let credential =
            credential::in_query(head.uri.query()).or_else(|| credential::in_header(&head.headers));
        let caller = authenticate(head, state, credential, P::SCOPE).await?;
        Ok(Self { caller, permission: PhantomData })
    }
}

/// A call with a JSON body. A body that cannot be read holds no key, and only callers whose key has
/// passed learn what is wrong with it.
pub(crate) struct ApiRequest<T> {
    pub(crate) caller: Authenticated,
    pub(crate) body: T,
}

impl<S, T> FromRequest<S> for ApiRequest<T>
where
    S: Send + Sync,
    T: RequestBody,
    Arc<Authenticate>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (head, body) = request.into_parts();
        let in_query = match credential::in_query(head.uri.query()) {
            ApiKeyCredential::Absent => None,
            // Nothing is read for a key that does not pass.
            credential => Some(authenticate(&head, state, credential, T::SCOPE).await?),
        };
        let body = body::read(&head.headers, body, JSON).await;
        let object = match &body {
            Ok(body) => JsonObject::read(body).map_err(ApiError::from),
            Err(error) => Err((*error).into()),
        };
        let caller = match in_query {
            Some(caller) => caller,
            None => {
                let credential = object
                    .as_ref()
                    .map_or(ApiKeyCredential::Absent, credential::in_body)
                    .or_else(|| credential::in_header(&head.headers));
                authenticate(&head, state, credential, T::SCOPE).await?
            }
        };
        let object = object?;
        object.refuse_duplicates()?;
        Ok(Self { caller, body: T::read(&object)? })
    }
}

/// Checks a key. What its limit says goes to the edge, which writes it on the answer.
async fn authenticate<S>(
    head: &Parts,
    state: &S,
    credential: ApiKeyCredential<'_>,
    scope: Scope,
) -> Result<Authenticated, ApiError>
where
    Arc<Authenticate>: FromRef<S>,
{
    let key = match &credential {
        ApiKeyCredential::Malformed => return Err((&AuthenticateError::Format).into()),
        ApiKeyCredential::Absent => None,
        ApiKeyCredential::Key(key) => Some(key.as_ref()),
    };
    let caller = RequestContext::client(&head.extensions);
    let command = AuthenticateCommand { key, scope, caller };
    let outcome = Arc::<Authenticate>::from_ref(state).execute(command).await;
    let rate = match &outcome {
        Ok(caller) => caller.rate,
        Err(AuthenticateError::TooManyRequests(decision)) => Some(*decision),
        Err(AuthenticateError::NoPermission(decision)) => *decision,
        Err(_) => None,
    };
    if let Some(rate) = rate {
        RequestContext::set_rate(&head.extensions, rate);
    }
    outcome.map_err(|error| (&error).into())
}
