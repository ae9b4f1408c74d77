//! Looking for something in every byte of a data directory, also in the encrypted ones.

use openssl::symm::{Cipher, Crypter, Mode};
use std::fs;
use std::path::Path;

/// SQLCipher 4 with a raw key: the salt first, then AES-256 in CBC over each page, whose last 80
/// bytes are its vector and its seal.
const PAGE: usize = 4_096;
const RESERVED: usize = 80;
const SALT: usize = 16;

/// Every file below `dir` as it is, and each database decrypted page by page, free pages too.
pub fn readable(dir: &Path, key: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        if path.is_dir() {
            found.extend(readable(&path, key));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        if path.extension().is_some_and(|end| end == "db") {
            let plain = decrypted(&bytes, key);
            assert!(holds(&plain, "CREATE TABLE"), "{name} can be read");
            found.push((format!("{name}, decrypted"), plain));
        }
        found.push((name, bytes));
    }
    found
}

fn decrypted(file: &[u8], key: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(file.len());
    for (at, page) in file.chunks_exact(PAGE).enumerate() {
        let from = if at == 0 { SALT } else { 0 };
        let (data, reserved) = page.split_at(PAGE - RESERVED);
        let mut page = vec![0; PAGE];
        let vector = Some(&reserved[..16]);
        let mut cipher = Crypter::new(Cipher::aes_256_cbc(), Mode::Decrypt, key, vector).unwrap();
        cipher.pad(false);
        let written = cipher.update(&data[from..], &mut page).unwrap();
        plain.extend_from_slice(&page[..written]);
    }
    plain
}

/// Whether the text is in there.
pub fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}
