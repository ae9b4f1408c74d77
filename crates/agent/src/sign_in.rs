//! Signing an SDR in, by hand or for a rehearsal.

use crate::agent::{Inner, back_up};
use crate::config::RehearsalSignIn;
use crate::guard::Pin;
use crate::pages::Pages;
use crate::profile::is_plain;
use crate::queue_client::{Desk, Dialect, QueueError, Retry, SignedIn};
use crate::removal::sign_out;
use crate::secret::Secret;
use crate::store::SdrRow;
use crate::views::OfficeView;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::{Problem, ProblemCode};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};

const REHEARSAL_RETRY: Duration = Duration::from_secs(1);
/// How long a session may take to show that it has the new sign-in.
const SHOW_PATIENCE: Duration = Duration::from_secs(10);

impl<P: Pages> Inner<P> {
    /// Sign in at the server, keep the token, and start the SDR's runner or give it the token.
    pub(crate) async fn sign_in(
        &self,
        email: &str,
        password: &Secret<String>,
    ) -> Result<SignedInAs, Problem> {
        let signed_in = self.try_sign_in(email, password).await;
        let signed_in = signed_in.map_err(|failed| failed.problem)?;
        if let SignedInAs::Sdr(sdr) = &signed_in {
            self.seen_signed_in(sdr).await;
        }
        Ok(signed_in)
    }

    /// Until the snapshot says so too: who follows it would take the sign-in that had ended before for
    /// the end of this one, and lock again.
    async fn seen_signed_in(&self, sdr: &SdrId) {
        let mut office = self.shared.office.subscribe();
        let is_seen = |office: &OfficeView| {
            let mut sdrs = office.sdrs.iter();
            sdrs.any(|known| known.id == *sdr && !known.signed_out)
        };
        if timeout(SHOW_PATIENCE, office.wait_for(is_seen))
            .await
            .is_err()
        {
            tracing::warn!(sdr.id = %sdr, "The session did not take the sign-in in time");
        }
    }

    async fn try_sign_in(
        &self,
        email: &str,
        password: &Secret<String>,
    ) -> Result<SignedInAs, Failed> {
        let _alone = self.changes.lock().await;
        let email = email.trim();
        if email.is_empty() || password.expose().is_empty() {
            return Err(Failed::for_good(Problem::new(
                ProblemCode::BadRequest,
                "Enter the e-mail and the password of the queue server.",
            )));
        }
        let shared = &self.shared;
        let answer = shared
            .server
            .sign_in(email, password, &shared.desktop_id)
            .await;
        let signed_in = answer.map_err(|error| Failed {
            again: error.retry() != Retry::Never,
            problem: refused(&error),
        })?;
        let id = signed_in.sdr.id.clone();
        if !is_plain(&id) {
            return Err(Failed::for_good(Problem::new(
                ProblemCode::BadAnswer,
                "The queue server named this SDR in a way Hotdesk cannot use (only a-z, 0-9 and - are). Nothing was changed. Tell whoever runs the queue server.",
            )));
        }
        match signed_in.sdr.role.as_str() {
            "sdr" => {}
            "manager" | "admin" => {
                // It was for showing who they are; nothing is kept of it.
                let desk = Desk::new(shared.desktop_id.clone(), shared.clock.clone(), []);
                sign_out(&shared.server.of(id, signed_in.token, desk)).await;
                return Ok(SignedInAs::Manager(signed_in.sdr.name));
            }
            _ => return Err(Failed::for_good(nothing_to_send())),
        }
        self.remember(signed_in.dialect)
            .await
            .map_err(Failed::for_good)?;
        self.must_be_alone(&signed_in).await?;
        self.keep(SdrRow {
            id,
            name: signed_in.sdr.name,
            email: signed_in.sdr.email,
            token: signed_in.token,
            paused: false,
            connect: true,
            marker: None,
            account_phone: None,
            sealed: false,
            signed_out: false,
        })
        .await
        .map(SignedInAs::Sdr)
        .map_err(Failed::for_good)
    }

