//! Where requests come from.

use std::sync::Arc;
use std::time::Duration;

use application::ports::GeoResolver;
use application::{GEO_DEADLINE, GeoChain};
use geo_local::{DnsOptions, LocalGeo, LocalGeoOptions};
use geo_vikitron::{BearerToken, VikiTron, VikiTronOptions};
use secrecy::ExposeSecret as _;

use crate::command_error::CommandError;
use crate::settings::{GeoSettings, SettingsError};

/// Between the end of a resolver's own deadline and that of its turn in the chain.
const SCHEDULING_MARGIN: Duration = Duration::from_millis(15);

/// VikiTron first, local databases behind it; whichever are set.
pub(crate) fn geo(settings: &GeoSettings) -> Result<Arc<dyn GeoResolver>, CommandError> {
    let mut chain: Vec<Arc<dyn GeoResolver>> = Vec::new();
    let mut local = LocalGeoOptions {
        city: settings.city_db.clone().into_iter().collect(),
        asn: settings.asn_db.clone().into_iter().collect(),
        anonymous: settings.anonymous_db.clone().into_iter().collect(),
        dns: settings.reverse_dns.then(DnsOptions::default),
        ..LocalGeoOptions::default()
    };
    let databases = !local.city.is_empty() || !local.asn.is_empty() || !local.anonymous.is_empty();
    let has_local = databases || local.dns.is_some();
    if let Some(url) = &settings.vikitron_url {
        let mut options = VikiTronOptions::new(url);
        options.token = settings.vikitron_token.as_ref().map(|token| BearerToken::new(token.expose_secret()));
        if has_local {
            // Each within its part of the time, so that VikiTron's breaker sees every slow answer
            // and a silent DNS costs the host name alone.
            let first = GeoChain::share(GEO_DEADLINE, 1);
            options.deadline = first - SCHEDULING_MARGIN;
            if let Some(dns) = &mut local.dns {
                dns.deadline = GEO_DEADLINE - first - SCHEDULING_MARGIN;
            }
        }
        let resolver =
            VikiTron::new(options).map_err(|error| SettingsError::invalid("geo.vikitron_url", error))?;
        chain.push(Arc::new(resolver));
    }
    if has_local {
        let resolver = LocalGeo::open(local).map_err(|error| CommandError::Setup(format!("geo: {error}")))?;
        chain.push(Arc::new(resolver));
    }
    Ok(Arc::new(GeoChain::new(chain, GEO_DEADLINE)))
}
