//! Asking a router, and what came back.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::shop::{Shop, peer};

/// A request in the making.
pub struct Ask {
    request: Request<Body>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

/// Where requests of a test go unless it says otherwise.
const HOST: &str = "reset.example.com";

pub fn get(path: &str) -> Ask {
    ask(Method::GET, path)
}

pub fn ask(method: Method, path: &str) -> Ask {
    let mut request =
        Request::builder().method(method).uri(path).header("host", HOST).body(Body::empty()).unwrap();
    request.extensions_mut().insert(peer());
    Ask { request }
}

/// A `POST` of JSON.
pub fn post(path: &str, body: impl Into<Body>) -> Ask {
    ask(Method::POST, path).header("content-type", "application/json").body(body)
}

/// A `POST` of a form, as a browser sends it from the page.
pub fn form(path: &str, body: impl Into<Body>) -> Ask {
    ask(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("origin", "null")
        .body(body)
}

impl Ask {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        // A test that names a host means that one alone.
        if name == axum::http::header::HOST {
            self.request.headers_mut().insert(name, value);
        } else {
            self.request.headers_mut().append(name, value);
        }
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.request.headers_mut().remove(name);
        self
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    pub fn at_address(mut self, address: &str) -> Self {
        self.request.extensions_mut().insert(resetd_http::Peer(format!("{address}:4711").parse().unwrap()));
        self
    }

    pub async fn of(self, shop: &Shop) -> Answer {
        self.of_router(&shop.router).await
    }

    pub async fn of_router(self, router: &Router) -> Answer {
        let response = router.clone().oneshot(self.request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// Status and error code.
    pub fn error(&self) -> (u16, String) {
        let body = self.json();
        let error = &body["error"];
        for part in ["code", "message", "description"] {
            assert!(error[part].as_str().is_some_and(|text| !text.is_empty()), "{part} in {}", self.body);
        }
        assert_eq!(body.as_object().unwrap().len(), 1, "nothing beside `error`: {}", self.body);
        (self.status, error["code"].as_str().unwrap().to_owned())
    }

    /// Status, error code and field.
    pub fn error_with_field(&self) -> (u16, String, Option<String>) {
        let (status, code) = self.error();
        let field = self.json()["error"]["field"].as_str().map(str::to_owned);
        (status, code, field)
    }

    #[track_caller]
    pub fn is(&self, status: StatusCode, body: &str) {
        assert_eq!((self.status, self.body.as_str()), (status.as_u16(), body));
    }

    #[track_caller]
    pub fn is_error(&self, status: u16, code: &str) {
        assert_eq!(self.error(), (status, code.to_owned()), "{}", self.body);
    }

    #[track_caller]
    pub fn is_field_error(&self, field: &str) {
        assert_eq!(
            self.error_with_field(),
            (422, "INTERNAL_VALIDATION_FAILED".to_owned(), Some(field.to_owned())),
            "{}",
            self.body
        );
    }

    /// A redeemed token.
    #[track_caller]
    pub fn is_changed(&self) {
        assert_eq!(self.status, 200, "{}", self.body);
        let keys: Vec<_> = self.json().as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["changedAt", "customerReference", "requestId", "success"], "{}", self.body);
        assert_eq!(self.json()["success"], true);
    }

    /// A page: its status and some of its text.
    #[track_caller]
    pub fn is_page(&self, status: u16, text: &str) {
        assert_eq!(self.header("content-type"), Some("text/html; charset=utf-8"), "{}", self.body);
        assert_eq!(self.status, status, "{}", self.body);
        assert!(self.body.contains(text), "`{text}` in {}", self.body);
    }
}
