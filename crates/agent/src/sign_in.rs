//! Signing an SDR in, by hand or for a rehearsal.

use crate::agent::{Inner, back_up};
use crate::config::RehearsalSignIn;
use crate::pages::Pages;
use crate::profile::is_plain;
use crate::queue_client::{QueueError, Retry, Token};
use crate::store::SdrRow;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::{Problem, ProblemCode};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

const REHEARSAL_RETRY: Duration = Duration::from_secs(1);

impl<P: Pages> Inner<P> {
    /// Sign in at the server, keep the token, and start the SDR's runner or give it the token.
    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Result<SdrId, Problem> {
        self.try_sign_in(email, password)
            .await
            .map_err(|failed| failed.problem)
    }

    async fn try_sign_in(&self, email: &str, password: &str) -> Result<SdrId, Failed> {
        let _alone = self.changes.lock().await;
        let email = email.trim();
        if email.is_empty() || password.is_empty() {
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
        let answer = answer.map_err(|error| Failed {
            again: error.retry() != Retry::Never,
            problem: refused(&error),
        })?;
        let id = answer.sdr.id;
        if !is_plain(&id) {
            return Err(Failed::for_good(Problem::new(
                ProblemCode::BadAnswer,
                "The queue server named this SDR in a way Hotdesk cannot use (only a-z, 0-9 and - are). Nothing was changed. Tell whoever runs the queue server.",
            )));
        }
        if answer.sdr.role != "sdr" {
            return Err(Failed::for_good(Problem::new(
                ProblemCode::Forbidden,
                "This account is not an SDR's, so it has no messages to send. Nothing was changed. Sign in with an SDR's account.",
            )));
        }
        self.keep(SdrRow {
            id,
            name: answer.sdr.name,
            email: answer.sdr.email,
            token: Token::new(answer.token),
            paused: false,
            connect: true,
            marker: None,
            account_phone: None,
        })
        .await
        .map_err(Failed::for_good)
    }

    async fn keep(&self, row: SdrRow) -> Result<SdrId, Problem> {
        let store = &self.shared.store;
        let id = row.id.clone();
        store
            .put_sdr(row.clone())
            .await
            .map_err(|e| Problem::from(&e))?;
        tracing::info!(sdr.id = %id, "An SDR signed in");
        back_up(store).await;
        if self.renew(&row) {
            return Ok(id);
        }
        let stored = store.sdrs().await.map_err(|e| Problem::from(&e))?;
        if let Some(stored) = stored.into_iter().find(|stored| stored.row.id == id) {
            self.spawn(stored)?;
        }
        Ok(id)
    }
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
    for RehearsalSignIn { email, password } in sign_ins {
        let office = inner.shared.office.subscribe();
        let known = office
            .borrow()
            .sdrs
            .iter()
            .any(|sdr| sdr.email == email && !sdr.signed_out);
        if known {
            continue;
        }
        while let Err(failed) = inner.try_sign_in(&email, &password).await {
            inner.shared.office.server(Some(&failed.problem));
            tracing::warn!(problem.code = ?failed.problem.code, "A rehearsal's sign-in failed");
            if !failed.again {
                break;
            }
            sleep(REHEARSAL_RETRY).await;
        }
    }
}
