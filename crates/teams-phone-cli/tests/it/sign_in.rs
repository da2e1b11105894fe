//! `--auth` end to end: the command signs in at the emulator's authority, or with tools and services played here.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use teams_phone_emulator::{Application, Emulator};
use tempfile::TempDir;

use crate::support::{CLIENT, OBJECT, Ran, Resource, TENANT, teams_phone};

const SCOPE: &str = "https://communication.azure.com//.default";
const US_SCOPE: &str = "https://communication.azure.us//.default";

/// Reads an assignment that is not there: exit code 4 takes a credential that is accepted.
fn get(endpoint: &str, method: &str) -> Command {
    let mut command = teams_phone();
    command
        .args(["assignment", "get", "--tenant", TENANT, "--object", OBJECT])
        .args(["--endpoint", endpoint, "--auth", method]);
    command
}

/// Runs the command, which must neither show a token nor panic.
#[track_caller]
fn run(command: &mut Command) -> Ran {
    let ran = Ran::of(command.arg("--verbose").output().unwrap());
    let all = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!all.contains("eyJ") && !all.contains("panicked"), "{all}");
    assert_eq!(ran.stdout, "");
    ran
}

/// A folder of programs that are all there is on the path.
struct Tools(TempDir);

impl Tools {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A program that writes its arguments to a file beside it, and then does what the script says.
    #[cfg(unix)]
    fn add(self, name: &str, script: &str) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.0.path().join(name);
        let script = format!("#!/bin/sh\necho \"$*\" >> \"$0.asked\"\n{script}\n");
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        self
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    #[cfg(unix)]
    fn asked(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(format!("{name}.asked"))).unwrap()
    }
}

/// What `az account get-access-token` prints.
#[cfg(unix)]
fn az(token: &str) -> String {
    format!(
        "echo '{{\"accessToken\":\"{token}\",\"expiresOn\":\"2100-01-01 00:00:00.000000\",\
         \"expires_on\":4102444800,\"subscription\":\"s\",\"tenant\":\"t\",\"tokenType\":\"Bearer\"}}'"
    )
}

#[cfg(unix)]
#[test]
fn whoever_is_signed_in_to_the_azure_cli_is_who_calls() {
    let resource = Resource::new();
    let token = resource.emulator.entra().user_token(SCOPE);
    let tools = Tools::new().add("az", &az(&token));
    let by_option = ["--auth-tenant", "contoso.example"];
    for (option, variable) in [
        (&by_option[..], "ignored.example"),
        (&[], "contoso.example"),
        (&[], ""),
    ] {
        let mut command = get(resource.emulator.url(), "cli");
        command
            .args(option)
            .env("AZURE_TENANT_ID", variable)
            .env("PATH", tools.path());
        let ran = run(&mut command);
        assert_eq!(ran.code, 4, "{}", ran.stderr);
    }
    let asked = format!("account get-access-token -o json --scope {SCOPE}");
    let named = format!("{asked} --tenant contoso.example\n");
    assert_eq!(tools.asked("az"), format!("{named}{named}{asked}\n"));
    let requests = resource.emulator.requests();
    let sent = requests.last().unwrap().header("authorization").unwrap();
    assert!(sent.starts_with("Bearer "), "{sent}");
}

#[cfg(unix)]
#[test]
fn tools_that_are_missing_or_not_signed_in_are_told_with_what_to_do() {
    let resource = Resource::new();
    let signed_out = || "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1";
    for (method, tools, said, hint) in [
        (
            "cli",
            Tools::new(),
            "az not found on PATH",
            "install the Azure CLI",
        ),
        (
            "cli",
            Tools::new().add("az", signed_out()),
            "Please run 'az login'",
            "hint: run `az login`",
        ),
        (
            "cli",
            Tools::new().add("az", "echo '{}'"),
            "Azure CLI: ",
            "missing field",
        ),
        (
            "developer-tools",
            Tools::new(),
            "azd not found on PATH",
            "install the Azure CLI or",
        ),
    ] {
        let mut command = get(resource.emulator.url(), method);
        let ran = run(command.env("PATH", tools.path()));
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        for text in [said, hint] {
            assert!(ran.stderr.contains(text), "{text}: {}", ran.stderr);
        }
    }
    assert!(resource.emulator.requests().is_empty());
}

