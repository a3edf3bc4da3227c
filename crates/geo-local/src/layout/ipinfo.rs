//! IPinfo's layouts: flat texts, from the free lists up to the commercial location and privacy
//! databases.

use domain::{GeoContext, PlaceName};
use maxminddb::MaxMindDbError;
use serde::Deserialize;

use super::fields::{AsNumber, Flag, Number, Text};
use super::{Found, place};

/// `country` is a code in the older databases, with the name in `country_name`; in the newer ones
/// it is the name, with the code in `country_code`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct City<'a> {
    #[serde(borrow)]
    city: Text<'a>,
    region: Text<'a>,
    country: Text<'a>,
    country_code: Text<'a>,
    country_name: Text<'a>,
    lat: Number,
    lng: Number,
    latitude: Number,
    longitude: Number,
    loc: Text<'a>,
    timezone: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct System<'a> {
    asn: AsNumber,
    #[serde(borrow)]
    as_name: Text<'a>,
    name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Privacy {
    hosting: Flag,
    proxy: Flag,
    tor: Flag,
    vpn: Flag,
    relay: Flag,
    is_hosting: Flag,
    is_proxy: Flag,
    is_tor: Flag,
    is_vpn: Flag,
    is_relay: Flag,
}

/// Reads place, coordinates and time zone.
pub(super) fn city(record: &Found<'_>, context: &mut GeoContext) -> Result<(), MaxMindDbError> {
    let Some(found) = record.decode::<City<'_>>()? else { return Ok(()) };
    let is_code = |text: &&str| text.len() == 2;
    let code = found.country_code.0.or(found.country.0.filter(is_code));
    let name = found.country_name.0.or(found.country.0.filter(|text| !is_code(text)));
    place::set_country(context, code, name.map(PlaceName::new));
    context.region = found.region.0.map(PlaceName::new);
    context.city = found.city.0.map(PlaceName::new);
    let pair = found.loc.0.and_then(|text| text.split_once(','));
    let latitude = found.latitude.0.or(found.lat.0).or(pair.and_then(|(north, _)| north.trim().parse().ok()));
    let longitude = found.longitude.0.or(found.lng.0).or(pair.and_then(|(_, east)| east.trim().parse().ok()));
    place::set_coordinates(context, latitude, longitude);
    context.time_zone = found.timezone.0.map(str::to_owned);
    Ok(())
}

/// Reads the autonomous system.
pub(super) fn asn(record: &Found<'_>, context: &mut GeoContext) -> Result<(), MaxMindDbError> {
    let Some(found) = record.decode::<System<'_>>()? else { return Ok(()) };
    context.asn = found.asn.0;
    context.as_organisation = found.as_name.0.or(found.name.0).map(str::to_owned);
    Ok(())
}

/// Reads the flags; a relay hides its user as a proxy does.
pub(super) fn anonymous(record: &Found<'_>, context: &mut GeoContext) -> Result<(), MaxMindDbError> {
    let Some(found) = record.decode::<Privacy>()? else { return Ok(()) };
    let is = |one: Flag, other: Flag| one.0.or(other.0).unwrap_or(false);
    context.is_proxy = Some(is(found.proxy, found.is_proxy) || is(found.relay, found.is_relay));
    context.is_vpn = Some(is(found.vpn, found.is_vpn));
    context.is_tor = Some(is(found.tor, found.is_tor));
    context.is_hosting = Some(is(found.hosting, found.is_hosting));
    Ok(())
}
