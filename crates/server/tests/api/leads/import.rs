use super::all;
use crate::support::{Office, Seat, send};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

const MAPPING: &str = "%7B%22Quem%22%3A%22name%22%2C%22Zap%22%3A%22phone%22%7D";

/// The lines not taken, with their codes.
fn rejected(answer: &Value) -> Vec<(i64, String)> {
    let rows = answer["rejected"].as_array().unwrap();
    let row = |it: &Value| {
        (
            it["line"].as_i64().unwrap(),
            it["code"].as_str().unwrap().to_owned(),
        )
    };
    rows.iter().map(row).collect()
}

fn lines(expected: &[(i64, &str)]) -> Vec<(i64, String)> {
    expected
        .iter()
        .map(|(line, code)| (*line, (*code).to_owned()))
        .collect()
}

async fn phones(manager: &Seat) -> Vec<String> {
    all(&manager.get("/api/leads?limit=200").await.ok(), "phone")
}

#[tokio::test]
async fn a_dry_run_says_all_and_changes_nothing() {
    let office = Office::open().await;
    let manager = office.manager().await;
    office.queue("m-1", "john", "+5511970000002").await;
    let file = "Nome;WhatsApp;Empresa\nJoão;(11) 97000-0001;Ação\nAna;11970000002;\nBob;?;\n";
    let answer = manager.import("dryRun=true", file).await.ok();
    assert_eq!(
        (
            &answer["rows"],
            &answer["fresh"],
            &answer["known"],
            &answer["rejectedCount"]
        ),
        (&json!(3), &json!(1), &json!(1), &json!(1))
    );
    assert_eq!(answer["columns"], json!(["Nome", "WhatsApp", "Empresa"]));
    assert_eq!(
        answer["guessed"],
        json!({"Nome": "name", "WhatsApp": "phone", "Empresa": "company"})
    );
    assert_eq!(
        (&answer["separator"], &answer["encoding"]),
        (&json!(";"), &json!("utf-8"))
    );
    let first = &answer["preview"][0];
    assert_eq!(
        (
            &first["line"],
            &first["phone"],
            &first["company"],
            &first["leadId"]
        ),
        (
            &json!(2),
            &json!("+5511970000001"),
            &json!("Ação"),
            &Value::Null
        )
    );
    assert_eq!(
        answer["preview"][1]["status"], "queued",
        "known, and how they stand"
    );
    assert_eq!(rejected(&answer), lines(&[(4, "bad_phone")]));
    assert_eq!(answer["importId"], Value::Null);
    assert_eq!(phones(&manager).await, ["+5511970000002"]);
}

#[tokio::test]
async fn every_encoding_and_separator_gives_the_same_leads() {
    let text = "name;company;phone\r\nJoão;\"Pão; \"\"Ação\"\"\";55 99123-4567\r\n";
    let latin: Vec<u8> = text
        .chars()
        .map(|it| u8::try_from(u32::from(it)).unwrap())
        .collect();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), "utf-8"),
        ([b"\xef\xbb\xbf", text.as_bytes()].concat(), "utf-8"),
        (latin, "windows-1252"),
        ([vec![0xff, 0xfe], utf16].concat(), "utf-16le"),
        (
            text.replace(';', "\t")
                .replace("Pão\t", "Pão;")
                .into_bytes(),
            "utf-8",
        ),
    ] {
        let office = Office::open().await;
        let manager = office.manager().await;
        let answer = manager.import("consent=asked", bytes).await.ok();
        assert_eq!(answer["encoding"], encoding);
        let found = manager.get("/api/leads").await.ok();
        let lead = &found["leads"][0];
        assert_eq!(
            (&lead["name"], &lead["company"], &lead["phone"]),
            (
                &json!("João"),
                &json!("Pão; \"Ação\""),
                &json!("+5555991234567")
            ),
            "{encoding}"
        );
    }
}

