//! Lookups a second on one core: city and ASN of random public addresses, in made databases of
//! 200,000 networks each and, where `RESETD_TEST_GEO_DATA` names them, in the real ones of `cargo
//! xtask geo-data`.
#![expect(clippy::unwrap_used, reason = "a benchmark may fail")]

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::LazyLock;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use mmdb_writer::{RecordSize, Value, Writer};
use resetd_geo_local::{LocalGeo, LocalGeoOptions};

/// Networks of the made databases; each is a /20, the first is 11.0.0.0/20.
const NETWORKS: u32 = 200_000;
/// Addresses looked up in one turn.
const ADDRESSES: u32 = 100_000;

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 20)]
fn city_and_asn_made(bencher: Bencher) {
    static GEO: LazyLock<LocalGeo> = LazyLock::new(made);
    lookups(bencher, &GEO);
}

#[divan::bench(sample_count = 20)]
fn city_and_asn_real(bencher: Bencher) {
    static GEO: LazyLock<Option<LocalGeo>> = LazyLock::new(real);
    match &*GEO {
        Some(geo) => lookups(bencher, geo),
        None => bencher.bench(|| ()),
    }
}

fn lookups(bencher: Bencher, geo: &LocalGeo) {
    let addresses: Vec<IpAddr> = (0..ADDRESSES).map(address).collect();
    let known = |address: &&IpAddr| {
        let found = geo.lookup(**address);
        found.country.is_some() && found.asn.is_some()
    };
    let found = addresses.iter().filter(known).count();
    assert!(found * 2 > addresses.len(), "country and system of {found} in {}", addresses.len());
    bencher.counter(ItemsCount::new(addresses.len())).bench(|| {
        for address in &addresses {
            black_box(geo.lookup(black_box(*address)));
        }
    });
}

/// Addresses all over the networks, far from each other.
fn address(number: u32) -> IpAddr {
    let spread = (u64::from(number.wrapping_mul(2_654_435_761)) * u64::from(NETWORKS << 12)) >> 32;
    Ipv4Addr::from_bits((11 << 24) + u32::try_from(spread).unwrap()).into()
}

fn made() -> LocalGeo {
    let names = |english: String, german: String| {
        let languages = ["es", "fr", "ja", "pt-BR", "ru", "zh-CN"];
        let others = languages.map(|language| (language, Value::text(english.clone())));
        let names = [("de", Value::text(german)), ("en", Value::text(english))].into_iter().chain(others);
        Value::map([("names", Value::map(names))])
    };
    let mut city = Writer::new("GeoLite2-City", RecordSize::Bits28);
    let mut asn = Writer::new("GeoLite2-ASN", RecordSize::Bits24);
    for number in 0..NETWORKS {
        let network = Ipv4Addr::from_bits((11 << 24) + (number << 12)).into();
        let Value::Map(mut country) = names("Czechia".to_owned(), "Tschechien".to_owned()) else { continue };
        country.push(("iso_code".to_owned(), Value::text("CZ")));
        let record = Value::map([
            ("city", names(format!("City {}", number % 50_000), format!("Stadt {}", number % 50_000))),
            ("country", Value::Map(country)),
            (
                "location",
                Value::map([
                    ("accuracy_radius", Value::Uint16(20)),
                    ("latitude", Value::Double(f64::from(number % 90) + 0.5)),
                    ("longitude", Value::Double(f64::from(number % 180) + 0.25)),
                    ("time_zone", Value::text("Europe/Prague")),
                ]),
            ),
            (
                "subdivisions",
                Value::Array(vec![names(
                    format!("Region {}", number % 500),
                    format!("Land {}", number % 500),
                )]),
            ),
        ]);
        city.insert(network, 20, &record).unwrap();
        let record = Value::map([
            ("autonomous_system_number", Value::Uint32(number % 70_000 + 1)),
            ("autonomous_system_organization", Value::text(format!("Organisation {}", number % 70_000))),
        ]);
        asn.insert(network, 20, &record).unwrap();
    }
    let directory = tempfile::tempdir().unwrap();
    let put = |name: &str, writer: Writer| {
        let path = directory.path().join(name);
        fs::write(&path, writer.finish().unwrap()).unwrap();
        vec![path]
    };
    let (city, asn) = (put("city.mmdb", city), put("asn.mmdb", asn));
    LocalGeo::open(LocalGeoOptions { city, asn, ..LocalGeoOptions::default() }).unwrap()
}

fn real() -> Option<LocalGeo> {
    let directory = PathBuf::from(std::env::var_os("RESETD_TEST_GEO_DATA")?);
    let (city, asn) = (vec![directory.join("city")], vec![directory.join("asn.mmdb")]);
    Some(LocalGeo::open(LocalGeoOptions { city, asn, ..LocalGeoOptions::default() }).unwrap())
}
