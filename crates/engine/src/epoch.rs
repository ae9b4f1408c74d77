//! The profile epoch: "not in the page" proves "not sent" only within one.

use hotdesk_protocol::bridge::OwnAccount;
use hotdesk_protocol::ids::ProfileEpoch;
use sha2::{Digest, Sha256};

/// Hash over the linked number, the number of the linked device and the marker that is kept both in
/// the page's storage and in our database. The account's `@lid` is left out: an account gets one in
/// the course of its life without the profile having changed.
pub fn profile_epoch(account: &OwnAccount, marker: &str) -> ProfileEpoch {
    let text = format!("v1|{}|{}|{marker}", account.phone, account.device);
    ProfileEpoch(hex::encode(Sha256::digest(text)))
}
