//! What is refused, and with which words.

use crate::support::packs::{Maker, Pack, manifest};
use hotdesk_agent::adapter_pack::keys::{Keys, read_key};
use hotdesk_agent::adapter_pack::manifest::Fit;
use hotdesk_agent::adapter_pack::verify::verify;
use hotdesk_agent::adapter_pack::{Bundles, PackError};
use hotdesk_protocol::UtcMs;
use proptest::prelude::*;
use std::sync::LazyLock;

const NOW: UtcMs = UtcMs(1_800_000_000_000);

static MAKER: LazyLock<Maker> = LazyLock::new(Maker::new);

fn keys_of(maker: &Maker) -> Keys {
    Keys::new(Some(&read_key(&maker.public_key()).unwrap()))
}

fn check(pack: &Pack) -> Result<Bundles, PackError> {
    let fit = Fit {
        above: 6,
        now: Some(NOW),
    };
    verify(&pack.bytes, Some(&pack.signature), &keys_of(&MAKER), &fit)
}

#[track_caller]
fn refused(pack: &Pack) -> PackError {
    let error = check(pack).expect_err("it must be refused");
    let words = error.to_string();
    assert!(
        words.contains("othing was changed"),
        "a person is told what is not lost: {words}"
    );
    error
}

/// A pack whose manifest was changed before it was signed.
fn with(change: impl FnOnce(&mut serde_json::Value)) -> Pack {
    let mut manifest = manifest(7, "bridge");
    change(&mut manifest);
    MAKER.sign(7, manifest.to_string().into_bytes())
}

#[test]
fn a_good_pack_is_taken_as_it_is() {
    let bundles = check(&MAKER.pack(7, "the bridge \u{2028} \"")).unwrap();
    assert_eq!(bundles.number, 7);
    assert_eq!(bundles.name, "2026.12.7");
    assert_eq!(&*bundles.bridge, "the bridge \u{2028} \"");
    assert_eq!(&*bundles.wa_js, "wa-js of the pack");
    assert!(!bundles.built_in, "it came from outside");
}

#[test]
fn an_unsigned_pack_is_refused() {
    let pack = MAKER.pack(7, "bridge");
    let fit = Fit {
        above: 6,
        now: Some(NOW),
    };
    let refused = verify(&pack.bytes, None, &keys_of(&MAKER), &fit);
    assert_eq!(refused, Err(PackError::Unsigned));
    for text in ["", "untrusted comment: x\nAAAA\n", "\u{0}\n\n\n\n"] {
        let signature = Some(text.as_bytes());
        let refused = verify(&pack.bytes, signature, &keys_of(&MAKER), &fit);
        assert_eq!(refused, Err(PackError::BadSignature), "{text:?}");
    }
    let no_text = verify(&pack.bytes, Some(&[0xff, 0xfe]), &keys_of(&MAKER), &fit);
    assert_eq!(no_text, Err(PackError::BadSignature));
}

#[test]
fn a_signature_of_the_older_kind_is_refused() {
    let mut pack = MAKER.pack(7, "bridge");
    let text = String::from_utf8(pack.signature).unwrap();
    // The kind is the first two bytes: `ED` signs a hash of the pack, `Ed` the pack itself.
    assert_eq!(text.matches("\nRU").count(), 1, "{text}");
    pack.signature = text.replace("\nRU", "\nRW").into_bytes();
    assert_eq!(refused(&pack), PackError::BadSignature);
}

#[test]
fn a_pack_of_another_key_is_refused_and_without_a_key_packs_are_off() {
    let stranger = Maker::new();
    assert_eq!(refused(&stranger.pack(7, "bridge")), PackError::OtherKey);
    let pack = MAKER.pack(7, "bridge");
    let fit = Fit {
        above: 6,
        now: Some(NOW),
    };
    let off = verify(&pack.bytes, Some(&pack.signature), &Keys::new(None), &fit);
    assert_eq!(off, Err(PackError::Off), "no key is pinned yet");
}

