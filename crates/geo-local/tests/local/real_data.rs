//! With the databases of `cargo xtask geo-data`, well-known addresses resolve rightly.

use std::path::PathBuf;

use crate::addr;
use crate::geo_local::{LocalGeo, LocalGeoOptions};

#[test]
#[ignore = "needs GEO data"]
fn well_known_addresses_resolve_to_their_system_and_country() {
    let folder = PathBuf::from(testkit::service("RESETD_TEST_GEO_DATA"));
    let (city, asn) = (vec![folder.join("city")], vec![folder.join("asn.mmdb")]);
    let geo = LocalGeo::open(LocalGeoOptions { city, asn, ..LocalGeoOptions::default() }).unwrap();
    for (address, system, countries) in [
        // An anycast network registered in Australia and announced everywhere: lists differ in what
        // they call its place.
        ("1.1.1.1", 13_335, &["AU", "US"][..]),
        ("8.8.8.8", 15_169, &["US"]),
        ("2001:4860:4860::8888", 15_169, &["US"]),
    ] {
        let found = geo.lookup(addr(address));
        assert_eq!(found.asn, Some(system), "{address}: {found:?}");
        assert!(
            found.country_code.as_deref().is_some_and(|code| countries.contains(&code)),
            "{address}: {found:?}"
        );
        let country = found.country.unwrap().name;
        assert!(["Australia", "United States"].contains(&country.as_str()), "{address}: {country}");
        assert!(found.as_organisation.is_some(), "{address}");
    }
}
