//! The ceiling: a bare axum server that takes the same request and hands its body back. No key, no
//! store, no worker.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;

use super::Plan;
use crate::Result;
use crate::loadgen::{Closed, Load, ResetRequest, apart, closed_loop};
use xtask::process::{Running, free_address, with_parent_death_signal};

/// Customers asked for, in turn: so many that none is asked for so often that it shows.
pub(super) const CUSTOMERS: u32 = 100_000;

/// Where it answers.
pub const PATH: &str = "/echo";

/// Serves on this address until killed.
///
/// # Errors
/// When the address cannot be had.
pub fn serve(address: SocketAddr) -> Result {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let echo = |body: Bytes| async { ([(CONTENT_TYPE, "application/json")], body) };
        let listener = tokio::net::TcpListener::bind(address).await?;
        Ok(axum::serve(listener, Router::new().route(PATH, post(echo))).await?)
    })
}

/// Starts one in a process of its own.
fn start() -> Result<(Running, SocketAddr)> {
    let address = free_address()?;
    let mut command = with_parent_death_signal(&std::env::current_exe()?, "TERM");
    let mut echo = Running::start("axum echo", command.args(["echo", &address.to_string()]))?;
    echo.wait_for(address, Duration::from_secs(10))?;
    Ok((echo, address))
}

/// What connections that ask as fast as they can get out of a server in `seconds`.
pub(super) fn load(plan: &Plan, seconds: u32, server: SocketAddr, request: ResetRequest) -> Result<Load> {
    let closed = Closed {
        server,
        request,
        connections: plan.connections,
        warm_up: Duration::from_secs(1),
        duration: Duration::from_secs(seconds.into()),
        customers: CUSTOMERS,
        at_most: 10_000_000,
    };
    apart(move || closed_loop(closed))
}

/// The same load on a bare echo.
pub(super) fn echo_load(plan: &Plan, seconds: u32) -> Result<Load> {
    let (_echo, address) = start()?;
    load(plan, seconds, address, ResetRequest::with_path(address, PATH))
}
