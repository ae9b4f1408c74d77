//! The append-only record of what really left: the judge of every delivery test.
//!
//! A row is on its way to the disk before the page hears an ack. The file is never rewritten; each
//! line is either a message that left or a later tick of one.

use crate::numbers::text_hash;
use crate::wire::{FileInfo, Kind};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

/// A tick and when it was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tick {
    /// 1 server, 2 device, 3 read.
    pub ack: i8,
    /// When.
    pub at_ms: i64,
}

/// One message that really left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The account it left from, E.164.
    pub account: String,
    /// The number of the linked device it left from.
    pub device: u32,
    /// The bare id.
    pub wa_message_id: String,
    /// The chat as the page named it.
    pub chat: String,
    /// The lead, E.164.
    pub to: String,
    /// SHA-256 of the text or caption, in hex.
    pub text_hash: String,
    /// What it carried.
    #[serde(default)]
    pub kind: Kind,
    /// The file's name, type, size and SHA-256.
    #[serde(flatten)]
    pub file: Option<FileInfo>,
    /// When it reached the server.
    pub at_ms: i64,
    /// Its ticks so far.
    #[serde(default)]
    pub acks: Vec<Tick>,
}

impl Row {
    /// The highest tick so far; 0 for none.
    pub fn ack(&self) -> i8 {
        self.acks.iter().map(|tick| tick.ack).max().unwrap_or(0)
    }
}

/// A message about to leave.
#[derive(Clone, Copy, Debug)]
pub struct Departure<'a> {
    /// The account, E.164.
    pub account: &'a str,
    /// The device's number.
    pub device: u32,
    /// The bare id.
    pub id: &'a str,
    /// The chat as the page named it.
    pub chat: &'a str,
    /// The lead, E.164.
    pub to: &'a str,
    /// The text or caption.
    pub body: &'a str,
    /// What it carries.
    pub kind: Kind,
    /// Its file.
    pub file: Option<&'a FileInfo>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
enum Line {
    Left(Box<Row>),
    Tick { row: usize, tick: Tick },
}

/// The record, open for appending.
#[derive(Debug)]
pub struct History {
    file: File,
    rows: Vec<Row>,
    by_id: HashMap<(String, u32, String), usize>,
}

impl History {
    /// Opens the record and reads what is there. A last line cut off by a kill is left out.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let mut rows: Vec<Row> = Vec::new();
        if path.exists() {
            for line in BufReader::new(File::open(path)?).lines() {
                match serde_json::from_str(&line?) {
                    Ok(Line::Left(row)) => rows.push(*row),
                    Ok(Line::Tick { row, tick }) => {
                        if let Some(row) = rows.get_mut(row) {
                            row.acks.push(tick);
                        }
                    }
                    Err(_) => {}
                }
            }
        }
        let by_id = rows
            .iter()
            .enumerate()
            .map(|(at, row)| (key(row), at))
            .collect();
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { file, rows, by_id })
    }

    /// All rows, oldest first.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of this id on this device.
    pub fn find(&self, account: &str, device: u32, id: &str) -> Option<usize> {
        self.by_id
            .get(&(account.to_owned(), device, id.to_owned()))
            .copied()
    }

    /// Records a departure and returns its row.
    pub fn record(&mut self, left: &Departure<'_>, at_ms: i64) -> std::io::Result<usize> {
        let row = Row {
            account: left.account.to_owned(),
            device: left.device,
            wa_message_id: left.id.to_owned(),
            chat: left.chat.to_owned(),
            to: left.to.to_owned(),
            text_hash: text_hash(left.body),
            kind: left.kind,
            file: left.file.cloned(),
            at_ms,
            acks: Vec::new(),
        };
        self.append(&Line::Left(Box::new(row.clone())))?;
        let at = self.rows.len();
        self.by_id.insert(key(&row), at);
        self.rows.push(row);
        Ok(at)
    }

    /// Raises a row's tick; false when it is there already.
    pub fn raise(&mut self, at: usize, tick: Tick) -> std::io::Result<bool> {
        if self.rows.get(at).is_none_or(|row| row.ack() >= tick.ack) {
            return Ok(false);
        }
        self.append(&Line::Tick { row: at, tick })?;
        if let Some(row) = self.rows.get_mut(at) {
            row.acks.push(tick);
        }
        Ok(true)
    }

    fn append(&mut self, line: &Line) -> std::io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.file.write_all(text.as_bytes())
    }
}

fn key(row: &Row) -> (String, u32, String) {
    (row.account.clone(), row.device, row.wa_message_id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_read_again_has_the_same_rows_and_ticks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.jsonl");
        let mut history = History::open(&path).unwrap();
        let left = Departure {
            account: "+1",
            device: 2,
            id: "3EB0AA",
            chat: "55@c.us",
            to: "+55",
            body: "hello",
            kind: Kind::Document,
            file: Some(&FileInfo {
                file_name: "offer.pdf".to_owned(),
                mime_type: "application/pdf".to_owned(),
                size: 7,
                sha256: "00".to_owned(),
            }),
        };
        let row = history.record(&left, 7).unwrap();
        assert!(
            history.raise(row, Tick { ack: 1, at_ms: 8 }).unwrap(),
            "first tick"
        );
        assert!(
            !history.raise(row, Tick { ack: 1, at_ms: 9 }).unwrap(),
            "not twice"
        );
        let again = History::open(&path).unwrap();
        assert_eq!(again.rows(), history.rows(), "nothing is lost by a restart");
        assert_eq!(again.find("+1", 2, "3EB0AA"), Some(row), "found by its id");
        assert_eq!(
            again.find("+1", 3, "3EB0AA"),
            None,
            "ids count within a device only"
        );
    }
}
