//! `resetd geo IP`.

use application::ports::GeoError;
use domain::CustomerIp;

use crate::fault::Fault;
use crate::output;
use crate::service;
use crate::settings::Settings;

pub(crate) async fn run(ip: &str, settings: &Settings) -> Result<(), Fault> {
    let ip = CustomerIp::parse(ip).map_err(|fault| Fault::usage(fault.to_string()))?;
    if !ip.is_global() {
        return output::line(&format!("{ip}: {} address, never looked up anywhere", ip.scope()));
    }
    match service::geo(settings)?.resolve(ip).await {
        Ok(context) => {
            let text =
                serde_json::to_string_pretty(&context).map_err(|fault| Fault::Setup(fault.to_string()))?;
            output::line(&text)
        }
        Err(GeoError::Unknown) => output::line(&format!("{ip}: nothing is known")),
        Err(GeoError::Unavailable(fault)) => Err(Fault::Setup(format!("geo: {fault}"))),
    }
}
