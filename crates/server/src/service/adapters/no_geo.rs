//! A build without the feature `geo`: nothing is known of any address.

use std::sync::Arc;

use application::ports::GeoResolver;
use application::{GEO_DEADLINE, GeoChain};

use crate::command_error::CommandError;
use crate::settings::{GeoSettings, SettingsError};

pub(crate) fn geo(settings: &GeoSettings) -> Result<Arc<dyn GeoResolver>, CommandError> {
    let databases = [&settings.city_db, &settings.asn_db, &settings.anonymous_db];
    if settings.vikitron_url.is_some()
        || settings.reverse_dns
        || databases.iter().any(|database| database.is_some())
    {
        return Err(SettingsError::not_in_this_build("geo", "geo").into());
    }
    Ok(Arc::new(GeoChain::new(Vec::new(), GEO_DEADLINE)))
}
