//! What every test needs: a way to run the command that also watches for secrets, and an emulator.

use std::ffi::OsStr;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use teams_phone_emulator::Emulator;

pub(crate) const TENANT: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
pub(crate) const OBJECT: &str = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";
pub(crate) const CLIENT: &str = "1bfa671a-dc6b-47f3-8940-45c0f1af0fa6";
pub(crate) const OTHER_CLIENT: &str = "2c0b782b-ed7c-4804-9a51-56d102b010b7";

/// A key that no emulator here has.
pub(crate) const WRONG_KEY: &str = "d3Jvbmcga2V5IG9mIHRoZSBpbnRlZ3JhdGlvbiB0ZXN0cyE=";

pub(crate) const VARIABLE: &str = "AZURE_COMMUNICATION_CONNECTION_STRING";
pub(crate) const SECOND_VARIABLE: &str = "COMMUNICATION_SERVICES_CONNECTION_STRING";

/// Variables that would tell the command of another resource, identity or terminal.
const FOREIGN: [&str; 15] = [
    "AZURE_COMMUNICATION_ENDPOINT",
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_AUTHORITY_HOST",
    "TEAMS_PHONE_GRAPH_ENDPOINT",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "MSI_SECRET",
    "NO_COLOR",
    "CLICOLOR_FORCE",
];

/// The binary under test, in an environment that says nothing about a resource.
pub(crate) fn teams_phone() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_teams-phone"));
    let foreign = [VARIABLE, SECOND_VARIABLE].into_iter().chain(FOREIGN);
    foreign.fold(command.stdin(Stdio::null()), |command, name| {
        command.env_remove(name)
    });
    command
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Standard output as the one JSON object that it must be.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        one_object(&self.stdout)
    }

    /// The error object, which is the last line of standard error.
    #[track_caller]
    pub(crate) fn error(&self) -> serde_json::Value {
        let line = self.stderr.lines().last().unwrap();
        let object = one_object(line);
        assert_eq!(object["error"]["exit_code"], self.code, "{object}");
        object["error"].clone()
    }

    /// Exit code, standard output and standard error, as a test writes them down.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32, stdout: &str, stderr: &str) {
        assert_eq!(
            (self.code, self.stdout.as_str(), self.stderr.as_str()),
            (code, stdout, stderr)
        );
    }
}

#[track_caller]
fn one_object(text: &str) -> serde_json::Value {
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(value["schema_version"], 1, "{text}");
    value
}

/// A resource to work on, and the command pointed at it.
pub(crate) struct Resource {
    pub(crate) emulator: Emulator,
}

impl Resource {
    pub(crate) fn new() -> Self {
        Self {
            emulator: Emulator::builder().spawn().unwrap(),
        }
    }

    /// The command, with the connection string in the environment.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = teams_phone();
        command
            .env(VARIABLE, self.emulator.connection_string())
            .args(args);
        command
    }

    /// Runs the command with words; the outcome is filtered and holds no secret.
    #[track_caller]
    pub(crate) fn run(&self, words: &str) -> Ran {
        self.outcome(&mut self.command(words.split_whitespace()))
    }

    /// Runs `assignment <verb>` on the tenant and object of the tests.
    #[track_caller]
    pub(crate) fn assignment(&self, verb: &str, rest: &str) -> Ran {
        self.run(&format!(
            "assignment {verb} --tenant {TENANT} --object {OBJECT} {rest}"
        ))
    }

    /// Runs a command of this resource and filters the outcome.
    #[track_caller]
    pub(crate) fn outcome(&self, command: &mut Command) -> Ran {
        let mut ran = Ran::of(command.output().unwrap());
        self.watch(&ran);
        ran.stdout = self.filtered(&ran.stdout);
        ran.stderr = self.filtered(&ran.stderr);
        ran
    }

    /// No output may hold the key, nor a signature made with it.
    #[track_caller]
    pub(crate) fn watch(&self, ran: &Ran) {
        for text in [&ran.stdout, &ran.stderr] {
            assert!(
                !text.contains(self.emulator.access_key()),
                "the key is in: {text}"
            );
            assert!(!text.contains("Signature="), "a signature is in: {text}");
            assert!(!text.contains("panicked"), "{text}");
        }
    }

    fn filtered(&self, text: &str) -> String {
        let text = text.replace(self.emulator.url(), "http://EMULATOR");
        let ids = replaced(&text, "request id ", &[')', ','], "ID");
        let ids = replaced(&ids, "\"request_id\":\"", &['"'], "ID");
        let ids = replaced(&ids, "\"client_request_id\":\"", &['"'], "ID");
        let ids = replaced(&ids, "8:acs:", &['"', ';', '\n', ' '], "IDENTITY");
        let ids = replaced(&ids, "expires ", &['\n'], "TIME");
        let ids = replaced(&ids, "\"expires_on\":\"", &['"'], "TIME");
        replaced(&ids, "hint: ", &['\n'], "..")
    }
}

/// Replaces what stands between `start` and one of `ends`.
pub(crate) fn replaced(text: &str, start: &str, ends: &[char], with: &str) -> String {
    let mut parts = text.split(start);
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(ends).unwrap_or(part.len());
        result.extend([start, with, &part[end..]]);
    }
    result
}

/// Runs a command with bytes on standard input.
pub(crate) fn with_input(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// A local address that nothing listens on.
pub(crate) fn dead_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