#[tokio::test]
async fn each_row_that_is_not_taken_is_told_with_its_line_and_why() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let stop = json!({"phone": "+5511970000009", "reason": "asked"});
    manager.post("/api/opt-outs", stop).await.ok();
    let long = "x".repeat(501);
    let file = format!(
        "name,phone,company\n\
         Ana,11970000001,A\n\
         Ana,+55 (11) 97000.0001,twice\n\
         ,11970000002,no name\n\
         Bob,123,bad number\n\
         Bob,11970000003\n\
         Bob,11970000004,a,b\n\
         Stop,11970000009,\n\
         Stop,1170000009,by its old spelling\n\
         Eve,11970000005,\"not closed\n\
         Joe,11970000006,{long}\n\
         Nul,11970000007,\0\n\
         Last,11970000008,\n"
    );
    let answer = manager.import("consent=asked", file).await.ok();
    assert_eq!(
        rejected(&answer),
        lines(&[
            (3, "duplicate"),
            (4, "no_name"),
            (5, "bad_phone"),
            (6, "columns"),
            (7, "columns"),
            (8, "do_not_contact"),
            (9, "do_not_contact"),
            (10, "broken_off"),
            (11, "too_long"),
            (12, "unreadable"),
        ])
    );
    assert_eq!((&answer["rows"], &answer["fresh"]), (&json!(12), &json!(2)));
    let told = answer["rejected"][0]["message"].as_str().unwrap();
    assert!(told.starts_with("Line 2 "), "{told}");
    let words = answer["rejected"].to_string();
    assert!(
        !words.contains("97000") && !words.contains("Bob"),
        "nothing of the rows: {words}"
    );
    assert_eq!(phones(&manager).await, ["+5511970000001", "+5511970000008"]);
}

#[tokio::test]
async fn an_import_repeated_or_overlapping_changes_nothing_twice() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let first = "name,phone,company\nAna,11970000001,\nBob,11970000002,B\n";
    let to_john = "consent=asked&assign=%7B%22sdrId%22%3A%22john%22%7D";
    let to_jane = "consent=other&assign=%7B%22sdrId%22%3A%22jane%22%7D";
    manager.import(to_john, first).await.ok();
    let again = manager.import(to_john, first).await.ok();
    assert_eq!((&again["fresh"], &again["known"]), (&json!(0), &json!(2)));
    let second = "name,phone,company,site\nAnn,11970000001,A,a.example\nEve,11970000003,,\n";
    let answer = manager.import(to_jane, second).await.ok();
    assert_eq!((&answer["fresh"], &answer["known"]), (&json!(1), &json!(1)));
    let found = manager.get("/api/leads?sort=name").await.ok();
    let ana = &found["leads"][0];
    assert_eq!(
        (&ana["name"], &ana["consent"], &ana["sdrId"]),
        (&json!("Ana"), &json!("asked"), &json!("john")),
        "what is there stays"
    );
    assert_eq!(
        (&ana["company"], &ana["site"]),
        (&json!("A"), &json!("a.example")),
        "what lacks is filled in"
    );
    assert_eq!(all(&found, "sdrId"), ["john", "john", "jane"]);
    let by_company = manager
        .get("/api/leads?sort=company&desc=true&search=a")
        .await
        .ok();
    assert_eq!(all(&by_company, "name"), ["Ana"], "and is found by it");
}

#[tokio::test]
async fn two_imports_of_one_file_at_once_add_each_lead_once() {
    let office = Office::open().await;
    let (one, other) = (office.manager().await, office.seat("manager", "b2").await);
    let rows: String = (0..1_200)
        .map(|at| format!("Lead,119700{at:05}\n"))
        .collect();
    let file = format!("name,phone\n{rows}");
    let query = "consent=asked&assign=%7B%22roundRobin%22%3A%5B%22john%22%2C%22jane%22%5D%7D";
    let (a, b) = tokio::join!(one.import(query, file.clone()), other.import(query, file));
    let (a, b) = (a.ok(), b.ok());
    let sum = |field: &str| a[field].as_i64().unwrap() + b[field].as_i64().unwrap();
    assert_eq!((sum("fresh"), sum("known")), (1_200, 1_200));
    let found = one.get("/api/leads?limit=1").await.ok();
    assert_eq!(found["total"], 1_200);
}

