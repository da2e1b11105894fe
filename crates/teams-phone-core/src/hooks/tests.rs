//! The hooks and the pipeline behind them, against a socket that answers from a script.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use http::header::HeaderName;
use serde::Deserialize;

use super::*;
use crate::clock::ManualClock;
use crate::{AccessKey, BearerToken, Credential, Secret, TokenCredential, TokenRequest};

static SERVICE: Service = Service {
    api: "acs-identity",
    version: VersionPlace::Query,
    client_request_id: HeaderName::from_static("x-ms-client-request-id"),
};

static GET: Operation = Operation {
    id: "thing_get",
    service: &SERVICE,
    method: "GET",
    template: "/things/{id}",
    idempotent: true,
    content_type: None,
    success: &[200],
    empty_as_null: &[],
    shape: Shape::Plain,
    default_version: "2025-06-30",
    versions: &["2023-10-01", "2025-03-02-preview", "2025-06-30"],
    upstream_ids: &[],
    fields: &[],
};

static POST: Operation = Operation {
    id: "thing_create",
    method: "POST",
    template: "/things",
    idempotent: false,
    content_type: Some("application/merge-patch+json"),
    success: &[201, 204],
    empty_as_null: &[201],
    fields: &[Field {
        name: "customId",
        versions: &["2025-03-02-preview"],
    }],
    ..copy(&GET)
};

const fn copy(row: &'static Operation) -> Operation {
    Operation {
        id: row.id,
        service: row.service,
        method: row.method,
        template: row.template,
        idempotent: row.idempotent,
        content_type: row.content_type,
        success: row.success,
        empty_as_null: row.empty_as_null,
        shape: row.shape,
        default_version: row.default_version,
        versions: row.versions,
        upstream_ids: row.upstream_ids,
        fields: row.fields,
    }
}

#[derive(Debug, Deserialize, PartialEq)]
struct Thing {
    list: Vec<Entry>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Entry {
    size: u32,
}

/// A server that answers one scripted text per connection; an empty text drops the connection.
struct Fake {
    url: String,
    served: JoinHandle<Vec<String>>,
}

impl Fake {
    fn start(script: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = std::thread::spawn(move || {
            let serve = |answer: String| {
                let (mut stream, _) = listener.accept().unwrap();
                let request = read_request(&mut stream);
                stream.write_all(answer.as_bytes()).unwrap();
                request
            };
            script.into_iter().map(serve).collect()
        });
        Self { url, served }
    }

    fn requests(self) -> Vec<String> {
        self.served.join().unwrap()
    }
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = header(&head, "content-length").map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    head + &String::from_utf8(body).unwrap()
}

fn header(request: &str, name: &str) -> Option<String> {
    let mut fields = request.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = fields.find(|(field, _)| field.eq_ignore_ascii_case(name))?;
    Some(value.trim().to_owned())
}

fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\nMS-CV: cv1\r\n{headers}\r\n{body}"
    )
}

fn inner(url: &str, credential: Credential, clock: &Arc<ManualClock>) -> Inner {
    let pipeline = Pipeline::builder(url.parse().unwrap(), credential)
        .clock(clock.clone())
        .build()
        .unwrap();
    Inner::new(pipeline, None).for_call(RequestOptions::default())
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_744_644_745),
    ))
}

fn key() -> Credential {
    AccessKey::from_base64("c2VjcmV0").unwrap().into()
}

fn draft(operation: &Operation) -> Draft {
    let path = operation.template.replace("{id}", "a%3Ab");
    match operation.method {
        "POST" => Draft::post(path),
        _ => Draft::get(path),
    }
}

/// Does what a generated method does.
async fn call<T: DeserializeOwned>(
    inner: &Inner,
    operation: &'static Operation,
) -> Result<Answer<T>> {
    let received = inner.execute(draft(operation), operation).await;
    let status = received.status().as_u16();
    let result: ClientResult<T, ()> = if operation.success.contains(&status) {
        received.value()
    } else {
        Err(received.unexpected())
    };
    inner.finish(operation.id, result)
}

