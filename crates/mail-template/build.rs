//! Compiles the texts of the built-in mails: `texts/*.toml`.

fn main() -> Result<(), String> {
    text_files::compile("Phrases", "Plural", &[("reset", "Reset"), ("changed", "Changed")])
}
