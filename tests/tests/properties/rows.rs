//! Files of rows as spreadsheets and scripts write them: what is written is what is read, line by line.

use std::collections::BTreeMap;
use std::env;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::{Value, json};
use teams_phone::ObjectId;
use teams_phone_cli::fuzz_rows;
use teams_phone_emulator::Emulator;

use crate::invariants::rows;

/// The arguments for the process that is the command, one per line.
const ARGUMENTS: &str = "TEAMS_PHONE_TEST_ARGUMENTS";
const CONNECTION_STRING: &str = "AZURE_COMMUNICATION_CONNECTION_STRING";

/// The command, when the tests below start this one as a process of its own.
#[test]
fn the_command_answers_its_exit_code() {
    let args = env::var(ARGUMENTS);
    let rest = args.as_deref().unwrap_or("assignment\napply");
    let code = teams_phone_cli::run(["teams-phone"].into_iter().chain(rest.lines()));
    if args.is_ok() {
        std::process::exit(code.into());
    }
    assert_eq!(code, 2, "a file is missing");
}

/// Applies a file of rows to the resource; answers the reports by their lines.
fn apply(emulator: &Emulator, file: &str, format: &str) -> BTreeMap<u64, Value> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows");
    std::fs::write(&path, file).unwrap();
    let path = path.to_str().unwrap();
    let arguments = [
        "assignment",
        "apply",
        path,
        "--format",
        format,
        "--output",
        "json",
    ];
    let output = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "rows::the_command_answers_its_exit_code",
            "--nocapture",
            "--quiet",
        ])
        .env(CONNECTION_STRING, emulator.connection_string())
        .env(ARGUMENTS, arguments.join("\n"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let lines = told.lines().filter(|line| line.starts_with('{'));
    let reports = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let reports = reports.filter_map(|report| Some((report["line"].as_u64()?, report)));
    let reports: BTreeMap<u64, Value> = reports.collect();
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(!reports.is_empty(), "{told}{talk}");
    reports
}

/// What a row says.
#[derive(Clone, Debug)]
struct Row {
    tenant: String,
    object: String,
    kind: Kind,
    clients: Vec<String>,
}

/// Whom it is about, which decides which of the two commands can do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    User,
    ResourceAccount,
    Group,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ResourceAccount => "resource_account",
            Self::Group => "group",
        }
    }

    /// How many of the two commands can do such a row.
    fn commands(self) -> usize {
        match self {
            Self::User => 2,
            Self::ResourceAccount | Self::Group => 1,
        }
    }
}

/// A GUID whose digits are letters in places, in one of its spellings.
fn guid() -> impl Strategy<Value = String> {
    let spelling = 0..4;
    (any::<u128>(), spelling).prop_map(|(bits, spelling)| {
        let digits = format!("{bits:032x}");
        let [a, b, c, d, e] = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]);
        let plain = format!("{a}-{b}-{c}-{d}-{e}");
        match spelling {
            0 => plain.to_uppercase(),
            1 => format!("{{{plain}}}"),
            2 => digits,
            _ => plain,
        }
    })
}

fn row() -> impl Strategy<Value = Row> {
    let kind = prop::sample::select(&[Kind::User, Kind::ResourceAccount, Kind::Group][..]);
    let clients = prop::collection::vec(guid(), 1..4);
    (guid(), guid(), kind, clients).prop_map(|(tenant, object, kind, clients)| Row {
        tenant,
        object,
        kind,
        clients: if kind == Kind::ResourceAccount {
            Vec::new()
        } else {
            clients
        },
    })
}

