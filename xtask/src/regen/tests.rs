use std::fs;

use tempfile::TempDir;

use super::*;

const TARGET: &Target = &TARGETS[0];

/// The workspace's specs and generated code, free to be changed.
struct Copy {
    roots: Roots,
    _folder: TempDir,
}

impl Copy {
    fn new() -> Self {
        let workspace = crate::root::workspace();
        let folder = TempDir::new().unwrap();
        let roots = Roots::of(folder.path());
        copy(&workspace.join("specs"), &roots.specs);
        for target in &TARGETS {
            let generated = format!("crates/{}/src/generated", target.package);
            copy(&workspace.join(&generated), &folder.path().join(generated));
        }
        Self {
            roots,
            _folder: folder,
        }
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.roots.specs.join(TARGET.api).join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    fn failure(&self) -> String {
        format!("{:#}", check(&self.roots).unwrap_err())
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn generated_code_is_what_the_specs_give() {
    let difference = check(&Roots::of(&crate::root::workspace())).unwrap();
    assert!(
        difference.is_empty(),
        "run `cargo xtask regen`:\n{difference}"
    );
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let roots = Roots::of(&crate::root::workspace());
    assert_eq!(
        generate(TARGET, &roots).unwrap(),
        generate(TARGET, &roots).unwrap()
    );
}

#[test]
fn one_changed_field_is_named_by_the_check() {
    let copy = Copy::new();
    copy.edit(
        "2025-03-02-preview/swagger.json",
        "\"lastTokenIssuedAt\"",
        "\"lastSeenAt\"",
    );
    let difference = check(&copy.roots).unwrap();
    for line in [
        "--- crates/acs-identity-rest/src/generated/v2025_03_02_preview.rs (present)",
        "-            rename = \"lastTokenIssuedAt\",",
        "+            rename = \"lastSeenAt\",",
    ] {
        assert!(
            difference.lines().any(|found| found == line),
            "no line {line} in:\n{difference}"
        );
    }
    assert!(!difference.contains("v2025_06_30.rs"), "{difference}");
}

#[test]
fn writing_settles_a_difference_and_removes_what_is_stale() {
    let copy = Copy::new();
    copy.edit(
        "2025-03-02-preview/swagger.json",
        "\"lastTokenIssuedAt\"",
        "\"lastSeenAt\"",
    );
    let generated = folder(TARGET, &copy.roots);
    fs::write(generated.join("v1999_01_01.rs"), "// old\n").unwrap();
    assert!(check(&copy.roots).unwrap().contains("v1999_01_01.rs"));

    let files = generate(TARGET, &copy.roots).unwrap();
    let done = tree::write(&generated, &files).unwrap().join("\n");
    assert!(
        done.contains("removed") && done.contains("v1999_01_01.rs"),
        "{done}"
    );
    assert!(
        !done.contains("v2025_06_30.rs"),
        "an equal file was written:\n{done}"
    );
    assert_eq!(check(&copy.roots).unwrap(), "");
}

#[test]
fn a_document_and_its_service_must_agree_on_the_place_of_the_version() {
    let copy = Copy::new();
    let path = copy.roots.specs.join("graph-teams/beta/openapi.json");
    let text = fs::read_to_string(&path).unwrap();
    let moved = text.replace("graph.microsoft.com/beta\"", "graph.microsoft.com\"");
    assert_ne!(moved, text);
    fs::write(&path, moved).unwrap();
    let failure = copy.failure();
    assert!(
        failure.contains("graph-teams/beta/openapi.json: the API version is not in the path"),
        "{failure}"
    );
}

#[test]
fn a_rule_without_effect_fails() {
    let copy = Copy::new();
    copy.edit(
        "overlay.toml",
        "property = \"token\"",
        "property = \"tocken\"",
    );
    let failure = copy.failure();
    assert!(
        failure.contains(
            "[[secret]] CommunicationIdentityAccessToken.tocken matches nothing in any version"
        ),
        "{failure}"
    );
}

#[test]
fn a_rule_must_have_an_effect_in_each_version_it_lists() {
    let copy = Copy::new();
    let rule = "[[secret]]\nschema = \"TeamsUserExchangeTokenRequest\"";
    copy.edit(
        "overlay.toml",
        rule,
        &format!("{rule}\nversions = [\"2021-03-07\", \"2022-06-01\"]"),
    );
    let failure = copy.failure();
    assert!(
        failure.contains("matches nothing in 2021-03-07"),
        "{failure}"
    );
}

#[test]
fn a_rule_for_an_unknown_version_fails() {
    let copy = Copy::new();
    let rule = "[[secret]]\nschema = \"TeamsUserExchangeTokenRequest\"";
    copy.edit(
        "overlay.toml",
        rule,
        &format!("{rule}\nversions = [\"2021-03-08\"]"),
    );
    assert!(
        copy.failure().contains("unknown version `2021-03-08`"),
        "{}",
        copy.failure()
    );
}

#[test]
fn a_new_operation_must_be_given_a_name() {
    let copy = Copy::new();
    copy.edit("overlay.toml", "method = \"PATCH\"", "method = \"HEAD\"");
    let failure = copy.failure();
    assert!(
        failure.contains("PATCH /access/entra/assignments has no [[operation]] rule"),
        "{failure}"
    );
    assert!(
        failure.contains("2025-03-02-preview/swagger.json"),
        "{failure}"
    );
}

#[test]
fn an_alias_of_a_value_that_does_not_exist_fails() {
    let copy = Copy::new();
    copy.edit(
        "overlay.toml",
        "{ teamsResourceAccount = \"resourceAccount\" }",
        "{ teamsResourceAccount = \"account\" }",
    );
    let failure = copy.failure();
    assert!(
        failure.contains("`account` is not one of its values"),
        "{failure}"
    );
}

#[test]
fn a_version_the_bound_types_cannot_carry_fails() {
    let copy = Copy::new();
    copy.edit(
        "2025-06-30/swagger.json",
        "\"clientIds\": {",
        "\"displayName\": {\"type\": \"string\", \"description\": \"New.\"},\n\"clientIds\": {",
    );
    let refused = format!("{:#}", generate(TARGET, &copy.roots).unwrap_err());
    let checked = check(&copy.roots).unwrap();
    for text in [&refused, &checked] {
        let what = "the types of 2025-03-02-preview cannot carry 2025-06-30";
        assert!(
            text.contains(what) && text.contains("displayName"),
            "{text}"
        );
    }
    assert!(checked.contains("+++ "), "{checked}");
}

/// Our documents have prose of their own; nothing else of the code may come from them.
#[test]
fn the_real_documents_give_the_same_code() {
    let Some(upstream) = crate::root::upstream() else {
        return;
    };
    let api = load(TARGET, &Roots::of(&crate::root::workspace())).unwrap();
    for ours in &api.versions {
        let version = ours.spec.version.as_str();
        let stage = if ours.spec.preview {
            "preview"
        } else {
            "stable"
        };
        let folder = upstream
            .join("data-plane/Identity")
            .join(stage)
            .join(version);
        let converted = convert::file(&folder.join("CommunicationIdentity.json")).unwrap();
        let mut rewritten = converted.clone();
        let notes =
            passes::run(&PASSES, &mut rewritten, &api.overlay.for_version(version)).unwrap();
        let spec = SpecFile {
            version: version.to_owned(),
            module: ours.spec.module.clone(),
            label: folder.display().to_string(),
            sha256: String::new(),
            preview: ours.spec.preview,
            default: ours.spec.default,
        };
        let real = Version {
            spec,
            converted,
            rewritten,
            notes,
        };
        assert_eq!(
            without_docs(&api, &real),
            without_docs(&api, ours),
            "{version}"
        );
    }
}

fn without_docs(api: &Api, version: &Version) -> String {
    let tokens = emit::client::module(api, version).unwrap();
    let text = prettyplease::unparse(&syn::parse2(tokens).unwrap());
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("///"));
    code.collect::<Vec<_>>().join("\n")
}
