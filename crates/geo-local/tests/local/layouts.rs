use std::collections::BTreeMap;
use std::path::PathBuf;

use application::ports::GeoResolver;
use domain::{GeoContext, PlaceName};
use mmdb_writer::Value;

use crate::geo_local::{LocalGeo, LocalGeoOptions};
use crate::{Files, addr, fixtures, ip};

fn open(city: Vec<PathBuf>, asn: Vec<PathBuf>, anonymous: Vec<PathBuf>) -> LocalGeo {
    LocalGeo::open(LocalGeoOptions { city, asn, anonymous, ..LocalGeoOptions::default() }).unwrap()
}

fn place(name: &str, names: &[(&str, &str)]) -> PlaceName {
    let names = names.iter().map(|(language, name)| ((*language).to_owned(), (*name).to_owned()));
    PlaceName { name: name.to_owned(), names: names.collect::<BTreeMap<_, _>>() }
}

fn czechia() -> PlaceName {
    place("Czechia", &[])
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn maxmind() {
    let files = Files::new();
    let geo = open(vec![files.put("city", &fixtures::maxmind_city())], vec![], vec![]);
    let expected = GeoContext {
        country_code: text("CZ"),
        country: Some(czechia()),
        region: Some(place("Prague", &[("de", "Hauptstadt Prag")])),
        city: Some(place("Prague", &[("de", "Prag")])),
        latitude: Some(50.0883),
        longitude: Some(14.4124),
        time_zone: text("Europe/Prague"),
        source: text("local"),
        ..GeoContext::default()
    };
    assert_eq!(geo.lookup(addr("89.24.1.2")), expected);
    assert_eq!(geo.lookup(addr("2a00:1028::1")), expected);
    let states = geo.lookup(addr("8.8.8.8"));
    assert_eq!(states.country_code, text("US"));
    assert_eq!(states.country, Some(place("United States", &[])));
    assert_eq!((states.city, states.latitude, states.time_zone), (None, None, None));
}

#[test]
fn what_is_not_where_somebody_is_does_not_count() {
    let files = Files::new();
    let geo = open(vec![files.put("city", &fixtures::maxmind_city())], vec![], vec![]);
    for (what, address) in [
        ("the country of registration", "1.1.1.1"),
        ("a code that is no country", "62.1.1.1"),
        ("zero and zero", "63.1.1.1"),
        ("nothing at all", "9.9.9.9"),
    ] {
        assert_eq!(geo.lookup(addr(address)), GeoContext::default(), "{what}");
    }
}

#[test]
fn a_country_is_called_by_its_code_and_without_one_as_the_database_calls_it() {
    let files = Files::new();
    let country = |code: Option<&str>| {
        let names = Value::map([("en", Value::text("Bohemia")), ("de", Value::text("Böhmen"))]);
        let code = code.map(|code| ("iso_code", Value::text(code)));
        let fields = [("names", names)].into_iter().chain(code);
        let record = Value::map([("country", Value::map(fields))]);
        let file = files.put("country", &fixtures::everything("GeoLite2-Country", &record));
        open(vec![file], vec![], vec![]).lookup(addr("8.8.8.8"))
    };
    let coded = country(Some("cz"));
    assert_eq!((coded.country_code, coded.country), (text("CZ"), Some(czechia())));
    let named = country(None);
    assert_eq!((named.country_code, named.country), (None, Some(place("Bohemia", &[("de", "Böhmen")]))));
}

#[test]
fn dbip() {
    let files = Files::new();
    let geo = open(vec![files.put("city", &fixtures::dbip_city())], vec![], vec![]);
    let expected = GeoContext {
        country_code: text("CZ"),
        country: Some(czechia()),
        region: Some(place("Hlavni mesto Praha", &[])),
        city: Some(place("Prague", &[])),
        latitude: Some(50.0785),
        longitude: Some(14.4239),
        source: text("local"),
        ..GeoContext::default()
    };
    assert_eq!(geo.lookup(addr("89.24.1.2")), expected);
    assert_eq!(geo.lookup(addr("90.1.1.1")).city.unwrap().name, "(Somewhere)");
}

#[test]
fn dbip_combined_is_city_and_asn_in_one() {
    let files = Files::new();
    let combined = files.put("combined", &fixtures::dbip_isp());
    let geo = open(vec![combined.clone()], vec![combined], vec![]);
    let found = geo.lookup(addr("1.1.1.1"));
    assert_eq!(found.city.unwrap().name, "Brisbane");
    assert_eq!((found.asn, found.as_organisation), (Some(13_335), text("Cloudflare, Inc.")));
}

#[test]
fn flat_with_a_file_per_family() {
    let files = Files::new();
    let (four, six) = (files.put("four", &fixtures::flat_city(4)), files.put("six", &fixtures::flat_city(6)));
    for order in [vec![four.clone(), six.clone()], vec![six, four]] {
        let geo = open(order, vec![], vec![]);
        let brno = geo.lookup(addr("89.24.1.2"));
        assert_eq!(brno.city, Some(place("Brno", &[])));
        assert_eq!(brno.region, Some(place("South Moravian", &[])));
        assert_eq!(brno.country, Some(czechia()));
        assert!((brno.latitude.unwrap() - 49.195).abs() < 1e-5);
        assert_eq!(brno.time_zone, None);
        let berlin = geo.lookup(addr("2001:4860:4860::8888"));
        assert_eq!(berlin.country, Some(place("Germany", &[])));
        assert_eq!(berlin.time_zone, text("Europe/Berlin"));
        assert_eq!(geo.lookup(addr("90.1.1.1")), GeoContext::default());
    }
}

#[test]
fn ipinfo() {
    let files = Files::new();
    let lite = files.put("lite", &fixtures::ipinfo_lite());
    let geo = open(vec![files.put("location", &fixtures::ipinfo_location())], vec![lite.clone()], vec![]);
    let prague = geo.lookup(addr("89.24.1.2"));
    assert_eq!((prague.latitude, prague.longitude), (Some(50.08804), Some(14.42076)));
    assert_eq!(prague.country, Some(czechia()));
    assert_eq!(prague.time_zone, text("Europe/Prague"));
    let google = geo.lookup(addr("8.8.8.8"));
    assert_eq!((google.latitude, google.longitude), (Some(37.4056), Some(-122.0775)));
    assert_eq!(google.country_code, text("US"));
    assert_eq!(google.region, Some(place("California", &[])));
    assert_eq!((google.asn, google.as_organisation), (Some(15_169), text("Google LLC")));
    let australia = geo.lookup(addr("1.1.1.1"));
    assert_eq!(australia.country_code, text("AU"));
    assert_eq!((australia.latitude, australia.longitude), (None, None));
    // The free list knows countries as well.
    let country = open(vec![lite], vec![], vec![]).lookup(addr("8.8.8.8"));
    assert_eq!(country.country, Some(place("United States", &[])));
}

#[test]
fn asn() {
    let files = Files::new();
    let geo = open(vec![], vec![files.put("asn", &fixtures::maxmind_asn())], vec![]);
    let found = geo.lookup(addr("1.1.1.1"));
    assert_eq!((found.asn, found.as_organisation), (Some(13_335), text("CLOUDFLARENET")));
    assert_eq!(geo.lookup(addr("2001:4860:4860::8888")).asn, Some(15_169));
    // AS 0 is nobody's, and this name has nothing to print.
    assert_eq!(geo.lookup(addr("89.24.1.2")), GeoContext::default());
}

#[test]
fn anonymous() {
    let files = Files::new();
    let flags = |geo: &LocalGeo, address: &str| {
        let found = geo.lookup(addr(address));
        [found.is_proxy, found.is_vpn, found.is_tor, found.is_hosting].map(|flag| flag.map(u8::from))
    };
    let on = |flags: [u8; 4]| flags.map(Some);
    let maxmind = open(vec![], vec![], vec![files.put("maxmind", &fixtures::maxmind_anonymous())]);
    assert_eq!(flags(&maxmind, "1.1.1.1"), on([0, 1, 0, 0]));
    assert_eq!(flags(&maxmind, "8.8.8.8"), on([0, 0, 0, 1]));
    assert_eq!(flags(&maxmind, "9.9.9.9"), on([0, 0, 1, 0]));
    assert_eq!(flags(&maxmind, "4.4.4.4"), on([1, 0, 0, 0]));
    assert_eq!(flags(&maxmind, "5.5.5.5"), on([1, 0, 0, 0]));
    assert_eq!(flags(&maxmind, "2001:4860::1"), on([1, 0, 1, 0]));
    assert_eq!(flags(&maxmind, "7.7.7.7"), [None; 4]);
    let ipinfo = open(vec![], vec![], vec![files.put("ipinfo", &fixtures::ipinfo_privacy())]);
    assert_eq!(flags(&ipinfo, "8.8.8.8"), on([0, 1, 0, 1]));
    assert_eq!(flags(&ipinfo, "1.1.1.1"), on([1, 0, 0, 0]));
    assert_eq!(flags(&ipinfo, "89.24.1.2"), on([0, 0, 0, 0]));
}

#[test]
fn every_kind_adds_its_part() {
    let files = Files::new();
    let geo = open(
        vec![files.put("city", &fixtures::maxmind_city())],
        vec![files.put("asn", &fixtures::maxmind_asn())],
        vec![files.put("anonymous", &fixtures::maxmind_anonymous())],
    );
    let found = geo.lookup(addr("8.8.8.8"));
    assert_eq!((found.country_code, found.asn, found.is_hosting), (text("US"), Some(15_169), Some(true)));
}

#[test]
fn the_first_file_that_lists_an_address_answers() {
    let files = Files::new();
    let (first, second) =
        (files.put("first", &fixtures::flat_city(4)), files.put("second", &fixtures::one_city("Else")));
    let geo = open(vec![first, second], vec![], vec![]);
    assert_eq!(geo.lookup(addr("89.24.1.2")).city.unwrap().name, "Brno");
    assert_eq!(geo.lookup(addr("9.9.9.9")).city.unwrap().name, "Else");
}

#[test]
fn a_later_file_refines_a_country_it_agrees_on() {
    let files = Files::new();
    let country = files.put("country", &fixtures::flat_country());
    let (flat, ipinfo) =
        (files.put("flat", &fixtures::flat_city(4)), files.put("ipinfo", &fixtures::ipinfo_location()));
    let geo = open(vec![country, flat.clone(), ipinfo.clone()], vec![], vec![]);
    let brno = geo.lookup(addr("89.24.1.2"));
    assert_eq!(
        (brno.city, brno.time_zone),
        (Some(place("Brno", &[])), None),
        "the third file is not asked any more"
    );
    let google = geo.lookup(addr("8.8.8.8"));
    assert_eq!((google.city.unwrap().name, google.latitude), ("Mountain View".to_owned(), Some(37.4056)));
    // The other way round, the country alone adds nothing.
    let geo = open(vec![flat, files.path("country")], vec![], vec![]);
    assert_eq!(geo.lookup(addr("89.24.1.2")).city, Some(place("Brno", &[])));
}

#[test]
fn where_files_disagree_on_the_country_the_first_is_believed_and_no_city_named() {
    let files = Files::new();
    let country = files.put("country", &fixtures::flat_country());
    let montreal = files.put("montreal", &fixtures::city_in("CA", "Montreal"));
    let found = open(vec![country, montreal], vec![], vec![]).lookup(addr("8.8.8.8"));
    assert_eq!((found.country_code, found.city, found.latitude), (text("US"), None, None));
}

#[test]
fn what_does_not_fit_its_field_is_dropped_and_the_rest_kept() {
    let files = Files::new();
    let found =
        open(vec![files.put("city", &fixtures::hostile_city())], vec![], vec![]).lookup(addr("8.8.8.8"));
    let city = found.city.unwrap().name;
    assert!(city.starts_with("Praguexxx") && city.len() == 100, "{city}");
    assert_eq!((found.country, found.latitude, found.longitude, found.time_zone), (None, None, None, None));
}

#[tokio::test]
async fn addresses_that_are_nobodys_are_not_even_looked_up() {
    let files = Files::new();
    let geo = open(vec![files.put("city", &fixtures::one_city("Everywhere"))], vec![], vec![]);
    assert_eq!(geo.resolve(ip("8.8.8.8")).await.unwrap().city.unwrap().name, "Everywhere");
    for private in [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "100.64.1.1",
        "203.0.113.7",
        "fe80::1",
        "fd00::1",
        "2001:db8::1",
    ] {
        assert_eq!(geo.lookup(addr(private)), GeoContext::default(), "{private}");
        assert!(geo.resolve(ip(private)).await.is_err(), "{private}");
    }
}
