//! Which page is loaded with which bundles, as a pure state machine: no I/O, no clock.
//!
//! One page tries a new pack first, and only after it has shown how it does with the one in force: the
//! measure is that page on that day, because WhatsApp may have moved something that the former one
//! lacks too. Every other page's first load with the pack is judged the same way. A pack that does
//! worse is taken back at once, but blamed only if the same page then does better with the former one
//! in the time of a load: else the network or WhatsApp failed, and it is tried again later, three
//! times at most.

use super::Bundles;
use super::PackError;
use hotdesk_engine::input::{Millis, PageFault};
use hotdesk_protocol::bridge::{Capability, Probe};
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::session::SessionState;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The engine gives a page the same time to load.
pub const LOADING_MOST_MS: u64 = 60_000;
/// A page that lacks something may still be served by wa-js.
pub const LACKING_MOST_MS: u64 = 40_000;
/// How long a page may take to do better with the former one.
pub const DOUBT_MOST_MS: u64 = 90_000;
/// A pack that nobody can blame or praise is tried again after this.
pub const AGAIN_MS: u64 = 15 * 60_000;
/// So often.
pub const TRIES_MOST: u32 = 3;
const MISSES_MOST: u32 = 3;
const FAILED_KEPT: usize = 32;

/// What outlives a run of the app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Record {
    /// The pack in force; none where the built-in bundles are.
    pub in_force: Option<u32>,
    /// What to go back to; none where that is built in.
    pub former: Option<u32>,
    /// Taken in, not yet in force.
    pub waiting: Option<u32>,
    /// How often that was tried.
    pub tries: u32,
    /// Not to be tried again.
    pub failed: BTreeSet<u32>,
}

/// What [`Rollout`] has decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The pack has shown that it works and is in force.
    InForce(Arc<Bundles>),
    /// It did worse than the one before, which is in force again; it is not tried again.
    Failed {
        /// The pack.
        pack: Arc<Bundles>,
        /// What it did.
        fault: Fault,
    },
    /// It did not work, and nor did the one before: tried again later.
    PutOff(Arc<Bundles>),
}

/// What a pack did wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The page said nothing, or nothing that can be understood.
    Silent,
    /// The page lacks what it did not lack before.
    Lacks,
}

/// What a page cannot do.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lacks {
    /// It says nothing at all.
    Everything,
    These(Vec<Capability>),
}

/// See the module.
#[derive(Debug)]
pub struct Rollout {
    built_in: Arc<Bundles>,
    in_force: Arc<Bundles>,
    former: Option<Arc<Bundles>>,
    waiting: Option<Waiting>,
    failed: BTreeSet<u32>,
    plan: Plan,
    pages: BTreeMap<SdrId, Load>,
}

#[derive(Debug)]
struct Waiting {
    pack: Arc<Bundles>,
    tries: u32,
    not_before: Millis,
}

#[derive(Debug, PartialEq, Eq)]
enum Plan {
    /// Every page has, or gets at its next load, what is in force.
    Steady,
    /// This page tries the waiting pack.
    Trying(SdrId),
    /// The waiting pack did worse on this page, which loads the former one.
    Doubting {
        on: SdrId,
        lacked: Lacks,
        fault: Fault,
        by: Millis,
    },
}

#[derive(Debug)]
struct Load {
    bundles: Arc<Bundles>,
    since: Millis,
    /// By its last word after starting.
    lacks: Option<Lacks>,
    trial: Option<Trial>,
}

#[derive(Debug)]
struct Trial {
    since: Millis,
    /// With the bundles before.
    lacked: Lacks,
    lacking_since: Option<Millis>,
    misses: u32,
}

impl Rollout {
    /// As the run before left it; `find` gives a pack that is kept and still good.
    pub fn restore(
        built_in: Arc<Bundles>,
        record: &Record,
        mut find: impl FnMut(u32) -> Option<Arc<Bundles>>,
    ) -> Self {
        let mut kept = |number: Option<u32>| number.and_then(&mut find);
        let former = kept(record.former);
        let in_force = kept(record.in_force)
            .or_else(|| former.clone())
            .unwrap_or_else(|| Arc::clone(&built_in));
        let waiting = kept(record.waiting).filter(|pack| pack.number > in_force.number);
        let mut rollout = Self {
            former: former.filter(|former| former.number < in_force.number),
            waiting: None,
            failed: record.failed.clone(),
            plan: Plan::Steady,
            pages: BTreeMap::new(),
            built_in,
            in_force,
        };
        match waiting {
            // The app ended in each of its trials.
            Some(pack) if record.tries >= TRIES_MOST => rollout.remember(pack.number),
            Some(pack) => {
                rollout.waiting = Some(Waiting {
                    pack,
                    tries: record.tries,
                    not_before: Millis(0),
                });
            }
            None => {}
        }
        rollout
    }

