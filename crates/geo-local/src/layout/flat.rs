//! The flat layout of freely distributed lists: `country_code`, `state1`, `city`, `latitude`,
//! `timezone`. The data is DB-IP's.

use domain::{GeoContext, PlaceName};
use maxminddb::MaxMindDbError;
use serde::Deserialize;

use super::Found;
use super::fields::{Number, Text};
use super::place::{set_coordinates, set_country, without_district};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct City<'a> {
    #[serde(borrow)]
    country_code: Text<'a>,
    state1: Text<'a>,
    city: Text<'a>,
    latitude: Number,
    longitude: Number,
    timezone: Text<'a>,
}

/// Reads place, coordinates and time zone.
pub(super) fn city(record: &Found<'_>, context: &mut GeoContext) -> Result<(), MaxMindDbError> {
    let Some(found) = record.decode::<City<'_>>()? else { return Ok(()) };
    set_country(context, found.country_code.0, None);
    context.region = found.state1.0.map(PlaceName::new);
    context.city = found.city.0.map(without_district).map(PlaceName::new);
    set_coordinates(context, found.latitude.0, found.longitude.0);
    context.time_zone = found.timezone.0.map(str::to_owned);
    Ok(())
}
