//! Compiles the texts of the pages: `texts/*.toml`.

fn main() -> Result<(), String> {
    text_files::compile("Texts", "Notice", &[("at_least", "Plural")])
}
