//! Texts with variables: `Hi {{first_name}}, how is {{company|your company}}?`. A text either has a value for
//! each blank or is not made at all, so that nobody gets one with a hole. There is no choice between texts
//! at random: to look less alike than one is, is what spam does.

mod variables;

pub use variables::{Values, Variable};

use hotdesk_protocol::bridge::MAX_TEXT_BYTES;

/// More are not told at once.
const MOST_PROBLEMS: usize = 10;
/// More of a name that is unknown is not repeated.
const MOST_SHOWN: usize = 40;

/// A text without problems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Words(String),
    Blank {
        variable: Variable,
        fallback: Option<String>,
    },
}

/// Why a text cannot be made for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfilled {
    /// This has no value, and the text says nothing instead.
    Missing(Variable),
    /// It would be longer than a message may be.
    TooLong,
}

impl Text {
    /// Reads a text; what is wrong with it is said in words, each with its place.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        if text.trim().is_empty() {
            return Err(vec!["The text is empty.".to_owned()]);
        }
        if text.len() > MAX_TEXT_BYTES {
            return Err(vec![format!(
                "The text is longer than {MAX_TEXT_BYTES} bytes."
            )]);
        }
        let mut problems = Vec::new();
        if let Some(at) = text.find('\0') {
            let place = place(text, at);
            problems.push(format!("{place}: the character U+0000 cannot be sent."));
        }
        let mut parts = Vec::new();
        let mut at = 0;
        while let Some((before, blank)) = text.get(at..).and_then(|rest| rest.split_once("{{")) {
            let opens = at + before.len();
            if !before.is_empty() {
                parts.push(Part::Words(before.to_owned()));
            }
            let Some((inside, _)) = blank.split_once("}}") else {
                let place = place(text, opens);
                problems.push(format!("{place}: {{{{ has no }}}} after it."));
                at = text.len();
                break;
            };
            match self::blank(inside) {
                Ok(part) => parts.push(part),
                Err(why) => problems.push(format!("{}: {why}", place(text, opens))),
            }
            at = opens + 2 + inside.len() + 2;
        }
        if let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            parts.push(Part::Words(rest.to_owned()));
        }
        if problems.is_empty() {
            return Ok(Self { parts });
        }
        let more = problems.len().saturating_sub(MOST_PROBLEMS);
        problems.truncate(MOST_PROBLEMS);
        if more > 0 {
            problems.push(format!("There are {more} more."));
        }
        Err(problems)
    }

    /// Its variables, each once, as they come.
    pub fn variables(&self) -> Vec<Variable> {
        let mut all = Vec::new();
        for part in &self.parts {
            match part {
                Part::Blank { variable, .. } if !all.contains(variable) => all.push(*variable),
                Part::Blank { .. } | Part::Words(_) => {}
            }
        }
        all
    }

    /// The words of [`Text::variables`].
    pub fn variable_names(&self) -> Vec<String> {
        let name = |variable: Variable| variable.as_str().to_owned();
        self.variables().into_iter().map(name).collect()
    }

    /// The text for somebody.
    pub fn fill(&self, values: &Values<'_>) -> Result<String, Unfilled> {
        let mut text = String::new();
        for part in &self.parts {
            text.push_str(match part {
                Part::Words(words) => words,
                Part::Blank { variable, fallback } => values
                    .of(*variable)
                    .or(fallback.as_deref())
                    .ok_or(Unfilled::Missing(*variable))?,
            });
            if text.len() > MAX_TEXT_BYTES {
                return Err(Unfilled::TooLong);
            }
        }
        Ok(text)
    }
}

/// What stands between the braces.
fn blank(inside: &str) -> Result<Part, String> {
    let (name, fallback) = match inside.split_once('|') {
        Some((name, fallback)) => (name.trim(), Some(fallback.trim())),
        None => (inside.trim(), None),
    };
    if name.is_empty() {
        return Err("there is no variable between {{ and }}.".to_owned());
    }
    let Some(variable) = Variable::parse(name) else {
        let shown: String = name.chars().take(MOST_SHOWN).collect();
        let all = Variable::ALL.map(Variable::as_str).join(", ");
        return Err(format!("there is no variable “{shown}”; there are {all}."));
    };
    if fallback.is_some_and(str::is_empty) {
        return Err(format!(
            "nothing stands after the | of “{name}”; say what is to stand there, or leave the | out."
        ));
    }
    Ok(Part::Blank {
        variable,
        fallback: fallback.map(str::to_owned),
    })
}

/// Where a byte is, for a person.
fn place(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default();
    format!("Line {line}, column {}", column.chars().count() + 1)
}
