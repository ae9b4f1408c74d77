//! The queue as a person would explain it, without a database.

use super::campaigns::Campaign;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::LeadStatus;
use hotdesk_protocol::queue::WishKind;
use hotdesk_protocol::session::MessageState;
use hotdesk_server::store::Refusal;
use hotdesk_server::store::leads::WhyKept;
use hotdesk_server::store::review::Verdict;
use hotdesk_server::store::rules::{
    MAX_EXPIRED_LEASES, SESSION_MS, Standing, WISH_MS, after_report, session_until,
};
use std::collections::{BTreeMap, HashMap, HashSet};

pub const LEASE_MS: i64 = 60_000;
pub const DAILY: usize = 8;
pub const NEW_LEADS: usize = 2;
pub const UNANSWERED: usize = 2;
pub const REVIEW_AFTER_MS: i64 = 2 * LEASE_MS;

pub struct Message {
    pub sdr: usize,
    pub lead: usize,
    pub state: MessageState,
    pub holder: Option<usize>,
    /// Which of the tokens ever given is in force, counted over all messages.
    pub token: Option<usize>,
    pub until: i64,
    pub expired: u32,
    pub epoch: Option<u32>,
    pub held_by: Vec<usize>,
    pub begun_at: Option<i64>,
    pub sent_at: Option<i64>,
    pub generation: u32,
    pub pinned_to: Option<usize>,
    /// Decisions, each with the generation it made or left.
    pub decided: Vec<(Verdict, u32)>,
    pub requeued: bool,
    /// Withdrawn by an opt-out.
    pub withdrawn: bool,
    /// Which claim leased it.
    pub claim: Option<usize>,
    pub reassigned: bool,
    /// By whose session each answer came, and when.
    pub replies: Vec<(usize, i64)>,
    /// Of which campaign, and which of its recipients.
    pub campaign: Option<(usize, i64)>,
}

/// A lead as a list shows them.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown {
    pub lead: usize,
    pub sdr: Option<usize>,
    pub status: LeadStatus,
    pub messages: usize,
    pub replies: usize,
    pub opted_out: bool,
}

/// Where an SDR is or was last active.
pub struct Active {
    pub desktop: usize,
    pub epoch: u32,
    pub since: i64,
    pub until: i64,
    pub last_claim: Option<usize>,
}

/// Who claims.
#[derive(Clone, Copy)]
pub struct Claimant {
    pub sdr: usize,
    pub desktop: usize,
    /// The number of the claim; the same one again is the same claim.
    pub claim: usize,
    /// The epoch at which it believes to be active.
    pub epoch: Option<u32>,
}

#[derive(Default)]
pub struct Model {
    pub messages: Vec<Message>,
    pub opted_out: Vec<usize>,
    pub campaigns: Vec<Campaign>,
    /// Whose each lead is.
    pub leads: BTreeMap<usize, Option<usize>>,
    pub active: HashMap<usize, Active>,
    /// What is wanted of each SDR's WhatsApp, since when.
    pub wishes: HashMap<usize, (WishKind, i64)>,
    pub stopped: HashSet<usize>,
    /// The zone that is written down for a lead.
    pub written: HashMap<usize, &'static str>,
    pub tokens: usize,
    pub now: i64,
    /// Whether the last claim was told why it gets nothing.
    pub blocked: bool,
}

impl Model {
    pub fn enqueue(&mut self, sdr: usize, lead: usize) -> Result<(), Refusal> {
        if self.opted_out.contains(&lead) {
            return Err(Refusal::DoNotContact);
        }
        self.leads.entry(lead).or_default().get_or_insert(sdr);
        self.messages.push(Message {
            sdr,
            lead,
            state: MessageState::Queued,
            holder: None,
            token: None,
            until: 0,
            expired: 0,
            epoch: None,
            held_by: Vec::new(),
            begun_at: None,
            sent_at: None,
            generation: 0,
            pinned_to: None,
            decided: Vec::new(),
            requeued: false,
            withdrawn: false,
            claim: None,
            reassigned: false,
            replies: Vec::new(),
            campaign: None,
        });
        Ok(())
    }

