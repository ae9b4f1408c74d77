//! The door between a window and the sender: who may see and do what.
//!
//! One SDR has the window at a time, or a manager, or nobody. A lock stops no sending: it takes the
//! page and every lead's name and text off the screen until somebody shows who they are.

mod deeds;
mod holder;
mod pin;
mod pins;
mod room;
mod sight;

pub use holder::{Holder, LockCause};
pub use pin::{Pepper, Pin, TRIES};
pub(crate) use pins::Pins;

use crate::agent::{Agent, Inner, Order};
use crate::audit::Deed;
use crate::clock::Clock;
use crate::pages::{PageSignal, Pages};
use crate::review::{Decision, ReviewView};
use crate::secret::Secret;
use crate::sign_in::SignedInAs;
use crate::strict::Opener;
use crate::views::OfficeView;
use holder::{Hold, locked};
use hotdesk_protocol::audit::AuditAct;
use hotdesk_protocol::ids::{MessageId, SdrId};
use hotdesk_protocol::{Problem, ProblemCode};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often it is looked whether anybody is still there.
const LOOK_EVERY_MS: u64 = 1_000;
/// A look that comes so late means that the computer slept, or that the process was stopped.
const SLEPT_MS: u64 = 10_000;

/// The sender behind its door. A window has this and not the [`Agent`].
pub struct Guard<P: Pages> {
    agent: Agent<P>,
    door: Arc<Door<P>>,
    /// Follow the office, and lock when nobody is there; end with the guard.
    _tasks: JoinSet<()>,
}

struct Door<P> {
    inner: Arc<Inner<P>>,
    hold: Mutex<Hold>,
    seen: watch::Sender<OfficeView>,
    /// One change of the screen at a time, so that no page appears after a lock.
    screen: tokio::sync::Mutex<()>,
}

impl<P: Pages> Guard<P> {
    /// Locked at first. `idle_ms` without a touch lock it; `None` never does.
    pub fn new(agent: Agent<P>, idle_ms: Option<u64>) -> Self {
        let inner = Arc::clone(&agent.inner);
        let seen = watch::Sender::new(agent.views().borrow().clone());
        let door = Arc::new(Door {
            inner,
            hold: Mutex::default(),
            seen,
            screen: tokio::sync::Mutex::default(),
        });
        door.publish();
        let mut tasks = JoinSet::new();
        tasks.spawn(follow(Arc::clone(&door)));
        let clock = door.inner.shared.clock.clone();
        tasks.spawn(keep_watch(Arc::clone(&door), clock, idle_ms));
        Self {
            agent,
            door,
            _tasks: tasks,
        }
    }

    /// What the window shows, as its holder may see it.
    pub fn views(&self) -> watch::Receiver<OfficeView> {
        self.door.seen.subscribe()
    }

    /// Somebody is there.
    pub fn touch(&self) {
        let shared = &self.door.inner.shared;
        let now = shared.clock.now().boot;
        let mut hold = self.door.hold();
        hold.touch(now);
        if *hold.holder() == Holder::Nobody {
            shared.pins.room.expect(now);
        }
    }

    /// Take the page and all texts off the screen. Sending goes on.
    pub async fn lock(&self, cause: LockCause) {
        self.door.lock(cause).await;
    }

    /// Show the PIN of an SDR of this machine.
    pub async fn unlock(&self, sdr: &SdrId, pin: &str) -> Result<(), Problem> {
        let pin = Pin::read(pin)?;
        if !self.door.is_here(sdr) {
            return Err(gone());
        }
        if let Err(problem) = self.door.inner.shared.pins.check(sdr, &pin).await {
            // It may have been the last try.
            self.door.publish();
            self.door.pin_failed(sdr, &problem).await;
            return Err(problem);
        }
        self.door.open_for(Holder::Sdr(sdr.clone()), false).await;
        let opened = self.door.inner.unseal(sdr, Opener::Pin(pin)).await;
        if opened.is_err() {
            self.door.lock(LockCause::Gone).await;
        }
        opened
    }

    /// Send nothing while whoever has the window is locked, or go on sending. Their PIN is to be shown.
    pub async fn set_strict(&self, pin: &str, on: bool) -> Result<(), Problem> {
        let holder = self.door.holder();
        let Holder::Sdr(sdr) = &holder else {
            return Err(locked());
        };
        let (shared, pin) = (&self.door.inner.shared, Pin::read(pin)?);
        if let Err(problem) = shared.pins.check(sdr, &pin).await {
            self.door.pin_failed(sdr, &problem).await;
            return Err(problem);
        }
        let act = if on {
            self.door.inner.make_strict(sdr, pin).await?;
            AuditAct::StrictOn
        } else {
            shared.strict.turn_off(sdr).await?;
            AuditAct::StrictOff
        };
        self.door.keep(Some(deeds::of(&holder, sdr, act))).await;
        Ok(())
    }

