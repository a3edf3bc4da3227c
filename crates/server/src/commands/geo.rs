//! `resetd geo IP`.

use application::ports::GeoError;
use domain::CustomerIp;

use crate::command_error::CommandError;
use crate::settings::Settings;
use crate::{output, service};

pub(crate) async fn run(ip: &str, settings: &Settings) -> Result<(), CommandError> {
    let ip = CustomerIp::parse(ip).map_err(|error| CommandError::usage(error.to_string()))?;
    if !ip.is_global() {
        return output::line(&format!("{ip}: {} address, never looked up anywhere", ip.scope()));
    }
    match service::geo(&settings.geo)?.resolve(ip).await {
        Ok(context) => {
            let text = serde_json::to_string_pretty(&context)
                .map_err(|error| CommandError::Setup(error.to_string()))?;
            output::line(&text)
        }
        Err(GeoError::Unknown) => output::line(&format!("{ip}: nothing is known")),
        Err(GeoError::Unavailable(error)) => Err(CommandError::Setup(format!("geo: {error}"))),
    }
}
