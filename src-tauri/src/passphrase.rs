//! Before the agent starts: the database's key, from the keyring or, where there is none, from what
//! a person types into the window.

use hotdesk_agent::keychain::{
    DatabaseKey, Keychain, KeychainError, Opening, PassphraseAsked, PassphraseLock,
};
use hotdesk_agent::secret::Secret;
use hotdesk_agent::store::Store;
use hotdesk_protocol::{Problem, ProblemCode};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc, watch};

/// How far the opening of the database is.
#[derive(Clone)]
enum Stage {
    Looking,
    Asking(Arc<PassphraseLock>),
    Over,
}

/// The way from the window's field to the database's key.
pub struct Passphrase {
    stage: watch::Sender<Stage>,
    keys: mpsc::Sender<DatabaseKey>,
    made: Mutex<mpsc::Receiver<DatabaseKey>>,
    /// One try at a time: each takes memory.
    trying: Mutex<()>,
}

impl Passphrase {
    /// Nobody has been asked yet.
    pub fn new() -> Self {
        let (keys, made) = mpsc::channel(1);
        Self {
            stage: watch::Sender::new(Stage::Looking),
            keys,
            made: Mutex::new(made),
            trying: Mutex::new(()),
        }
    }

    /// The key of the database, once it is had: a person may take any time.
    pub async fn key(
        &self,
        keychain: Keychain,
        data_dir: PathBuf,
    ) -> Result<DatabaseKey, KeychainError> {
        let looked =
            tokio::task::spawn_blocking(move || keychain.open(&data_dir, Store::exists(&data_dir)));
        let opening = looked
            .await
            .unwrap_or_else(|error| Err(KeychainError::Note(error.to_string())));
        let lock = match opening {
            Ok(Opening::Passphrase(lock)) => Arc::new(lock),
            Ok(Opening::Key(key)) => {
                self.stage.send_replace(Stage::Over);
                return Ok(key);
            }
            Err(error) => {
                self.stage.send_replace(Stage::Over);
                return Err(error);
            }
        };
        tracing::info!("There is no keyring: a passphrase is asked for");
        self.stage.send_replace(Stage::Asking(lock));
        let key = self.made.lock().await.recv().await;
        self.stage.send_replace(Stage::Over);
        match key {
            Some(key) => Ok(key),
            // `self` holds the other end.
            None => std::future::pending().await,
        }
    }

    /// What the window is to ask for; `None` once nothing has to be asked.
    pub async fn asked(&self) -> Option<PassphraseAsked> {
        let mut stage = self.stage.subscribe();
        let known = stage
            .wait_for(|stage| match stage {
                Stage::Looking => false,
                Stage::Asking(_) | Stage::Over => true,
            })
            .await;
        match known.as_deref() {
            Ok(Stage::Asking(lock)) => Some(lock.asked()),
            Ok(Stage::Looking | Stage::Over) | Err(_) => None,
        }
    }

    /// Take what was typed. A wrong passphrase changes nothing.
    pub async fn take(&self, typed: Secret<String>) -> Result<(), Problem> {
        let _alone = self.trying.lock().await;
        let stage = self.stage.borrow().clone();
        let lock = match stage {
            Stage::Asking(lock) => lock,
            Stage::Looking | Stage::Over => return Err(not_asked()),
        };
        let key = tokio::task::spawn_blocking(move || lock.open(&typed))
            .await
            .unwrap_or_else(|_| Err(not_asked()))?;
        self.keys.try_send(key).map_err(|_| not_asked())?;
        self.stage.send_replace(Stage::Over);
        Ok(())
    }
}

fn not_asked() -> Problem {
    Problem::new(
        ProblemCode::NotNow,
        "No passphrase is asked for now. Nothing was changed.",
    )
}
