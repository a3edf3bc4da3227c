use std::path::PathBuf;

use resetd_http::{error_index_markdown, error_page_codes, error_page_markdown};

use crate::ask::get;
use crate::shop::Shop;

#[tokio::test]
async fn every_code_has_a_page_and_stands_in_the_index() {
    let shop = Shop::open().await;
    let index = get("/errors").of(&shop).await;
    assert_eq!(error_page_codes().count(), 20);
    for code in error_page_codes() {
        get(&format!("/errors/{code}")).of(&shop).await.is_page(200, &format!("<code>{code}</code>"));
        index.is_page(200, &format!(r#"href="errors/{code}""#));
    }
}

#[tokio::test]
async fn other_codes_are_not_found() {
    let shop = Shop::open().await;
    for path in ["/errors/E005", "/errors/e001", "/errors/", "/errors/%FF", "/errors/E001/x"] {
        get(path).of(&shop).await.is_error(404, "INTERNAL_RESOURCE_NOT_FOUND");
    }
    assert_eq!(error_page_markdown("E005"), None);
}

/// `cargo run -p resetd-http --example error-pages` writes them anew.
#[test]
fn the_pages_under_docs_are_those_of_the_registry() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    for code in error_page_codes() {
        assert_eq!(read(&format!("{code}.md")), error_page_markdown(code).unwrap(), "{code}");
    }
    assert_eq!(read("README.md"), error_index_markdown());
    let files = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, error_page_codes().count() + 1, "no page without a code");
}
