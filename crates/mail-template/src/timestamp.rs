use chrono::{DateTime, Datelike, Offset, TimeZone, Timelike, Utc};
use domain::{GeoContext, Language};

/// `timestamp` as the language writes it, to the minute, with its offset from UTC: `23 November
/// 2026, 15:20 (UTC+1)`. Day and month stay on one line (a no-break space).
///
/// The time zone is that of the place the request came from, when it is known and not that of a
/// proxy, VPN, Tor exit or data centre; else `fallback`, the organisation's; else UTC. The offset is
/// always named, so the time is right for every reader.
pub(crate) fn written(
    timestamp: DateTime<Utc>,
    place: Option<&GeoContext>,
    fallback: Option<&str>,
    language: &Language,
) -> String {
    match place.and_then(zone).or_else(|| fallback?.parse().ok()) {
        Some(zone) => format(&timestamp.with_timezone(&zone), language),
        None => format(&timestamp, language),
    }
}

/// Whether `name` is a time zone of the IANA database.
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    name.parse::<chrono_tz::Tz>().is_ok()
}

fn zone(place: &GeoContext) -> Option<chrono_tz::Tz> {
    let elsewhere = [place.is_proxy, place.is_vpn, place.is_tor, place.is_hosting];
    if elsewhere.contains(&Some(true)) {
        return None;
    }
    place.time_zone.as_deref()?.parse().ok()
}

fn format<Z: TimeZone>(timestamp: &DateTime<Z>, language: &Language) -> String {
    let (day, year) = (timestamp.day(), timestamp.year());
    let (hour, minute) = (timestamp.hour(), timestamp.minute());
    let offset = offset(timestamp.offset().fix().local_minus_utc());
    let month = usize::try_from(timestamp.month0()).unwrap_or_default();
    let name = |names: [&'static str; 12]| names.get(month).copied().unwrap_or_default();
    match language.as_str() {
        "cs" => format!("{day}.\u{a0}{}\u{a0}{year}, {hour}:{minute:02}\u{a0}({offset})", name(CS)),
        "sk" => format!("{day}.\u{a0}{}\u{a0}{year}, {hour}:{minute:02}\u{a0}({offset})", name(SK)),
        "pl" => format!("{day}\u{a0}{}\u{a0}{year}, {hour:02}:{minute:02}\u{a0}({offset})", name(PL)),
        "de" => {
            format!("{day}.\u{a0}{}\u{a0}{year}, {hour:02}:{minute:02}\u{a0}Uhr\u{a0}({offset})", name(DE))
        }
        "en" => format!("{day}\u{a0}{}\u{a0}{year}, {hour:02}:{minute:02}\u{a0}({offset})", name(EN)),
        _ => format!("{year}-{:02}-{day:02} {hour:02}:{minute:02} ({offset})", timestamp.month()),
    }
}

fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '−' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

const CS: [&str; 12] = [
    "ledna",
    "února",
    "března",
    "dubna",
    "května",
    "června",
    "července",
    "srpna",
    "září",
    "října",
    "listopadu",
    "prosince",
];
const SK: [&str; 12] = [
    "januára",
    "februára",
    "marca",
    "apríla",
    "mája",
    "júna",
    "júla",
    "augusta",
    "septembra",
    "októbra",
    "novembra",
    "decembra",
];
const PL: [&str; 12] = [
    "stycznia",
    "lutego",
    "marca",
    "kwietnia",
    "maja",
    "czerwca",
    "lipca",
    "sierpnia",
    "września",
    "października",
    "listopada",
    "grudnia",
];
const DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32, minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 23, hour, minute, 59).unwrap()
    }

    fn in_zone(name: &str) -> GeoContext {
        GeoContext { time_zone: Some(name.to_owned()), ..GeoContext::default() }
    }

    fn write(place: Option<&GeoContext>, language: &str) -> String {
        written(at(7, 5), place, None, &language.parse().unwrap())
    }

    #[test]
    fn each_language_writes_its_own_way() {
        let prague = in_zone("Europe/Prague");
        assert_eq!(write(Some(&prague), "cs"), "23.\u{a0}listopadu\u{a0}2026, 8:05\u{a0}(UTC+1)");
        assert_eq!(write(Some(&prague), "sk"), "23.\u{a0}novembra\u{a0}2026, 8:05\u{a0}(UTC+1)");
        assert_eq!(write(Some(&prague), "pl"), "23\u{a0}listopada\u{a0}2026, 08:05\u{a0}(UTC+1)");
        assert_eq!(write(Some(&prague), "de"), "23.\u{a0}November\u{a0}2026, 08:05\u{a0}Uhr\u{a0}(UTC+1)");
        assert_eq!(write(Some(&prague), "en"), "23\u{a0}November\u{a0}2026, 08:05\u{a0}(UTC+1)");
        assert_eq!(write(Some(&prague), "fr"), "2026-11-23 08:05 (UTC+1)");
    }

    #[test]
    fn utc_when_no_zone_is_known_or_it_is_nonsense() {
        assert_eq!(write(None, "en"), "23\u{a0}November\u{a0}2026, 07:05\u{a0}(UTC)");
        assert_eq!(
            write(Some(&in_zone("Mars/Olympus")), "en"),
            "23\u{a0}November\u{a0}2026, 07:05\u{a0}(UTC)"
        );
    }

    #[test]
    fn the_organisations_zone_counts_where_the_customers_is_unknown() {
        let written =
            |place: Option<&GeoContext>, zone: &str| written(at(7, 5), place, Some(zone), &Language::EN);
        assert_eq!(written(None, "Europe/Prague"), "23\u{a0}November\u{a0}2026, 08:05\u{a0}(UTC+1)");
        assert_eq!(
            written(Some(&in_zone("Asia/Tokyo")), "Europe/Prague"),
            "23\u{a0}November\u{a0}2026, 16:05\u{a0}(UTC+9)"
        );
        let tor = GeoContext { is_tor: Some(true), ..in_zone("Asia/Tokyo") };
        assert_eq!(written(Some(&tor), "Europe/Prague"), "23\u{a0}November\u{a0}2026, 08:05\u{a0}(UTC+1)");
        assert_eq!(written(None, "Mars/Olympus"), "23\u{a0}November\u{a0}2026, 07:05\u{a0}(UTC)");
    }

    #[test]
    fn odd_offsets_are_named() {
        assert_eq!(
            write(Some(&in_zone("Asia/Kolkata")), "en"),
            "23\u{a0}November\u{a0}2026, 12:35\u{a0}(UTC+5:30)"
        );
        assert_eq!(
            write(Some(&in_zone("America/St_Johns")), "en"),
            "23\u{a0}November\u{a0}2026, 03:35\u{a0}(UTC−3:30)"
        );
    }

    #[test]
    fn the_zone_of_an_exit_node_is_nobodys() {
        let tor = GeoContext { is_tor: Some(true), ..in_zone("Asia/Tokyo") };
        assert_eq!(write(Some(&tor), "en"), "23\u{a0}November\u{a0}2026, 07:05\u{a0}(UTC)");
    }
}
