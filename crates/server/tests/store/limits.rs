use hotdesk_protocol::UtcMs;
use hotdesk_protocol::session::MessageState;
use hotdesk_server::store::rules::{Standing, after_report, day_start, rank};

const ALL: [MessageState; 10] = [
    MessageState::Queued,
    MessageState::Leased,
    MessageState::Begun,
    MessageState::Sent,
    MessageState::Delivered,
    MessageState::Read,
    MessageState::Failed,
    MessageState::Dead,
    MessageState::Cancelled,
    MessageState::Review,
];

#[test]
fn no_report_lowers_a_rank() {
    for now in ALL {
        for reported in ALL {
            for standing in [Standing::Holder, Standing::Former] {
                if let Some(next) = after_report(now, reported, standing) {
                    assert!(
                        rank(next) > rank(now),
                        "{now:?} + {reported:?} gave {next:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_whatsapp_has_counts_whatever_the_queue_thought() {
    for now in ALL {
        let next = after_report(now, MessageState::Read, Standing::Former).unwrap_or(now);
        assert_eq!(next, MessageState::Read);
    }
}

#[test]
fn the_offices_day_begins_at_its_own_midnight() {
    let noon = UtcMs(1_772_636_400_000);
    let hour = 3_600_000;
    assert_eq!(day_start(noon, "UTC"), UtcMs(noon.0 - 15 * hour));
    assert_eq!(
        day_start(noon, "America/Sao_Paulo"),
        UtcMs(noon.0 - 12 * hour)
    );
    assert_eq!(day_start(noon, "Nowhere/Land"), UtcMs(noon.0 - 15 * hour));
}
