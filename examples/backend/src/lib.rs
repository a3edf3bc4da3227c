//! Customers of a shop: registered by address, found by whatever spelling of it, with a link that lives for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use clap::Parser;
use domain::{
    ApiKey, ApiKeyHash, CustomerId, CustomerIp, EmailAddress, Expiry, Parsed, RULES_VERSION, RuleError,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::SqlitePool;
use utoipa::{OpenApi, ToSchema};

/// The command line: values are read by their rules, and print themselves in the help.
#[derive(Debug, Parser)]
pub struct Settings {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8090")]
    pub listen: std::net::SocketAddr,
    /// The database
    #[arg(long, default_value = "sqlite::memory:")]
    pub database: String,
    /// Who answers questions
    #[arg(long)]
    pub support: EmailAddress,
    /// How long a link lives when nobody says
    #[arg(long, default_value_t = Expiry::DEFAULT)]
    pub link_lives: Expiry,
}

/// What a browser sends. `Parsed` fields keep their error for an answer with field, code and position.
#[derive(Debug, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    pub email: Parsed<EmailAddress>,
    pub link_lives: Option<Parsed<Expiry>>,
    /// A trusted proxy of ours fills this in: what is no address ends the body.
    pub customer_real_ip: Option<CustomerIp>,
}

/// A row and an answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, JsonSchema, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    pub id: CustomerId,
    pub email: EmailAddress,
    pub registered_from: Option<CustomerIp>,
    pub link_lives: Expiry,
    pub registered_at: DateTime<Utc>,
}

/// When the link of a customer dies.
#[derive(Debug, Serialize, ToSchema, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    pub email: EmailAddress,
    #[serde(with = "domain::expiry_as_seconds")]
    #[schema(value_type = u32)]
    #[schemars(with = "u32")]
    pub lives_seconds: Expiry,
    pub expires_at: DateTime<Utc>,
}

#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("{0}: {1}")]
    Field(&'static str, Box<dyn RuleError>),
    #[error("there is no such customer")]
    NotFound,
    #[error("this mailbox is registered")]
    Taken,
    #[error("a key of this shop is needed")]
    Unauthorised,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Random(#[from] getrandom::Error),
}

impl Problem {
    fn field(name: &'static str) -> impl FnOnce(Box<dyn RuleError>) -> Self {
        move |error| Self::Field(name, error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Field(..) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Taken => StatusCode::CONFLICT,
            Self::Unauthorised => StatusCode::UNAUTHORIZED,
            Self::Database(_) | Self::Random(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let body = match &self {
            Self::Field(field, error) => serde_json::json!({
                "field": field, "code": error.code(), "position": error.position(), "message": error.to_string(),
            }),
            Self::Database(_) | Self::Random(_) => serde_json::json!({ "message": "try again" }),
            other => serde_json::json!({ "message": other.to_string() }),
        };
        (status, Json(body)).into_response()
    }
}

#[derive(Clone)]
pub struct Shop {
    pool: SqlitePool,
    link_lives: Expiry,
    key: ApiKeyHash,
    /// How often each address was asked for, by text.
    asked: Arc<Mutex<HashMap<EmailAddress, u32>>>,
}

impl Shop {
    /// # Errors
    /// When the database cannot be opened.
    pub async fn open(pool: SqlitePool, link_lives: Expiry, key: &ApiKey) -> Result<Self, sqlx::Error> {
        sqlx::query(
            "CREATE TABLE IF NOT EXISTS customer (
                 id              BLOB    NOT NULL PRIMARY KEY,
                 email           TEXT    NOT NULL,
                 canonical       TEXT    NOT NULL UNIQUE,
                 rules           TEXT    NOT NULL,
                 registered_from TEXT,
                 link_lives      INTEGER NOT NULL,
                 registered_at   TEXT    NOT NULL
             )",
        )
        .execute(&pool)
        .await?;
        Ok(Self { pool, link_lives, key: key.hash(), asked: Arc::default() })
    }

    pub fn router(self) -> Router {
        Router::new()
            .route("/customers", post(register))
            .route("/customers/{email}", get(find))
            .route("/customers/{email}/link", get(link))
            .route("/openapi.json", get(|| async { Json(Document::openapi()) }))
            .with_state(self)
    }

    /// How often this address was asked for; the map is searched by text.
    pub fn asked_for(&self, email: &str) -> u32 {
        self.asked.lock().map_or(0, |asked| asked.get(email).copied().unwrap_or_default())
    }

    async fn by_mailbox(&self, email: &EmailAddress) -> Result<Customer, Problem> {
        if let Ok(mut asked) = self.asked.lock() {
            *asked.entry(email.clone()).or_default() += 1;
        }
        sqlx::query_as("SELECT * FROM customer WHERE canonical = $1")
            .bind(email.canonical())
            .fetch_optional(&self.pool)
            .await?
            .ok_or(Problem::NotFound)
    }
}

fn boxed(error: impl RuleError + 'static) -> Box<dyn RuleError> {
    Box::new(error)
}

/// Registers a customer.
#[utoipa::path(post, path = "/customers", request_body = Registration, responses((status = 201, body = Customer)))]
async fn register(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Json(body): Json<Registration>,
) -> Result<(StatusCode, Json<Customer>), Problem> {
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let key = bearer.and_then(|text| ApiKey::parse(text).ok()).ok_or(Problem::Unauthorised)?;
    if key.hash() != shop.key {
        return Err(Problem::Unauthorised);
    }
    let email = body.email.into_result().map_err(boxed).map_err(Problem::field("email"))?;
    let link_lives = match body.link_lives {
        Some(asked) => asked.into_result().map_err(boxed).map_err(Problem::field("linkLives"))?,
        None => shop.link_lives,
    };
    let registered_at = Utc::now();
    let mut random = [0; 10];
    getrandom::fill(&mut random)?;
    let customer = Customer {
        id: CustomerId::from_parts(registered_at.timestamp_millis().unsigned_abs(), random),
        email,
        registered_from: body.customer_real_ip,
        link_lives,
        registered_at,
    };
    let inserted = sqlx::query("INSERT INTO customer VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(customer.id)
        .bind(&customer.email)
        .bind(customer.email.canonical())
        .bind(RULES_VERSION)
        .bind(customer.registered_from)
        .bind(customer.link_lives)
        .bind(customer.registered_at)
        .execute(&shop.pool)
        .await;
    match inserted {
        Ok(_) => Ok((StatusCode::CREATED, Json(customer))),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(Problem::Taken),
        Err(error) => Err(error.into()),
    }
}

/// Finds a customer by any spelling of the address.
#[utoipa::path(get, path = "/customers/{email}", params(("email" = EmailAddress, Path)), responses((status = 200, body = Customer)))]
async fn find(State(shop): State<Shop>, Path(email): Path<EmailAddress>) -> Result<Json<Customer>, Problem> {
    shop.by_mailbox(&email).await.map(Json)
}

/// When a link that is asked for now dies.
#[utoipa::path(get, path = "/customers/{email}/link", params(("email" = EmailAddress, Path)), responses((status = 200, body = Link)))]
async fn link(State(shop): State<Shop>, Path(email): Path<EmailAddress>) -> Result<Json<Link>, Problem> {
    let customer = shop.by_mailbox(&email).await?;
    let expires_at = Utc::now() + customer.link_lives;
    Ok(Json(Link { email: customer.email, lives_seconds: customer.link_lives, expires_at }))
}

#[derive(OpenApi)]
#[openapi(paths(register, find, link))]
pub struct Document;