#[tokio::test]
async fn a_consent_is_asked_for_unless_a_column_has_it() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let without = "name,phone\nAna,11970000001\n";
    let answer = manager.import("", without).await.ok();
    assert_eq!(rejected(&answer), lines(&[(2, "no_consent")]));
    let dry = manager.import("dryRun=true", without).await.ok();
    assert_eq!(dry["fresh"], 1, "a dry run comes before the question");
    let with = "name,phone,consent\nAna,11970000001,form\nBob,11970000002,\n";
    let answer = manager.import("", with).await.ok();
    assert_eq!(rejected(&answer), lines(&[(3, "no_consent")]));
    let answer = manager.import("consent=fair", with).await.ok();
    assert_eq!((&answer["fresh"], &answer["known"]), (&json!(1), &json!(1)));
    let found = manager.get("/api/leads?sort=name").await.ok();
    assert_eq!(all(&found, "consent"), ["form", "fair"]);
}

#[tokio::test]
async fn an_empty_file_is_none() {
    let office = Office::open().await;
    let manager = office.manager().await;
    for query in ["dryRun=true", "consent=asked"] {
        let answer = manager.import(query, "").await;
        answer.refused(400, "bad_file");
    }
}

#[tokio::test]
async fn a_column_of_time_zones_is_written_down_for_leads_who_have_none() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let file = "name,phone,time zone\nAna,92970000001,America/Manaus\nBob,92970000002,\nCid,92970000003,Manaus\n";
    let answer = manager.import("consent=asked", file).await.ok();
    assert_eq!(answer["guessed"]["time zone"], "time_zone");
    assert_eq!(answer["preview"][0]["timeZone"], "America/Manaus");
    assert_eq!(rejected(&answer), lines(&[(4, "bad_time_zone")]));
    let other = "name,phone,tz\nAna,92970000001,America/Lima\nBob,92970000002,America/Lima\n";
    manager.import("consent=asked", other).await.ok();
    let found = manager.get("/api/leads?sort=name").await.ok();
    let zones = all(&found, "timeZone");
    assert_eq!(
        zones,
        ["America/Manaus", "America/Lima"],
        "the first word stays"
    );
}

#[tokio::test]
async fn a_form_takes_the_same_as_the_address_does() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let file = || Part::text("Quem,Zap,x\nAna,912 345 678,1\n").file_name("leads.csv");
    let form = |form: Form| {
        let url = format!("{}/api/leads/import", office.running.url());
        send(
            office
                .http
                .post(url)
                .bearer_auth(&manager.token)
                .multipart(form),
        )
    };
    let fields = Form::new()
        .text(
            "mapping",
            json!({"Quem": "name", "Zap": "phone"}).to_string(),
        )
        .text("consent", "asked")
        .text("defaultCountry", "pt")
        .text("assign", json!({"sdrId": "jane"}).to_string())
        .part("file", file());
    let answer = form(fields).await.ok();
    assert_eq!(answer["fresh"], 1, "{answer}");
    let found = manager.get("/api/leads").await.ok();
    assert_eq!(
        (&found["leads"][0]["phone"], &found["leads"][0]["sdrId"]),
        (&json!("+351912345678"), &json!("jane"))
    );
    form(Form::new().text("consent", "asked"))
        .await
        .refused(400, "bad_request");
    let late = Form::new()
        .text("mapping", "x".repeat(70_000))
        .part("file", file());
    form(late).await.refused(400, "bad_request");
}

