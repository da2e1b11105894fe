//! Owns the rule that `specs/specs.toml` and the documents beside it agree.

use super::Report;
use super::tree::Tree;
use crate::specs::Registry;

const REGISTRY: &str = "specs/specs.toml";

pub(super) fn documents(tree: &Tree, report: &mut Report) {
    let registry = match Registry::load_from(&tree.root().join("specs")) {
        Ok(registry) => registry,
        Err(error) => {
            report.error(REGISTRY, 1, format!("{error:#}"), "mend the entry");
            return;
        }
    };
    let known = |path: &str| {
        let mut files = registry
            .specs
            .iter()
            .map(|spec| format!("specs/{}", spec.file));
        files.any(|file| file == path)
    };
    let documents = tree.files().filter(|(path, _)| {
        let name = path.rsplit('/').next();
        path.starts_with("specs/") && matches!(name, Some("swagger.json" | "openapi.json"))
    });
    for (path, _) in documents {
        if !known(path) {
            let remedy = "add it to specs/specs.toml, or bring it in with `cargo xtask import`";
            report.error(path, 1, "the document is not registered", remedy);
        }
    }
}
