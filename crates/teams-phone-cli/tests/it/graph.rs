//! What tests of the commands of Microsoft Graph need: a tenant, and the command signed in to it.

use std::ffi::OsStr;
use std::process::Command;

use serde_json::json;
use teams_phone_emulator::{Builder, Delay, Emulator, Fault, Sku};

use crate::support::{Ran, teams_phone};

/// The accounts and numbers of the demonstration tenant.
pub(crate) const IVR: &str = "ivr@teams-phone-emulator.invalid";
pub(crate) const IVR_ID: &str = "c0000000-0000-4000-8000-000000000001";
pub(crate) const ALEX: &str = "alex@teams-phone-emulator.invalid";
pub(crate) const SERVICE: &str = "+12065550100";
pub(crate) const OTHER_SERVICE: &str = "+12065550101";
pub(crate) const USERS: &str = "+12065550102";

/// A Teams tenant behind an emulated Microsoft Graph.
pub(crate) struct Tenant {
    pub(crate) emulator: Emulator,
}

impl Tenant {
    /// The demonstration tenant, whose operations are over at once.
    pub(crate) fn new() -> Self {
        Self::of(Emulator::builder().graph_demo_tenant())
    }

    pub(crate) fn of(builder: Builder) -> Self {
        let builder = builder.graph(|graph| graph.operations = Delay::Polls(0));
        Self {
            emulator: builder.spawn().unwrap(),
        }
    }

    /// The command, signed in with all permissions.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let entra = self.emulator.entra();
        let mut command = teams_phone();
        command
            .env("TEAMS_PHONE_GRAPH_ENDPOINT", self.emulator.url())
            .env("AZURE_TENANT_ID", entra.tenant_id())
            .env("AZURE_CLIENT_ID", entra.client_id())
            .env("AZURE_CLIENT_SECRET", entra.client_secret())
            .env("AZURE_AUTHORITY_HOST", entra.authority_host())
            .args(args)
            .args(["--auth", "client-secret"]);
        command
    }

    /// Runs the command with words; the outcome is filtered and holds no secret.
    #[track_caller]
    pub(crate) fn run(&self, words: &str) -> Ran {
        self.outcome(&mut self.command(words.split_whitespace()))
    }

    /// Runs the command with a token that has these permissions only.
    #[track_caller]
    pub(crate) fn with_permissions(&self, permissions: &[&str], words: &str) -> Ran {
        let token = self.emulator.graph().token_with(permissions);
        let answer = json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600});
        let fault = Fault::respond_body(200, answer).path("**/oauth2/**");
        self.emulator.inject(fault);
        let ran = self.run(words);
        self.emulator.clear_faults();
        ran
    }

    #[track_caller]
    pub(crate) fn outcome(&self, command: &mut Command) -> Ran {
        let mut ran = Ran::of(command.output().unwrap());
        self.watch(&ran.stdout);
        self.watch(&ran.stderr);
        ran.stdout = self.filtered(&ran.stdout);
        ran.stderr = self.filtered(&ran.stderr);
        ran
    }

    #[track_caller]
    fn watch(&self, text: &str) {
        let secret = self.emulator.entra().client_secret();
        for wrong in [secret, "eyJ", "panicked"] {
            assert!(!text.contains(wrong), "{wrong} is in: {text}");
        }
    }

    /// The text with what differs from run to run replaced.
    fn filtered(&self, text: &str) -> String {
        let graph = self.emulator.graph();
        let mut text = text.replace(self.emulator.url(), "http://EMULATOR");
        for id in graph.operations() {
            text = text.replace(&id, "OPERATION");
        }
        for number in graph.numbers() {
            text = text.replace(&number.id(), "ID");
        }
        let text = crate::support::replaced(&text, "request id ", &[')', ','], "ID");
        without_times(&text)
    }

    /// The paths of what was sent besides reads and sign-ins, with bodies.
    pub(crate) fn writes(&self) -> Vec<(String, String)> {
        let requests = self.emulator.requests().into_iter();
        let writes = requests
            .filter(|request| request.method != "GET" && !request.path().contains("/oauth2/"));
        let told = writes.map(|request| {
            let path = request.path().rsplit('/').next().unwrap_or_default();
            (path.to_owned(), request.body.unwrap_or_default())
        });
        told.collect()
    }

    pub(crate) fn holder(&self, number: &str) -> Option<String> {
        let number = self.emulator.graph().number(number).unwrap();
        number.assignment_target_id().map(str::to_owned)
    }
}

