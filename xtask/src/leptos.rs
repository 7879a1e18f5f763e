//! The names that the build, `Leptos.toml` and cargo-leptos' section of `Cargo.toml` must agree on.

/// The stem of the wasm, JavaScript and CSS files.
pub(crate) const OUTPUT_NAME: &str = "hayloft";
/// The folder of those files, below the site's root and in their URLs.
pub(crate) const PKG_DIR: &str = "pkg";
/// The CSS file everything is imported from, in the checkout.
pub(crate) const STYLE_FILE: &str = "style/main.css";
/// What is copied into the site as it is, in the checkout.
pub(crate) const ASSETS_DIR: &str = "public";
/// Where the server listens unless told otherwise.
pub(crate) const ADDRESS: &str = "127.0.0.1:3000";
/// The file that tells Leptos the hashes in the names of the files in [`PKG_DIR`].
pub(crate) const HASH_FILE: &str = "hash.txt";

#[cfg(test)]
mod tests {
    use toml::{Table, Value};

    use super::*;
    use crate::workspace;

    fn section(file: &str) -> Table {
        let text = std::fs::read_to_string(workspace::root().join(file)).unwrap();
        let document: Table = text.parse().unwrap();
        document["workspace"]["metadata"]["leptos"][0].as_table().unwrap().clone()
    }

    #[test]
    fn leptos_toml_says_nothing_that_cargo_toml_does_not() {
        let cargo = section("Cargo.toml");
        for (key, value) in section("Leptos.toml") {
            assert_eq!(cargo.get(&key), Some(&value), "{key}");
        }
    }

    #[test]
    fn the_build_uses_the_same_names() {
        let cargo = section("Cargo.toml");
        let text = |key: &str| cargo[key].as_str().unwrap().to_owned();
        assert_eq!(text("output-name"), OUTPUT_NAME);
        assert_eq!(text("site-pkg-dir"), PKG_DIR);
        assert_eq!(text("style-file"), STYLE_FILE);
        assert_eq!(text("assets-dir"), ASSETS_DIR);
        assert_eq!(text("site-addr"), ADDRESS);
        assert_eq!(text("site-root"), "target/site");
        assert_eq!(text("lib-package"), "hayloft-frontend");
        assert_eq!(text("bin-package"), "hayloft");
        assert_eq!(cargo["hash-files"], Value::Boolean(true));
    }

    #[test]
    fn leptos_toml_turns_hashed_names_on() {
        assert_eq!(section("Leptos.toml")["hash-files"], Value::Boolean(true));
    }
}