    /// What the next run must know.
    pub fn record(&self) -> Record {
        let number = |bundles: &Arc<Bundles>| (!bundles.built_in).then_some(bundles.number);
        Record {
            in_force: number(&self.in_force),
            former: self.former.as_ref().and_then(number),
            waiting: self.waiting.as_ref().map(|waiting| waiting.pack.number),
            tries: self.waiting.as_ref().map_or(0, |waiting| waiting.tries),
            failed: self.failed.clone(),
        }
    }

    /// The bundles in force.
    pub fn in_force(&self) -> &Arc<Bundles> {
        &self.in_force
    }

    /// Whether a pack of this number would be news.
    pub fn is_news(&self, number: u32) -> bool {
        let waits = |waiting: &Waiting| waiting.pack.number >= number;
        number != self.in_force.number && !self.waiting.as_ref().is_some_and(waits)
    }

    /// Take a checked pack in, to be tried. It replaces one that waits or is being tried.
    pub fn offer(&mut self, pack: Bundles) -> Result<(), PackError> {
        if self.failed.contains(&pack.number) {
            return Err(PackError::FailedBefore {
                number: pack.number,
            });
        }
        if pack.number <= self.in_force.number {
            return Err(PackError::Older {
                offered: pack.number,
                in_use: self.in_force.number,
            });
        }
        self.plan = Plan::Steady;
        self.waiting = Some(Waiting {
            pack: Arc::new(pack),
            tries: 0,
            not_before: Millis(0),
        });
        Ok(())
    }

    /// What waits could not be kept after all.
    pub fn withdraw(&mut self) {
        self.plan = Plan::Steady;
        self.waiting = None;
    }

    /// A page is about to be loaded: with these.
    pub fn load(&mut self, sdr: &SdrId, now: Millis) -> Arc<Bundles> {
        let bundles = self.target(sdr);
        let trial = match self.pages.remove(sdr) {
            Some(before) if before.bundles == bundles => before.trial,
            Some(before) if before.bundles.number < bundles.number => {
                before.lacks.map(|lacked| Trial {
                    since: now,
                    lacked,
                    lacking_since: None,
                    misses: 0,
                })
            }
            Some(_) | None => None,
        };
        let load = Load {
            bundles: Arc::clone(&bundles),
            since: now,
            lacks: None,
            trial,
        };
        self.pages.insert(sdr.clone(), load);
        bundles
    }

    /// A page is gone.
    pub fn closed(&mut self, sdr: &SdrId, now: Millis) -> Option<Verdict> {
        self.pages.remove(sdr);
        match &self.plan {
            Plan::Trying(on) if on == sdr => {
                self.plan = Plan::Steady;
                let waiting = self.waiting.as_mut()?;
                waiting.tries = waiting.tries.saturating_sub(1);
                None
            }
            Plan::Doubting { on, .. } if on == sdr => self.later(now),
            Plan::Steady | Plan::Trying(_) | Plan::Doubting { .. } => None,
        }
    }

    /// What a page answered to a probe.
    pub fn probed(
        &mut self,
        sdr: &SdrId,
        answer: &Result<Probe, PageFault>,
        now: Millis,
    ) -> Option<Verdict> {
        let load = self.pages.get_mut(sdr)?;
        match answer {
            Ok(probe) if probe.state == SessionState::Starting => {
                if let Some(trial) = &mut load.trial {
                    trial.misses = 0;
                }
                None
            }
            Ok(probe) => {
                load.lacks = Some(Lacks::These(probe.missing.clone()));
                self.settled(sdr, &probe.missing, now)
            }
            // Usual while a page loads, or is slow; time tells.
            Err(PageFault::Absent | PageFault::TimedOut) => None,
            Err(PageFault::BadAnswer | PageFault::OtherGeneration | PageFault::Refused(_)) => {
                let trial = load.trial.as_mut()?;
                trial.misses += 1;
                if trial.misses >= MISSES_MOST {
                    return self.fail(sdr, Fault::Silent, now);
                }
                None
            }
        }
    }

    /// Time has passed for this page: whether it should be loaded anew as soon as it holds no message,
    /// and what was decided.
    pub fn turn(&mut self, sdr: &SdrId, now: Millis) -> (bool, Option<Verdict>) {
        let verdict = self.late(sdr, now);
        self.begin_trial(sdr, now);
        let target = self.target(sdr);
        let stale = |load: &Load| load.bundles != target;
        (self.pages.get(sdr).is_some_and(stale), verdict)
    }

    fn target(&self, sdr: &SdrId) -> Arc<Bundles> {
        match (&self.plan, &self.waiting) {
            (Plan::Trying(on), Some(waiting)) if on == sdr => Arc::clone(&waiting.pack),
            (Plan::Steady | Plan::Trying(_) | Plan::Doubting { .. }, _) => {
                Arc::clone(&self.in_force)
            }
        }
    }

