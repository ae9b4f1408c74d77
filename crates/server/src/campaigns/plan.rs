//! Who gets what of a campaign, and why others get nothing.

use crate::first_message::unnamed;
use crate::store::Office;
use crate::store::campaigns::LeadFacts;
use crate::templates::{Text, Unfilled, Values, Variable};
use hotdesk_protocol::dashboard::{Senders, SkipReason};
use hotdesk_protocol::ids::SdrId;
use std::collections::HashMap;

/// One text for many leads, gone through in their order.
pub struct Plan {
    text: Text,
    senders: Senders,
    /// The SDRs who send, with their names.
    names: HashMap<SdrId, String>,
    office: Office,
    /// How many leads that are nobody's there were before.
    turn: usize,
}

/// What a lead gets.
pub struct Planned {
    /// Through whose session; none if they are nobody's.
    pub sdr: Option<SdrId>,
    /// The text, or why there is none.
    pub gets: Result<String, SkipReason>,
    /// The variable they have no value for, where that is why.
    pub missing: Option<Variable>,
}

/// Why a lead gets nothing.
struct Why {
    reason: SkipReason,
    missing: Option<Variable>,
}

impl From<SkipReason> for Why {
    fn from(reason: SkipReason) -> Self {
        Self {
            reason,
            missing: None,
        }
    }
}

impl Plan {
    /// `names`: of all SDRs who send.
    pub fn new(
        text: Text,
        senders: Senders,
        names: HashMap<SdrId, String>,
        office: Office,
    ) -> Self {
        Self {
            text,
            senders,
            names,
            office,
            turn: 0,
        }
    }

    /// The next lead.
    pub fn next(&mut self, lead: &LeadFacts) -> Planned {
        let sdr = lead.sdr_id.clone().or_else(|| self.whose_turn());
        let gets = self.gets(lead, sdr.as_ref());
        let missing = gets.as_ref().err().and_then(|why| why.missing);
        let gets = gets.map_err(|why| why.reason);
        Planned { sdr, gets, missing }
    }

    fn whose_turn(&mut self) -> Option<SdrId> {
        match &self.senders {
            Senders::Owners(_) => None,
            Senders::Turn(sdrs) => {
                let at = self.turn.checked_rem(sdrs.len())?;
                self.turn += 1;
                sdrs.get(at).cloned()
            }
        }
    }

    fn gets(&self, lead: &LeadFacts, sdr: Option<&SdrId>) -> Result<String, Why> {
        let name = sdr.and_then(|sdr| self.names.get(sdr));
        let sdr_name = name.ok_or(SkipReason::Nobody)?;
        if lead.opted_out {
            return Err(SkipReason::OptedOut.into());
        }
        if !lead.consents {
            return Err(SkipReason::NoConsent.into());
        }
        let office = self.office.name.as_deref();
        let values = Values {
            name: &lead.name,
            company: lead.company.as_deref(),
            position: lead.position.as_deref(),
            site: lead.site.as_deref(),
            pain: lead.pain.as_deref(),
            sdr_name,
            office,
        };
        let text = self.text.fill(&values).map_err(|unfilled| match unfilled {
            Unfilled::Missing(variable) => Why {
                reason: SkipReason::MissingVariable,
                missing: Some(variable),
            },
            Unfilled::TooLong => SkipReason::TooLong.into(),
        })?;
        let first = self.office.first_message.required && lead.fresh;
        if first && unnamed(&text, sdr_name, office).is_some() {
            return Err(SkipReason::NotNamed.into());
        }
        Ok(text)
    }
}
