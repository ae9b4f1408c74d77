//! What a lead writes to get no more messages: the whole message is one of these words, whatever its
//! case, accents and punctuation. A sentence that has such a word in it is none: "don't stop" is not STOP.
//! The same words tell a lead in a first message how to end it.

use crate::store::folding::fold;

/// In English (those of the CTIA's messaging principles first), Portuguese and Spanish; folded.
const WORDS: [&str; 41] = [
    "stop",
    "stop all",
    "stopall",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "opt out",
    "optout",
    "remove me",
    "stop it",
    "please stop",
    "stop please",
    "pare",
    "parar",
    "para",
    "por favor pare",
    "pare por favor",
    "sair",
    "cancelar",
    "cancele",
    "descadastrar",
    "descadastre",
    "me descadastre",
    "remover",
    "remova",
    "me remova",
    "nao quero",
    "nao quero mais",
    "nao quero receber",
    "nao me mande mais mensagens",
    "alto",
    "baja",
    "dar de baja",
    "darme de baja",
    "salir",
    "detener",
    "basta",
    "no mas",
    "no quiero mas",
    "no me escriban mas",
];

/// Whether a reply asks for no further messages.
pub fn is_opt_out(reply: &str) -> bool {
    // A longer one is none, and need not be folded.
    if reply.len() > 256 {
        return false;
    }
    WORDS.contains(&words(reply).as_str())
}

/// Those that stand in many a sentence and tell nobody that they end anything.
const EVERYDAY: [&str; 3] = ["end", "para", "alto"];

/// Whether a text has a word in it by which a lead can end it.
pub fn names_a_way_out(text: &str) -> bool {
    let text = format!(" {} ", words(text));
    WORDS
        .iter()
        .filter(|word| !EVERYDAY.contains(word))
        .any(|word| text.contains(&format!(" {word} ")))
}

/// The words of a text as they are compared: without case, accents and punctuation, one space between them.
pub fn words(text: &str) -> String {
    let letters: String = fold(text)
        .chars()
        .filter(|letter| !matches!(letter, '\'' | '’'))
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                ' '
            }
        })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_message_is_the_word_however_it_is_written() {
        for reply in [
            "STOP",
            "stop.",
            " Stop!! ",
            "«stop»",
            "Ｓｔｏｐ",
            "Opt-out",
            "PARE",
            "Sair 🙏",
            "Não quero mais.",
            "NÃO  QUERO",
            "descadastrar\n",
            "¡Basta!",
            "No más",
            "dar de BAJA",
        ] {
            assert!(is_opt_out(reply), "{reply}");
        }
    }

    #[test]
    fn a_message_that_only_has_the_word_in_it_is_none() {
        for reply in [
            "",
            "👍",
            "don't stop",
            "Can you stop by on Monday?",
            "Para mim está ótimo",
            "quero cancelar meu plano antigo, podem ajudar?",
            "the end of the month",
            "nonstop",
            "não",
            "no",
            "mais informações, não quero perder",
        ] {
            assert!(!is_opt_out(reply), "{reply}");
        }
        assert!(!is_opt_out(&"stop ".repeat(100)));
    }

    #[test]
    fn a_text_that_names_one_of_the_words_tells_how_to_end_it() {
        for text in [
            "Olá! Responda SAIR para não receber mais.",
            "Reply “Stop” and I will.",
            "Escribe «no más» y listo",
            "OPT-OUT",
        ] {
            assert!(names_a_way_out(text), "{text}");
        }
        for text in [
            "",
            "Uma ideia para a sua padaria, do alto da serra, by the end of May.",
            "We go nonstop.",
            "saire",
        ] {
            assert!(!names_a_way_out(text), "{text}");
        }
    }

    #[test]
    fn every_word_is_folded_and_listed_once() {
        for (at, word) in WORDS.iter().enumerate() {
            assert_eq!(fold(word), *word);
            assert!(!WORDS[..at].contains(word), "{word}");
        }
    }
}