    /// Whether this desktop is the active one from now on.
    fn acquire(&mut self, sdr: usize, desktop: usize) -> bool {
        let now = self.now;
        match self.active.get_mut(&sdr) {
            Some(it) if it.desktop != desktop && it.until > now => false,
            Some(it) if it.desktop == desktop => {
                it.until = session_until(UtcMs(it.until), UtcMs(now)).0;
                true
            }
            Some(_) | None => {
                self.hand_over(sdr, desktop);
                true
            }
        }
    }

    fn hand_over(&mut self, sdr: usize, desktop: usize) {
        let epoch = self.active.get(&sdr).map_or(1, |it| it.epoch + 1);
        let active = Active {
            desktop,
            epoch,
            since: self.now,
            until: self.now + SESSION_MS,
            last_claim: None,
        };
        self.active.insert(sdr, active);
        for it in self.messages.iter_mut().filter(|it| it.sdr == sdr) {
            if it.state == MessageState::Leased && it.holder != Some(desktop) {
                it.state = MessageState::Queued;
                it.token = None;
            }
        }
    }

    pub fn wish(&mut self, sdr: usize, kind: WishKind) -> Result<(), Refusal> {
        let now = self.now;
        if self.active.get(&sdr).is_none_or(|it| it.until <= now) {
            return Err(Refusal::NoDesktop);
        }
        self.wishes.insert(sdr, (kind, now));
        Ok(())
    }

    /// What is wanted of an SDR's WhatsApp, and since when.
    pub fn wanted(&self, sdr: usize) -> Option<(WishKind, i64)> {
        let wish = self.wishes.get(&sdr).copied();
        wish.filter(|(_, asked)| self.now - asked < WISH_MS)
    }

    /// The active desktop says that a phone is linked.
    pub fn linked(&mut self, sdr: usize) {
        if self
            .wanted(sdr)
            .is_some_and(|(kind, _)| kind != WishKind::Disconnect)
        {
            self.wishes.remove(&sdr);
        }
    }

    pub fn stop(&mut self, sdr: usize, stopped: bool) {
        match stopped {
            true => self.stopped.insert(sdr),
            false => self.stopped.remove(&sdr),
        };
    }

    pub fn beat(&mut self, sdr: usize, desktop: usize) -> bool {
        self.acquire(sdr, desktop)
    }

    pub fn take_over(
        &mut self,
        sdr: usize,
        desktop: usize,
        seen: Option<u32>,
    ) -> Result<(), Refusal> {
        match self.active.get(&sdr) {
            Some(it) if it.desktop != desktop => {
                if seen.is_some_and(|seen| seen != it.epoch) {
                    return Err(Refusal::OtherDesktop);
                }
                self.hand_over(sdr, desktop);
            }
            Some(_) | None => {
                self.acquire(sdr, desktop);
            }
        }
        Ok(())
    }

