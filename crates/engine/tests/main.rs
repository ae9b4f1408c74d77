//! One session in a world of models.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    clippy::match_like_matches_macro,
    missing_docs,
    reason = "tests"
)]

mod active;
mod assist;
mod begin_and_submit;
mod decisions;
mod files;
mod forgetting;
mod offers;
mod opt_outs;
mod page_life;
mod pairing_code;
mod queue_faults;
mod random;
mod reconciliation;
mod replies;
mod restored;
mod search;
mod search_blows;
mod second_way;
mod store;
mod support;
mod wa_id;