    /// Show e-mail and password of the queue server: an SDR's unlocks their session, and adds them to
    /// this machine where they are not here yet; a manager's unlocks states and counts.
    pub async fn sign_in(
        &self,
        email: &str,
        password: impl Into<Secret<String>>,
    ) -> Result<Holder, Problem> {
        let holder = match self.door.inner.sign_in(email, &password.into()).await? {
            SignedInAs::Sdr(sdr) => {
                self.door.inner.shared.pins.forgive(&sdr).await;
                Holder::Sdr(sdr)
            }
            SignedInAs::Manager(name) => Holder::Manager(name),
        };
        self.door.open_for(holder.clone(), true).await;
        Ok(holder)
    }

    /// Choose the PIN of whoever has the window. Where there is one already it is to be shown, unless
    /// the password just was.
    pub async fn choose_pin(&self, current: Option<&str>, new: &str) -> Result<(), Problem> {
        let (holder, by_password) = {
            let hold = self.door.hold();
            (hold.holder().clone(), hold.may_choose_pin())
        };
        let Holder::Sdr(sdr) = holder.clone() else {
            return Err(locked());
        };
        let pins = &self.door.inner.shared.pins;
        let new = Pin::choose(new)?;
        if pins.opens(&sdr) && !by_password {
            let current = Pin::read(current.unwrap_or_default())?;
            if let Err(problem) = pins.check(&sdr, &current).await {
                self.door.pin_failed(&sdr, &problem).await;
                return Err(problem);
            }
        }
        self.door.inner.choose_pin(&sdr, new).await?;
        let deed = deeds::of(&holder, &sdr, AuditAct::PinChosen);
        self.door.keep(Some(deed)).await;
        self.door.hold().pin_chosen();
        self.door.publish();
        tracing::info!(sdr.id = %sdr, "A PIN was chosen");
        Ok(())
    }

    /// Carry a person's wish out, if it is theirs to wish.
    pub async fn order(&self, sdr: &SdrId, order: Order) -> Result<(), Problem> {
        let holder = self.door.holder();
        self.door.hold().may(sdr, order)?;
        let deed = deeds::of_order(&holder, sdr, order);
        match (order, deed) {
            // It is told before the token is given up.
            (Order::Remove, deed) => self.door.inner.remove(sdr, deed).await,
            (_, deed) => {
                self.agent.order(sdr, order).await?;
                self.door.keep(deed).await;
                Ok(())
            }
        }
    }

    /// Pause every SDR: anybody may.
    pub async fn pause_all(&self) {
        self.agent.pause_all().await;
        let holder = self.door.holder();
        for sdr in self.door.inner.sdrs() {
            self.door
                .keep(deeds::of_order(&holder, &sdr, Order::Pause))
                .await;
        }
    }

    /// Look for a new adapter pack now.
    pub fn look_for_packs(&self) {
        self.agent.look_for_packs();
    }

    /// What waits for this SDR's decision, oldest first.
    pub async fn review(&self, sdr: &SdrId) -> Result<Vec<ReviewView>, Problem> {
        self.door.must_be(sdr)?;
        self.agent.review(sdr).await
    }

    /// Carry out what this SDR decided.
    pub async fn decide(
        &self,
        sdr: &SdrId,
        id: MessageId,
        generation: u32,
        decision: Decision,
    ) -> Result<(), Problem> {
        self.door.must_be(sdr)?;
        let deed = deeds::of_decision(sdr, id.clone(), decision);
        self.agent.decide(sdr, id, generation, decision).await?;
        self.door.keep(Some(deed)).await;
        Ok(())
    }

    /// Show this SDR's page where the window leaves room for it, or none.
    pub async fn show_page(&self, sdr: Option<&SdrId>) -> Result<(), Problem> {
        let _alone = self.door.screen.lock().await;
        if let Some(sdr) = sdr {
            self.door.must_be(sdr)?;
        }
        self.door.inner.shared.pages.show(sdr).await;
        Ok(())
    }

    /// A webview tells something of its own accord.
    pub fn page_signal(&self, sdr: &SdrId, signal: PageSignal) {
        self.agent.page_signal(sdr, signal);
    }

    /// End as [`Agent::shut_down`] does.
    pub async fn shut_down(self) {
        self.agent.shut_down().await;
    }
}

impl<P: Pages> Door<P> {
    fn hold(&self) -> MutexGuard<'_, Hold> {
        self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn holder(&self) -> Holder {
        self.hold().holder().clone()
    }

    async fn keep(&self, deed: Option<Deed>) {
        if let Some(deed) = deed {
            self.inner.shared.audit.keep(deed).await;
        }
    }