    /// The messages leased, in order; none if the SDR is active elsewhere.
    pub fn claim(
        &mut self,
        who: Claimant,
        limit: usize,
        holding: &[usize],
    ) -> Result<Option<Vec<usize>>, Refusal> {
        let now = self.now;
        let (sdr, desktop) = (who.sdr, who.desktop);
        self.blocked = false;
        if !self.acquire(sdr, desktop) {
            self.blocked = true;
            let epoch = self.active[&sdr].epoch;
            return if who.epoch.is_some_and(|seen| seen != epoch) {
                Err(Refusal::OtherDesktop)
            } else {
                Ok(None)
            };
        }
        self.take_back(Some(sdr));
        if self.active[&sdr].last_claim == Some(who.claim) {
            let of = |state: MessageState| {
                let same = move |it: &Message| {
                    it.sdr == sdr
                        && it.holder == Some(desktop)
                        && it.claim == Some(who.claim)
                        && it.state == state
                        && it.until > now
                };
                let all = self.messages.iter().enumerate();
                all.filter(move |(_, it)| same(it)).map(|(id, _)| id)
            };
            return Ok(Some(
                of(MessageState::Begun)
                    .chain(of(MessageState::Leased))
                    .collect(),
            ));
        }
        let mut chosen: Vec<usize> = (0..self.messages.len())
            .filter(|id| {
                let it = &self.messages[*id];
                it.sdr == sdr
                    && it.state == MessageState::Begun
                    && it.holder == Some(desktop)
                    && it.until <= now
                    && !holding.contains(id)
            })
            .take(limit)
            .collect();
        let own = || self.messages.iter().filter(|it| it.sdr == sdr);
        let under_way =
            |it: &&Message| matches!(it.state, MessageState::Leased | MessageState::Begun);
        let used = self.sent_today(sdr) + own().filter(under_way).count();
        let left = match self.stopped.contains(&sdr) {
            true => 0,
            false => DAILY.saturating_sub(used),
        };
        let room = (limit - chosen.len()).min(left);
        let heads: Vec<usize> = (0..self.messages.len())
            .filter(|id| self.is_head(*id, sdr) && !holding.contains(id))
            .filter(|id| {
                self.messages[*id]
                    .pinned_to
                    .is_none_or(|pin| pin == desktop)
            })
            .filter(|id| self.may_be_leased(*id))
            .collect();
        let admissible = self.is_any_admissible(sdr);
        chosen.extend(self.with_new_leads(heads, sdr).into_iter().take(room));
        for id in &chosen {
            let it = &mut self.messages[*id];
            if it.state == MessageState::Queued {
                it.state = MessageState::Leased;
            }
            it.holder = Some(desktop);
            it.held_by.push(desktop);
            it.until = now + LEASE_MS;
            it.token = Some(self.tokens);
            it.claim = Some(who.claim);
            self.tokens += 1;
        }
        if !chosen.is_empty() {
            self.active.get_mut(&sdr).unwrap().last_claim = Some(who.claim);
        }
        let waits = |it: &Message| it.sdr == sdr && it.state == MessageState::Queued;
        let nothing = left == 0 || (chosen.is_empty() && !admissible);
        self.blocked = self.messages.iter().any(waits) && nothing;
        Ok(Some(chosen))
    }

    fn take_back(&mut self, sdr: Option<usize>) {
        let now = self.now;
        let own = |it: &&mut Message| sdr.is_none_or(|sdr| sdr == it.sdr);
        for it in self.messages.iter_mut().filter(own) {
            if it.state == MessageState::Leased && it.until <= now {
                it.expired += 1;
                it.token = None;
                it.state = if it.expired >= MAX_EXPIRED_LEASES {
                    MessageState::Dead
                } else {
                    MessageState::Queued
                };
            }
        }
    }

    pub fn sweep(&mut self) {
        self.take_back(None);
        let since = self.now - REVIEW_AFTER_MS;
        for it in &mut self.messages {
            if it.state == MessageState::Begun && it.until <= since {
                it.state = MessageState::Review;
                it.token = None;
            }
        }
    }

    fn is_head(&self, id: usize, sdr: usize) -> bool {
        let it = &self.messages[id];
        let blocks = |(other_id, other): (usize, &Message)| {
            other.sdr == sdr
                && other.lead == it.lead
                && match other.state {
                    MessageState::Leased | MessageState::Begun | MessageState::Review => true,
                    MessageState::Queued => other_id < id,
                    MessageState::Sent
                    | MessageState::Delivered
                    | MessageState::Read
                    | MessageState::Failed
                    | MessageState::Dead
                    | MessageState::Cancelled => false,
                }
        };
        it.sdr == sdr
            && it.state == MessageState::Queued
            && !self.messages.iter().enumerate().any(blocks)
    }

