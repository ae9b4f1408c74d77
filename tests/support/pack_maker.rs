//! Somebody who makes adapter packs with our own tool and signs them with a key of the test's own.

use super::desk::Desk;
use minisign::{KeyPair, sign};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A pair of keys and a folder to work in.
pub struct PackMaker {
    keys: KeyPair,
    folder: PathBuf,
}

impl PackMaker {
    /// With a fresh pair of keys.
    pub fn at(desk: &Desk) -> Self {
        Self {
            keys: KeyPair::generate_unencrypted_keypair().unwrap(),
            folder: desk.dir().join("made"),
        }
    }

    /// As `hotdesk.toml` takes it.
    pub fn public_key(&self) -> String {
        self.keys.pk.to_base64()
    }

    /// Puts a pack of the bundles as they are built into a folder.
    pub fn give(&self, number: u32, to: &Path) {
        self.put(number, &fs::read(self.make(number)).unwrap(), to);
    }

    /// Puts a pack whose bridge throws when it is loaded into a folder.
    pub fn give_broken(&self, number: u32, to: &Path) {
        let text = fs::read_to_string(self.make(number)).unwrap();
        let mut pack: Value = serde_json::from_str(&text).unwrap();
        let bridge = "throw new Error('broken');";
        let hash = Sha256::digest(bridge.as_bytes());
        let sha256: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        pack["parts"]["bridge"] = json!({"sha256": sha256, "text": bridge});
        self.put(number, pack.to_string().as_bytes(), to);
    }

    fn make(&self, number: u32) -> PathBuf {
        let made = Command::new("node")
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/scripts/lib/make-pack.mjs"
            ))
            .args(["--number", &number.to_string(), "--out"])
            .arg(&self.folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "make-pack makes a pack: {said}");
        self.folder.join(file_name(number))
    }

    fn put(&self, number: u32, pack: &[u8], to: &Path) {
        let comment = format!("hotdesk adapters {number}");
        let signed = sign(
            Some(&self.keys.pk),
            &self.keys.sk,
            pack,
            Some(&comment),
            None,
        );
        fs::create_dir_all(to).unwrap();
        let file = to.join(file_name(number));
        let signature = to.join(file_name(number) + ".minisig");
        fs::write(signature, signed.unwrap().into_string()).unwrap();
        fs::write(file, pack).unwrap();
    }
}

fn file_name(number: u32) -> String {
    format!("hotdesk-adapters-{number}.pack")
}
