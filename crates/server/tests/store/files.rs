//! What a store keeps of files; every store must hold to it.

use hotdesk_protocol::UtcMs;
use hotdesk_protocol::file::{Attachment, FileKind};
use hotdesk_protocol::ids::{DesktopId, FileId, LeadId, MessageId, SdrId};
use hotdesk_server::store::sqlite::SqliteStore;
use hotdesk_server::store::{
    Addressee, Claim, Credentials, NewLead, NewMessage, Person, Refusal, Role, Store, StoreError,
    Which,
};

/// 2026-03-04 in São Paulo, within anybody's hours there.
pub const WEDNESDAY_NOON: UtcMs = UtcMs(1_772_636_400_000);

fn file(id: &str) -> Attachment {
    Attachment {
        file_id: FileId::from(id),
        kind: FileKind::Document,
        file_name: "offer.pdf".to_owned(),
        mime_type: "application/pdf".to_owned(),
        size_bytes: 18,
        sha256: "ab".repeat(32),
    }
}

/// A message without a file to this number.
pub fn message_to(id: &str, sdr: &str, phone: &str) -> NewMessage {
    let mut new = message(id, sdr, None);
    if let Addressee::Given(lead) = &mut new.addressee {
        lead.phone = phone.to_owned();
    }
    new.text = "hello".to_owned();
    new
}

fn message(id: &str, sdr: &str, file: Option<&str>) -> NewMessage {
    NewMessage {
        id: MessageId::from(id),
        sdr_id: SdrId::from(sdr),
        addressee: Addressee::Given(Box::new(NewLead {
            id: LeadId::from(id),
            name: "Ana".to_owned(),
            phone: format!("+55119700{id}"),
            company: None,
            position: None,
            site: None,
            pain: None,
            consent: "asked".to_owned(),
            time_zone: None,
        })),
        text: String::new(),
        file: file.map(FileId::from),
        by: SdrId::from("john"),
    }
}

async fn store() -> SqliteStore {
    let store = SqliteStore::in_memory().unwrap();
    for name in ["john", "jane"] {
        let person = Person {
            id: SdrId::from(name),
            email: format!("{name}@example"),
            name: name.to_owned(),
            role: Role::Sdr,
        };
        let credentials = Credentials {
            person,
            password_hash: String::new(),
        };
        store.put_person(credentials).await.unwrap();
    }
    store
}

#[tokio::test]
async fn a_file_is_known_once_and_never_replaced() {
    let store = store().await;
    let john = || SdrId::from("john");
    assert!(store.put_file(file("f"), john(), UtcMs(1)).await.unwrap());
    let other = Attachment {
        file_name: "other.pdf".to_owned(),
        ..file("f")
    };
    assert!(!store.put_file(other, john(), UtcMs(2)).await.unwrap());
    let new = message("00001", "john", Some("f"));
    store.enqueue(new, UtcMs(3)).await.unwrap();
    let found = store.file_of(FileId::from("f"), john()).await.unwrap();
    assert_eq!(found, Some(file("f")), "as it was first told");
}

#[tokio::test]
async fn only_the_sdr_of_a_message_with_it_finds_a_file() {
    let store = store().await;
    let of = async |sdr: &str| {
        let found = store.file_of(FileId::from("f"), SdrId::from(sdr)).await;
        found.unwrap().is_some()
    };
    let by = SdrId::from("john");
    store.put_file(file("f"), by, UtcMs(1)).await.unwrap();
    assert!(!of("john").await, "not even who uploaded it");
    let new = message("00001", "jane", Some("f"));
    assert!(store.enqueue(new.clone(), UtcMs(2)).await.unwrap());
    assert!(!store.enqueue(new, UtcMs(2)).await.unwrap(), "queued once");
    assert!(of("jane").await && !of("john").await);
}

#[tokio::test]
async fn a_message_is_claimed_with_its_file_and_not_queued_with_an_unknown_one() {
    let store = store().await;
    let refused = store
        .enqueue(message("00001", "john", Some("f")), UtcMs(1))
        .await;
    assert!(matches!(
        refused,
        Err(StoreError::Refused(Refusal::NoSuchFile))
    ));
    let by = SdrId::from("john");
    store.put_file(file("f"), by, UtcMs(1)).await.unwrap();
    for new in [
        message("00001", "john", Some("f")),
        message("00002", "john", None),
    ] {
        store.enqueue(new, UtcMs(2)).await.unwrap();
    }
    let claim = Claim {
        sdr_id: SdrId::from("john"),
        desktop_id: DesktopId::from("d"),
        limit: 10,
        holding: Vec::new(),
        claim_id: None,
        session_epoch: None,
        opt_outs_since: None,
        lease_ms: 1_000,
    };
    let claimed = store.claim(claim, WEDNESDAY_NOON).await.unwrap().messages;
    let files: Vec<_> = claimed.into_iter().map(|it| it.file).collect();
    assert_eq!(files, [Some(file("f")), None]);
    let listed = store.messages(Which::One(MessageId::from("00001"))).await;
    assert_eq!(listed.unwrap().pop().unwrap().file, Some(file("f")));
    let same_id = message("00001", "john", None);
    let taken = store.enqueue(same_id, UtcMs(4)).await;
    assert!(
        matches!(taken, Err(StoreError::Refused(Refusal::IdTaken))),
        "another file is another content"
    );
}
