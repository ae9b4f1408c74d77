use crate::support::{Office, ids};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::TenantId;
use hotdesk_server::PasswordCost;
use hotdesk_server::seed::{SampleOffice, SeedError, sample_office};
use hotdesk_server::store::sqlite::SqliteStore;
use hotdesk_server::store::{Office as OfficeRow, Store, Which};

fn sample() -> SampleOffice {
    SampleOffice {
        password_cost: PasswordCost::CHEAP,
        ..SampleOffice::default()
    }
}

fn all() -> Which {
    Which::Page {
        state: None,
        sdr_id: None,
        after: 0,
        limit: 1_000,
    }
}

#[tokio::test]
async fn the_sample_office_has_thirty_messages_to_thirty_leads_ten_each() {
    let store = SqliteStore::in_memory().unwrap();
    let seeded = sample_office(&store, sample(), UtcMs(1)).await.unwrap();
    assert_eq!((seeded.sdrs, seeded.leads, seeded.messages), (3, 30, 30));
    let messages = store.messages(all()).await.unwrap();
    for sdr in ["john", "jane", "bob"] {
        let own = messages.iter().filter(|it| it.sdr_id.as_str() == sdr);
        assert_eq!(own.count(), 10, "{sdr} has ten");
    }
    let mut phones: Vec<_> = messages.iter().map(|it| it.phone.clone()).collect();
    phones.sort();
    phones.dedup();
    assert_eq!(phones.len(), 30, "each to another lead");
    assert_eq!(phones[0], "+5511970000001");
    assert_eq!(phones[29], "+5511970000030");
}

#[tokio::test]
async fn seeding_twice_adds_nothing_and_signs_nobody_out() {
    let office = Office::with(30, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let again = sample_office(&**office.running.store(), sample(), UtcMs(office.now())).await;
    assert_eq!(again.unwrap().messages, 0);
    let own = john.get("/api/messages").await.ok();
    assert_eq!(ids(&own).len(), 10);
}

#[tokio::test]
async fn a_real_offices_file_is_left_alone() {
    let store = SqliteStore::in_memory().unwrap();
    sample_office(&store, sample(), UtcMs(1)).await.unwrap();
    let office = OfficeRow {
        tenant: TenantId::from("a-real-office"),
        ..store.office().await.unwrap()
    };
    store.put_office(office.clone()).await.unwrap();
    let refused = sample_office(&store, sample(), UtcMs(1)).await;
    assert!(matches!(refused, Err(SeedError::OtherOffice(_))));
    assert_eq!(store.office().await.unwrap(), office, "nothing was changed");
}
