//! The README shows the examples that run, word for word.

#![expect(clippy::unwrap_used, reason = "whatever is not there fails the test")]

use std::{fs, path::Path};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn it_shows_the_examples_as_they_are() {
    let readme = read("README.md");
    for (language, path) in [
        ("c", "examples/c/example.c"),
        ("php", "examples/php/example.php"),
        ("go", "examples/go/example_test.go"),
    ] {
        let shown = readme.split_once(&format!("```{language}\n")).unwrap().1.split_once("```").unwrap().0;
        let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>();
        let (shown, example) = (lines(shown), lines(&read(path)));
        assert!(example.windows(shown.len()).any(|lines| lines == shown), "{path}");
    }
}
