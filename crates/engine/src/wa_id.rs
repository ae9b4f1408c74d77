//! The one WhatsApp id of a message, fixed before the first attempt.

use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::{MessageId, TenantId, WaMessageId};
use sha2::{Digest, Sha256};

/// `"3EB0" + HEX(SHA-256("v1|tenant|messageId|generation"))[..18]`: the form WhatsApp Web gives its
/// own ids. The same message always gets the same id; only a person's "send as new" raises
/// `generation`.
pub fn wa_message_id(tenant: &TenantId, message: &MessageId, generation: u32) -> WaMessageId {
    let hash = Sha256::digest(format!("v1|{tenant}|{message}|{generation}"));
    WaMessageId(format!("3EB0{}", &hex::encode_upper(hash)[..18]))
}

/// SHA-256 of a text, and of the sum of the file beside it, hex.
pub(crate) fn body_hash(text: &str, file: Option<&Attachment>) -> String {
    let mut hash = Sha256::new_with_prefix(text);
    if let Some(file) = file {
        hash.update([0]);
        hash.update(&file.sha256);
    }
    hex::encode(hash.finalize())
}
