//! Tests of the registry.

use super::*;

fn entry(api: &str, version: &str, extra: &str) -> String {
    format!(
        "[[spec]]\napi = \"{api}\"\nversion = \"{version}\"\nstate = \"ga\"\n{extra}\
         file = \"{api}/{version}/swagger.json\"\nmodule = \"{}\"\n\
         [spec.origin]\nrepository = \"o/r\"\npath = \"p.json\"\n\n",
        module_name(version)
    )
}

/// A `specs` folder with a document for each of the versions.
fn folder(versions: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for version in versions {
        let place = folder.path().join("a").join(version);
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join("swagger.json"), "{}").unwrap();
    }
    folder
}

fn parse(text: &str) -> anyhow::Result<Registry> {
    let folder = folder(&["2021-01-01", "2022-01-01-preview", "2022-01-01"]);
    Registry::parse(folder.path(), text)
}

fn refusal(text: &str) -> String {
    format!("{:#}", parse(text).unwrap_err())
}

#[test]
fn a_module_is_called_after_its_version() {
    for (version, module) in [
        ("2025-03-02-preview", "v2025_03_02_preview"),
        ("v1.0", "v1_0"),
        ("1.0", "v1_0"),
        ("beta", "beta"),
    ] {
        assert_eq!(module_name(version), module);
    }
    assert!(age("beta") < age("v1.0"));
}

#[test]
fn reads_the_registry_of_the_workspace() {
    let registry = Registry::load().unwrap();
    let versions: Vec<_> = registry
        .api("acs-identity")
        .iter()
        .map(|spec| &*spec.version)
        .collect();
    let expected = [
        "2021-03-07",
        "2022-06-01",
        "2022-10-01",
        "2023-10-01",
        "2025-03-02-preview",
        "2025-06-30",
        "2026-09-23",
    ];
    assert!(
        expected.iter().all(|version| versions.contains(version)),
        "{versions:?}"
    );
    assert!(registry.find("acs-identity", "2025-06-30").unwrap().default);
    assert!(registry.find("acs-identity", "1999-01-01").is_none());
    assert!(registry.api("nothing").is_empty());
}

#[test]
fn refuses_a_faulty_registry_and_says_what_is_wrong() {
    let ok = entry("a", "2021-01-01", "");
    let late = entry("a", "2022-01-01", "");
    let table: &[(String, &str)] = &[
        (format!("{ok}{ok}"), "a 2021-01-01 is listed twice"),
        (format!("{late}{ok}"), "put the oldest version first"),
        (
            format!("{late}{}", entry("a", "2022-01-01-preview", "")),
            "oldest version first",
        ),
        (entry("a", "2020-01-01", ""), "which does not exist"),
        (
            entry("a", "2021-01-01", "colour = 1\n"),
            "unknown field `colour`",
        ),
        (ok.replace("\"ga\"", "\"beta\""), "unknown variant `beta`"),
        (ok.replace("v2021_01_01", "2021"), "use `v2021_01_01`"),
        (
            ok.replace("a/2021-01-01/sw", "../sw"),
            "has to be below `a/`",
        ),
        (
            ok.replace("\"ga\"\n", "\"preview\"\ndefault = true\n"),
            "`state = \"ga\"` only",
        ),
        (
            ok.replace("path = \"p.json\"\n", ""),
            "missing field `path`",
        ),
        (
            ok.replace("file =", "default = true\nfile =")
                + &late.replace("file =", "default = true\nfile ="),
            "a has two defaults, 2021-01-01 and 2022-01-01",
        ),
        (
            ok.clone() + &late.replace("v2022_01_01", "v2021_01_01"),
            "share the module `v2021_01_01`",
        ),
    ];
    assert!(parse(&ok).is_ok());
    for (text, expected) in table {
        let message = refusal(text);
        assert!(
            message.contains(expected),
            "expected `{expected}` in `{message}`"
        );
    }
}

#[test]
fn a_preview_is_older_than_the_release_of_the_same_day() {
    assert!(age("2022-01-01-preview") < age("2022-01-01"));
    assert!(age("2022-01-01") < age("2022-01-02-preview"));
}

#[test]
fn inserts_a_version_at_its_place_and_keeps_comments() {
    let folder = folder(&[
        "2021-01-01",
        "2022-01-01-preview",
        "2022-01-01",
        "2023-01-01",
    ]);
    let text = format!(
        "# About the file.\n\n{}# About this version.\n{}",
        entry("a", "2021-01-01", ""),
        entry("a", "2022-01-01", "default = true\n")
    );
    std::fs::write(folder.path().join("specs.toml"), &text).unwrap();
    let mut registry = Registry::load_from(folder.path()).unwrap();
    let origin = Origin {
        repository: "o/r".into(),
        path: "p \"q\".json".into(),
        commit: Some("abc".into()),
    };
    for (version, state) in [
        ("2023-01-01", State::Ga),
        ("2022-01-01-preview", State::Preview),
    ] {
        let spec = Spec::new("a", version, state, origin.clone());
        registry.insert(spec).unwrap();
    }
    let order: Vec<_> = registry.specs.iter().map(|spec| &*spec.version).collect();
    assert_eq!(
        order,
        [
            "2021-01-01",
            "2022-01-01-preview",
            "2022-01-01",
            "2023-01-01"
        ]
    );
    assert_eq!(registry.specs[1].origin, origin);
    assert_eq!(registry.specs[1].state, State::Preview);
    let written = std::fs::read_to_string(folder.path().join("specs.toml")).unwrap();
    assert!(
        written.starts_with("# About the file.\n\n[[spec]]\n"),
        "{written}"
    );
    assert!(
        written.contains("# About this version.\n[[spec]]\napi = \"a\"\nversion = \"2022-01-01\"")
    );
    assert!(!written.contains("\n\n\n"), "{written}");
    assert!(written.ends_with("commit = \"abc\"\n"), "{written}");
    let twice = registry
        .insert(Spec::new("a", "2022-01-01", State::Ga, origin))
        .unwrap_err();
    assert!(format!("{twice:#}").contains("listed twice"));
}
