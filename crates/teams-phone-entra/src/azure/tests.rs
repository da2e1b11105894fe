//! The developers' tools, played by an executor that runs nothing.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Output};
use std::sync::Mutex;

use super::*;

#[derive(Debug)]
struct Tool {
    code: i32,
    stdout: &'static str,
    stderr: &'static str,
    ran: Mutex<Vec<String>>,
}

impl Tool {
    fn new(code: i32, stdout: &'static str, stderr: &'static str) -> Arc<Self> {
        let ran = Mutex::default();
        Arc::new(Self {
            code,
            stdout,
            stderr,
            ran,
        })
    }
}

#[async_trait::async_trait]
impl az::Executor for Tool {
    async fn run(&self, _program: &OsStr, args: &[&OsStr]) -> io::Result<Output> {
        let line = args.last().unwrap().to_string_lossy().into_owned();
        self.ran.lock().unwrap().push(line);
        Ok(Output {
            status: ExitStatus::from_raw(self.code << 8),
            stdout: self.stdout.into(),
            stderr: self.stderr.into(),
        })
    }
}

const SCOPES: &[&str] = &["https://communication.azure.com//.default"];

async fn ask(mut builder: AzureIdentityBuilder, tool: &Arc<Tool>) -> Result<BearerToken, Error> {
    builder.executor = Some(Arc::clone(tool) as _);
    let credential = builder.build()?;
    credential.get_token(&TokenRequest::new(SCOPES)).await
}

#[tokio::test]
async fn the_azure_cli_is_asked_for_the_scope_and_tenant() {
    let answer = r#"{"accessToken":"hunter2","expires_on":4102444800,"tokenType":"Bearer"}"#;
    let tool = Tool::new(0, answer, "");
    let builder = AzureIdentity::azure_cli()
        .tenant("contoso.example")
        .subscription("Main");
    let token = ask(builder, &tool).await.unwrap();
    assert_eq!(token.token.expose(), "hunter2");
    let ran = tool.ran.lock().unwrap().clone();
    assert_eq!(ran.len(), 1);
    for part in [
        SCOPES[0],
        "--tenant contoso.example",
        "--subscription \"Main\"",
    ] {
        assert!(ran[0].contains(part), "{}", ran[0]);
    }
}

#[tokio::test]
async fn failures_of_the_tools_say_what_to_do() {
    let token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiIxIn0.c2lnbmF0dXJl";
    for (code, stderr, said, hint) in [
        (127, "", "az not found on PATH", "install the Azure CLI"),
        (
            1,
            "ERROR: Please run 'az login' to setup account.",
            "az login",
            "run `az login`",
        ),
        (
            1,
            "ERROR: AADSTS700016: Application was not found.",
            "AADSTS700016",
            "client id",
        ),
        (
            1,
            "ERROR: AADSTS50076: MFA is needed. Run az login.",
            "AADSTS50076",
            "multi-factor",
        ),
    ] {
        let tool = Tool::new(code, "", stderr);
        let error = ask(AzureIdentity::azure_cli(), &tool).await.unwrap_err();
        assert_eq!(error.kind(), teams_phone_core::ErrorKind::Credential);
        assert!(error.to_string().starts_with("Azure CLI: "), "{error}");
        assert!(error.to_string().contains(said), "{error}");
        assert!(error.hint().unwrap().contains(hint), "{:?}", error.hint());
    }
    let leaky = Box::leak(format!("ERROR: odd token {token}").into_boxed_str());
    let error = ask(AzureIdentity::developer_tools(), &Tool::new(1, "", leaky))
        .await
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("eyJ0"), "{error}");
    let error = ask(
        AzureIdentity::azure_cli(),
        &Tool::new(0, "{\"accessToken\":1}", ""),
    )
    .await;
    assert!(error.is_err());
}

#[tokio::test]
async fn a_challenge_that_a_tool_cannot_answer_is_said_to_be_one() {
    let credential = AzureIdentity::azure_cli().build().unwrap();
    let request = TokenRequest::new(SCOPES).claims(Some("{}"));
    let error = credential.get_token(&request).await.unwrap_err();
    assert!(error.hint().unwrap().contains("az login"), "{error}");
}

#[test]
fn bad_settings_are_refused_before_anything_is_sent() {
    const ID: &str = "22222222-2222-4222-8222-222222222222";
    for builder in [
        AzureIdentity::client_secret("", ID, "hunter2"),
        AzureIdentity::client_secret("t", "hunter2", "hunter2"),
        AzureIdentity::client_secret("t", ID, ""),
        AzureIdentity::azure_cli().tenant("a;b"),
        AzureIdentity::workload_identity().client_id("x"),
        AzureIdentity::client_secret("t", ID, "hunter2").root_certificates("x"),
    ] {
        assert!(!format!("{builder:?}").contains("hunter2"));
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), teams_phone_core::ErrorKind::Config);
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn setters_that_have_no_effect_are_refused() {
    const ID: &str = "22222222-2222-4222-8222-222222222222";
    for (builder, setter) in [
        (
            AzureIdentity::managed_identity().client_id(ID),
            "user_assigned",
        ),
        (AzureIdentity::managed_identity().tenant("t"), "tenant"),
        (AzureIdentity::developer_tools().tenant("t"), "tenant"),
        (
            AzureIdentity::developer_tools().subscription("s"),
            "subscription",
        ),
        (AzureIdentity::azure_cli().client_id(ID), "client_id"),
        (AzureIdentity::azure_cli().token_file("f"), "token_file"),
        (
            AzureIdentity::workload_identity().user_assigned(UserAssigned::ClientId(ID.into())),
            "user_assigned",
        ),
        (
            AzureIdentity::client_secret("t", ID, "x").send_certificate_chain(),
            "send_certificate_chain",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), teams_phone_core::ErrorKind::Config);
        let text = error.to_string();
        assert!(
            text.contains(setter) && text.contains("no effect"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_refused_token_that_a_tool_answers_again_is_an_error() {
    let answer = r#"{"accessToken":"hunter2","expires_on":4102444800,"tokenType":"Bearer"}"#;
    let mut builder = AzureIdentity::azure_cli();
    builder.executor = Some(Tool::new(0, answer, "") as _);
    let credential = builder.build().unwrap();
    let request = TokenRequest::new(SCOPES);
    let refused = credential.get_token(&request).await.unwrap().token;
    let again = request.refused(Some(&refused));
    let error = credential.get_token(&again).await.unwrap_err();
    assert!(
        error.hint().unwrap().contains("az account clear"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("hunter2"));
}
