//! `resetd move` of a build without the feature `postgres`.

use crate::cli::MoveArgs;
use crate::command_error::CommandError;
use crate::settings::{Settings, SettingsError};

pub(crate) async fn run(_: MoveArgs, _: &Settings) -> Result<(), CommandError> {
    Err(SettingsError::not_in_this_build("database_url", "postgres").into())
}
