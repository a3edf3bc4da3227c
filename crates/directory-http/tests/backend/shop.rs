//! A shop's backend with one customer, as `docs/directory-http.md` asks for it.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Value, json};
use testkit::net::{Behaviour, Call, HttpServer};

use crate::SECRET;

/// What the shop's table holds.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) hash: String,
    pub(crate) status: &'static str,
    /// Counts changes of the password and the address.
    pub(crate) version: u32,
    /// The last change and sequence.
    change: Option<(String, u64)>,
    /// How often a password was written.
    pub(crate) writes: u32,
}

/// What goes wrong after a call has been handled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mishap {
    None,
    /// The answer is lost.
    HangUp,
    /// 200, and then the backend dies.
    CutBody,
}

pub(crate) struct Shop {
    pub(crate) server: HttpServer,
    row: Arc<Mutex<Row>>,
    mishap: Arc<Mutex<Mishap>>,
}

impl Shop {
    pub(crate) async fn start() -> Self {
        let row = Arc::new(Mutex::new(Row {
            hash: "old".to_owned(),
            status: "active",
            version: 1,
            change: None,
            writes: 0,
        }));
        let mishap = Arc::new(Mutex::new(Mishap::None));
        let (table, mishaps) = (Arc::clone(&row), Arc::clone(&mishap));
        let server = HttpServer::start(Behaviour::by_call(move |call| {
            let answer = answer(call, &mut table.lock().unwrap());
            match *mishaps.lock().unwrap() {
                Mishap::None => answer,
                Mishap::HangUp => Behaviour::HangUp,
                Mishap::CutBody => Behaviour::CutBody,
            }
        }))
        .await;
        Self { server, row, mishap }
    }

    pub(crate) fn row(&self) -> Row {
        self.row.lock().unwrap().clone()
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Row)) {
        change(&mut self.row.lock().unwrap());
    }

    pub(crate) fn suffer(&self, mishap: Mishap) {
        *self.mishap.lock().unwrap() = mishap;
    }
}

fn answer(call: &Call, row: &mut Row) -> Behaviour {
    if !is_signed(call) {
        return Behaviour::status(401);
    }
    let body: Value = serde_json::from_str(&call.body).unwrap();
    match (call.method.as_str(), call.path.as_str()) {
        ("POST", "/reset/find") if body["canonical"] == "jan@barasek.com" => Behaviour::json(
            json!({"customer": {
                "id": "4711", "email": "Jan@Barasek.com", "name": "Jan", "language": "cs",
                "status": row.status, "version": row.version.to_string(),
            }})
            .to_string(),
        ),
        ("POST", "/reset/find") => Behaviour::json(r#"{"customer":null}"#),
        ("POST", "/reset/set-password") => set_password(&body, row),
        _ => Behaviour::status(404),
    }
}

fn set_password(body: &Value, row: &mut Row) -> Behaviour {
    let change = (body["change"].as_str().unwrap().to_owned(), body["sequence"].as_u64().unwrap());
    let hash = body["hash"].as_str().unwrap();
    if row.status != "active" {
        return Behaviour::status(410);
    }
    match &row.change {
        Some((known, sequence)) if *known == change.0 && change.1 <= *sequence => {
            return Behaviour::json(r#"{"applied":"before","sessionsEnded":true}"#);
        }
        Some((known, _)) if *known == change.0 => {}
        _ if body["version"].as_str() != Some(&*row.version.to_string()) => return Behaviour::status(409),
        _ => {}
    }
    match hash {
        hash if hash == row.hash => return Behaviour::json_status(422, r#"{"reason":"used-before"}"#),
        "weak" => return Behaviour::json_status(422, r#"{"reason":"policy"}"#),
        _ => {}
    }
    hash.clone_into(&mut row.hash);
    row.change = Some(change);
    row.version += 1;
    row.writes += 1;
    Behaviour::json(r#"{"applied":"now","sessionsEnded":true}"#)
}

/// By another HMAC than the client's.
fn is_signed(call: &Call) -> bool {
    let signature = call.header("webhook-signature").strip_prefix("v1,").unwrap_or_default();
    let signed = format!("{}.{}.{}", call.header("webhook-id"), call.header("webhook-timestamp"), call.body);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &SECRET);
    STANDARD
        .decode(signature)
        .is_ok_and(|signature| hmac::verify(&key, signed.as_bytes(), &signature).is_ok())
}