    /// Somebody at the window showed a PIN that does not open this session.
    async fn pin_failed(&self, sdr: &SdrId, problem: &Problem) {
        if problem.code != ProblemCode::WrongPin {
            return;
        }
        let mut deed = deeds::of(&self.holder(), sdr, AuditAct::PinWrong);
        if !self.inner.shared.pins.opens(sdr) {
            deed.note = Some("the last try");
        }
        self.keep(Some(deed)).await;
    }

    fn is_here(&self, sdr: &SdrId) -> bool {
        let office = self.inner.shared.office.subscribe();
        let office = office.borrow();
        let mut sdrs = office.sdrs.iter();
        sdrs.any(|known| known.id == *sdr && !known.signed_out)
    }

    fn must_be(&self, sdr: &SdrId) -> Result<(), Problem> {
        if self.hold().may_see(sdr) {
            Ok(())
        } else {
            Err(locked())
        }
    }

    async fn open_for(self: &Arc<Self>, holder: Holder, by_password: bool) {
        let now = self.inner.shared.clock.now().boot;
        let _alone = self.screen.lock().await;
        tracing::info!(
            holder = holder.kind(),
            by_password,
            "The window was unlocked"
        );
        let act = if by_password {
            AuditAct::SignedIn
        } else {
            AuditAct::Unlocked
        };
        let before = self.hold().take(holder.clone(), by_password, now);
        let shown = async {
            self.inner.shared.pages.show(None).await;
            self.publish();
        };
        // Who waits at the window does not wait for the disk.
        tokio::join!(shown, self.keep(deeds::of_window(&holder, act)));
        if before != holder {
            self.keep(deeds::of_lock(&before, LockCause::HandedOver))
                .await;
            // Whoever came does not wait for whoever went.
            let door = Arc::clone(self);
            tokio::spawn(async move { door.seal(&before).await });
        }
    }

    async fn lock(&self, cause: LockCause) {
        let before = self.hold().lock();
        if before == Holder::Nobody {
            return;
        }
        tracing::info!(?cause, "The window was locked");
        let hide = async {
            let _alone = self.screen.lock().await;
            // Somebody else may have unlocked meanwhile, and shown nothing yet.
            self.inner.shared.pages.show(None).await;
        };
        // The page first, and neither waits for the other.
        tokio::join!(hide, async { self.publish() });
        self.keep(deeds::of_lock(&before, cause)).await;
        self.seal(&before).await;
    }

    /// Whoever was locked out is in strict mode, perhaps.
    async fn seal(&self, before: &Holder) {
        if let Holder::Sdr(sdr) = before {
            self.inner.seal(sdr, || !self.hold().may_see(sdr)).await;
        }
    }

    /// Made and told under one lock, so that an older sight never follows a newer one.
    fn publish(&self) {
        let office = self.inner.shared.office.subscribe();
        let locks = self.inner.shared.pins.locks();
        let strict = self.inner.shared.strict.who();
        self.seen.send_if_modified(|seen| {
            let hold = self.hold();
            let now = sight::seen(
                &office.borrow(),
                hold.holder(),
                &locks.borrow(),
                &strict.borrow(),
            );
            let changed = *seen != now;
            *seen = now;
            changed
        });
    }

    /// A holder who is signed out, or gone from this machine.
    fn is_void(&self) -> bool {
        match self.holder() {
            Holder::Sdr(sdr) => !self.is_here(&sdr),
            Holder::Manager(_) | Holder::Nobody => false,
        }
    }
}

async fn follow<P: Pages>(door: Arc<Door<P>>) {
    let mut office = door.inner.shared.office.subscribe();
    let mut locks = door.inner.shared.pins.locks();
    let mut strict = door.inner.shared.strict.who();
    loop {
        if door.is_void() {
            door.lock(LockCause::Gone).await;
        }
        // What changed before this followed counts too.
        door.publish();
        let changed = tokio::select! {
            changed = office.changed() => changed,
            changed = locks.changed() => changed,
            changed = strict.changed() => changed,
        };
        if changed.is_err() {
            return;
        }
    }
}

async fn keep_watch<P: Pages>(door: Arc<Door<P>>, clock: Clock, idle_ms: Option<u64>) {
    let mut before = clock.now().boot;
    loop {
        clock.until(before.after(LOOK_EVERY_MS)).await;
        let now = clock.now().boot;
        if now.since(before) >= SLEPT_MS {
            door.lock(LockCause::Slept).await;
        } else if idle_ms.is_some_and(|most| door.hold().is_idle(now, most)) {
            door.lock(LockCause::Idle).await;
        }
        door.inner.shared.pins.room.tidy(now);
        before = now;
    }
}

fn gone() -> Problem {
    Problem::new(
        ProblemCode::NotFound,
        "This SDR is not signed in on this machine any more. Nothing was changed. Sign in with the password.",
    )
}