/// The text with each time, written like `2026-01-31T12:00:00Z`, replaced.
fn without_times(text: &str) -> String {
    let mut left = text;
    let mut told = String::new();
    while let Some(at) = left.find("T") {
        let start = at
            .checked_sub(10)
            .filter(|start| left.is_char_boundary(*start));
        let time = start.and_then(|start| left.get(start..at + 10));
        match (start, time) {
            (Some(start), Some(time)) if time.starts_with("20") && time.ends_with('Z') => {
                told.extend([&left[..start], "TIME"]);
                left = &left[at + 10..];
            }
            _ => {
                told.push_str(&left[..=at]);
                left = &left[at + 1..];
            }
        }
    }
    told + left
}

/// A licence that lets a user have numbers.
pub(crate) fn user_licence() -> Sku {
    Sku::virtual_user().units(5)
}

#[test]
fn the_endpoint_is_taken_from_the_option_before_the_environment() {
    let tenant = Tenant::new();
    let mut command = tenant.command(["number", "get", SERVICE, "--output", "json"]);
    command
        .env("TEAMS_PHONE_GRAPH_ENDPOINT", crate::support::dead_address())
        .args(["--graph-endpoint", tenant.emulator.url()]);
    assert_eq!(tenant.outcome(&mut command).code, 0);
}

#[test]
fn what_does_not_open_graph_is_refused_before_anything_is_sent() {
    let tenant = Tenant::new();
    let endpoint = format!("--graph-endpoint {}", tenant.emulator.url());
    for (words, said) in [
        ("", "does not open Microsoft Graph"),
        ("--auth connection-string", "does not open Microsoft Graph"),
        (
            "--auth cli --connection-string-file x",
            "--connection-string-file has no effect",
        ),
        (
            "--auth cli --endpoint https://x.example",
            "--endpoint has no effect",
        ),
        (
            "--auth cli --api-version 2025-06-30",
            "--api-version has no effect",
        ),
        ("--auth cli --auth-cloud us-government", "government"),
        (
            "--auth cli --auth-secret-file x",
            "--auth-secret-file has no effect with --auth cli",
        ),
    ] {
        let mut command = teams_phone();
        command
            .args(["number", "list"])
            .args(endpoint.split(' '))
            .args(words.split_whitespace());
        let ran = Ran::of(command.output().unwrap());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{words}");
        assert!(ran.stderr.contains(said), "{words}: {}", ran.stderr);
    }
    for (endpoint, said) in [
        ("http://graph.example", "uses http"),
        ("https://graph.microsoft.us", "GCC High"),
        ("graph.microsoft.com", "no scheme"),
    ] {
        let mut command = teams_phone();
        command
            .args(["number", "list", "--auth", "cli"])
            .env("TEAMS_PHONE_GRAPH_ENDPOINT", endpoint);
        let ran = Ran::of(command.output().unwrap());
        assert_eq!(ran.code, 2, "{endpoint}");
        assert!(ran.stderr.contains(said), "{endpoint}: {}", ran.stderr);
    }
    assert!(tenant.emulator.requests().is_empty());
}

#[test]
fn commands_of_the_resource_have_no_use_for_a_graph_endpoint() {
    let resource = crate::support::Resource::new();
    for words in ["identity create", "id parse 4:+14255550123"] {
        let ran = resource.run(&format!("{words} --graph-endpoint https://graph.example"));
        assert_eq!(ran.code, 2, "{words}");
        assert!(
            ran.stderr.contains("--graph-endpoint has no effect"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn csv_is_refused_where_there_is_no_table() {
    let tenant = Tenant::new();
    for words in [
        "number assign +12065550100 ivr@x.example",
        "licence assign ivr@x.example SKU",
        "id parse 4:+14255550123",
    ] {
        let ran = tenant.run(&format!("{words} --output csv"));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{words}");
        assert!(ran.stderr.contains("--output csv is for"), "{}", ran.stderr);
    }
    assert!(tenant.emulator.requests().is_empty());
}
