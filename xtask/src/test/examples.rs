//! Owns the example programs in one folder, for the type checkers: those of `python/examples`, and those of the pages that
//! people paste from.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Where programs stand as files.
const FOLDER: &str = "python/examples";
/// Where they stand between fences, and what they are called then.
const PAGES: [(&str, &str); 2] = [
    ("README.md", "readme"),
    ("python/README.md", "python_readme"),
];
/// The oldest Python, and everything that pyright can find.
const STRICT: &str = r#"{"typeCheckingMode": "strict", "pythonVersion": "3.10"}"#;

/// Gathers them; the folder is also a project of pyright.
pub(super) fn gather() -> anyhow::Result<PathBuf> {
    let workspace = crate::root::workspace();
    let folder = crate::cargo::target()?.join("python/examples");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("pyrightconfig.json"), STRICT)?;
    for (page, name) in PAGES {
        let path = workspace.join(page);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        for (index, program) in programs(&text).iter().enumerate() {
            fs::write(folder.join(format!("{name}_{}.py", index + 1)), program)?;
        }
    }
    copy(&workspace.join(FOLDER), &folder)?;
    Ok(folder)
}

/// The blocks of a page that are Python.
fn programs(page: &str) -> Vec<String> {
    let mut programs = Vec::new();
    let mut open: Option<String> = None;
    for line in page.lines() {
        match (line, &mut open) {
            ("```python", None) => open = Some(String::new()),
            ("```", Some(_)) => programs.extend(open.take()),
            (line, Some(program)) => {
                program.push_str(line);
                program.push('\n');
            }
            _ => {}
        }
    }
    programs
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    for name in crate::regen::names(from)? {
        if name.ends_with(".py") {
            fs::copy(from.join(&name), to.join(name.replace('/', "_")))
                .with_context(|| format!("cannot copy {name}"))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_what_stands_between_fences_of_python() {
        let page = "Text.\n```sh\npip\n```\n```python\na = 1\n\nb = 2\n```\n```text\n1\n```\n```python\nc\n```\n";
        assert_eq!(programs(page), ["a = 1\n\nb = 2\n", "c\n"]);
    }
}
