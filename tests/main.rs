//! The product as a whole: the real desktop app, the real queue server and the rehearsal WhatsApp,
//! each as its own program, on a screen, a D-Bus and a keyring of their own. What really left is
//! judged by the rehearsal WhatsApp's history, never by the app's own word.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod crash;
mod dumps;
mod hostile_page;
mod inspector;
mod instance;
mod isolation;
mod journey;
mod lock;
mod other_way;
mod outage;
mod packs;
mod passphrase;
mod sign_in;
mod start;
mod support;
mod traces;
mod tray;
