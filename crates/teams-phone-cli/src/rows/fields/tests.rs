//! Lines as people and programs write them.

use super::*;

const TENANT: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
const OBJECT: &str = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";
const A: &str = "1bfa671a-dc6b-47f3-8940-45c0f1af0fa6";
const B: &str = "2c0b782b-ed7c-4804-9a51-56d102b010b7";

fn fields() -> Fields {
    Fields {
        action: None,
        tenant_id: Some(TENANT.to_owned()),
        object_id: Some(OBJECT.to_owned()),
        principal_type: Some("user".to_owned()),
        client_ids: vec![A.to_owned(), B.to_owned()],
    }
}

#[test]
fn separators_and_spellings_of_columns_do_not_matter() {
    for (head, line) in [
        (
            "tenant_id,object_id,principal_type,client_ids",
            format!("{TENANT},{OBJECT},user,{A} {B}"),
        ),
        (
            "tenantId;objectId;principalType;clientIds",
            format!("{TENANT};{OBJECT};user;\"{A};{B}\""),
        ),
        (
            "Object Id\tTenant ID\tclient-ids\tPrincipal_Type\taction",
            format!(" {OBJECT}\t{TENANT} \t{A};{B}\tuser\t"),
        ),
        (
            "\"tenant_id\",object_id,principal_type,client_ids",
            format!("{TENANT},{OBJECT},\"user\",\"{A},{B}\""),
        ),
    ] {
        let mut layout = Layout::csv(head).unwrap();
        assert_eq!(layout.fields(&line).unwrap(), fields(), "{head}");
    }
}

#[test]
fn json_takes_lists_and_texts_and_the_commands_own_output() {
    for line in [
        format!(
            r#"{{"schema_version":1,"tenant_id":"{TENANT}","object_id":"{OBJECT}","principal_type":"user","client_ids":["{A}","{B}"]}}"#
        ),
        format!(
            r#"{{"tenantId":"{TENANT}","objectId":"{OBJECT}","principalType":"user","clientIds":"{A} {B}","action":null}}"#
        ),
    ] {
        assert_eq!(
            Layout::Json("a JSON object").fields(&line).unwrap(),
            fields()
        );
    }
}

#[test]
fn heads_that_cannot_be_right_are_refused() {
    for (head, said) in [
        ("tenant_id,object_id,object_id", "twice"),
        ("tenant_id,client_ids", "no column object_id"),
        ("object_id,colour", "\"colour\" is not a column; known are"),
        (OBJECT, "is not a column"),
    ] {
        let error = Layout::csv(head).unwrap_err();
        assert!(error.contains(said), "{head}: {error}");
    }
}

#[test]
fn lines_that_cannot_be_right_are_refused() {
    let mut layout = Layout::csv("object_id,action").unwrap();
    assert!(layout.fields("a").unwrap_err().contains("1 fields"));
    assert!(layout.fields("a,b,c").unwrap_err().contains("names 2"));
    let broken = layout.fields("a,b\rc,d").unwrap_err();
    assert!(broken.contains("carriage return"), "{broken}");
    let odd = layout.fields("\"say \"\"it\"\", now\",\"grant").unwrap();
    assert_eq!(odd.object_id.as_deref(), Some("say \"it\", now"));
    assert_eq!(odd.action.as_deref(), Some("grant"));
    for (line, said) in [
        ("[]", "not a JSON object"),
        ("{\"object_id\":", "not a JSON object"),
        ("{\"object_id\":5}", "object_id is not a text"),
        ("{\"client_ids\":[5]}", "client_ids holds something else"),
        ("{\"colour\":\"red\"}", "is not a column"),
        (
            "{\"object_id\":\"a\",\"objectId\":\"b\"}",
            "objectId is there twice",
        ),
        (
            "{\"object_id\":\"a\",\"object_id\":\"b\"}",
            "object_id is there twice",
        ),
        (
            "{\"client_ids\":[\"a\"],\"clientIds\":null}",
            "clientIds is there twice",
        ),
    ] {
        let error = Layout::Json("a JSON object").fields(line).unwrap_err();
        assert!(error.contains(said), "{line}: {error}");
    }
    let error = Fields::default().tenant().unwrap_err();
    assert_eq!(error, "tenant_id is missing");
}
