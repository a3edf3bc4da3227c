//! MaxMind's layout (GeoIP2, GeoLite2), which DB-IP shares: nested maps, names by language.

use std::fmt;
use std::marker::PhantomData;

use domain::{GeoContext, PlaceName};
use maxminddb::MaxMindDbError;
use maxminddb::PathElement::{self, Index, Key};
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::fields::{AsNumber, Flag, Nested, Number, Text, piece};
use super::{Found, place};

/// What a city or country database says; a country database leaves most of it out.
///
/// The types are strict, which reads a record in half the time; one that does not fit is read
/// [`piecemeal`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct City<'a> {
    #[serde(borrow)]
    city: Place<'a>,
    country: Country<'a>,
    /// From the largest down; the first is taken.
    #[serde(borrow, deserialize_with = "first")]
    subdivisions: Place<'a>,
    location: Location<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Country<'a> {
    #[serde(borrow)]
    iso_code: Option<&'a str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place<'a> {
    #[serde(borrow)]
    names: Names<'a>,
}

/// The languages of the product; the others of the database are passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Names<'a> {
    #[serde(borrow)]
    en: Option<&'a str>,
    cs: Option<&'a str>,
    sk: Option<&'a str>,
    pl: Option<&'a str>,
    de: Option<&'a str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Location<'a> {
    latitude: Number,
    longitude: Number,
    #[serde(borrow)]
    time_zone: Option<&'a str>,
}

/// An ASN or ISP database has the fields at the top, an enterprise or combined one under `traits`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct System<'a> {
    autonomous_system_number: AsNumber,
    #[serde(borrow)]
    autonomous_system_organization: Text<'a>,
    traits: Nested<SystemTraits<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SystemTraits<'a> {
    autonomous_system_number: AsNumber,
    #[serde(borrow)]
    autonomous_system_organization: Text<'a>,
}

/// An anonymous-IP database has the fields at the top, an enterprise one under `traits`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Anonymous {
    is_anonymous: Flag,
    is_anonymous_proxy: Flag,
    is_anonymous_vpn: Flag,
    is_hosting_provider: Flag,
    is_public_proxy: Flag,
    is_residential_proxy: Flag,
    is_tor_exit_node: Flag,
}

/// Reads place, coordinates and time zone. `districts`: city names end in a district in
/// parentheses, which goes: a mail says where roughly, not which street.
pub(super) fn city(
    record: &Found<'_>,
    districts: bool,
    context: &mut GeoContext,
) -> Result<(), MaxMindDbError> {
    let found = match record.decode::<City<'_>>() {
        Ok(found) => found.unwrap_or_default(),
        Err(_) => piecemeal(record),
    };
    // With a code, our own table names the country. Its names stand in every record and are half of
    // one.
    let named = match found.country.iso_code {
        Some(_) => None,
        None => names(record, &[Key("country")]).place(false),
    };
    place::set_country(context, found.country.iso_code, named);
    context.region = found.subdivisions.names.place(false);
    context.city = found.city.names.place(districts);
    place::set_coordinates(context, found.location.latitude.0, found.location.longitude.0);
    context.time_zone = found.location.time_zone.map(str::to_owned);
    Ok(())
}

/// Every field by itself, so that one of an unexpected type costs no other.
fn piecemeal<'a>(record: &Found<'a>) -> City<'a> {
    City {
        city: Place { names: names(record, &[Key("city")]) },
        country: Country { iso_code: piece(record, &[Key("country"), Key("iso_code")]) },
        subdivisions: Place { names: names(record, &[Key("subdivisions"), Index(0)]) },
        location: Location {
            latitude: piece(record, &[Key("location"), Key("latitude")]).unwrap_or_default(),
            longitude: piece(record, &[Key("location"), Key("longitude")]).unwrap_or_default(),
            time_zone: piece(record, &[Key("location"), Key("time_zone")]),
        },
    }
}

/// The names of the place at this path.
fn names<'a>(record: &Found<'a>, place: &[PathElement<'_>]) -> Names<'a> {
    let name = |language| piece(record, &[place, &[Key("names"), Key(language)]].concat());
    Names { en: name("en"), cs: name("cs"), sk: name("sk"), pl: name("pl"), de: name("de") }
}

/// Reads the autonomous system.
pub(super) fn asn(record: &Found<'_>, context: &mut GeoContext) -> Result<(), MaxMindDbError> {
    let Some(found) = record.decode::<System<'_>>()? else { return Ok(()) };
    context.asn = found.autonomous_system_number.0.or(found.traits.0.autonomous_system_number.0);
    let organisation =
        found.autonomous_system_organization.0.or(found.traits.0.autonomous_system_organization.0);
    context.as_organisation = organisation.map(str::to_owned);
    Ok(())
}

/// Reads the flags. These databases list only addresses that stand out and say only what is true of
/// them, so a flag that a listed address lacks is false.
pub(super) fn anonymous(record: &Found<'_>, context: &mut GeoContext) -> Result<(), MaxMindDbError> {
    let nested = record.decode_path::<Anonymous>(&[Key("traits")])?;
    let Some(flags) = nested.map_or_else(|| record.decode(), |flags| Ok(Some(flags)))? else { return Ok(()) };
    let is = |flag: Flag| flag.0.unwrap_or(false);
    let (vpn, tor, hosting) =
        (is(flags.is_anonymous_vpn), is(flags.is_tor_exit_node), is(flags.is_hosting_provider));
    let named = is(flags.is_public_proxy) || is(flags.is_residential_proxy) || is(flags.is_anonymous_proxy);
    context.is_proxy = Some(named || (is(flags.is_anonymous) && !vpn && !tor && !hosting));
    context.is_vpn = Some(vpn);
    context.is_tor = Some(tor);
    context.is_hosting = Some(hosting);
    Ok(())
}

impl Names<'_> {
    /// The place of these names. A name equal to the plain one is left out: `PlaceName` falls back
    /// to it anyway.
    fn place(&self, districts: bool) -> Option<PlaceName> {
        let shown = |name: &str| !matches!(name, "" | "-");
        let all = [self.en, self.cs, self.sk, self.pl, self.de].map(|name| {
            name.filter(|name| shown(name))
                .map(|name| if districts { place::without_district(name) } else { name })
        });
        let name = all.iter().flatten().next()?;
        let mut place = PlaceName::new(*name);
        for (language, translated) in ["en", "cs", "sk", "pl", "de"].iter().zip(all) {
            if let Some(translated) = translated.filter(|translated| translated != name) {
                place.names.insert((*language).to_owned(), translated.to_owned());
            }
        }
        Some(place)
    }
}

/// The first of a list: subdivisions go from the largest down.
fn first<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Place<'a>, D::Error> {
    struct First<'a>(PhantomData<&'a ()>);
    impl<'de: 'a, 'a> Visitor<'de> for First<'a> {
        type Value = Place<'a>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let place = list.next_element()?.unwrap_or_default();
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok(place)
        }
    }
    deserializer.deserialize_seq(First(PhantomData))
}