#[cfg(unix)]
#[test]
fn developer_tools_are_asked_one_after_the_other() {
    let resource = Resource::new();
    let token = resource.emulator.entra().user_token(SCOPE);
    let azd = format!("echo '{{\"token\":\"{token}\",\"expiresOn\":\"2100-01-01T00:00:00Z\"}}'");
    let tools = Tools::new().add("az", "exit 1").add("azd", &azd);
    let mut command = get(resource.emulator.url(), "developer-tools");
    let ran = run(command.env("PATH", tools.path()));
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert!(tools.asked("az").contains(SCOPE));
    assert!(tools.asked("azd").contains(SCOPE));
}

#[cfg(unix)]
#[test]
fn the_scope_is_that_of_the_cloud() {
    let resource = Resource::new();
    let here = resource.emulator.url();
    let token = resource.emulator.entra().user_token(SCOPE);
    for (endpoint, cloud, scope) in [
        (here, &["--auth-cloud", "us-government"][..], US_SCOPE),
        (here, &["--auth-cloud", "public"][..], SCOPE),
        (here, &[][..], SCOPE),
    ] {
        let tools = Tools::new().add("az", &az(&token));
        let mut command = get(endpoint, "cli");
        let ran = run(command.args(cloud).env("PATH", tools.path()));
        assert_eq!(ran.code, 4, "{}", ran.stderr);
        let asked = tools.asked("az");
        assert!(asked.ends_with(&format!("{scope}\n")), "{asked}");
    }
    let tools = Tools::new().add("az", "exit 1");
    let mut command = get("https://name.communication.azure.us", "cli");
    assert_eq!(run(command.env("PATH", tools.path())).code, 3);
    assert!(tools.asked("az").ends_with(&format!("{US_SCOPE}\n")));
}

/// A service that answers one request, and tells what it was.
struct Once {
    address: String,
    asked: JoinHandle<String>,
}

impl Once {
    fn new(status: &'static str, body: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = String::new();
            let mut lines = BufReader::new(stream.try_clone().unwrap());
            while lines.read_line(&mut head).unwrap() > 2 {}
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            // A command that does not ask does not read.
            let _ = stream.write_all(answer.as_bytes());
            head
        });
        Self { address, asked }
    }

    /// What was asked; nothing if nobody came.
    fn asked(self) -> String {
        drop(TcpStream::connect(&self.address));
        self.asked.join().unwrap()
    }
}

#[test]
fn a_managed_identity_is_asked_of_its_host() {
    let resource = Resource::new();
    let token = resource.emulator.entra().app_token(SCOPE);
    let granted = format!(
        "{{\"access_token\":\"{token}\",\"expires_on\":\"4102444800\",\"resource\":\"r\",\"token_type\":\"Bearer\"}}"
    );
    let unknown = "{\"error\":\"invalid_request\",\"error_description\":\"Identity not found\"}";
    let by_option = ["--auth-client-id", CLIENT];
    for (option, variable, status, body, code, said) in [
        (
            &by_option[..],
            "",
            "200 OK",
            granted.as_str(),
            4,
            "NotFound",
        ),
        (&[], CLIENT, "200 OK", &granted, 4, "NotFound"),
        (
            &by_option,
            "ignored",
            "400 Bad Request",
            unknown,
            3,
            "hint: assign the managed identity",
        ),
    ] {
        let host = Once::new(status, body.to_owned());
        let mut command = get(resource.emulator.url(), "managed-identity");
        command
            .args(option)
            .env("AZURE_CLIENT_ID", variable)
            .env(
                "IDENTITY_ENDPOINT",
                format!("http://{}/msi/token", host.address),
            )
            .env("IDENTITY_HEADER", "hunter2-header");
        let ran = run(&mut command);
        assert_eq!(ran.code, code, "{}", ran.stderr);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
        let asked = host.asked();
        assert!(asked.starts_with("GET /msi/token?"), "{asked}");
        for part in [
            "resource=https%3A%2F%2Fcommunication.azure.com%2F",
            &format!("client_id={CLIENT}"),
            "x-identity-header: hunter2-header",
        ] {
            assert!(asked.contains(part), "{part}: {asked}");
        }
    }
    let requests = resource.emulator.requests();
    assert_eq!(requests.len(), 2);
    let sent = requests[0].header("authorization").unwrap();
    assert!(sent.starts_with("Bearer "), "{sent}");
}

