//! What the layouts have in common: rules for countries, coordinates and districts.

use application::ports::{GeoContext, PlaceName};

use crate::countries;

/// Sets country and code. Languages that the database lacks come from our own table; a code that is no country's
/// (`EU`, `AP`, `ZZ`) is dropped, its name with it.
pub(super) fn set_country(context: &mut GeoContext, code: Option<&str>, named: Option<PlaceName>) {
    let Some(code) = code else {
        context.country = named;
        return;
    };
    let Some(country) = countries::country(code).or_else(|| countries::country(&code.to_ascii_uppercase()))
    else {
        return;
    };
    let mut place = named.unwrap_or_else(|| PlaceName::new(country.english));
    for (language, name) in countries::LANGUAGES.iter().zip(country.names) {
        if name != place.name && !place.names.contains_key(*language) {
            place.names.insert((*language).to_owned(), name.to_owned());
        }
    }
    context.country_code = Some(code.to_ascii_uppercase());
    context.country = Some(place);
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
