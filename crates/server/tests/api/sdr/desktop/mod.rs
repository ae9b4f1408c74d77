mod take_over;

use crate::support::Office;
use serde_json::{Value, json};

const PATH: &str = "/api/sdr/desktop";

#[tokio::test]
async fn where_an_sdr_is_active_is_shown_to_them_and_to_a_manager() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let nowhere = john.get(PATH).await.ok();
    assert_eq!(nowhere, json!({"activeDesktop": null}));
    john.beat().await.ok();
    let manager = office.manager().await;
    let shown = manager.get(&format!("{PATH}?sdrId=john")).await.ok();
    assert_eq!(shown["activeDesktop"]["desktopId"], "d1");
    john.get(&format!("{PATH}?sdrId=jane"))
        .await
        .refused(403, "forbidden");
    manager
        .get(&format!("{PATH}?sdrId=nobody"))
        .await
        .refused(404, "not_found");
    john.post("/api/sender/sign-out", Value::Null).await.ok();
    let shown = manager.get(&format!("{PATH}?sdrId=john")).await.ok();
    assert_eq!(shown["activeDesktop"], Value::Null, "who signs out leaves");
}