    fn own(&mut self, id: usize, sdr: usize) -> Result<&mut Message, Refusal> {
        let found = self.messages.get_mut(id).ok_or(Refusal::NoSuchMessage)?;
        if found.sdr == sdr {
            Ok(found)
        } else {
            Err(Refusal::NotYours)
        }
    }

    /// `profile` is what it would leave through, `epoch` at which the desktop believes to be active.
    pub fn begin(
        &mut self,
        id: usize,
        sdr: usize,
        desktop: usize,
        token: usize,
        profile: u32,
        epoch: Option<u32>,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let lead = self.messages.get(id).map(|it| it.lead);
        let stop = lead.is_some_and(|lead| self.opted_out.contains(&lead));
        let elsewhere = self.active.get(&sdr).is_some_and(|it| {
            epoch.is_some_and(|epoch| epoch != it.epoch)
                || (it.desktop != desktop && it.until > now)
        });
        let closed = lead.is_some_and(|lead| !self.is_open(lead));
        let it = self.own(id, sdr)?;
        let cancelled = it.decided.iter().any(|(made, _)| *made == Verdict::Cancel);
        let held = it.holder == Some(desktop) && it.token == Some(token);
        match it.state {
            MessageState::Cancelled => return Err(Refusal::Cancelled),
            MessageState::Review if stop => return Err(Refusal::Cancelled),
            MessageState::Failed if cancelled => return Err(Refusal::Cancelled),
            MessageState::Queued
            | MessageState::Leased
            | MessageState::Begun
            | MessageState::Sent
            | MessageState::Delivered
            | MessageState::Read
            | MessageState::Failed
            | MessageState::Dead
            | MessageState::Review
                if elsewhere =>
            {
                return Err(Refusal::OtherDesktop);
            }
            MessageState::Leased if held && it.until > now && closed => {
                it.state = MessageState::Queued;
                it.token = None;
                return Err(Refusal::OutOfHours);
            }
            MessageState::Queued if closed && it.holder == Some(desktop) => {
                return Err(Refusal::OutOfHours);
            }
            MessageState::Leased if held && it.until > now => {}
            MessageState::Begun if held => {
                if it.epoch != Some(profile) || stop {
                    let refusal = if stop {
                        Refusal::Cancelled
                    } else {
                        Refusal::Fenced
                    };
                    it.state = MessageState::Review;
                    it.token = None;
                    return Err(refusal);
                }
            }
            MessageState::Leased
            | MessageState::Begun
            | MessageState::Queued
            | MessageState::Sent
            | MessageState::Delivered
            | MessageState::Read
            | MessageState::Failed
            | MessageState::Dead
            | MessageState::Review => return Err(Refusal::Fenced),
        }
        it.state = MessageState::Begun;
        it.begun_at = it.begun_at.or(Some(now));
        it.epoch = Some(profile);
        it.until = now + LEASE_MS;
        self.acquire(sdr, desktop);
        Ok(())
    }

    pub fn renew(
        &mut self,
        id: usize,
        sdr: usize,
        desktop: usize,
        token: usize,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let it = self.own(id, sdr)?;
        let held = it.holder == Some(desktop) && it.token == Some(token);
        let alive =
            it.state == MessageState::Begun || (it.state == MessageState::Leased && it.until > now);
        if !(held && alive) {
            return Err(Refusal::Fenced);
        }
        it.until = now + LEASE_MS;
        Ok(())
    }

    pub fn release(
        &mut self,
        id: usize,
        sdr: usize,
        desktop: usize,
        token: usize,
    ) -> Result<(), Refusal> {
        let it = self.own(id, sdr)?;
        if it.state == MessageState::Begun {
            return Err(Refusal::Fenced);
        }
        let held = it.holder == Some(desktop) && it.token == Some(token);
        if it.state == MessageState::Leased && held {
            it.state = MessageState::Queued;
            it.token = None;
        }
        Ok(())
    }

