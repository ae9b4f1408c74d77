//! The memory that a PIN's hash is made in, got ready while somebody types: to be given 64 MiB by the
//! system takes a third of the time of the hash itself.

use super::pin::MEMORY_BLOCKS;
use argon2::Block;
use hotdesk_engine::Millis;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// For how long it is kept for somebody who types nothing after all.
const KEPT_MS: u64 = 15_000;

/// Ready or not; the clones are one.
#[derive(Clone, Default)]
pub(super) struct Room(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    blocks: Vec<Block>,
    being_made: bool,
    until: Millis,
}

impl Room {
    /// Somebody is there who may show a PIN; makes it ready in the background.
    pub(super) fn expect(&self, now: Millis) {
        {
            let mut state = self.state();
            state.until = now.after(KEPT_MS);
            if state.being_made || !state.blocks.is_empty() {
                return;
            }
            state.being_made = true;
        }
        let room = self.clone();
        tokio::task::spawn_blocking(move || {
            let blocks = vec![Block::default(); MEMORY_BLOCKS];
            let mut state = room.state();
            state.blocks = blocks;
            state.being_made = false;
        });
    }

    /// Gives the memory back that nobody came for.
    pub(super) fn tidy(&self, now: Millis) {
        let mut state = self.state();
        if now >= state.until {
            state.blocks = Vec::new();
        }
    }

    /// What is ready; empty if nothing is. Not to be had a second time.
    pub(super) fn take(&self) -> Vec<Block> {
        std::mem::take(&mut self.state().blocks)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT_MS, MEMORY_BLOCKS, Room};
    use hotdesk_engine::Millis;

    async fn ready() -> Room {
        let room = Room::default();
        room.expect(Millis(0));
        while room.state().being_made {
            tokio::task::yield_now().await;
        }
        room
    }

    #[tokio::test]
    async fn it_is_ready_for_one_hash() {
        let room = ready().await;
        assert_eq!(room.take().len(), MEMORY_BLOCKS);
        assert!(room.take().is_empty());
    }

    #[tokio::test]
    async fn it_is_kept_while_somebody_is_there_and_given_back_after() {
        let room = ready().await;
        room.expect(Millis(10_000));
        room.tidy(Millis(KEPT_MS));
        assert!(!room.state().blocks.is_empty());
        room.tidy(Millis(10_000 + KEPT_MS));
        assert!(room.state().blocks.is_empty());
    }
}
