//! What a person sees of a message whose fate nobody can tell, and what they may decide about it.

use hotdesk_engine::Session;
use hotdesk_engine::effect::{OutboxRow, Stage};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, MessageId};
use hotdesk_protocol::review::ReviewItem;
use serde::{Deserialize, Serialize};

/// One message in review. Holds content: has no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ReviewView {
    /// Its id.
    pub message_id: MessageId,
    /// To be given back with the decision.
    pub generation: u32,
    /// Who it is for.
    pub lead_name: String,
    /// E.164, with the plus.
    pub phone: String,
    /// What it says, so that it can be found in the chat.
    pub text: String,
    /// The name of the file it carries.
    pub file_name: Option<String>,
    /// What is known, in the order in which it happened.
    pub facts: Vec<FactView>,
    /// Why nobody can tell, in words.
    pub why: Option<String>,
    /// Whether it may be sent as new.
    pub send_as_new: SendAsNew,
}

/// One thing that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FactView {
    /// What.
    pub fact: Fact,
    /// When, where that is known.
    pub at_ms: Option<UtcMs>,
}

/// What may be known of a message in review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// It was about to be handed to WhatsApp from this desktop, or was.
    HandedHere,
    /// The same from another desktop.
    HandedElsewhere,
    /// Its chat was opened with the text in it, for the SDR to press Send.
    OpenedByHand,
    /// WhatsApp's page had it, without a tick.
    InPage,
    /// WhatsApp has confirmed nothing.
    NoTick,
    /// The phone unlinked this desktop.
    Unlinked,
    /// The desktop that had it was last seen connected to WhatsApp.
    SeenConnected,
    /// The desktop that had it was last seen without WhatsApp.
    SeenNotConnected,
    /// It was put aside for a person.
    PutAside,
}

/// Whether a message may be sent as new, under a new id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SendAsNew {
    /// It leaves from this desktop, which began it.
    FromHere,
    /// Another desktop began it: only once that one's device was unlinked on the phone.
    OnceUnlinked,
    /// The number is blocked.
    OptedOut,
    /// The queue server cannot do it.
    NotOffered,
}

/// What a person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It is in the chat.
    Arrived,
    /// Send it as new, from the desktop that began it.
    SendAsNew,
    /// Send it as new from any desktop: the old device was unlinked on the phone.
    SendAsNewUnlinked,
    /// It is not to be sent again.
    DoNotSend,
}

/// What this desktop knows beside the server.
pub(crate) struct Here<'a> {
    pub(crate) session: &'a Session,
    pub(crate) desktop: &'a DesktopId,
    /// When the phone was last seen to have unlinked this desktop.
    pub(crate) unlinked_at: Option<UtcMs>,
}

impl Here<'_> {
    fn row(&self, id: &MessageId, generation: u32) -> Option<&OutboxRow> {
        let mut rows = self.session.rows();
        rows.find(|row| row.message_id == *id && row.generation == generation)
    }

    /// What the server keeps, with what only this desktop has seen.
    pub(crate) fn kept_at_server(&self, item: &ReviewItem) -> ReviewView {
        let own = item.desktop_id.as_ref() == Some(self.desktop);
        let row = self.row(&item.message_id, item.generation);
        let mut facts = match row {
            Some(row) => self.seen_here(row),
            None => {
                let fact = if own {
                    Fact::HandedHere
                } else {
                    Fact::HandedElsewhere
                };
                let handed = item.begun_at_ms.map(|at| known(fact, Some(at)));
                handed
                    .into_iter()
                    .chain([known(Fact::NoTick, None)])
                    .collect()
            }
        };
        let session = item.session.as_ref();
        if let Some(session) = session.filter(|it| !own && it.desktop_id == item.desktop_id) {
            let fact = if session.connected {
                Fact::SeenConnected
            } else {
                Fact::SeenNotConnected
            };
            facts.push(known(fact, item.session_seen_at_ms));
        }
        facts.push(known(Fact::PutAside, item.since_ms));
        ReviewView {
            message_id: item.message_id.clone(),
            generation: item.generation,
            lead_name: item.lead_name.clone(),
            phone: item.phone.clone(),
            text: item.text.clone(),
            file_name: item.file.as_ref().map(|it| it.file_name.clone()),
            facts: in_order(facts),
            why: item.problem.as_ref().map(|it| it.message.clone()),
            send_as_new: if self.session.is_blocked(&item.phone) {
                SendAsNew::OptedOut
            } else if own {
                SendAsNew::FromHere
            } else {
                SendAsNew::OnceUnlinked
            },
        }
    }

    /// What is in review on this desktop alone, because the server keeps none.
    pub(crate) fn kept_here(&self) -> Vec<ReviewView> {
        let rows = self.session.rows();
        let waits = rows.filter(|row| row.stage == Stage::Review && !row.decided);
        let view = |row: &OutboxRow| {
            let mut facts = self.seen_here(row);
            facts.push(known(Fact::PutAside, reached(row, Stage::Review)));
            ReviewView {
                message_id: row.message_id.clone(),
                generation: row.generation,
                lead_name: row.lead_name.clone(),
                phone: row.phone.clone(),
                text: row.text.clone(),
                file_name: row.file.as_ref().map(|it| it.file_name.clone()),
                facts: in_order(facts),
                why: row.problem.as_ref().map(|it| it.message.clone()),
                send_as_new: SendAsNew::NotOffered,
            }
        };
        waits.map(view).collect()
    }

    fn seen_here(&self, row: &OutboxRow) -> Vec<FactView> {
        let handed = reached(row, Stage::Intent);
        let fact = if row.assisted {
            Fact::OpenedByHand
        } else {
            Fact::HandedHere
        };
        let in_page = reached(row, Stage::Submitted);
        let unlinked = self.unlinked_at.filter(|at| Some(*at) >= handed);
        [
            handed.map(|at| known(fact, Some(at))),
            in_page.map(|at| known(Fact::InPage, Some(at))),
            Some(known(Fact::NoTick, None)),
            unlinked.map(|at| known(Fact::Unlinked, Some(at))),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn known(fact: Fact, at_ms: Option<UtcMs>) -> FactView {
    FactView { fact, at_ms }
}

fn reached(row: &OutboxRow, wanted: Stage) -> Option<UtcMs> {
    let mut stamps = row.at.iter().rev();
    stamps
        .find(|(stage, _)| *stage == wanted)
        .map(|(_, at)| *at)
}

/// By time; what has none stays behind what it follows.
fn in_order(mut facts: Vec<FactView>) -> Vec<FactView> {
    let mut last = None;
    let mut keys = Vec::with_capacity(facts.len());
    for fact in &facts {
        last = fact.at_ms.or(last);
        keys.push(last);
    }
    let mut keyed: Vec<_> = keys.into_iter().zip(facts.drain(..)).collect();
    keyed.sort_by_key(|(at, _)| *at);
    keyed.into_iter().map(|(_, fact)| fact).collect()
}
