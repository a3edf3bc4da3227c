//! What the layouts have in common: rules for countries, coordinates and districts.

use domain::{Country, GeoContext, PlaceName};

/// Sets country and code. The name goes by the code, so that a country is called the same whichever
/// database knows it; without a code, as the database calls it. A code that is no country's (`EU`,
/// `AP`, `ZZ`) is dropped, its name with it.
pub(super) fn set_country(context: &mut GeoContext, code: Option<&str>, named: Option<PlaceName>) {
    let Some(code) = code else {
        context.country = named;
        return;
    };
    let Some(country) = Country::of(code) else { return };
    context.country_code = Some(country.code().to_owned());
    context.country = Some(PlaceName::new(country.english()));
}

/// Sets the coordinates; zero and zero stand for an unknown place.
pub(super) fn set_coordinates(context: &mut GeoContext, latitude: Option<f64>, longitude: Option<f64>) {
    if latitude != Some(0.0) || longitude != Some(0.0) {
        context.latitude = latitude;
        context.longitude = longitude;
    }
}

/// `Prague (Praha 1)` → `Prague`.
pub(super) fn without_district(name: &str) -> &str {
    match name.split_once(" (") {
        Some((city, district)) if !city.is_empty() && district.ends_with(')') => city,
        _ => name,
    }
}