#[test]
fn a_strangers_signature_under_our_keys_number_is_refused() {
    let lines = |pack: &Pack| {
        let text = String::from_utf8(pack.signature.clone()).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let ours = lines(&MAKER.pack(7, "bridge"));
    // The key's number ends two bits into a letter, so about every fourth stranger will do.
    let seen = (0..200).any(|_| {
        let theirs = Maker::new().pack(7, "bridge");
        let mut forged = lines(&theirs);
        forged[1].replace_range(..13, &ours[1][..13]);
        let forged = Pack {
            signature: forged.join("\n").into_bytes(),
            ..theirs
        };
        refused(&forged) == PackError::Tampered
    });
    assert!(seen, "the number alone opens nothing");
}

#[test]
fn a_changed_byte_in_each_region_is_seen() {
    let pack = MAKER.pack(7, "bridge");
    let text = String::from_utf8(pack.bytes.clone()).unwrap();
    for region in [
        "\"number\":7",
        "expiresAtMs\":3",
        "\"bridge\"",
        "sha256\":\"",
        "wa-js",
    ] {
        let mut changed = pack.clone();
        let at = text.find(region).unwrap() + region.len() - 1;
        changed.bytes[at] ^= 1;
        assert_eq!(refused(&changed), PackError::Tampered, "{region}");
    }
    let mut shorter = pack.clone();
    shorter.bytes.pop();
    assert_eq!(refused(&shorter), PackError::Tampered, "truncated");
    let mut longer = pack;
    longer.bytes.push(b' ');
    assert_eq!(
        refused(&longer),
        PackError::Tampered,
        "with something added"
    );
}

#[test]
fn the_trusted_comment_is_signed_and_names_the_pack() {
    let bytes = manifest(7, "bridge").to_string().into_bytes();
    for comment in ["hotdesk adapters 8", "hotdesk adapters 07", "timestamp:1"] {
        let pack = MAKER.sign_as(comment, 7, bytes.clone());
        assert_eq!(refused(&pack), PackError::OtherComment, "{comment}");
    }
    let mut forged = MAKER.sign_as("hotdesk adapters 8", 7, bytes);
    let text = String::from_utf8(forged.signature).unwrap();
    forged.signature = text.replace("adapters 8", "adapters 7").into_bytes();
    assert_eq!(refused(&forged), PackError::Tampered);
}

#[test]
fn an_older_and_the_same_pack_are_refused() {
    for number in [0, 5, 6] {
        let error = refused(&MAKER.pack(number, "bridge"));
        let (offered, in_use) = (number, 6);
        assert_eq!(error, PackError::Older { offered, in_use });
    }
}

#[test]
fn a_pack_past_its_time_is_refused() {
    let stale = with(|manifest| manifest["expiresAtMs"] = NOW.0.into());
    assert_eq!(refused(&stale), PackError::Expired { number: 7 });
    let fresh = with(|manifest| manifest["expiresAtMs"] = (NOW.0 + 1).into());
    assert!(check(&fresh).is_ok(), "a moment before it is good");
}

#[test]
fn a_pack_for_another_app_is_refused() {
    let form = with(|manifest| manifest["format"] = 2.into());
    assert_eq!(refused(&form), PackError::OtherApp);
    let bridge = with(|manifest| manifest["bridgeProtocol"] = 2_000.into());
    assert_eq!(refused(&bridge), PackError::OtherApp);
}

#[test]
fn a_pack_that_is_not_whole_is_refused_although_it_is_signed() {
    let large = vec![b' '; 8 * 1024 * 1024 + 1];
    assert_eq!(refused(&MAKER.sign(7, large)), PackError::TooLarge);
    let mut wordy = MAKER.pack(7, "bridge");
    wordy.signature.resize(4 * 1024 + 1, b'\n');
    assert_eq!(refused(&wordy), PackError::TooLarge, "its signature");
    for pack in [
        MAKER.sign(7, b"not JSON".to_vec()),
        MAKER.sign(7, Vec::new()),
        MAKER.sign(7, vec![0xff; 100]),
        MAKER.sign(7, b"{\"format\":1}".to_vec()),
        with(|manifest| manifest["parts"]["bridge"]["text"] = "other".into()),
        with(|manifest| manifest["parts"]["waJs"] = serde_json::Value::Null),
        with(|manifest| manifest["more"] = 1.into()),
        with(|manifest| manifest["number"] = (-7).into()),
        with(|manifest| manifest["name"] = "../../etc/passwd".into()),
        with(|manifest| manifest["name"] = "<b>".into()),
        with(|manifest| manifest["name"] = "".into()),
        with(|manifest| manifest["name"] = "n".repeat(65).into()),
        MAKER.pack(7, ""),
    ] {
        let error = refused(&pack);
        assert!(
            matches!(error, PackError::Malformed { .. }),
            "{error:?}: {}",
            String::from_utf8_lossy(&pack.bytes)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_changed_pack_is_ever_taken(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut pack = MAKER.pack(7, "bridge");
        let before = pack.bytes.clone();
        if let Some(cut) = cut {
            pack.bytes.truncate(cut.index(before.len()));
        }
        for (at, byte) in changes {
            if !pack.bytes.is_empty() {
                let at = at.index(pack.bytes.len());
                pack.bytes[at] = byte;
            }
        }
        prop_assert_eq!(check(&pack).is_ok(), pack.bytes == before);
    }

    #[test]
    fn a_changed_signature_never_lets_anything_else_in(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut pack = MAKER.pack(7, "bridge");
        for (at, byte) in changes {
            let at = at.index(pack.signature.len());
            pack.signature[at] = byte;
        }
        // Its first line is nobody's word, so a pack may survive a change there; as it is.
        if let Ok(bundles) = check(&pack) {
            prop_assert_eq!((bundles.number, &*bundles.bridge), (7, "bridge"));
        }
        pack.bytes = manifest(8, "other").to_string().into_bytes();
        prop_assert!(check(&pack).is_err());
    }

    #[test]
    fn no_bytes_at_all_make_it_panic(pack: Vec<u8>, signature: Vec<u8>) {
        let pack = Pack { number: 7, bytes: pack, signature };
        prop_assert!(check(&pack).is_err());
        let signed = MAKER.sign(7, pack.bytes);
        prop_assert!(check(&signed).is_err());
    }
}
