//! What a person at the dashboard wants of this SDR's WhatsApp: carried out once, as if they had said it
//! at this window. Who asked is in the server's audit.

use super::Runner;
use super::called::Called;
use crate::pages::Pages;
use crate::removal::is_linked;
use crate::store::StoreError;
use hotdesk_engine::input::Input;
use hotdesk_protocol::queue::{Wish, WishKind};
use hotdesk_protocol::session::SessionState;
use tokio::task::JoinError;

impl<P: Pages> Runner<P> {
    /// As [`Runner::called`], and what the dashboard wants is carried out.
    pub(super) async fn answered(&mut self, called: Result<Called, JoinError>) {
        let input = called.as_ref().ok().and_then(|it| it.input.as_ref());
        let wish = input.and_then(wish_in);
        self.called(called);
        if let Some(wish) = wish {
            self.wished(wish).await;
        }
    }

    /// Carries a wish out, unless it is the one that was carried out last: the server tells it until the
    /// session says that it is so.
    async fn wished(&mut self, wish: Wish) {
        if self.wish_done.as_ref() == Some(&wish) {
            return;
        }
        self.wish_done = Some(wish.clone());
        let (store, sdr) = (self.shared.store.clone(), self.sdr.clone());
        match wish.kind {
            WishKind::Link => {
                tracing::info!("The dashboard wants a phone to be linked");
                self.handle(Input::Connect);
                // The codes have run out, or the page is at a pairing code.
                let status = self.session.status();
                let linkable = [SessionState::Qr, SessionState::PairingCode];
                if linkable.contains(&status.state) && !status.qr_shown {
                    self.handle(Input::RefreshQr);
                }
                tell(store.set_connect(&sdr, true).await);
            }
            WishKind::LinkByCode => {
                tracing::info!("The dashboard wants a phone to be linked by a pairing code");
                self.handle(match wish.phone {
                    Some(phone) => Input::LinkByCode(phone),
                    // The page lets a person type it.
                    None => Input::Connect,
                });
                tell(store.set_connect(&sdr, true).await);
            }
            WishKind::Disconnect => {
                tracing::info!("The dashboard wants this device unlinked");
                self.handle(Input::Pause);
                // A page that is not linked, or closed, would be unlinked when it is linked next.
                if is_linked(self.session.state()) {
                    self.handle(Input::Unlink);
                }
                tell(store.set_paused(&sdr, true).await);
            }
            WishKind::Unknown => tracing::info!("The dashboard wants what a later version can do"),
        }
    }
}

/// The wish of an answer that has just come.
fn wish_in(input: &Input) -> Option<Wish> {
    if let Input::Beaten(Ok(answer)) = input {
        answer.wish.clone()
    } else if let Input::Claimed(Ok(answer)) = input {
        answer.wish.clone()
    } else {
        None
    }
}

/// A wish is carried out also where it cannot be kept for the next start.
fn tell(kept: Result<(), StoreError>) {
    if let Err(error) = kept {
        tracing::warn!(problem.code = ?error.code(), "A wish could not be kept for the next start");
    }
}