#[tokio::test]
async fn signs_every_attempt_afresh_over_what_is_sent() {
    let fake = Fake::start(vec![
        answer(503, "Retry-After: 2\r\n", ""),
        answer(500, "", "oops"),
        answer(200, "", r#"{"list":[]}"#),
    ]);
    let clock = clock();
    let inner = inner(&fake.url, key(), &clock);
    let got = call::<Thing>(&inner, &GET).await.unwrap();
    assert_eq!(got.status, 200);
    assert_eq!(
        clock.sleeps(),
        [Duration::from_secs(2), Duration::from_millis(500)]
    );

    let key = AccessKey::from_base64("c2VjcmV0").unwrap();
    let requests = fake.requests();
    let mut dates = Vec::new();
    for request in &requests {
        let target = "/things/a%3Ab?api-version=2025-06-30";
        assert!(
            request.starts_with(&format!("GET {target} HTTP/1.1\r\n")),
            "{request}"
        );
        let sent = |name: &str| header(request, name).unwrap();
        assert_eq!(
            sent("x-ms-client-request-id"),
            header(&requests[0], "x-ms-client-request-id").unwrap()
        );
        let text = format!(
            "GET\n{target}\n{};{};{}",
            sent("x-ms-date"),
            sent("host"),
            sent("x-ms-content-sha256")
        );
        assert!(sent("authorization").ends_with(&format!("Signature={}", key.signature(&text))));
        dates.push(sent("x-ms-date"));
    }
    assert_eq!(
        dates,
        [
            "Mon, 14 Apr 2025 15:32:25 GMT",
            "Mon, 14 Apr 2025 15:32:27 GMT",
            "Mon, 14 Apr 2025 15:32:27 GMT",
        ]
    );
}

#[tokio::test]
async fn declares_an_empty_body_and_the_media_type() {
    let fake = Fake::start(vec![answer(200, "", "")]);
    let inner = inner(&fake.url, key(), &clock());
    let got = call::<Option<Thing>>(&inner, &POST).await.unwrap();
    assert_eq!((got.value, got.status), (None, 200));
    let request = fake.requests().remove(0);
    assert_eq!(header(&request, "content-length").as_deref(), Some("0"));
    assert_eq!(
        header(&request, "content-type").as_deref(),
        Some("application/merge-patch+json")
    );
}

#[tokio::test]
async fn a_lost_answer_is_repeated_only_when_that_is_safe() {
    let fake = Fake::start(vec![String::new(), answer(200, "", r#"{"list":[]}"#)]);
    let got = call::<Thing>(&inner(&fake.url, key(), &clock()), &GET).await;
    assert!(got.is_ok());
    assert_eq!(fake.requests().len(), 2);

    let fake = Fake::start(vec![String::new()]);
    let error = call::<Thing>(&inner(&fake.url, key(), &clock()), &POST)
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 1));
    assert_eq!(fake.requests().len(), 1);

    let truncated = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"list\"".to_owned();
    let fake = Fake::start(vec![truncated.clone(), answer(201, "", r#"{"list":[]}"#)]);
    let repeatable = inner(&fake.url, key(), &clock()).with_repeat(Repeat::Always);
    assert!(call::<Thing>(&repeatable, &POST).await.is_ok());
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_fails_at_once_and_is_told() {
    let fake = Fake::start(vec![answer(429, "Retry-After: 900\r\n", "")]);
    let clock = clock();
    let error = call::<Thing>(&inner(&fake.url, key(), &clock), &GET)
        .await
        .unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(900)));
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert!(clock.sleeps().is_empty());
}

#[tokio::test]
async fn a_decode_error_names_the_place_and_not_the_value() {
    let fake = Fake::start(vec![answer(
        200,
        "",
        r#"{"list":[{"size":1},{"size":"hunter2"}]}"#,
    )]);
    let error = call::<Thing>(&inner(&fake.url, key(), &clock()), &GET)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(
        error.to_string(),
        "thing_get: the answer has an unexpected value at `list[1].size` (200, request id cv1)"
    );
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn failures_show_as_documented_json_to_a_low_level_caller() {
    let fake = Fake::start(vec![
        answer(401, "", ""),
        answer(302, "Location: http://x.example/\r\n", ""),
    ]);
    let inner = inner(&fake.url, key(), &clock());
    for (status, message) in [(401, "unauthorized"), (302, "redirect")] {
        let received = inner.execute(draft(&GET), &GET).await;
        assert_eq!(received.status().as_u16(), status);
        let body: ClientResult<serde_json::Value, ()> = received.value();
        let body = body.unwrap().into_inner();
        assert!(
            body["error"]["message"].as_str().unwrap().contains(message),
            "{body}"
        );
    }
    let wrong = Draft::get("/x".to_owned());
    let received = inner.execute(wrong, &GET).await;
    assert_eq!(received.status().as_u16(), LOCAL_FAILURE);
    assert_eq!(fake.requests().len(), 2);
}

#[test]
fn versions_follow_the_call_and_the_inputs_it_uses() {
    let chosen = |text: &str| text.parse::<ApiVersion>().unwrap();
    assert_eq!(POST.version(None, &[]).unwrap(), "2025-06-30");
    assert_eq!(
        POST.version(None, &["customId"]).unwrap(),
        "2025-03-02-preview"
    );
    assert_eq!(
        POST.version(Some(&chosen("2023-10-01")), &[]).unwrap(),
        "2023-10-01"
    );
    let error = POST
        .version(Some(&chosen("2025-06-30")), &["customId"])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "thing_create: `customId` does not exist in API version 2025-06-30; it exists in 2025-03-02-preview"
    );
    assert!(GET.version(Some(&chosen("2021-03-07")), &[]).is_err());
    let future = ApiVersion::unchecked("2030-01-01").unwrap();
    assert_eq!(GET.version(Some(&future), &[]).unwrap(), "2030-01-01");
    static TABLE: [Operation; 1] = [copy(&GET)];
    assert!(check_version(&TABLE, &future).is_ok());
    assert!(check_version(&TABLE, &chosen("2030-01-01")).is_err());
}

#[derive(Debug)]
struct Renewing;

impl TokenCredential for Renewing {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken>> {
        let token = if request.refresh { "new" } else { "old" };
        let expires_on = SystemTime::UNIX_EPOCH;
        Box::pin(async move { Ok(BearerToken::new(Secret::new(token), expires_on)) })
    }
}

#[tokio::test]
async fn a_refused_bearer_token_is_renewed_once() {
    let fake = Fake::start(vec![answer(401, "", ""), answer(200, "", r#"{"list":[]}"#)]);
    let inner = inner(&fake.url, Credential::token(Renewing), &clock());
    assert!(call::<Thing>(&inner, &GET).await.is_ok());
    let sent: Vec<_> = fake
        .requests()
        .iter()
        .map(|request| header(request, "authorization").unwrap())
        .collect();
    assert_eq!(sent, ["Bearer old", "Bearer new"]);

    let fake = Fake::start(vec![answer(401, "", ""), answer(401, "", "")]);
    let inner = self::inner(&fake.url, Credential::token(Renewing), &clock());
    let error = call::<Thing>(&inner, &GET).await.unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(401), 2));
}

/// Answers with what it was asked for.
#[derive(Debug)]
struct Echo;

impl TokenCredential for Echo {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken>> {
        let refused = request.refused.map_or("nothing", Secret::expose);
        let token = format!("{refused} {}", request.claims.unwrap_or_default());
        Box::pin(async move { Ok(BearerToken::new(token, SystemTime::UNIX_EPOCH)) })
    }
}

#[tokio::test]
async fn the_claims_of_a_challenge_are_passed_on_to_the_credential() {
    // {"access_token":{}}
    let challenge = "WWW-Authenticate: Bearer realm=\"\", error=\"insufficient_claims\", \
                     claims=\"eyJhY2Nlc3NfdG9rZW4iOnt9fQ\"\r\n";
    let fake = Fake::start(vec![
        answer(401, challenge, ""),
        answer(200, "", r#"{"list":[]}"#),
    ]);
    let inner = inner(&fake.url, Credential::token(Echo), &clock());
    assert!(call::<Thing>(&inner, &GET).await.is_ok());
    let requests = fake.requests();
    assert_eq!(
        header(&requests[1], "authorization").as_deref(),
        Some(r#"Bearer nothing  {"access_token":{}}"#)
    );
}

#[tokio::test]
async fn odd_request_ids_are_refused_before_anything_is_sent() {
    for id in ["", "a\nb", &"x".repeat(129), "ü"] {
        let inner = inner("http://127.0.0.1:1", key(), &clock());
        let inner = inner.for_call(RequestOptions::new().client_request_id(id));
        let error = call::<Thing>(&inner, &GET).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Config, 0));
    }
}

#[tokio::test]
async fn a_clock_that_is_off_is_corrected_once_and_told() {
    let date = "Date: Mon, 14 Apr 2025 16:00:00 GMT\r\n";
    let fake = Fake::start(vec![
        answer(401, date, ""),
        answer(200, "", r#"{"list":[]}"#),
    ]);
    let inner = inner(&fake.url, key(), &clock());
    assert!(call::<Thing>(&inner, &POST).await.is_ok());
    assert_eq!(inner.pipeline.clock_skew_seconds(), 1655);
    let dates: Vec<_> = fake
        .requests()
        .iter()
        .map(|request| header(request, "x-ms-date").unwrap())
        .collect();
    assert_eq!(
        dates,
        [
            "Mon, 14 Apr 2025 15:32:25 GMT",
            "Mon, 14 Apr 2025 16:00:00 GMT"
        ]
    );

    let fake = Fake::start(vec![answer(401, date, ""), answer(401, date, "")]);
    let inner = self::inner(&fake.url, key(), &clock());
    let error = call::<Thing>(&inner, &GET).await.unwrap_err();
    assert!(
        error.hint().unwrap().contains("1655 s behind"),
        "{:?}",
        error.hint()
    );

    let near = "Date: Mon, 14 Apr 2025 15:33:00 GMT\r\n";
    let fake = Fake::start(vec![answer(401, near, "")]);
    let inner = self::inner(&fake.url, key(), &clock());
    let error = call::<Thing>(&inner, &GET).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    assert!(!error.hint().unwrap().contains("behind"));
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_is_sent_once() {
    let fake = Fake::start(vec![answer(401, "", "")]);
    let token = BearerToken::new(Secret::new("mine"), SystemTime::UNIX_EPOCH);
    let credential = Credential::token(crate::StaticToken::new(token));
    let inner = inner(&fake.url, key(), &clock()).with_credential(credential);
    let error = call::<Thing>(&inner, &GET).await.unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(401), 1));
    let requests = fake.requests();
    assert_eq!(
        header(&requests[0], "authorization").as_deref(),
        Some("Bearer mine")
    );
    assert_eq!(header(&requests[0], "x-ms-content-sha256"), None);
}

static IN_PATH: Service = Service {
    api: "graph-teams",
    version: VersionPlace::Path,
    client_request_id: HeaderName::from_static("client-request-id"),
};

static LIST: Operation = Operation {
    id: "thing_list",
    service: &IN_PATH,
    template: "/things/{id}",
    default_version: "v1.0",
    versions: &["v1.0"],
    ..copy(&GET)
};

#[tokio::test]
async fn a_version_in_the_path_is_added_to_calls_and_left_alone_in_links() {
    let page = answer(200, "Retry-After: 3\r\nLocation: /x\r\n", r#"{"list":[]}"#);
    let fake = Fake::start(vec![page.clone(), page]);
    let inner = inner(&fake.url, key(), &clock());
    let answered = call::<Thing>(&inner, &LIST).await.unwrap();
    assert_eq!(answered.location.as_deref(), Some("/x"));
    assert_eq!(answered.retry_after, Some(Duration::from_secs(3)));
    let link = "/beta/things?$skiptoken=a+b%2Bc";
    assert!(inner.follow::<Thing>(&LIST, link).await.is_ok());
    let requests = fake.requests();
    assert!(requests[0].starts_with("GET /v1.0/things/a%3Ab HTTP/1.1\r\n"));
    assert!(header(&requests[0], "client-request-id").is_some());
    assert!(requests[1].starts_with(&format!("GET {link} HTTP/1.1\r\n")));
}

#[tokio::test]
async fn a_page_link_is_followed_signed_and_as_it_is() {
    let fake = Fake::start(vec![
        answer(200, "", r#"{"list":[]}"#),
        answer(200, "", "{}"),
    ]);
    let inner = inner(&fake.url, key(), &clock());
    let link = "/things?api-version=2023-10-01&skip=a%2Fb";
    assert!(inner.follow::<Thing>(&GET, link).await.is_ok());
    let error = inner.follow::<Thing>(&GET, link).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Decode, Some(200))
    );
    let error = inner
        .follow::<Thing>(&GET, "https://b.example/x")
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 0));
    let requests = fake.requests();
    assert!(
        requests[0].starts_with(&format!("GET {link} HTTP/1.1\r\n")),
        "{}",
        requests[0]
    );
    assert!(
        header(&requests[0], "authorization")
            .unwrap()
            .starts_with("HMAC-SHA256")
    );
}

/// Answers after a while, by the manual clock or never at all.
#[derive(Debug)]
struct Slow {
    clock: Arc<ManualClock>,
    takes: Option<Duration>,
    interactive: bool,
}

impl TokenCredential for Slow {
    fn get_token<'a>(
        &'a self,
        _request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken>> {
        Box::pin(async move {
            match self.takes {
                Some(takes) => self.clock.advance(takes),
                None => std::future::pending().await,
            }
            Ok(BearerToken::new("t", SystemTime::UNIX_EPOCH))
        })
    }

    fn is_interactive(&self) -> bool {
        self.interactive
    }
}

#[tokio::test(start_paused = true)]
async fn a_credential_without_an_answer_ends_with_the_calls_deadline() {
    let clock = clock();
    let slow = Slow {
        clock: clock.clone(),
        takes: None,
        interactive: false,
    };
    let inner = inner("http://127.0.0.1:1", Credential::token(slow), &clock);
    let error = call::<Thing>(&inner, &GET).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 0));
    assert!(error.message().contains("credential"), "{error}");
}

#[tokio::test]
async fn waiting_for_a_person_does_not_count_and_waiting_for_a_machine_does() {
    for (interactive, expected) in [(true, None), (false, Some(ErrorKind::Timeout))] {
        let fake = Fake::start(vec![answer(200, "", r#"{"list":[]}"#)]);
        let clock = clock();
        let slow = Slow {
            clock: clock.clone(),
            takes: Some(Duration::from_secs(600)),
            interactive,
        };
        let inner = inner(&fake.url, Credential::token(slow), &clock);
        let answered = call::<Thing>(&inner, &GET).await;
        assert_eq!(answered.err().map(|error| error.kind()), expected);
    }
}

#[test]
fn a_page_link_that_cannot_be_requested_is_the_services_fault() {
    assert_eq!(
        page_target("/things?skip=%20".to_owned()).unwrap(),
        "/things?skip=%20"
    );
    for target in ["/things?skip= ".to_owned(), "a".repeat(70_000)] {
        let error = page_target(target).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert!(
            error.message().starts_with("the service's link "),
            "{error}"
        );
    }
}

#[test]
fn what_a_page_link_may_hold_can_be_requested() {
    let inner = inner("http://127.0.0.1:1", key(), &clock());
    for c in (0..0x300).filter_map(char::from_u32) {
        for link in [format!("/things?skip={c}y"), format!("/th{c}ings?x#{c}")] {
            if let Err(error) = inner.linked(&link, &GET) {
                assert_eq!(error.kind(), ErrorKind::Decode, "{link:?}: {error}");
            }
        }
    }
}