/// How a file may be written without meaning anything else.
#[derive(Clone, Debug)]
struct Style {
    separator: char,
    newline: &'static str,
    mark: &'static str,
    columns: Vec<(usize, &'static str)>,
    quoted: bool,
    between: &'static str,
    last_newline: bool,
}

/// The simplest style, without columns yet.
const PLAIN: Style = Style {
    separator: ',',
    newline: "\n",
    mark: "",
    columns: Vec::new(),
    quoted: false,
    between: " ",
    last_newline: true,
};

/// Each column's spellings.
const NAMES: [&[&str]; 4] = [
    &["tenant_id", "tenantId", "Tenant ID", "TENANT-ID"],
    &["object_id", "objectId", " object id ", "ObjectID"],
    &["principal_type", "principalType", "Principal Type"],
    &["client_ids", "clientIds", "Client-IDs"],
];

fn style() -> impl Strategy<Value = Style> {
    let columns = NAMES.map(prop::sample::select);
    let columns = columns.prop_map(|names| names.into_iter().enumerate().collect::<Vec<_>>());
    (
        prop::sample::select(&[',', ';', '\t'][..]),
        prop::sample::select(&["\n", "\r\n", "\n\n", "\n \t\n"][..]),
        prop::sample::select(&["", "\u{feff}", "\n"][..]),
        columns.prop_shuffle(),
        any::<bool>(),
        prop::sample::select(&[" ", "  ", ";", ",", ", "][..]),
        any::<bool>(),
    )
        .prop_map(
            |(separator, newline, mark, columns, quoted, between, last_newline)| Style {
                separator,
                newline,
                mark,
                columns,
                quoted,
                between,
                last_newline,
            },
        )
}

impl Style {
    fn field(&self, text: &str) -> String {
        if self.quoted || text.contains([self.separator, '"']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    }

    fn line(&self, fields: &[String; 4]) -> String {
        let columns = self.columns.iter();
        let fields: Vec<String> = columns
            .map(|(column, _)| self.field(&fields[*column]))
            .collect();
        fields.join(&self.separator.to_string())
    }

    fn row(&self, row: &Row) -> String {
        let clients = row.clients.join(self.between);
        self.line(&[
            row.tenant.clone(),
            row.object.clone(),
            row.kind.name().to_owned(),
            clients,
        ])
    }

    fn file(&self, lines: &[String]) -> String {
        let names = self.columns.iter().map(|(_, name)| self.field(name));
        let head = names.collect::<Vec<_>>().join(&self.separator.to_string());
        let mut lines = lines.to_vec();
        lines.insert(0, head);
        let end = if self.last_newline { self.newline } else { "" };
        format!("{}{}{end}", self.mark, lines.join(self.newline))
    }
}

fn jsonl(row: &Row, list: bool) -> String {
    let clients = if list {
        json!(row.clients)
    } else {
        json!(row.clients.join(" "))
    };
    let row = json!({
        "schema_version": 1, "tenant_id": row.tenant, "object_id": row.object,
        "principal_type": row.kind.name(), "client_ids": clients, "action": Value::Null,
    });
    row.to_string()
}

fn good(rows: &[Row]) -> usize {
    rows.iter().map(|row| row.kind.commands()).sum()
}

proptest! {
    #[test]
    fn rows_are_read_however_they_are_written(rows in prop::collection::vec(row(), 1..8), style in style()) {
        let lines: Vec<String> = rows.iter().map(|row| style.row(row)).collect();
        let file = style.file(&lines);
        let _ = rows::check(file.as_bytes());
        let good = good(&rows);
        let counts = Ok((good, 2 * rows.len() - good));
        prop_assert_eq!(fuzz_rows(file.as_bytes(), "csv"), counts.clone(), "{}", file);
        prop_assert_eq!(fuzz_rows(file.as_bytes(), ""), counts, "{}", file);
    }

    #[test]
    fn objects_in_lines_are_read_however_they_are_written(
        rows in prop::collection::vec((row(), any::<bool>()), 1..8),
    ) {
        let lines: Vec<String> = rows.iter().map(|(row, list)| jsonl(row, *list)).collect();
        let file = lines.join("\n");
        let _ = rows::check(file.as_bytes());
        let rows: Vec<Row> = rows.into_iter().map(|(row, _)| row).collect();
        let good = good(&rows);
        prop_assert_eq!(fuzz_rows(file.as_bytes(), ""), Ok((good, 2 * rows.len() - good)));
    }
}

/// A row that `assignment apply` can do, in a tenant and about an object of its own.
fn assignment() -> impl Strategy<Value = Row> {
    row().prop_map(|row| match row.kind {
        Kind::Group => Row {
            kind: Kind::User,
            ..row
        },
        _ => row,
    })
}

/// What can be wrong with one field: its column, what stands there, and what is said of it.
fn mistake() -> impl Strategy<Value = (usize, &'static str, &'static str)> {
    prop::sample::select(
        &[
            (0, "", "tenant_id is missing"),
            (
                0,
                "contoso.example",
                "tenant id \"contoso.example\" is not a GUID",
            ),
            (1, "", "object_id is missing"),
            (
                1,
                "someone@contoso.example",
                "object id \"someone@contoso.example\" is not a GUID",
            ),
            (1, "e5b7f628-ea94-4fdc-b3d9-1af1fe23111", "object id"),
            (2, "", "principal_type is missing"),
            (2, "robot", "principal_type \"robot\" is not known"),
            (3, "mine", "client id \"mine\" is not a GUID"),
        ][..],
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_was_written_in_one_format_is_unchanged_in_the_other(
        rows in prop::collection::vec(assignment(), 1..8), style in style(),
    ) {
        let emulator = Emulator::builder().spawn().unwrap();
        let lines: Vec<String> = rows.iter().map(|row| style.row(row)).collect();
        let created = apply(&emulator, &style.file(&lines), "csv");
        let guid = |text: &str| text.parse::<ObjectId>().unwrap().to_string();
        prop_assert_eq!(created.len(), rows.len());
        for (row, report) in rows.iter().zip(created.values()) {
            prop_assert_eq!(&report["outcome"], "created", "{}", report);
            prop_assert_eq!(&report["tenant_id"], &guid(&row.tenant));
            prop_assert_eq!(&report["object_id"], &guid(&row.object));
        }
        let lines: Vec<String> = rows.iter().map(|row| jsonl(row, true)).collect();
        let unchanged = apply(&emulator, &lines.join("\n"), "jsonl");
        prop_assert_eq!(unchanged.keys().copied().collect::<Vec<_>>(), (1..=rows.len() as u64).collect::<Vec<_>>());
        for report in unchanged.values() {
            prop_assert_eq!(&report["outcome"], "unchanged", "{}", report);
        }
    }

    #[test]
    fn a_bad_field_is_named_with_its_line_and_spoils_no_other(
        rows in prop::collection::vec(assignment(), 2..8),
        at in any::<prop::sample::Index>(),
        (column, text, said) in mistake(),
    ) {
        let at = at.index(rows.len());
        let style = Style { columns: (0..4).map(|column| (column, NAMES[column][0])).collect(), ..PLAIN };
        let lines: Vec<String> = rows.iter().enumerate().map(|(index, row)| {
            let mut row = row.clone();
            if index == at && column == 3 {
                (row.kind, row.clients) = (Kind::User, vec![text.to_owned()]);
            }
            let clients = row.clients.join(" ");
            let mut fields = [row.tenant, row.object, row.kind.name().to_owned(), clients];
            if index == at {
                fields[column] = text.to_owned();
            }
            style.line(&fields)
        }).collect();
        let emulator = Emulator::builder().spawn().unwrap();
        let reports = apply(&emulator, &style.file(&lines), "csv");
        prop_assert_eq!(reports.len(), rows.len());
        for (line, report) in reports {
            if line == at as u64 + 2 {
                prop_assert_eq!(&report["outcome"], "invalid", "{}", report);
                let message = report["error"]["message"].as_str().unwrap();
                prop_assert!(message.contains(said), "{}", message);
            } else {
                prop_assert_eq!(&report["outcome"], "created", "{}", report);
            }
        }
    }
}
