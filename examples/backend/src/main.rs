//! Starts the backend: `cargo run --manifest-path examples/backend/Cargo.toml -- --support help@shop.example --link-lives 3h`.

use backend::{Settings, Shop};
use clap::Parser;
use domain::{ApiKey, ApiKeyKind};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::parse();
    // A key is a secret: it comes from a file or the environment, and never from an argument, which clap would print.
    let key = match std::env::var("SHOP_KEY") {
        Ok(text) => ApiKey::parse(&text)?,
        Err(_) => return Err("SHOP_KEY is not set".into()),
    };
    if key.kind() == ApiKeyKind::System {
        return Err("a shop has no system key".into());
    }
    let pool = sqlx::SqlitePool::connect(&settings.database).await?;
    let shop = Shop::open(pool, settings.link_lives, &key).await?;
    println!("http://{} (questions to {})", settings.listen, settings.support);
    let listener = tokio::net::TcpListener::bind(settings.listen).await?;
    axum::serve(listener, shop.router()).await?;
    Ok(())
}
