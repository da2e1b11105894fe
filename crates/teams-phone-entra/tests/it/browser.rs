//! The browser sign-in, with a task that plays the browser.

use std::sync::Arc;
use std::time::Duration;

use teams_phone_core::{ErrorKind, TokenCredential as _, TokenRequest};
use teams_phone_entra::{Authority, Browser, BrowserBuilder};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use url::Url;

use super::fake::*;

/// A builder, and the pages that it opens.
fn builder(fake: &Fake) -> (BrowserBuilder, mpsc::UnboundedReceiver<Url>) {
    let (sender, pages) = mpsc::unbounded_channel();
    let builder = Browser::builder(TENANT, CLIENT)
        .authority(fake.url.parse::<Authority>().unwrap())
        .open(move |url| sender.send(url.clone()).unwrap());
    (builder, pages)
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    pairs
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// Sends one request as a browser would and reads the whole answer.
async fn visit(page: &Url, request: &str) -> String {
    let redirect: Url = parameter(page, "redirect_uri").unwrap().parse().unwrap();
    assert_eq!(redirect.host_str(), Some("localhost"));
    let mut stream = TcpStream::connect(("127.0.0.1", redirect.port().unwrap()))
        .await
        .unwrap();
    let request = format!("{request} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn state(page: &Url) -> String {
    parameter(page, "state").unwrap()
}

#[tokio::test]
async fn a_person_signs_in_and_only_the_right_state_counts() {
    let fake = Fake::start(vec![token(true)]);
    let (builder, mut pages) = builder(&fake);
    let builder = builder.timeout(Duration::from_secs(30));
    let credential = builder.login_hint("alex@contoso.example").build().unwrap();
    let request = TokenRequest::new(SCOPES);
    let person = async {
        let page = pages.recv().await.unwrap();
        assert_eq!(page.path(), format!("/{TENANT}/oauth2/v2.0/authorize"));
        for (name, value) in [
            ("response_type", "code"),
            ("code_challenge_method", "S256"),
            ("client_id", CLIENT),
            (
                "scope",
                "https://communication.azure.com//.default offline_access",
            ),
            ("login_hint", "alex@contoso.example"),
        ] {
            assert_eq!(parameter(&page, name).as_deref(), Some(value));
        }
        // Idle connections, as browsers open ahead of need, must not block the rest, however many.
        let redirect: Url = parameter(&page, "redirect_uri").unwrap().parse().unwrap();
        let mut idle = Vec::new();
        for _ in 0..40 {
            let address = ("127.0.0.1", redirect.port().unwrap());
            idle.push(TcpStream::connect(address).await.unwrap());
        }
        for (target, status) in [
            ("GET /favicon.ico", "404"),
            ("GET /", "404"),
            ("POST /?code=stolen&state=x", "404"),
            ("GET /?code=stolen", "400"),
            ("GET /?code=stolen&state=wrong", "400"),
            ("GET /?error=access_denied&state=wrong", "400"),
        ] {
            let answer = visit(&page, target).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status}")),
                "{target}: {answer}"
            );
        }
        let right = format!("GET /?code=hunter2-code&state={}", state(&page));
        let answer = visit(&page, &right).await;
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.contains("go back to the program"),
            "{answer}"
        );
        assert_no_secret(&answer);
        drop(idle);
        page
    };
    let (answered, page) = tokio::join!(credential.get_token(&request), person);
    let answered = answered.unwrap();
    assert_eq!(answered.token.expose(), "hunter2-access");
    assert_eq!(fake.field(0, "code").as_deref(), Some("hunter2-code"));
    assert_eq!(
        fake.field(0, "redirect_uri"),
        parameter(&page, "redirect_uri")
    );
    let verifier = fake.field(0, "code_verifier").unwrap();
    assert!(verifier.len() >= 43 && !page.as_str().contains(&verifier));
    assert_eq!(fake.field(0, "client_secret"), None);
    credential.get_token(&request).await.unwrap();
    assert_eq!(fake.requests().len(), 1, "kept in memory");
    assert_no_secret(&format!("{credential:?} {answered:?}"));
}

#[tokio::test]
async fn a_refusal_of_the_page_is_told() {
    let fake = Fake::start(vec![]);
    let (builder, mut pages) = builder(&fake);
    let credential = builder.build().unwrap();
    let request = TokenRequest::new(SCOPES);
    let person = async {
        let page = pages.recv().await.unwrap();
        let target = format!(
            "GET /?error=access_denied&error_description=AADSTS65004%3a+User+declined.&state={}",
            state(&page)
        );
        assert!(visit(&page, &target).await.contains("did not succeed"));
    };
    let (answered, ()) = tokio::join!(credential.get_token(&request), person);
    let error = answered.unwrap_err();
    assert_eq!(
        error.to_string(),
        "browser: Microsoft Entra ID gave no token: User declined (AADSTS65004)"
    );
    assert!(error.hint().unwrap().contains("declined the consent"));
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_refused_code_is_told_without_repeating_it() {
    let fake = Fake::start(vec![refusal("invalid_grant", 54005)]);
    let (builder, mut pages) = builder(&fake);
    let credential = builder.build().unwrap();
    let request = TokenRequest::new(SCOPES);
    let person = async {
        let page = pages.recv().await.unwrap();
        visit(
            &page,
            &format!("GET /?code=hunter2-code&state={}", state(&page)),
        )
        .await;
    };
    let (answered, ()) = tokio::join!(credential.get_token(&request), person);
    let error = answered.unwrap_err();
    assert!(error.hint().unwrap().contains("used before"), "{error}");
    assert_no_secret(&format!("{error} {error:?}"));
}

#[tokio::test]
async fn waiting_for_nobody_ends() {
    let fake = Fake::start(vec![]);
    let (builder, mut pages) = builder(&fake);
    let clock = clock();
    let credential = builder
        .clock(Arc::clone(&clock) as _)
        .timeout(Duration::from_secs(90))
        .build()
        .unwrap();
    let error = credential
        .get_token(&TokenRequest::new(SCOPES))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert_eq!(error.message(), "browser: nobody signed in within 90 s");
    assert_eq!(clock.sleeps(), [Duration::from_secs(90)]);
    assert!(pages.try_recv().is_ok());
}

#[tokio::test]
async fn a_code_whose_answer_was_lost_is_not_given_up_twice() {
    for (script, message) in [
        ((0, String::new()), "broke"),
        ((502, String::new()), "it answered 502"),
    ] {
        let fake = Fake::start(vec![script, token(true)]);
        let (builder, mut pages) = builder(&fake);
        let credential = builder.build().unwrap();
        let request = TokenRequest::new(SCOPES);
        let person = async {
            let page = pages.recv().await.unwrap();
            let right = format!("GET /?code=hunter2-code&state={}", state(&page));
            visit(&page, &right).await;
        };
        let (answered, ()) = tokio::join!(credential.get_token(&request), person);
        let error = answered.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        let source = std::error::Error::source(&error).unwrap();
        assert!(source.to_string().contains(message), "{source}");
        assert_eq!(fake.requests().len(), 1);
    }
}