    pub fn report(
        &mut self,
        id: usize,
        sdr: usize,
        desktop: usize,
        state: MessageState,
        generation: u32,
    ) -> Result<MessageState, Refusal> {
        let now = self.now;
        let it = self.own(id, sdr)?;
        let standing = if it.holder == Some(desktop) {
            Standing::Holder
        } else if it.held_by.contains(&desktop) {
            Standing::Former
        } else {
            return Err(Refusal::NeverHeld);
        };
        let standing = if generation < it.generation {
            Standing::Former
        } else {
            standing
        };
        if let Some(next) = after_report(it.state, state, standing) {
            it.state = next;
            it.token = None;
            if matches!(
                next,
                MessageState::Sent | MessageState::Delivered | MessageState::Read
            ) {
                it.sent_at = it.sent_at.or(Some(now));
            }
        }
        Ok(it.state)
    }

    pub fn cancel(&mut self, id: usize, sdr: usize) -> Result<(), Refusal> {
        let it = self.own(id, sdr)?;
        match it.state {
            MessageState::Queued | MessageState::Leased | MessageState::Dead => {
                it.state = MessageState::Cancelled;
                it.token = None;
                Ok(())
            }
            MessageState::Cancelled => Ok(()),
            MessageState::Begun
            | MessageState::Sent
            | MessageState::Delivered
            | MessageState::Read
            | MessageState::Failed
            | MessageState::Review => Err(Refusal::TooLate),
        }
    }

    /// `seen` is the generation the person saw; none for whichever there is.
    pub fn decide(
        &mut self,
        id: usize,
        sdr: usize,
        verdict: Verdict,
        seen: Option<u32>,
        unlinked: bool,
    ) -> Result<(), Refusal> {
        let lead = self.messages.get(id).map(|it| it.lead);
        let stop = lead.is_some_and(|lead| self.opted_out.contains(&lead));
        let now = self.now;
        let it = self.own(id, sdr)?;
        if it.state != MessageState::Review || seen.is_some_and(|seen| seen != it.generation) {
            let about = |at: u32| match (seen, verdict) {
                (None, _) => true,
                (Some(seen), Verdict::Resend) => at == seen + 1,
                (Some(seen), Verdict::Sent | Verdict::Cancel) => at == seen,
            };
            let last = it.decided.iter().rev().find(|(_, at)| about(*at));
            let left = matches!(
                it.state,
                MessageState::Sent | MessageState::Delivered | MessageState::Read
            );
            return if last.is_some_and(|(made, _)| *made == verdict)
                || (left && verdict == Verdict::Sent)
            {
                Ok(())
            } else {
                Err(Refusal::NotInReview)
            };
        }
        match verdict {
            Verdict::Sent => {
                it.state = MessageState::Sent;
                it.sent_at = it.sent_at.or(it.begun_at).or(Some(now));
            }
            Verdict::Cancel => it.state = MessageState::Failed,
            Verdict::Resend => {
                if stop {
                    return Err(Refusal::DoNotContact);
                }
                it.pinned_to = if unlinked { None } else { it.holder };
                it.state = MessageState::Queued;
                it.generation += 1;
                it.expired = 0;
                it.holder = None;
                it.epoch = None;
                it.begun_at = None;
            }
        }
        it.decided.push((verdict, it.generation));
        Ok(())
    }

    pub fn requeue(&mut self, id: usize, sdr: usize) -> Result<(), Refusal> {
        let lead = self.messages.get(id).map(|it| it.lead);
        let stop = lead.is_some_and(|lead| self.opted_out.contains(&lead));
        let it = self.own(id, sdr)?;
        match it.state {
            MessageState::Dead if stop => return Err(Refusal::DoNotContact),
            MessageState::Dead => {
                it.state = MessageState::Queued;
                it.expired = 0;
                it.requeued = true;
            }
            MessageState::Queued
            | MessageState::Leased
            | MessageState::Begun
            | MessageState::Sent
            | MessageState::Delivered
            | MessageState::Read
            | MessageState::Failed
            | MessageState::Cancelled
            | MessageState::Review => {
                if !it.requeued {
                    return Err(Refusal::NotDead);
                }
            }
        }
        Ok(())
    }

