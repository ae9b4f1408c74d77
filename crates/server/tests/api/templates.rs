use crate::support::{Office, Seat};
use serde_json::{Value, json};

const PATH: &str = "/api/templates";

fn template(name: &str, text: &str) -> Value {
    json!({"name": name, "text": text})
}

async fn names(manager: &Seat) -> Vec<String> {
    let found = manager.get(PATH).await.ok();
    let all = found["templates"].as_array().unwrap();
    let name = |it: &Value| it["name"].as_str().unwrap().to_owned();
    all.iter().map(name).collect()
}

async fn audited(manager: &Seat) -> Vec<(String, String)> {
    let found = manager.get("/api/audit").await.ok();
    let entries = found["entries"].as_array().unwrap().iter();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    entries
        .map(|it| (word(&it["act"]), word(&it["note"])))
        .filter(|(act, _)| act.starts_with("template_"))
        .collect()
}

#[tokio::test]
async fn a_template_is_kept_changed_and_removed_and_each_is_audited() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let made = manager
        .post(
            PATH,
            template(" Hello ", "Hi {{first_name}} of {{company|you}}"),
        )
        .await;
    assert_eq!(made.status, 201);
    let made = made.ok();
    let id = made["id"].as_str().unwrap();
    let expected = json!({
        "id": id, "name": "Hello", "text": "Hi {{first_name}} of {{company|you}}",
        "variables": ["first_name", "company"], "changedAtMs": office.now(),
        "changedBy": "Manager",
    });
    assert_eq!(made, expected);
    assert_eq!(
        manager.get(PATH).await.ok(),
        json!({"templates": [expected]})
    );
    office.pass(5);
    let path = format!("{PATH}/{id}");
    let changed = manager.put(&path, template("HELLO", "Hi")).await.ok();
    assert_eq!(
        (&changed["name"], &changed["text"], &changed["changedAtMs"]),
        (&json!("HELLO"), &json!("Hi"), &json!(office.now())),
        "its own name is no other's"
    );
    assert_eq!(manager.delete(&path).await.status, 204);
    manager.delete(&path).await.refused(404, "not_found");
    manager
        .put(&path, template("x", "x"))
        .await
        .refused(404, "not_found");
    assert!(names(&manager).await.is_empty());
    let acts = ["template_removed", "template_changed", "template_added"];
    let expected: Vec<_> = acts.map(|act| (act.to_owned(), id.to_owned())).into();
    assert_eq!(audited(&manager).await, expected, "newest first");
}

#[tokio::test]
async fn a_name_is_taken_whatever_its_case_and_the_list_is_by_name() {
    let office = Office::open().await;
    let manager = office.manager().await;
    for name in ["b", "Ção", "A"] {
        manager.post(PATH, template(name, "x")).await.ok();
    }
    assert_eq!(names(&manager).await, ["A", "b", "Ção"]);
    manager
        .post(PATH, template("çÃO", "x"))
        .await
        .refused(409, "bad_request");
    let id = manager.get(PATH).await.ok()["templates"][0]["id"].clone();
    let path = format!("{PATH}/{}", id.as_str().unwrap());
    manager
        .put(&path, template("B", "x"))
        .await
        .refused(409, "bad_request");
    assert_eq!(names(&manager).await, ["A", "b", "Ção"]);
}

#[tokio::test]
async fn of_two_that_take_one_name_at_once_one_is_refused() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let one = || manager.post(PATH, template("Hello", "x"));
    let (first, second) = tokio::join!(one(), one());
    let mut status = [first.status, second.status];
    status.sort_unstable();
    assert_eq!(status, [201, 409]);
    assert_eq!(names(&manager).await, ["Hello"]);
}

#[tokio::test]
async fn a_text_with_a_problem_is_refused_with_its_place_in_words() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let answer = manager
        .post(PATH, template("Hello", "Hi {{nome}}, {{"))
        .await;
    let words = answer.body["message"].as_str().unwrap().to_owned();
    answer.refused(400, "bad_text");
    for part in ["Line 1, column 4", "“nome”", "Line 1, column 14"] {
        assert!(words.contains(part), "{words}");
    }
    for (body, code) in [
        (template("x", " "), "bad_text"),
        (template(" ", "x"), "bad_request"),
        (template(&"x".repeat(101), "x"), "bad_request"),
        (template("a\nb", "x"), "bad_request"),
        (json!({"name": "x"}), "bad_request"),
        (json!({"name": "x", "text": "x", "more": 1}), "bad_request"),
    ] {
        manager.post(PATH, body).await.refused(400, code);
    }
    assert!(names(&manager).await.is_empty());
}

#[tokio::test]
async fn no_sdr_sees_or_changes_templates() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    john.get(PATH).await.refused(403, "forbidden");
    john.post(PATH, template("x", "x"))
        .await
        .refused(403, "forbidden");
    let path = format!("{PATH}/x");
    john.put(&path, template("x", "x"))
        .await
        .refused(403, "forbidden");
    john.delete(&path).await.refused(403, "forbidden");
}
