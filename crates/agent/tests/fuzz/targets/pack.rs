//! Adapter packs: the folder they lie in, the signature, what is signed. Most cases are signed after they
//! were spoilt, for else the signature alone would refuse them.

use super::packs::Maker;
use hotdesk_agent::adapter_pack::keys::{Keys, read_key};
use hotdesk_agent::adapter_pack::manifest::Fit;
use hotdesk_agent::adapter_pack::verify::{COMMENT, verify};
use hotdesk_agent::adapter_pack::{Bundles, PackError, folder};
use hotdesk_protocol::adapter_pack::{
    MAX_PACK_BYTES, MAX_SIGNATURE_BYTES, PACK_PREFIX, PACK_SUFFIX,
};
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;

const ABOVE: u32 = 6;
const NOW: UtcMs = UtcMs(1_800_000_000_000);
/// A sum that says so is made right before the pack is signed.
const MEND: &str = "mend";
/// What a person can read in a window.
const MOST_WORDS: usize = 500;

static MAKER: LazyLock<Maker> = LazyLock::new(Maker::new);
static KEYS: LazyLock<Keys> =
    LazyLock::new(|| Keys::new(Some(&read_key(&MAKER.public_key()).unwrap())));

/// `manifest`, signed with `comment`; then `pack` and `signature` say which bytes are changed.
pub fn check(bytes: &[u8]) -> bool {
    let mut case = serde_json::from_slice(bytes)
        .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(bytes)));
    for part in ["bridge", "waJs"] {
        if let Some(part) = case.pointer_mut(&format!("/manifest/parts/{part}")) {
            mend(part);
        }
    }
    let manifest = match &case["manifest"] {
        Value::String(text) => text.clone(),
        other @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Array(_)
        | Value::Object(_)) => other.to_string(),
    };
    let comment = case["comment"].as_str().unwrap_or("hotdesk adapters 7");
    let comment = comment.replace(char::is_control, " ");
    let good = MAKER.sign_as(&comment, 7, manifest.into_bytes());
    let mut pack = good.clone();
    spoil(&mut pack.bytes, &case["pack"]);
    spoil(&mut pack.signature, &case["signature"]);
    is_found(&case["files"], &pack.bytes, &pack.signature);
    let fit = Fit {
        above: ABOVE,
        now: Some(NOW),
    };
    match verify(&pack.bytes, Some(&pack.signature), &KEYS, &fit) {
        Ok(bundles) => {
            assert_eq!(pack.bytes, good.bytes, "not a byte that was not signed");
            let signed = serde_json::from_slice(&good.bytes).unwrap();
            is_as_signed(&signed, &comment, &bundles);
            true
        }
        Err(error) => {
            is_told(&error);
            false
        }
    }
}

fn mend(part: &mut Value) {
    if part["sha256"] == MEND {
        let text = part["text"].as_str().unwrap_or_default();
        part["sha256"] = hex::encode(Sha256::digest(text)).into();
    }
}

/// `[[at, byte], …]`; a byte beyond the end is left out.
fn spoil(bytes: &mut [u8], edits: &Value) {
    for edit in edits.as_array().into_iter().flatten() {
        let number = |at: usize| edit[at].as_u64().and_then(|n| usize::try_from(n).ok());
        let (Some(at), Some(byte)) = (number(0), number(1)) else {
            continue;
        };
        if let (Some(place), Ok(byte)) = (bytes.get_mut(at), u8::try_from(byte)) {
            *place = byte;
        }
    }
}

fn is_as_signed(manifest: &Value, comment: &str, bundles: &Bundles) {
    assert!(bundles.number > ABOVE, "an older one is never taken");
    let named = format!("{COMMENT}{}", bundles.number);
    assert_eq!(comment, named, "what the signer's tool showed them");
    assert!(manifest["expiresAtMs"].as_i64() > Some(NOW.0), "in time");
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_ ".contains(c);
    let name = &bundles.name;
    let short = (1..=64).contains(&name.len()) && name.chars().all(plain);
    assert!(short, "a name that can be shown: {name:?}");
    for (part, text) in [("bridge", &bundles.bridge), ("waJs", &bundles.wa_js)] {
        let signed = manifest["parts"][part]["text"].as_str();
        assert_eq!(signed, Some(&**text), "the script that was signed");
    }
}

fn is_told(error: &PackError) {
    let problem = Problem::from(error);
    assert_eq!(problem.code, ProblemCode::PackRefused, "it is shown");
    let words = &problem.message;
    assert!(words.contains("othing was changed"), "not lost: {words}");
    assert!(words.chars().count() <= MOST_WORDS, "short: {words}");
}

/// A folder with files of these names: of those that are packs the highest counts, and is read as it is.
fn is_found(files: &Value, pack: &[u8], signature: &[u8]) {
    let names = files.as_array().into_iter().flatten();
    let plain = |name: &&str| {
        let odd = |c: char| matches!(c, '/' | '\\' | ':') || c.is_control();
        (1..=100).contains(&name.len()) && !name.contains(odd) && !name.starts_with('.')
    };
    let names: BTreeSet<&str> = names.filter_map(Value::as_str).filter(plain).collect();
    if names.is_empty() {
        return;
    }
    let dir = TempDir::new().unwrap();
    for name in names.iter().take(8) {
        std::fs::write(dir.path().join(name), pack).unwrap();
        std::fs::write(dir.path().join(format!("{name}.minisig")), signature).unwrap();
    }
    let newest = folder::newest(dir.path()).unwrap();
    let number = |name: &&str| {
        let number = name.strip_prefix(PACK_PREFIX)?.strip_suffix(PACK_SUFFIX)?;
        number
            .parse()
            .ok()
            .filter(|n: &u32| n.to_string() == number)
    };
    let highest = names.iter().take(8).filter_map(number).max();
    assert!(
        newest.as_ref().map(|(number, _)| *number) >= highest,
        "none is passed over: {names:?}"
    );
    if let Some((_, path)) = newest {
        assert_eq!(path.parent(), Some(Path::new(dir.path())), "of this folder");
        let found = folder::read(&path).unwrap();
        // Of what is too long one byte more than the limit is read, so that it is seen to be too long.
        let first = |bytes: &[u8], most: usize| bytes[..bytes.len().min(most + 1)].to_vec();
        assert!(found.pack == first(pack, MAX_PACK_BYTES), "its own bytes");
        assert!(
            found.signature == Some(first(signature, MAX_SIGNATURE_BYTES)),
            "and signature"
        );
    }
}