#[tokio::test]
async fn what_makes_no_sense_takes_nothing() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let good = "Quem,Zap\nAna,11970000001\n";
    for query in [
        "consent=a",
        "consent=a&mapping=%7B%22Quem%22%3A%22name%22%7D",
        "consent=a&mapping=%7B%22Who%22%3A%22name%22%2C%22Zap%22%3A%22phone%22%7D",
        "consent=a&mapping=%7B%22Quem%22%3A%22size%22%7D",
        "consent=a&mapping=x",
        &format!("consent=a&defaultCountry=XX&mapping={MAPPING}"),
        &format!("consent=a&assign=%7B%22nobody%22%3Afalse%7D&mapping={MAPPING}"),
        &format!("consent={}&mapping={MAPPING}", "x".repeat(501)),
        "dryRun=perhaps",
    ] {
        let answer = manager.import(query, good).await;
        answer.refused(400, "bad_request");
    }
    let unknown = format!("consent=a&assign=%7B%22sdrId%22%3A%22x%22%7D&mapping={MAPPING}");
    manager
        .import(&unknown, good)
        .await
        .refused(404, "not_found");
    let twice = "Quem,Zap,Zap\nAna,11970000001,1\n";
    let answer = manager
        .import(&format!("consent=a&mapping={MAPPING}"), twice)
        .await;
    answer.refused(400, "bad_request");
    let john = office.seat("john", "d1").await;
    john.import(&format!("consent=a&mapping={MAPPING}"), good)
        .await
        .refused(403, "forbidden");
    assert!(phones(&manager).await.is_empty());
    let dry = manager.import("dryRun=true", good).await.ok();
    assert_eq!(
        (&dry["columns"], &dry["rows"], &dry["fresh"]),
        (&json!(["Quem", "Zap"]), &json!(1), &json!(0)),
        "a dry run helps to find the mapping"
    );
    let answer = manager
        .import(&format!("consent=a&mapping={MAPPING}"), good)
        .await
        .ok();
    assert_eq!(answer["fresh"], 1);
}

#[tokio::test]
async fn bytes_that_are_no_file_of_leads_harm_nothing() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let mut noise = 1_u32;
    let random: Vec<u8> = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise.to_be_bytes()[0]
    })
    .take(200_000)
    .collect();
    for bytes in [
        Vec::new(),
        b"\xef\xbb\xbf".to_vec(),
        b"\xff\xfe".to_vec(),
        b"\"".to_vec(),
        b"\n\r\n\r\r".to_vec(),
        b"\0\0\0\0".to_vec(),
        vec![b'"'; 300_000],
        vec![b','; 300_000],
        b"name,phone\n".repeat(10_000),
        [b"name,phone\n".to_vec(), b"\"a\n".repeat(30_000)].concat(),
        random,
    ] {
        for query in ["dryRun=true", "consent=a"] {
            let answer = manager.import(query, bytes.clone()).await;
            assert!(answer.status < 500, "{} {}", answer.status, answer.body);
            let rejected = answer.body["rejected"].as_array();
            assert!(rejected.is_none_or(|it| it.len() <= 1_000));
        }
    }
    assert!(phones(&manager).await.is_empty());
}

#[tokio::test]
async fn an_import_is_audited_with_its_end() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let file = "name,phone\nAna,11970000001\nBob,1\n";
    manager.import("dryRun=true&consent=asked", file).await.ok();
    let answer = manager.import("consent=asked", file).await.ok();
    let id = answer["importId"].as_str().unwrap();
    let found = manager.get("/api/audit").await.ok();
    let entries = found["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "a dry run is none: {entries:?}");
    assert_eq!(entries[0]["act"], "leads_imported");
    assert_eq!(
        entries[0]["note"],
        format!("import {id}: 1 new, 0 known, 1 not taken")
    );
    assert_eq!(entries[0]["who"], "Manager");
}

#[tokio::test]
async fn a_file_that_does_not_arrive_whole_keeps_what_came_and_can_be_sent_again() {
    let office = Office::with(0, |options| {
        options.patience.body = std::time::Duration::from_millis(300);
    })
    .await;
    let manager = office.manager().await;
    let rows: String = (0..1_500)
        .map(|at| format!("Lead,119700{at:05}\n"))
        .collect();
    let file = format!("name,phone\n{rows}");
    let start = futures_util::stream::iter([Ok::<_, std::io::Error>(file.clone())]);
    let stuck = futures_util::StreamExt::chain(start, futures_util::stream::pending());
    let answer = manager
        .import("consent=asked", reqwest::Body::wrap_stream(stuck))
        .await;
    answer.refused(408, "bad_request");
    let kept = manager.get("/api/leads?limit=1").await.ok();
    assert_eq!(kept["total"], 1_000, "what was a whole batch");
    let found = manager.get("/api/audit").await.ok();
    let note = found["entries"][0]["note"].as_str().unwrap();
    assert!(
        note.ends_with("1000 new, 0 known, 0 not taken; it broke off"),
        "{note}"
    );
    let again = manager.import("consent=asked", file).await.ok();
    assert_eq!(
        (&again["fresh"], &again["known"]),
        (&json!(500), &json!(1_000))
    );
}
