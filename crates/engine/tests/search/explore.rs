//! Depth first, every move from every state, no state twice; then every state must be able to end.

use super::moves::{Move, moves, play};
use super::office::Office;
use std::collections::HashMap;
use std::rc::Rc;

/// What a search came to.
#[derive(Debug)]
pub struct Found {
    pub states: usize,
    pub moves: usize,
    pub ends: usize,
    /// It stopped at its limit before it had seen everything.
    pub cut: bool,
    pub violation: Option<(String, Vec<Move>)>,
}

/// The way to a state, shared by all that follow.
struct Way(Option<(Rc<Way>, Move)>);

impl Way {
    fn told(self: &Rc<Self>) -> Vec<Move> {
        let mut out = Vec::new();
        let mut at = self;
        while let Some((before, it)) = &at.0 {
            out.push(*it);
            at = before;
        }
        out.reverse();
        out
    }
}

/// Search everything that can happen to this office, up to so many states.
pub fn explore(start: Office, limit: usize) -> Found {
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let mut back: Vec<Vec<u32>> = vec![Vec::new()];
    let mut ends: Vec<u32> = Vec::new();
    let mut ways: Vec<Rc<Way>> = vec![Rc::new(Way(None))];
    seen.insert(start.digest(), 0);
    let mut stack = vec![(start, 0_u32)];
    let mut made = 0;
    while let Some((office, at)) = stack.pop() {
        if office.is_over() {
            ends.push(at);
        }
        for it in moves(&office) {
            let mut next = office.clone();
            play(&mut next, it);
            made += 1;
            let digest = next.digest();
            let known = seen.get(&digest).copied();
            let to = known.unwrap_or_else(|| {
                let to = u32::try_from(back.len()).unwrap();
                seen.insert(digest, to);
                back.push(Vec::new());
                ways.push(Rc::new(Way(Some((Rc::clone(&ways[at as usize]), it)))));
                to
            });
            if it.is_progress() {
                back[to as usize].push(at);
            }
            if let Some(broken) = next.broken.clone() {
                return Found {
                    states: back.len(),
                    moves: made,
                    ends: ends.len(),
                    cut: false,
                    violation: Some((broken, ways[to as usize].told())),
                };
            }
            if known.is_none() {
                stack.push((next, to));
            }
        }
        if back.len() >= limit {
            break;
        }
    }
    let cut = !stack.is_empty();
    let mut violation = None;
    if !cut {
        // I2: without a further blow, every state comes to an end.
        let mut can_end = vec![false; back.len()];
        let mut open = ends.clone();
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut can_end[at as usize], true) {
                open.extend(&back[at as usize]);
            }
        }
        if let Some(lost) = can_end.iter().position(|can| !can) {
            violation = Some(("I2: a message never ends".to_owned(), ways[lost].told()));
        }
    }
    Found {
        states: back.len(),
        moves: made,
        ends: ends.len(),
        cut,
        violation,
    }
}
