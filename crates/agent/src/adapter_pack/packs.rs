//! The rollout as all sessions share it: kept on disk, shown in the window.

use super::keys::Keys;
use super::manifest::Fit;
use super::rollout::{Fault, Record, Rollout, Verdict};
use super::shelf::Shelf;
use super::verify::verify;
use super::{Bundles, PackError};
use crate::clock::Clock;
use crate::office::Office;
use crate::views::AdaptersView;
use hotdesk_engine::input::Input;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::{Problem, ProblemCode};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The adapters of this desktop.
pub(crate) struct Packs {
    inner: Mutex<Inner>,
    keys: Keys,
    shelf: Shelf,
    office: Office,
    clock: Clock,
    asked: Notify,
}

struct Inner {
    rollout: Rollout,
    kept: Record,
    problem: Option<Problem>,
}

impl Packs {
    /// Bring back what the run before had in force.
    pub(crate) fn open(
        shelf: Shelf,
        built_in: Bundles,
        keys: Keys,
        office: Office,
        clock: Clock,
    ) -> Self {
        let kept = shelf.record();
        let above = built_in.number;
        let rollout = Rollout::restore(Arc::new(built_in), &kept, |number| {
            shelf.get(number, &keys, above).map(Arc::new)
        });
        let packs = Self {
            inner: Mutex::new(Inner {
                rollout,
                kept,
                problem: None,
            }),
            keys,
            shelf,
            office,
            clock,
            asked: Notify::new(),
        };
        packs.settle(&mut packs.inner());
        packs
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// With which bundles a page is to be loaded now.
    pub(crate) fn load(&self, sdr: &SdrId) -> Arc<Bundles> {
        self.inner().rollout.load(sdr, self.clock.now().boot)
    }

    /// A page's answer, in the order in which pages are called.
    pub(crate) fn heard(&self, sdr: &SdrId, input: &Input) {
        let now = self.clock.now().boot;
        let mut inner = self.inner();
        let verdict = if let Input::Probed(answer) = input {
            inner.rollout.probed(sdr, answer, now)
        } else if matches!(input, Input::PageClosed) {
            inner.rollout.closed(sdr, now)
        } else {
            return;
        };
        self.decided(&mut inner, verdict);
    }

    /// Whether a page should be loaded anew as soon as it holds no message.
    pub(crate) fn wants_renewal(&self, sdr: &SdrId) -> bool {
        let mut inner = self.inner();
        let (stale, verdict) = inner.rollout.turn(sdr, self.clock.now().boot);
        self.decided(&mut inner, verdict);
        stale
    }

    /// Which adapters are in force, for the server.
    pub(crate) fn in_force(&self) -> String {
        self.inner().rollout.in_force().to_string()
    }

    /// Somebody wants to know whether there is a new pack.
    pub(crate) fn look_now(&self) {
        self.asked.notify_one();
    }

    /// Until [`Self::look_now`] is called.
    pub(super) async fn asked(&self) {
        self.asked.notified().await;
    }

    /// The number in force.
    pub(super) fn number(&self) -> u32 {
        self.inner().rollout.in_force().number
    }

    pub(super) fn is_built_in(&self) -> bool {
        self.inner().rollout.in_force().built_in
    }

    pub(super) fn is_news(&self, number: u32) -> bool {
        self.inner().rollout.is_news(number)
    }

    /// Packs cannot be taken from anywhere.
    pub(super) fn are_off(&self) -> bool {
        self.keys.are_none()
    }

    /// Check a pack and take it in. Takes milliseconds of computing.
    pub(super) fn offer(&self, pack: &[u8], signature: Option<&[u8]>) -> Result<(), PackError> {
        let fit = Fit {
            above: self.inner().rollout.in_force().number,
            now: Some(self.clock.now().utc),
        };
        let bundles = verify(pack, signature, &self.keys, &fit)?;
        let number = bundles.number;
        let mut inner = self.inner();
        if !inner.rollout.is_news(number) {
            return Ok(());
        }
        inner.rollout.offer(bundles)?;
        // On disk before any page is loaded with it: they all wait for this lock.
        if let Err(error) = self.shelf.put(number, pack, signature.unwrap_or_default()) {
            inner.rollout.withdraw();
            return Err(error);
        }
        self.settle(&mut inner);
        tracing::info!(pack.number = number, "An adapter pack was taken in");
        Ok(())
    }

    /// Tell the person how the last look went. That a pack was taken back says more than that it is
    /// not tried again.
    pub(super) fn looked(&self, refused: Option<&PackError>) {
        let mut inner = self.inner();
        let taken_back = inner
            .problem
            .as_ref()
            .is_some_and(|problem| problem.code == ProblemCode::PackFailed);
        match refused {
            None | Some(PackError::FailedBefore { .. }) if taken_back => {}
            refused => inner.problem = refused.map(Problem::from),
        }
        self.settle(&mut inner);
    }

    fn decided(&self, inner: &mut Inner, verdict: Option<Verdict>) {
        match verdict {
            Some(Verdict::InForce(pack)) => {
                tracing::info!(pack.number = pack.number, "An adapter pack is in force");
                inner.problem = None;
            }
            Some(Verdict::Failed { pack, fault }) => {
                tracing::error!(pack.number = pack.number, ?fault, "An adapter pack failed");
                let serves = inner.rollout.in_force();
                inner.problem = Some(failed(&pack, fault, serves));
            }
            Some(Verdict::PutOff(pack)) => {
                tracing::warn!(
                    pack.number = pack.number,
                    "An adapter pack is tried again later"
                );
            }
            None => {}
        }
        self.settle(inner);
    }

    /// Keep what the next run must know, and show what is.
    fn settle(&self, inner: &mut Inner) {
        let record = inner.rollout.record();
        if record != inner.kept {
            match self.shelf.keep(&record) {
                Ok(()) => inner.kept = record,
                Err(error) => inner.problem = Some(Problem::from(&error)),
            }
        }
        let in_force = inner.rollout.in_force();
        self.office
            .adapters(AdaptersView::of(in_force, inner.problem.clone()));
    }
}

fn failed(pack: &Bundles, fault: Fault, serves: &Bundles) -> Problem {
    let number = pack.number;
    let did = match fault {
        Fault::Silent => "The WhatsApp page did not answer with it",
        Fault::Lacks => "The WhatsApp page could do less with it than before",
    };
    Problem::new(
        ProblemCode::PackFailed,
        format!(
            "The adapter pack {number} was taken back. {did}. The adapters {serves} serve again, nothing is lost, and nothing is sent twice. Tell whoever made the pack; a newer one is taken by itself."
        ),
    )
}
