//! The TypeScript that `bridge/` is written against is the Rust of this crate.
#![expect(clippy::expect_used, reason = "tests")]

use hotdesk_protocol::bridge::{
    BRIDGE_PROTOCOL, BridgeCommand, Drain, MAX_COMPOSE_BYTES, MAX_DRAIN_BYTES,
    MAX_REPORTS_PER_DRAIN, MAX_TEXT_BYTES, Probe, SubmitRequest, Submitted,
};
use hotdesk_protocol::dashboard::{
    AssignAnswer, AssignRequest, Campaign, CampaignPreview, CampaignPreviewRequest,
    CampaignRequest, CampaignsAnswer, DashboardSession, DashboardSignIn, Figures, ImportAnswer,
    LeadAnswer, LeadSort, LeadsAnswer, LinkRequest, LiveKind, LiveNews, MAX_IMPORT_BYTES,
    MAX_IMPORT_ROWS, MOST_ASSIGNED, MOST_CAMPAIGN_LEADS, OptOutRequest, OptOutsAnswer, SdrsAnswer,
    TemplateRequest, TemplatesAnswer,
};
use hotdesk_protocol::file::{
    MAX_CAPTION_CHARS, MAX_DOCUMENT_BYTES, MAX_FILE_NAME_BYTES, MAX_IMAGE_BYTES, MAX_PART_BYTES,
};
use hotdesk_protocol::policy::FirstMessage;
use hotdesk_protocol::queue::QrRequest;
use specta::Types;
use specta_typescript::Typescript;
use std::path::Path;

const HEADER: &str =
    "// Generated from crates/protocol by its test `typescript`; UPDATE=1 rewrites it.";

fn generated() -> String {
    let types = Types::default()
        .register::<SubmitRequest>()
        .register::<BridgeCommand>()
        .register::<Submitted>()
        .register::<Probe>()
        .register::<Drain>();
    let body = Typescript::default()
        .header(HEADER)
        .export(&types, specta_serde::Format)
        .expect("every bridge type has a TypeScript form");
    format!(
        "{}\n\
         /** What the app and the bridge both speak; an adapter pack names it. */\n\
         export const BRIDGE_PROTOCOL = {BRIDGE_PROTOCOL};\n\
         /** Most reports in one drain. */\n\
         export const MAX_REPORTS_PER_DRAIN = {MAX_REPORTS_PER_DRAIN};\n\
         /** Most bytes of JSON in one drain. */\n\
         export const MAX_DRAIN_BYTES = {MAX_DRAIN_BYTES};\n\
         /** Longest message text, in bytes of UTF-8. */\n\
         export const MAX_TEXT_BYTES = {MAX_TEXT_BYTES};\n\
         /** Longest text that fits into WhatsApp's link to a chat, in bytes of UTF-8. */\n\
         export const MAX_COMPOSE_BYTES = {MAX_COMPOSE_BYTES};\n\
         /** Largest picture. */\n\
         export const MAX_IMAGE_BYTES = {MAX_IMAGE_BYTES};\n\
         /** Largest document. */\n\
         export const MAX_DOCUMENT_BYTES = {MAX_DOCUMENT_BYTES};\n\
         /** Longest file name, in bytes of UTF-8. */\n\
         export const MAX_FILE_NAME_BYTES = {MAX_FILE_NAME_BYTES};\n\
         /** Longest text beside a file, in characters. */\n\
         export const MAX_CAPTION_CHARS = {MAX_CAPTION_CHARS};\n\
         /** Most bytes of a file in one piece. */\n\
         export const MAX_PART_BYTES = {MAX_PART_BYTES};\n",
        body.trim_end()
    )
}

fn dashboard() -> String {
    let types = Types::default()
        .register::<DashboardSignIn>()
        .register::<DashboardSession>()
        .register::<SdrsAnswer>()
        .register::<LinkRequest>()
        .register::<QrRequest>()
        .register::<LiveKind>()
        .register::<LiveNews>()
        .register::<Figures>()
        .register::<LeadsAnswer>()
        .register::<LeadSort>()
        .register::<LeadAnswer>()
        .register::<AssignRequest>()
        .register::<AssignAnswer>()
        .register::<ImportAnswer>()
        .register::<OptOutsAnswer>()
        .register::<OptOutRequest>()
        .register::<TemplatesAnswer>()
        .register::<TemplateRequest>()
        .register::<CampaignPreviewRequest>()
        .register::<CampaignPreview>()
        .register::<CampaignRequest>()
        .register::<Campaign>()
        .register::<CampaignsAnswer>()
        .register::<FirstMessage>();
    let body = Typescript::default()
        .header(HEADER)
        .export(&types, specta_serde::Format)
        .expect("every type of the dashboard has a TypeScript form");
    format!(
        "{}\n\
         /** Most rows of one file of leads. */\n\
         export const MAX_IMPORT_ROWS = {MAX_IMPORT_ROWS};\n\
         /** Most bytes of one file of leads. */\n\
         export const MAX_IMPORT_BYTES = {MAX_IMPORT_BYTES};\n\
         /** Most leads named one by one in one call. */\n\
         export const MOST_ASSIGNED = {MOST_ASSIGNED};\n\
         /** Most leads of one campaign. */\n\
         export const MOST_CAMPAIGN_LEADS = {MOST_CAMPAIGN_LEADS};\n",
        body.trim_end()
    )
}

/// Compares a generated file of this repository with what it should be; `UPDATE` rewrites it.
fn is_fresh(file: &str, fresh: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("the path has a folder"))
            .expect("the folder can be made");
        std::fs::write(&path, fresh).expect("the generated file can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == fresh,
        "{file} is stale: run `UPDATE=1 cargo test -p hotdesk-protocol`"
    );
}

#[test]
fn the_generated_protocol_of_the_bridge_is_fresh() {
    is_fresh("bridge/src/generated/protocol.ts", &generated());
}

#[test]
fn the_generated_types_of_the_dashboard_are_fresh() {
    is_fresh("ui/src/lib/generated/dashboard.ts", &dashboard());
}
