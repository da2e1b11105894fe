//! `token exchange-*`, `token inspect` and `id parse`.

use crate::support::{CLIENT, OBJECT, Ran, Resource, TENANT, teams_phone, with_input};

const TEAMS_USER: &str = "https://auth.msft.communication.azure.com/Teams.ManageCalls";
const TEAMS_PHONE: &str = "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls";
const ENTRA: &str = "https://communication.azure.com/clients/.default";

/// Runs a command with a token on standard input; no output may hold it.
fn with_token(resource: &Resource, words: &str, token: &str) -> Ran {
    let mut command = resource.command(words.split_whitespace());
    let ran = Ran::of(with_input(&mut command, token.as_bytes()));
    resource.watch(&ran);
    assert!(!ran.stdout.contains(token) && !ran.stderr.contains(token));
    ran
}

#[test]
fn a_teams_users_token_is_exchanged_and_wrong_ids_are_named() {
    let resource = Resource::new();
    let entra = resource.emulator.entra();
    let token = entra.user_token(TEAMS_USER);
    let (client, user) = (entra.client_id(), entra.user_id());
    let words = format!("token exchange-teams-user --token-file - --client-id {client} --user");
    let ran = with_token(&resource, &format!("{words} {user}"), &token);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("ey") && ran.stdout.lines().count() == 1);
    assert!(ran.stderr.starts_with("expires "), "{}", ran.stderr);
    let sent = resource.emulator.requests().len();
    let ran = with_token(
        &resource,
        &format!("{words} {OBJECT} --output json"),
        &token,
    );
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    let message = ran.error()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("not the user of the token"), "{message}");
    assert_eq!(resource.emulator.requests().len(), sent);
    let ran = with_token(&resource, &format!("{words} {OBJECT} --unchecked"), &token);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("target `userId`"), "{}", ran.stderr);
}

#[test]
fn a_users_token_is_exchanged_if_an_assignment_allows_it() {
    let resource = Resource::new();
    let entra = resource.emulator.entra();
    let token = entra.user_token(TEAMS_PHONE);
    let words = "token exchange-teams-phone --token-file - --output json";
    assert_eq!(with_token(&resource, words, &token).code, 3);
    let place = format!(
        "--tenant {} --object {}",
        entra.tenant_id(),
        entra.user_id()
    );
    let client = entra.client_id();
    let grant = format!("assignment grant {place} --user --client-id {client}");
    assert_eq!(resource.run(&grant).code, 0);
    let json = with_token(&resource, words, &token).json();
    let id = json["identity"]["id"].as_str().unwrap();
    assert!(id.ends_with(entra.user_id()), "{id}");
    assert!(
        json["access_token"]["token"]
            .as_str()
            .unwrap()
            .starts_with("ey")
    );

    let token = entra.user_token(ENTRA);
    let words = "token exchange-entra --token-file -";
    assert_eq!(with_token(&resource, words, &token).code, 3);
    let set = format!("entra-assignment set {place} --user --client-id {client}");
    assert_eq!(resource.run(&set).code, 0);
    let ran = with_token(&resource, words, &token);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("ey") && ran.stderr.starts_with("identity 8:acs:"));
}

#[test]
fn a_token_comes_from_a_file_and_never_from_an_argument() {
    let resource = Resource::new();
    let ran = resource.run("token exchange-entra");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.starts_with("error: no user token\n"),
        "{}",
        ran.stderr
    );
    let token = resource.emulator.entra().user_token(ENTRA);
    let mut command = resource.command(["token", "exchange-entra", "--token-file", &token]);
    let ran = Ran::of(command.output().unwrap());
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("got a token instead"), "{}", ran.stderr);
    assert!(!ran.stderr.contains(&token[..20]), "{}", ran.stderr);
    let ran = resource.run("token exchange-entra --token-file - --connection-string-file -");
    assert!(ran.stderr.contains("cannot both come"), "{}", ran.stderr);
    assert!(resource.emulator.requests().is_empty());
}

#[test]
fn inspect_says_what_the_ids_are_and_keeps_the_token() {
    let resource = Resource::new();
    let entra = resource.emulator.entra();
    let token = entra.user_token(TEAMS_PHONE);
    let ran = with_token(&resource, "token inspect -", &format!("Bearer {token}\n"));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(!ran.stdout.contains(&token[..40]));
    for said in [
        "JWT; its signature was not checked".to_owned(),
        format!("{}  (tenant of the user or application)", entra.tenant_id()),
        format!("{}  (object id of the user", entra.user_id()),
        format!("{}  (client id of the application", entra.client_id()),
        "Communication Services)".to_owned(),
        "TeamsExtension.ManageCalls".to_owned(),
        "\nexpires".to_owned(),
    ] {
        assert!(ran.stdout.contains(&said), "{said}: {}", ran.stdout);
    }
    let json = with_token(&resource, "token inspect - --output json", &token).json();
    assert_eq!(
        (&json["format"], &json["expired"]),
        (&"jwt".into(), &false.into())
    );
    assert!(json["expires_in_seconds"].as_i64().unwrap() > 0);
    assert_eq!(json["signature_checked"], false);
}

#[test]
fn inspect_takes_opaque_tokens_and_works_without_a_resource() {
    let run = |words: &[&str], input: &[u8]| {
        Ran::of(with_input(
            teams_phone().args(["token", "inspect"]).args(words),
            input,
        ))
    };
    let ran = run(&["-"], b"0.AXoA-secret");
    ran.expect(0, "format  opaque: there are no claims to read\n", "");
    let json = run(&["-", "--output", "json"], b"0.AXoA-secret").json();
    assert_eq!(json["format"], "opaque");
    assert!(json["expired"].is_null());
    assert_eq!(run(&["-"], b"two words").code, 2);
    assert_eq!(run(&["-"], b"").code, 2);
    let ran = run(&["-", "--timeout", "5s"], b"x");
    assert!(ran.stderr.contains("has no effect"), "{}", ran.stderr);
}

#[test]
fn raw_ids_are_taken_apart() {
    let parse = |id: &str, rest: &[&str]| {
        Ran::of(
            teams_phone()
                .args(["id", "parse", id])
                .args(rest)
                .output()
                .unwrap(),
        )
    };
    parse(&format!("8:gcch-acs:{CLIENT}_{TENANT}_{OBJECT}"), &[]).expect(
        0,
        &format!(
            "kind      Teams user who uses Teams Phone through a resource (teamsExtensionUser)\n\
             cloud     US government, GCC High\nresource  {CLIENT}\ntenant    {TENANT}\nuser      {OBJECT}\n"
        ),
        "",
    );
    parse("4:anonymous", &[]).expect(
        0,
        "kind    phone number (phoneNumber)\nnumber  anonymous\n",
        "",
    );
    parse("??", &[]).expect(0, "kind  not known (unknown)\n", "");
    let json = parse(&format!("28:orgid:{OBJECT}"), &["--output", "json"]).json();
    assert_eq!(
        (&json["kind"], &json["cloud"], &json["app_id"]),
        (
            &"microsoftTeamsApp".into(),
            &"public".into(),
            &OBJECT.into()
        )
    );
    assert!(json["tenant_id"].is_null());
    assert_eq!(parse(" ", &[]).code, 2);
}
