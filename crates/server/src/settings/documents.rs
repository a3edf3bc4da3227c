//! `docs/settings.md` and `docs/config.schema.json`, made of the types. With `UPDATE_DOCUMENTS=1`
//! the test writes them anew.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::known::{known, schema};

const INTRODUCTION: &str = "# Settings

<!-- Generated from crates/server/src/settings/sections.rs:
     UPDATE_DOCUMENTS=1 cargo test --package resetd documents -->

A TOML file (`--config FILE` or `RESETD_CONFIG`), then environment variables, then flags; the later wins. `resetd config`
prints every setting, its value with secrets masked, and its origin; `resetd config --check` lists everything that
`resetd serve` would refuse. [config.schema.json](config.schema.json) describes the file for editors.

The variable of `geo.city_db` is `RESETD_GEO_CITY_DB`. A value can come from a file: `RESETD_DATA_KEY_FILE=/run/secrets/key`,
or `data_key_file = \"/run/secrets/key\"` in the TOML file. Any setting can be a flag: `--set geo.city_db=/var/lib/geo/city.mmdb`.
A variable `RESETD_…` that is no setting's is warned of; a name in the file that is none is refused.
";

fn settings_page() -> String {
    let schema = schema();
    let mut page = INTRODUCTION.to_owned();
    let mut section = None;
    for known in known() {
        let (prefix, key) = known.name.split_once('.').map_or((None, &*known.name), |(s, k)| (Some(s), k));
        let mut properties = &schema.as_value()["properties"];
        if section != Some(prefix) {
            section = Some(prefix);
            let heading = prefix.map_or("General", |prefix| prefix);
            write!(page, "\n## {heading}\n\n").unwrap();
            if let Some(about) = prefix.and_then(|prefix| properties[prefix]["description"].as_str()) {
                write!(page, "{about}\n\n").unwrap();
            }
            page.push_str("| setting | default | meaning |\n|---|---|---|\n");
        }
        if let Some(prefix) = prefix {
            properties = &properties[prefix]["properties"];
        }
        let property = &properties[key];
        let default = match &known.default {
            Some(default) => format!("`{default}`"),
            None if property["x-required"] == true => "required by `serve`".to_owned(),
            None => "none".to_owned(),
        };
        let meaning = property["description"].as_str().unwrap().replace('\n', " ").replace('|', "\\|");
        let meaning = meaning.split("  ").collect::<Vec<_>>().join(" ");
        writeln!(page, "| `{}` | {default} | {meaning}{} |", known.name, choices(property)).unwrap();
    }
    page
}

/// The words that an enumeration takes.
fn choices(property: &Value) -> String {
    let words = property["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    if words.is_empty() { String::new() } else { format!(" {}", words.join(" or ")) }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "no setting of the product")]
fn documents_are_fresh() {
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let schema = serde_json::to_string_pretty(schema().as_value()).unwrap() + "\n";
    for (name, expected) in [("settings.md", settings_page()), ("config.schema.json", schema)] {
        let path = documents.join(name);
        if std::env::var("UPDATE_DOCUMENTS").is_ok() {
            std::fs::write(&path, &expected).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            found, expected,
            "{name} is stale; UPDATE_DOCUMENTS=1 cargo test --package resetd documents"
        );
    }
}

#[test]
fn every_setting_says_what_it_is_for() {
    for setting in known() {
        assert!(setting.summary.ends_with('.'), "{}", setting.name);
    }
}
