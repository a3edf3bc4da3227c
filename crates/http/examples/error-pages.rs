//! Writes what the documentation holds of the code: the pages under `docs/errors/` and
//! `docs/openapi.json`.

use std::path::PathBuf;

use resetd_http::{error_index_markdown, error_page_codes, error_page_markdown, openapi};

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    std::fs::create_dir_all(&folder)?;
    for code in error_page_codes() {
        std::fs::write(folder.join(format!("{code}.md")), error_page_markdown(code).unwrap_or_default())?;
    }
    std::fs::write(folder.join("README.md"), error_index_markdown())?;
    std::fs::write(folder.join("../openapi.json"), openapi(None) + "\n")
}
