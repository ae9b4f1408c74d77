//! Somebody who makes adapter packs and signs them, with a key made for the test.

use minisign::{KeyPair, sign};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;

/// A pack as its maker hands it out.
#[derive(Clone)]
pub struct Pack {
    pub number: u32,
    pub bytes: Vec<u8>,
    pub signature: Vec<u8>,
}

pub struct Maker(KeyPair);

impl Maker {
    pub fn new() -> Self {
        Self(KeyPair::generate_unencrypted_keypair().unwrap())
    }

    /// As `hotdesk.toml` takes it.
    pub fn public_key(&self) -> String {
        self.0.pk.to_base64()
    }

    /// The line that lets a desktop take this maker's packs.
    pub fn config(&self) -> String {
        format!("adapter_pack_key = {:?}\n", self.public_key())
    }

    /// A good pack with this bridge.
    pub fn pack(&self, number: u32, bridge: &str) -> Pack {
        self.sign(number, manifest(number, bridge).to_string().into_bytes())
    }

    /// These bytes under the comment of that pack.
    pub fn sign(&self, number: u32, bytes: Vec<u8>) -> Pack {
        let comment = format!("hotdesk adapters {number}");
        self.sign_as(&comment, number, bytes)
    }

    pub fn sign_as(&self, comment: &str, number: u32, bytes: Vec<u8>) -> Pack {
        let signed = sign(
            Some(&self.0.pk),
            &self.0.sk,
            &bytes[..],
            Some(comment),
            None,
        );
        Pack {
            number,
            signature: signed.unwrap().into_string().into_bytes(),
            bytes,
        }
    }
}

impl Pack {
    /// Put it where packs are looked for.
    pub fn put(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        let file = folder.join(format!("hotdesk-adapters-{}.pack", self.number));
        // The signature first: who looks meanwhile finds no pack yet.
        let signature = file.with_extension("pack.minisig");
        std::fs::write(signature, &self.signature).unwrap();
        std::fs::write(file, &self.bytes).unwrap();
    }
}

/// What a pack says, to be spoilt before it is signed.
pub fn manifest(number: u32, bridge: &str) -> Value {
    json!({
        "format": 1, "number": number, "name": format!("2026.12.{number}"),
        "madeAtMs": 1_700_000_000_000_i64, "expiresAtMs": 32_503_680_000_000_i64,
        "bridgeProtocol": hotdesk_protocol::bridge::BRIDGE_PROTOCOL,
        "parts": {"bridge": part(bridge), "waJs": part("wa-js of the pack")},
    })
}

fn part(text: &str) -> Value {
    json!({"sha256": hex::encode(Sha256::digest(text)), "text": text})
}