/// An RSA key and its certificate, made for tests.
const PEM: &str = include_str!("../../../teams-phone-entra/tests/it/application.pem");

/// An emulator that knows an application by the certificate.
fn certified() -> Resource {
    let start = PEM.find("-----BEGIN CERTIFICATE").unwrap();
    let application = Application::new(CLIENT)
        .certificate(&PEM[start..])
        .manages_resource(true);
    Resource {
        emulator: Emulator::builder()
            .application(application)
            .spawn()
            .unwrap(),
    }
}

#[test]
fn an_application_signs_in_with_a_certificate() {
    let resource = certified();
    let entra = resource.emulator.entra();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.pem");
    std::fs::write(&file, PEM).unwrap();
    let mut by_options = get(resource.emulator.url(), "client-certificate");
    by_options
        .args([
            "--auth-tenant",
            entra.tenant_id(),
            "--auth-client-id",
            CLIENT,
        ])
        .args(["--auth-authority", entra.authority_host()])
        .arg("--auth-certificate-file")
        .arg(&file);
    let mut by_variables = get(resource.emulator.url(), "client-certificate");
    by_variables
        .env("AZURE_TENANT_ID", entra.tenant_id())
        .env("AZURE_CLIENT_ID", CLIENT)
        .env(
            "AZURE_AUTHORITY_HOST",
            format!("{}/", entra.authority_host()),
        )
        .env("AZURE_CLIENT_CERTIFICATE_PATH", &file);
    for mut command in [by_options, by_variables] {
        let ran = run(&mut command);
        assert_eq!(ran.code, 4, "{}", ran.stderr);
        assert!(!ran.stderr.contains("MII"), "{}", ran.stderr);
    }
}

#[test]
fn certificates_that_cannot_be_used_are_refused_without_being_shown() {
    let (key, certificate) = PEM.split_at(PEM.find("-----BEGIN CERTIFICATE").unwrap());
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    for (content, code, said) in [
        (
            &b"\x30\x82\xff\xfe pfx"[..],
            2,
            "openssl pkcs12 -in app.pfx",
        ),
        (certificate.as_bytes(), 2, "no private key"),
        (key.as_bytes(), 2, "no certificate of the key"),
        (encrypted.as_bytes(), 2, "decrypt it first"),
        (PEM.as_bytes(), 3, "AADSTS700027"),
    ] {
        // The standard application has no certificate.
        let resource = Resource::new();
        let entra = resource.emulator.entra();
        let mut command = get(resource.emulator.url(), "client-certificate");
        command
            .args(["--auth-tenant", entra.tenant_id()])
            .args(["--auth-client-id", entra.client_id()])
            .args(["--auth-authority", entra.authority_host()])
            .args(["--auth-certificate-file", "-"]);
        let ran = Ran::of(crate::support::with_input(&mut command, content));
        assert_eq!(ran.code, code, "{}", ran.stderr);
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
        assert!(!ran.stderr.contains("MII"), "{}", ran.stderr);
    }
}