    fn begin_trial(&mut self, sdr: &SdrId, now: Millis) {
        let (Plan::Steady, Some(waiting), Some(load)) =
            (&self.plan, &mut self.waiting, self.pages.get(sdr))
        else {
            return;
        };
        let known = load.bundles == self.in_force && load.trial.is_none() && load.lacks.is_some();
        if known && now >= waiting.not_before {
            waiting.tries += 1;
            self.plan = Plan::Trying(sdr.clone());
        }
    }

    fn settled(&mut self, sdr: &SdrId, missing: &[Capability], now: Millis) -> Option<Verdict> {
        if let Plan::Doubting {
            on, lacked, fault, ..
        } = &self.plan
            && on == sdr
        {
            let fault = *fault;
            let better = self.pages.get(sdr)?.bundles == self.in_force && within(missing, lacked);
            return if better { self.blame(fault) } else { None };
        }
        let load = self.pages.get_mut(sdr)?;
        let trial = load.trial.as_mut()?;
        if !within(missing, &trial.lacked) {
            let since = *trial.lacking_since.get_or_insert(now);
            let over = now.since(since) >= LACKING_MOST_MS;
            return if over {
                self.fail(sdr, Fault::Lacks, now)
            } else {
                None
            };
        }
        load.trial = None;
        if self.plan != Plan::Trying(sdr.clone()) {
            return None;
        }
        self.plan = Plan::Steady;
        let pack = self.waiting.take()?.pack;
        self.former = Some(std::mem::replace(&mut self.in_force, Arc::clone(&pack)));
        Some(Verdict::InForce(pack))
    }

    fn late(&mut self, sdr: &SdrId, now: Millis) -> Option<Verdict> {
        if let Plan::Doubting { by, .. } = &self.plan
            && now >= *by
        {
            return self.later(now);
        }
        let load = self.pages.get_mut(sdr)?;
        match &load.trial {
            Some(trial) if now.since(trial.since) >= LOADING_MOST_MS => {
                let fault = match trial.lacking_since {
                    Some(_) => Fault::Lacks,
                    None => Fault::Silent,
                };
                self.fail(sdr, fault, now)
            }
            Some(_) => None,
            None => {
                if load.lacks.is_none() && now.since(load.since) >= LOADING_MOST_MS {
                    load.lacks = Some(Lacks::Everything);
                }
                None
            }
        }
    }

    /// Back to the former one, at once for every page.
    fn fail(&mut self, sdr: &SdrId, fault: Fault, now: Millis) -> Option<Verdict> {
        let load = self.pages.get_mut(sdr)?;
        let lacked = load.trial.take()?.lacked;
        let in_force = load.bundles == self.in_force;
        let doubting = Plan::Doubting {
            on: sdr.clone(),
            lacked,
            fault,
            by: now.after(DOUBT_MOST_MS),
        };
        if self.plan == Plan::Trying(sdr.clone()) {
            self.plan = doubting;
            return None;
        }
        if !in_force {
            // Taken back meanwhile because of another page.
            return None;
        }
        let former = self.former.take().unwrap_or_else(|| self.built_in.clone());
        let pack = std::mem::replace(&mut self.in_force, former);
        if self.waiting.is_some() {
            // A newer one is on its way: no time is spent on this one.
            self.plan = Plan::Steady;
            self.remember(pack.number);
            return Some(Verdict::Failed { pack, fault });
        }
        self.waiting = Some(Waiting {
            pack,
            tries: 1,
            not_before: now,
        });
        self.plan = doubting;
        None
    }

    fn blame(&mut self, fault: Fault) -> Option<Verdict> {
        self.plan = Plan::Steady;
        let pack = self.waiting.take()?.pack;
        self.remember(pack.number);
        Some(Verdict::Failed { pack, fault })
    }

    fn later(&mut self, now: Millis) -> Option<Verdict> {
        let fault = match &self.plan {
            Plan::Doubting { fault, .. } => *fault,
            Plan::Steady | Plan::Trying(_) => Fault::Silent,
        };
        self.plan = Plan::Steady;
        let waiting = self.waiting.as_mut()?;
        if waiting.tries >= TRIES_MOST {
            return self.blame(fault);
        }
        waiting.not_before = now.after(AGAIN_MS);
        Some(Verdict::PutOff(Arc::clone(&waiting.pack)))
    }

    fn remember(&mut self, number: u32) {
        self.failed.insert(number);
        while self.failed.len() > FAILED_KEPT {
            self.failed.pop_first();
        }
    }
}

fn within(missing: &[Capability], lacked: &Lacks) -> bool {
    match lacked {
        Lacks::Everything => true,
        Lacks::These(lacked) => missing.iter().all(|one| lacked.contains(one)),
    }
}
