//! Samples spoilt so that most of them still get past the first check.

use fastrand::Rng;
use serde_json::{Value, json};

/// What a sample is written in.
#[derive(Clone, Copy)]
pub enum Grammar {
    /// One document a line.
    Json,
    Toml,
}

const MOST_BYTES: usize = 160 * 1024;
/// Words that mean something at one of the doors.
const WORDS: [&str; 28] = [
    "",
    " ",
    "m-1",
    "m-2",
    "g1",
    "g2",
    "john",
    "jane",
    "+5511970000001",
    "5511970000001",
    "in_page",
    "not_submitted",
    "unclear",
    "absent",
    "ack",
    "incoming",
    "server",
    "clock",
    "error",
    "connected",
    "starting",
    "not_found",
    "fenced",
    "unauthorized",
    "24:00",
    "\u{0}",
    "\u{202e}\n",
    "http://[::1]:1",
];

/// One to four changes; `other` is a sample from which parts may be taken.
pub fn mutate(sample: &[u8], other: &[u8], grammar: Grammar, rng: &mut Rng) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for _ in 0..rng.u8(1..=4) {
        let changed = match rng.u8(..16) {
            0 => None,
            1 => Some(lines(&bytes, other, rng)),
            _ => tree(&bytes, other, grammar, rng),
        };
        bytes = changed.unwrap_or_else(|| spoil(bytes, rng));
    }
    bytes.truncate(MOST_BYTES);
    bytes
}

/// Bytes as they come.
fn spoil(mut bytes: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
    let at = rng.usize(..=bytes.len());
    match rng.u8(..4) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, rng.u8(..)),
        2 if at < bytes.len() => bytes[at] ^= 1 << rng.u8(..8),
        _ => drop(bytes.splice(at..at, word(rng).bytes())),
    }
    bytes
}

/// A line left out, or one of the other sample's put in.
fn lines(bytes: &[u8], other: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let theirs: Vec<&[u8]> = other.split(|byte| *byte == b'\n').collect();
    let at = rng.usize(..lines.len());
    match rng.u8(..3) {
        0 => drop(lines.remove(at)),
        1 => lines[at] = theirs[rng.usize(..theirs.len())],
        _ => lines.insert(at, theirs[rng.usize(..theirs.len())]),
    }
    lines.join(&b'\n')
}

/// A document changed in one place, and written anew; nothing where it is none.
fn tree(bytes: &[u8], other: &[u8], grammar: Grammar, rng: &mut Rng) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let theirs = std::str::from_utf8(other).ok()?;
    match grammar {
        Grammar::Toml => {
            let mut tree: Value = toml::from_str(text).ok()?;
            change(&mut tree, &toml::from_str(theirs).ok()?, rng);
            toml::to_string(&tree).ok().map(String::into_bytes)
        }
        Grammar::Json => {
            let mut lines: Vec<&str> = text.lines().collect();
            let line = rng.choice(&mut lines)?;
            let mut tree: Value = serde_json::from_str(line).ok()?;
            let theirs = rng.choice(theirs.lines().collect::<Vec<_>>())?;
            change(&mut tree, &serde_json::from_str(theirs).ok()?, rng);
            let changed = tree.to_string();
            *line = &changed;
            Some(lines.join("\n").into_bytes())
        }
    }
}

fn change(tree: &mut Value, other: &Value, rng: &mut Rng) {
    let nodes = count(tree);
    let Some(node) = node(tree, &mut rng.usize(..nodes)) else {
        return;
    };
    match node {
        Value::Object(members) if rng.bool() => {
            let keys: Vec<String> = members.keys().cloned().collect();
            let key = rng.choice(keys).unwrap_or_default();
            let value = members.remove(&key).unwrap_or_default();
            if rng.bool() {
                members.insert(word(rng), value);
            }
        }
        Value::Array(items) if rng.bool() => {
            let again = rng.choice(&*items).cloned().unwrap_or_default();
            match rng.u8(..4) {
                0 => items.clear(),
                1 => items.reverse(),
                2 => items.push(again),
                _ => items.extend(vec![again; rng.usize(1..80)]),
            }
        }
        Value::String(text) if rng.bool() => {
            *text = String::from_utf8_lossy(&spoil(text.clone().into_bytes(), rng)).into_owned();
        }
        Value::Number(number) if rng.bool() => {
            *node = match number.as_i64() {
                Some(number) => json!(number.wrapping_add(rng.i64(-2..=2))),
                None => json!(0),
            };
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => *node = fresh(other, rng),
    }
}

/// A value that may not belong there.
fn fresh(other: &Value, rng: &mut Rng) -> Value {
    const NUMBERS: [i64; 10] = [
        -1,
        0,
        1,
        65,
        65_535,
        4_294_967_294,
        4_294_967_295,
        4_294_967_296,
        i64::MIN,
        i64::MAX,
    ];
    match rng.u8(..10) {
        0 => Value::Null,
        1 => json!(rng.bool()),
        2 | 3 => json!(NUMBERS[rng.usize(..NUMBERS.len())]),
        4 => json!(1e308),
        5 if rng.u8(..16) == 0 => json!("x".repeat(rng.usize(60_000..70_000))),
        6 if rng.u8(..16) == 0 => (0..rng.u8(..)).fold(Value::Null, |inner, _| json!([inner])),
        7 | 8 => {
            let mut other = other.clone();
            let nodes = count(&other);
            node(&mut other, &mut rng.usize(..nodes)).map_or(Value::Null, Value::take)
        }
        _ => json!(word(rng)),
    }
}

fn word(rng: &mut Rng) -> String {
    WORDS[rng.usize(..WORDS.len())].repeat(if rng.u8(..32) == 0 { 99 } else { 1 })
}

fn count(tree: &Value) -> usize {
    1 + match tree {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// The node of this number, in the order in which they are written.
fn node<'a>(tree: &'a mut Value, number: &mut usize) -> Option<&'a mut Value> {
    if *number == 0 {
        return Some(tree);
    }
    *number -= 1;
    match tree {
        Value::Array(items) => items.iter_mut().find_map(|item| node(item, number)),
        Value::Object(members) => members.values_mut().find_map(|value| node(value, number)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