/// What a cluster gives a pod: a token about the application, signed with a key that the application trusts.
fn pod_token(audience: &str) -> String {
    let body: String = PEM
        .lines()
        .skip(2)
        .take_while(|line| !line.starts_with("---"))
        .collect();
    let key = ring::signature::RsaKeyPair::from_pkcs8(&STANDARD.decode(body).unwrap()).unwrap();
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let expires = (now + Duration::from_secs(300)).as_secs();
    let claims = format!(
        "{{\"iss\":\"{CLIENT}\",\"sub\":\"{CLIENT}\",\"aud\":\"{audience}\",\"exp\":{expires}}}"
    );
    let signed =
        [r#"{"alg":"RS256","typ":"JWT"}"#, &claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    let signed = signed.join(".");
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &ring::signature::RSA_PKCS1_SHA256,
        &ring::rand::SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[test]
fn a_pod_signs_in_with_the_token_that_its_cluster_gives_it() {
    let resource = certified();
    let entra = resource.emulator.entra();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, pod_token(&entra.token_endpoint())).unwrap();
    let by_cluster = || {
        let mut command = get(resource.emulator.url(), "workload-identity");
        command
            .env("AZURE_TENANT_ID", entra.tenant_id())
            .env("AZURE_CLIENT_ID", CLIENT)
            .env("AZURE_AUTHORITY_HOST", entra.authority_host())
            .env("AZURE_FEDERATED_TOKEN_FILE", &file);
        run(&mut command)
    };
    let mut by_options = get(resource.emulator.url(), "workload-identity");
    by_options
        .args([
            "--auth-tenant",
            entra.tenant_id(),
            "--auth-client-id",
            CLIENT,
        ])
        .args(["--auth-authority", entra.authority_host()])
        .arg("--auth-token-file")
        .arg(&file);
    for ran in [by_cluster(), run(&mut by_options)] {
        assert_eq!(ran.code, 4, "{}", ran.stderr);
    }
    std::fs::write(&file, pod_token("https://elsewhere.example")).unwrap();
    let ran = by_cluster();
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("AADSTS700023"), "{}", ran.stderr);
    std::fs::remove_file(&file).unwrap();
    let ran = by_cluster();
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("workload identity: "), "{}", ran.stderr);
}

/// Asks for a page, as a browser would, and answers where it leads.
fn visit(url: &str) -> Option<String> {
    let url = url::Url::parse(url).unwrap();
    let port = url.port().unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    write!(
        stream,
        "GET {target} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let mut lines = answer.lines();
    lines.find_map(|line| line.strip_prefix("location: ").map(str::to_owned))
}

#[cfg(unix)]
#[test]
fn a_person_signs_in_with_the_browser_of_the_machine_or_one_of_their_own() {
    for (tools, said) in [
        (
            Tools::new().add("xdg-open", "exit 0").add("open", "exit 0"),
            "a browser was opened; if you see none, sign in at http",
        ),
        (Tools::new(), "no browser could be opened; sign in at http"),
    ] {
        let resource = Resource::new();
        let entra = resource.emulator.entra();
        let mut child = get(resource.emulator.url(), "browser")
            .args(["--auth-tenant", entra.tenant_id()])
            .args(["--auth-client-id", entra.client_id()])
            .args(["--auth-authority", entra.authority_host()])
            .env("PATH", tools.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut talk = BufReader::new(child.stderr.take().unwrap());
        let mut seen = String::new();
        talk.read_line(&mut seen).unwrap();
        assert!(seen.starts_with(said), "{seen}");
        let back = visit(seen.split_whitespace().last().unwrap()).unwrap();
        assert_eq!(visit(&back), None);
        talk.read_to_string(&mut seen).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(4), "{seen}");
        assert!(seen.contains("NotFound") && !seen.contains("eyJ"), "{seen}");
    }
}

#[cfg(unix)]
#[test]
fn a_sign_in_that_a_person_refuses_ends_the_command() {
    let resource = Resource::new();
    let entra = resource.emulator.entra();
    let mut child = get(resource.emulator.url(), "browser")
        .args(["--auth-tenant", entra.tenant_id()])
        .args(["--auth-client-id", entra.client_id()])
        .args(["--auth-authority", entra.authority_host()])
        .env("PATH", Tools::new().path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut talk = BufReader::new(child.stderr.take().unwrap());
    let mut seen = String::new();
    talk.read_line(&mut seen).unwrap();
    let page = seen.split_whitespace().last().unwrap();
    let fields: Vec<(String, String)> = url::Url::parse(page)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect();
    let field = |name: &str| &fields.iter().find(|(field, _)| field == name).unwrap().1;
    // The page sends the browser back without a code if the person closes it there.
    let back = format!(
        "{}?error=access_denied&state={}",
        field("redirect_uri"),
        field("state")
    );
    assert_eq!(visit(&back), None);
    talk.read_to_string(&mut seen).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3), "{seen}");
    assert!(
        seen.contains("access_denied") && seen.contains("declined"),
        "{seen}"
    );
}
