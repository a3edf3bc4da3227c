//! Texts that translators edit: `texts/LANGUAGE.toml` of a package, compiled into constants when the
//! package is built. A file that lacks a text, or has one too many, fails the build by name.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a build script is given its output folder in a variable and speaks to Cargo by printing"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use toml::{Table, Value};

/// Writes `texts.rs` into the build's output: for each language a constant of the type `root`, and
/// `ALL` of them. Each table of a file becomes a value of the type that `tables` gives for its name,
/// else of `table`.
///
/// # Errors
/// What is wrong with which file, in words.
pub fn compile(root: &str, table: &str, tables: &[(&str, &str)]) -> Result<(), String> {
    println!("cargo::rerun-if-changed=texts");
    let files = read(Path::new("texts"))?;
    complete(&files)?;
    let named = |name: &str| {
        tables.iter().find(|(known, _)| *known == name).map_or(table, |(_, kind)| kind).to_owned()
    };
    let mut code = String::new();
    let mut all = Vec::new();
    for (language, texts) in &files {
        let constant = language.to_uppercase();
        let fields = literal(texts, &named);
        code += &format!("const {constant}: {root} = {root} {{ language: {language:?}, {fields} }};\n");
        all.push(format!("&{constant}"));
    }
    code += &format!("const ALL: [&{root}; {}] = [{}];\n", all.len(), all.join(", "));
    let folder = env::var("OUT_DIR").map_err(|error| format!("OUT_DIR: {error}"))?;
    fs::write(Path::new(&folder).join("texts.rs"), code).map_err(|error| error.to_string())
}

/// Every file of the folder, by language.
fn read(folder: &Path) -> Result<Vec<(String, Table)>, String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry.map_err(|error| error.to_string())?.path();
        let shown = path.display();
        let text = fs::read_to_string(&path).map_err(|error| format!("{shown}: {error}"))?;
        let texts = text.parse::<Table>().map_err(|error| format!("{shown}: {error}"))?;
        let language = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        files.push((language, texts));
    }
    files.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(files)
}

/// Every file has the same texts, and none is empty.
fn complete(files: &[(String, Table)]) -> Result<(), String> {
    let all: BTreeSet<String> = files.iter().flat_map(|(_, texts)| names(texts)).collect();
    for (language, texts) in files {
        let there: BTreeSet<String> = names(texts).collect();
        if let Some(missing) = all.difference(&there).next() {
            return Err(format!(
                "texts/{language}.toml: `{missing}` is missing, or only there by mistake elsewhere"
            ));
        }
        let empty = texts.iter().find(|(_, value)| value.as_str().is_some_and(str::is_empty));
        if let Some((name, _)) = empty {
            return Err(format!("texts/{language}.toml: `{name}` is empty"));
        }
    }
    Ok(())
}

fn names(texts: &Table) -> impl Iterator<Item = String> {
    texts.iter().flat_map(|(name, value)| match value {
        Value::Table(table) => table.keys().map(|key| format!("{name}.{key}")).collect(),
        _ => vec![name.clone()],
    })
}

/// The fields of a constant. What is no text becomes a value that does not compile.
fn literal(texts: &Table, named: &dyn Fn(&str) -> String) -> String {
    let field = |(name, value): (&String, &Value)| match value {
        Value::Table(table) => format!("{name}: {} {{ {} }}", named(name), literal(table, named)),
        Value::String(text) => format!("{name}: {text:?}"),
        other => format!("{name}: {other}"),
    };
    texts.iter().map(field).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(language: &str, text: &str) -> (String, Table) {
        (language.to_owned(), text.parse().unwrap())
    }

    #[test]
    fn a_file_that_lacks_a_text_is_named() {
        let whole = file("en", "a = \"x\"\n[b]\nc = \"y\"");
        assert_eq!(complete(&[whole.clone(), whole.clone()]), Ok(()));
        for (lacking, name) in
            [("a = \"x\"", "b.c"), ("[b]\nc = \"y\"", "a"), ("a = \"x\"\n[b]\nd = \"y\"", "b.d")]
        {
            let error = complete(&[whole.clone(), file("pl", lacking)]).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
        assert!(complete(&[file("pl", "a = \"\"")]).unwrap_err().contains("`a` is empty"));
    }

    #[test]
    fn texts_become_fields() {
        let (_, texts) = file("en", "a = \"say \\\"x\\\"\"\n[b]\nc = \"y\"");
        assert_eq!(literal(&texts, &|_| "Notice".to_owned()), r#"a: "say \"x\"", b: Notice { c: "y" }"#);
    }
}