    pub fn opt_out(&mut self, lead: usize) -> u32 {
        if !self.opted_out.contains(&lead) {
            self.opted_out.push(lead);
        }
        let mut withdrawn = 0;
        for it in self.messages.iter_mut().filter(|it| it.lead == lead) {
            if matches!(it.state, MessageState::Queued | MessageState::Leased) {
                it.state = MessageState::Cancelled;
                it.token = None;
                it.withdrawn = true;
            }
            withdrawn += u32::from(it.withdrawn);
        }
        withdrawn
    }

    pub fn reply(&mut self, id: usize, sdr: usize) -> Result<(), Refusal> {
        let now = self.now;
        let it = self.own(id, sdr)?;
        if !it.replies.iter().any(|(by, _)| *by == sdr) {
            it.replies.push((sdr, now));
        }
        Ok(())
    }

    /// Gives a lead to an SDR, or to nobody.
    pub fn assign(&mut self, lead: usize, to: Option<usize>) -> Result<(), WhyKept> {
        let whose = self.leads.get_mut(&lead).ok_or(WhyKept::Unknown)?;
        let others = |it: &&mut Message| it.lead == lead && Some(it.sdr) != to;
        let mut going = Vec::new();
        for it in self.messages.iter_mut().filter(others) {
            match it.state {
                MessageState::Leased | MessageState::Begun => return Err(WhyKept::InFlight),
                MessageState::Review => return Err(WhyKept::InReview),
                MessageState::Queued if it.generation > 0 => return Err(WhyKept::SentAsNew),
                MessageState::Queued if to.is_none() => return Err(WhyKept::Queued),
                MessageState::Queued => going.push(it),
                MessageState::Sent
                | MessageState::Delivered
                | MessageState::Read
                | MessageState::Failed
                | MessageState::Dead
                | MessageState::Cancelled => {}
            }
        }
        for it in going {
            it.sdr = to.unwrap_or(it.sdr);
            it.reassigned = true;
        }
        *whose = to;
        Ok(())
    }

    /// Takes a lead from a file; whether they are new, or none if they must not be written to.
    pub fn import(&mut self, lead: usize, to: Option<usize>) -> Option<bool> {
        if self.opted_out.contains(&lead) {
            return None;
        }
        let fresh = !self.leads.contains_key(&lead);
        let whose = self.leads.entry(lead).or_default();
        *whose = whose.or(to);
        Some(fresh)
    }

    pub fn shown(&self) -> Vec<Shown> {
        let show = |(lead, sdr): (&usize, &Option<usize>)| {
            let counts = |it: &&Message| it.lead == *lead && it.state != MessageState::Cancelled;
            let own = || self.messages.iter().filter(|it| it.lead == *lead);
            let opted_out = self.opted_out.contains(lead);
            let status = match own().rfind(counts) {
                _ if opted_out => LeadStatus::OptedOut,
                None => LeadStatus::New,
                Some(it) if !it.replies.is_empty() => LeadStatus::Replied,
                Some(it) => match it.state {
                    MessageState::Queued | MessageState::Leased | MessageState::Begun => {
                        LeadStatus::Queued
                    }
                    MessageState::Sent
                    | MessageState::Delivered
                    | MessageState::Read
                    | MessageState::Cancelled => LeadStatus::Sent,
                    MessageState::Failed | MessageState::Dead => LeadStatus::Failed,
                    MessageState::Review => LeadStatus::Review,
                },
            };
            Shown {
                lead: *lead,
                sdr: *sdr,
                status,
                messages: own().filter(counts).count(),
                replies: own().map(|it| it.replies.len()).sum(),
                opted_out,
            }
        };
        self.leads.iter().map(show).collect()
    }
}
