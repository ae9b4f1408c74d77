//! What the queue server's dashboard says and hears, beside the calls it shares with the desktops: one
//! file for each subject. A manager sees all of it, an SDR what is their own.
//!
//! Lists page by an opaque `cursor`: the `next` of one answer is the `cursor` of the next call.

mod campaigns;
mod figures;
mod import;
mod leads;
mod live;
mod opt_outs;
mod sdrs;
mod session;
mod templates;

pub use crate::queue::LinkMethod;
pub use campaigns::{
    Campaign, CampaignCounts, CampaignPreview, CampaignPreviewRequest, CampaignRequest,
    CampaignState, CampaignsAnswer, MOST_CAMPAIGN_LEADS, MOST_PREVIEWED_TEXTS, MissingValue,
    Owners, PreviewedText, Recipients, Senders, SkipReason, SkippedLeads,
};
pub use figures::{DayFigures, FailureCount, Figures, Funnel};
pub use import::{
    ImportAnswer, ImportMapping, ImportPreview, ImportRejected, LeadField, MAX_IMPORT_BYTES,
    MAX_IMPORT_ROWS, MOST_PREVIEWED, MOST_REJECTED, RejectedCode,
};
pub use leads::{
    AssignAnswer, AssignRequest, AssignSkipped, AssignTo, LeadAnswer, LeadReply, LeadRow, LeadSort,
    LeadStatus, LeadsAnswer, LeadsFilter, MOST_ASSIGNED, MOST_SKIPPED, NOBODY, ThreadMessage,
};
pub use live::{LiveKind, LiveNews};
pub use opt_outs::{OptOutRequest, OptOutRow, OptOutsAnswer};
pub use sdrs::{LinkRequest, SdrCounts, SdrDesktop, SdrRow, SdrSession, SdrsAnswer};
pub use session::{DashboardPerson, DashboardRole, DashboardSession, DashboardSignIn};
pub use templates::{Template, TemplateRequest, TemplatesAnswer};

/// Most rows of one page of a list.
pub const MAX_ROWS: u32 = 200;
