//! The earlier generations of a message that a person sends as new. One that turns up after all counts
//! for more than the decision: the page is asked for their ids right before the new one is handed over,
//! and the one it knows goes on in its place.

use crate::effect::Stage;
use crate::flight::{Flight, Step};
use crate::page::{Gate, Handed};
use crate::session::Session;
use crate::wa_id::wa_message_id;
use hotdesk_protocol::bridge::BridgeCommand;
use hotdesk_protocol::ids::{ChatId, MessageId, PageGeneration, WaMessageId};
use hotdesk_protocol::session::Ack;

impl Session {
    /// Ask the page for the next earlier generation it was not yet asked for; false if there is none.
    pub(crate) fn ask_for_past(&mut self, at: usize, gate: &Gate) -> bool {
        let now = self.now.boot;
        let flight = &mut self.flights[at];
        let Some(wa_message_id) = flight.next_past(&gate.generation) else {
            return false;
        };
        flight.step = Step::Looking;
        flight.handed_in = Some((gate.generation.clone(), now));
        let message_id = flight.id().clone();
        let handed = Handed::LookUp(message_id.clone());
        let command = BridgeCommand::LookUp {
            message_id,
            wa_message_id,
        };
        self.page.next_drain = now;
        self.hand(handed, gate.generation.clone(), command);
        true
    }

    /// This load does not know that earlier generation, or WhatsApp has refused it: on with the next.
    pub(crate) fn past_is_absent(
        &mut self,
        id: &MessageId,
        past: &WaMessageId,
        load: &PageGeneration,
    ) {
        let Some(flight) = self.flight(id) else {
            return;
        };
        let asked = flight.handed_in.as_ref().map(|(asked, _)| asked);
        if flight.step == Step::Looking
            && asked == Some(load)
            && flight.next_past(load).as_ref() == Some(past)
        {
            flight.past_absent = Some((load.clone(), flight.past_known(load) + 1));
            flight.step = Step::Ready;
        }
    }

    /// The page tells of an earlier generation. Where the new one is not yet handed over it never will be.
    pub(crate) fn past_is_there(&mut self, past: &WaMessageId, ack: Ack, chats: &[ChatId]) {
        let found = self.flights.iter_mut().find_map(|flight| {
            let generation = flight.generation_of(past)?;
            (!flight.handed && flight.row.stage == Stage::Intent).then_some((flight, generation))
        });
        let Some((flight, generation)) = found else {
            return;
        };
        flight.row.generation = generation;
        flight.row.wa_message_id = past.clone();
        flight.handed = true;
        flight.begin_out = None;
        self.ticked(past, ack, chats);
    }
}

impl Flight {
    /// How many earlier generations this load is known not to have.
    pub(crate) fn past_known(&self, load: &PageGeneration) -> u32 {
        let absent = self.past_absent.as_ref();
        absent.map_or(0, |(of, count)| if of == load { *count } else { 0 })
    }

    fn next_past(&self, load: &PageGeneration) -> Option<WaMessageId> {
        let (next, row) = (self.past_known(load), &self.row);
        let is_past = next < row.generation;
        is_past.then(|| wa_message_id(&row.tenant, &row.message_id, next))
    }

    fn generation_of(&self, past: &WaMessageId) -> Option<u32> {
        let row = &self.row;
        (0..row.generation).find(|n| wa_message_id(&row.tenant, &row.message_id, *n) == *past)
    }
}
