//! Writes the pages under `docs/errors/` from the registry of codes.

use std::path::PathBuf;

use resetd_http::{error_index_markdown, error_page_codes, error_page_markdown};

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    std::fs::create_dir_all(&folder)?;
    for code in error_page_codes() {
        std::fs::write(folder.join(format!("{code}.md")), error_page_markdown(code).unwrap_or_default())?;
    }
    std::fs::write(folder.join("README.md"), error_index_markdown())
}
