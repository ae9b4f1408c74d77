//! The first message to a lead says who writes and how to end it, where the office wants that.

use crate::opt_out_words::{names_a_way_out, words};
use std::fmt;

/// What a first message lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unnamed {
    /// The first name of its SDR.
    pub sdr: bool,
    /// The office's name, or the office has none.
    pub office: bool,
    /// A word that ends it.
    pub way_out: bool,
}

/// What a text lacks of what a first message must say; none if it has all. Without regard to case, accents
/// and punctuation.
pub fn unnamed(text: &str, sdr_name: &str, office: Option<&str>) -> Option<Unnamed> {
    let folded = format!(" {} ", words(text));
    let lacks = |name: &str| !folded.contains(&format!(" {} ", words(name)));
    let unnamed = Unnamed {
        sdr: lacks(sdr_name.split_whitespace().next().unwrap_or_default()),
        office: office.is_none_or(lacks),
        way_out: !names_a_way_out(text),
    };
    (unnamed.sdr || unnamed.office || unnamed.way_out).then_some(unnamed)
}

/// Whether a text can be found to have this name in it.
pub fn can_be_named(name: &str) -> bool {
    !words(name).is_empty()
}

impl fmt::Display for Unnamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [
            (self.sdr, "the SDR's first name"),
            (self.office, "the office's name"),
            (self.way_out, "a word that ends it, such as STOP or SAIR"),
        ];
        let lacking = all.into_iter().filter(|(lacks, _)| *lacks);
        let lacking: Vec<_> = lacking.map(|(_, what)| what).collect();
        f.write_str(&lacking.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICE: Option<&str> = Some("Padaria Ação & Co.");

    #[test]
    fn a_text_with_all_three_lacks_nothing_however_they_are_written() {
        let text = "OLA, AQUI E JOAO, DA PADARIA ACAO & CO! Responda «sair».";
        assert_eq!(unnamed(text, "João da Silva", OFFICE), None);
    }

    #[test]
    fn what_lacks_is_said_in_words() {
        let lacking = |text: &str, office| unnamed(text, "Ana Souza", office).unwrap().to_string();
        assert_eq!(
            lacking("Boa semana!", OFFICE),
            "the SDR's first name, the office's name, a word that ends it, such as STOP or SAIR",
            "a name within another word is none"
        );
        assert_eq!(lacking("Ana: STOP", None), "the office's name");
    }
}
