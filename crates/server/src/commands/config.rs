//! `resetd config`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::ConfigArgs;
use crate::command_error::CommandError;
use crate::output;
use crate::service::Adapters;
use crate::settings::{self, Described, Layers};

pub(crate) fn run(args: &ConfigArgs, layers: Layers) -> Result<ExitCode, CommandError> {
    if args.check {
        return check(layers);
    }
    for setting in settings::describe(&layers) {
        output::line(&if args.json { as_json(&setting) } else { as_toml(&setting) })?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Everything that `serve` would refuse before it opens the database.
fn check(layers: Layers) -> Result<ExitCode, CommandError> {
    let (settings, errors) = settings::read(&layers);
    let mut errors: Vec<CommandError> = layers.errors.into_iter().chain(errors).map(Into::into).collect();
    // A value that is no good has said so already; it is not missing, too.
    let told = |error: &CommandError| {
        let name = match error {
            CommandError::Settings(error) => error.name(),
            _ => None,
        };
        errors.iter().any(
            |known| matches!(known, CommandError::Settings(known) if known.name() == name && name.is_some()),
        )
    };
    if let Err(CommandError::Several(more)) = Adapters::for_serving(&settings) {
        let more: Vec<_> = more.into_iter().filter(|error| !told(error)).collect();
        errors.extend(more);
    }
    for warning in &layers.warnings {
        output::line(&format!("warning: {warning}"))?;
    }
    if errors.is_empty() {
        output::line("`resetd serve` would start with these settings")?;
        return Ok(ExitCode::SUCCESS);
    }
    Err(CommandError::Several(errors))
}

fn as_toml(setting: &Described) -> String {
    let Described { name, value, origin, default, help } = setting;
    match (value, default) {
        (Some(value), _) => format!("{name} = {value:?}  # {}", origin.as_deref().unwrap_or_default()),
        (None, Some(default)) => format!("# {name} = {default:?}: {help}"),
        (None, None) => format!("# {name}: {help}"),
    }
}

fn as_json(setting: &Described) -> String {
    let Described { name, value, origin, default, help } = setting;
    let effective = value.as_deref().or(*default);
    let origin = if value.is_some() { origin.as_deref() } else { default.map(|_| "default") };
    json!({ "name": name, "value": effective, "origin": origin, "help": help }).to_string()
}