    async fn rehearse_pin(&self, signed_in: &SignedInAs, pin: Option<&str>) {
        let (SignedInAs::Sdr(sdr), Some(pin)) = (signed_in, pin) else {
            return;
        };
        let chosen = match Pin::choose(pin) {
            Ok(pin) => self.choose_pin(sdr, pin).await,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = chosen {
            tracing::warn!(problem.code = ?problem.code, "A rehearsal's PIN was not taken");
        }
    }

    /// From now on this is the SDR's PIN, and opens what the one before did.
    pub(crate) async fn choose_pin(&self, sdr: &SdrId, pin: Pin) -> Result<(), Problem> {
        let shared = &self.shared;
        let by_pin = shared.strict.with_pin(sdr, pin.clone()).await?;
        shared.pins.choose(sdr, pin, by_pin.clone()).await?;
        if let Some(by_pin) = by_pin {
            shared.strict.pin_chosen(sdr, by_pin);
        }
        Ok(())
    }

    /// A start does not guess again.
    async fn remember(&self, dialect: Dialect) -> Result<(), Problem> {
        let shared = &self.shared;
        if shared.server.known_dialect().is_none() {
            let url = shared.server.url().as_str();
            let kept = shared.store.put_dialect(url, dialect).await;
            kept.map_err(|error| Problem::from(&error))?;
            shared.server.set_dialect(dialect);
            tracing::info!(server.dialect = %dialect, "The server's dialect was found");
        }
        Ok(())
    }

    /// Where the server cannot fence, refuse whoever would send beside somebody else.
    async fn must_be_alone(&self, signed_in: &SignedIn) -> Result<(), Failed> {
        let (shared, id) = (&self.shared, &signed_in.sdr.id);
        let here = self.sdrs();
        match signed_in.dialect {
            Dialect::Native => Ok(()),
            Dialect::Lk1 if here.contains(id) => Ok(()),
            Dialect::Lk1 => {
                let desk = Desk::new(shared.desktop_id.clone(), shared.clock.clone(), []);
                let queue = shared.server.of(id.clone(), signed_in.token.clone(), desk);
                match queue.occupied().await {
                    Ok(None) => Ok(()),
                    Ok(Some(problem)) => Err(Failed::for_good(problem)),
                    Err(error) => Err(Failed {
                        again: error.retry() != Retry::Never,
                        problem: Problem::from(&error),
                    }),
                }
            }
            Dialect::Lk2 if here.iter().all(|known| known == id) => Ok(()),
            Dialect::Lk2 => Err(Failed::for_good(Problem::new(
                ProblemCode::Forbidden,
                "This queue server has one queue for everybody (lk2), so only one SDR of this desktop can send from it; a second would send the same messages again. Nothing was changed. Remove the SDR who is here, or use a server that knows SDRs.",
            ))),
        }
    }

    async fn keep(&self, row: SdrRow) -> Result<SdrId, Problem> {
        let store = &self.shared.store;
        let id = row.id.clone();
        let was_closed = self.unseal_by_sign_in(&id, &row.token).await?;
        store
            .put_sdr(row.clone())
            .await
            .map_err(|e| Problem::from(&e))?;
        tracing::info!(sdr.id = %id, "An SDR signed in");
        back_up(store).await;
        self.shared.packs.look_now();
        if self.renew(&row) {
            return Ok(id);
        }
        if let Some(stored) = self.stored(&id).await? {
            self.spawn(stored)?;
        }
        if was_closed {
            // What was closed may say that the sign-in before had ended.
            self.renew(&row);
        }
        Ok(id)
    }
}

/// Whose e-mail and password they were.
pub(crate) enum SignedInAs {
    /// An SDR's, who is on this machine now.
    Sdr(SdrId),
    /// A manager's of this name. No token of theirs is kept.
    Manager(String),
}

pub(crate) fn nothing_to_send() -> Problem {
    Problem::new(
        ProblemCode::Forbidden,
        "This account is not an SDR's, so it has no messages to send. Nothing was changed. Sign in with an SDR's account.",
    )
}

struct Failed {
    problem: Problem,
    again: bool,
}

impl Failed {
    fn for_good(problem: Problem) -> Self {
        Self {
            problem,
            again: false,
        }
    }
}

/// A server that is not ours says 401 without our code.
fn refused(error: &QueueError) -> Problem {
    let codes = [ProblemCode::Unauthorized, ProblemCode::WrongCredentials];
    if !codes.contains(&error.code()) {
        return Problem::from(error);
    }
    Problem::new(
        ProblemCode::WrongCredentials,
        "The queue server does not know this e-mail with this password. Nothing was changed. Check both and try again.",
    )
}

/// Sign the rehearsal's SDRs in, in order, trying again while the server does not answer. An SDR
/// that is already signed in here stays as it is.
pub(crate) async fn rehearse<P: Pages>(inner: Arc<Inner<P>>, sign_ins: Vec<RehearsalSignIn>) {
    for RehearsalSignIn {
        email,
        password,
        pin,
    } in sign_ins
    {
        let office = inner.shared.office.subscribe();
        let known = office
            .borrow()
            .sdrs
            .iter()
            .any(|sdr| sdr.email == email && !sdr.signed_out);
        if known {
            continue;
        }
        loop {
            let failed = match inner.try_sign_in(&email, &password).await {
                Ok(signed_in) => {
                    let pin = pin.as_ref().map(|pin| pin.expose().as_str());
                    inner.rehearse_pin(&signed_in, pin).await;
                    break;
                }
                Err(failed) => failed,
            };
            inner.shared.office.server(Some(&failed.problem));
            tracing::warn!(problem.code = ?failed.problem.code, "A rehearsal's sign-in failed");
            if !failed.again {
                break;
            }
            sleep(REHEARSAL_RETRY).await;
        }
    }
}
