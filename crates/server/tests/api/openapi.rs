//! The OpenAPI document, as it is served.

use crate::support::{Office, send};
use serde_json::Value;
use std::collections::HashSet;

async fn document() -> Value {
    let office = Office::open().await;
    let url = format!("{}/api/openapi.json", office.running.url());
    send(office.http.get(url)).await.ok()
}

/// Each operation with its method and path.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    all.collect()
}

/// Calls `see` with every object in a document.
fn walk(value: &Value, see: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            see(object);
            object.values().for_each(|it| walk(it, see));
        }
        Value::Array(items) => items.iter().for_each(|it| walk(it, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn every_call_says_what_it_does_who_may_and_how_it_refuses() {
    let document = document().await;
    let mut ids = HashSet::new();
    for (call, operation) in operations(&document) {
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(summary.len() > 10, "{call} says what it does");
        assert!(operation["tags"][0].is_string(), "{call} has a place");
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "{call} has a name of its own");
        let responses = operation["responses"].as_object().unwrap();
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{call} can work"
        );
        for (status, response) in responses {
            let words = response["description"].as_str().unwrap_or_default();
            assert!(!words.is_empty(), "{call} says what {status} means");
            if status.as_str() >= "400" {
                let schema = &response["content"]["application/json"]["schema"]["$ref"];
                let name = schema.as_str().unwrap_or_default();
                assert!(
                    name.ends_with("Problem"),
                    "{call} answers {status} with a problem"
                );
            }
        }
    }
}

#[tokio::test]
async fn whatever_it_refers_to_is_in_it() {
    let document = document().await;
    let mut missing = Vec::new();
    walk(&document, &mut |object| {
        let Some(Value::String(name)) = object.get("$ref") else {
            return;
        };
        let pointer = name.trim_start_matches('#');
        if document.pointer(pointer).is_none() {
            missing.push(name.clone());
        }
    });
    assert_eq!(missing, Vec::<String>::new());
}

#[tokio::test]
async fn only_the_sign_ins_and_the_health_ask_for_nobody() {
    let document = document().await;
    assert_eq!(document["security"].as_array().unwrap().len(), 2);
    let calls = operations(&document).into_iter();
    let open = calls.filter(|(_, operation)| operation["security"].is_array());
    let open: HashSet<String> = open.map(|(call, _)| call).collect();
    let expected = [
        "get /api/health",
        "get /healthz",
        "get /readyz",
        "post /api/sender/auth",
        "post /api/session",
    ];
    assert_eq!(open, expected.map(str::to_owned).into());
}

#[tokio::test]
async fn every_call_is_told_of_in_the_documents() {
    let words = include_str!("../../../../docs/API.md");
    let document = document().await;
    let paths = document["paths"].as_object().unwrap().keys();
    let untold: Vec<&String> = paths
        .filter(|path| !words.contains(path.as_str()))
        .collect();
    assert_eq!(untold, Vec::<&String>::new());
}

#[tokio::test]
async fn who_has_the_document_is_not_sent_it_again() {
    let office = Office::open().await;
    let url = format!("{}/api/openapi.json", office.running.url());
    let first = office.http.get(&url).send().await.unwrap();
    let tag = first.headers()["etag"].clone();
    let again = office.http.get(&url).header("if-none-match", tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
}
