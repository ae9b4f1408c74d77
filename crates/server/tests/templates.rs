use hotdesk_protocol::bridge::MAX_TEXT_BYTES;
use hotdesk_server::templates::{Text, Unfilled, Values, Variable};
use proptest::prelude::*;

const ANA: Values<'_> = Values {
    name: " Ana  Souza ",
    company: Some("Padaria {{name}}"),
    position: Some(" "),
    site: None,
    pain: None,
    sdr_name: "João",
    office: None,
};

fn filled(text: &str) -> Result<String, Unfilled> {
    Text::parse(text).unwrap().fill(&ANA)
}

#[test]
fn a_text_has_its_variables_filled_in_and_nothing_else_changed() {
    for (text, made) in [
        ("Hi", "Hi"),
        ("Hi {{first_name}}, {{ name }}!", "Hi Ana, Ana  Souza!"),
        ("{{sdr_first_name}} ({{sdr_name}})", "João (João)"),
        ("}} { {name} }}", "}} { {name} }}"),
        ("{{company}}\n", "Padaria {{name}}\n"),
        ("{{position| your  job }}.", "your  job."),
        ("{{site|a|b}}", "a|b"),
        ("{{\nname\n}}", "Ana  Souza"),
    ] {
        assert_eq!(filled(text), Ok(made.to_owned()), "{text}");
    }
}

#[test]
fn a_value_that_lacks_leaves_no_hole() {
    for (text, lacks) in [
        ("{{position}}", Variable::Position),
        ("{{name}} {{site}}", Variable::Site),
        ("{{office}}", Variable::Office),
    ] {
        assert_eq!(filled(text), Err(Unfilled::Missing(lacks)), "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_text_is_said_with_its_place() {
    let known = "there are name, first_name, company, position, site, pain, sdr_name, sdr_first_name, office.";
    for (text, problems) in [
        (" \n", vec!["The text is empty.".to_owned()]),
        (
            "Olá {{nome}}",
            vec![format!(
                "Line 1, column 5: there is no variable “nome”; {known}"
            )],
        ),
        (
            "a\néé {{ }} {{",
            vec![
                "Line 2, column 4: there is no variable between {{ and }}.".to_owned(),
                "Line 2, column 10: {{ has no }} after it.".to_owned(),
            ],
        ),
        (
            "{{{{name}}",
            vec![format!(
                "Line 1, column 1: there is no variable “{{{{name”; {known}"
            )],
        ),
        (
            "{{pain|}}",
            vec![
                "Line 1, column 1: nothing stands after the | of “pain”; say what is to stand there, or leave the | out."
                    .to_owned(),
            ],
        ),
        (
            "a\0",
            vec!["Line 1, column 2: the character U+0000 cannot be sent.".to_owned()],
        ),
    ] {
        assert_eq!(Text::parse(text).err(), Some(problems), "{text:?}");
    }
    let many = "{{x}}".repeat(30);
    let told = Text::parse(&many).unwrap_err();
    assert_eq!((told.len(), &*told[10]), (11, "There are 20 more."));
}

#[test]
fn no_text_is_longer_than_a_message() {
    let longest = "é".repeat(MAX_TEXT_BYTES / 2);
    assert!(Text::parse(&longest).is_ok());
    assert!(Text::parse(&format!("{longest}x")).is_err());
    let longer = format!("{}{{{{name}}}}", "x".repeat(MAX_TEXT_BYTES - 8));
    assert_eq!(filled(&longer), Err(Unfilled::TooLong));
}

#[test]
fn variables_are_told_once_each_as_they_come() {
    let text = Text::parse("{{site|x}} {{name}} {{site}}").unwrap();
    assert_eq!(text.variable_names(), ["site", "name"]);
    for variable in Variable::ALL {
        assert_eq!(Variable::parse(variable.as_str()), Some(variable));
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{{".to_owned()),
        Just("}}".to_owned()),
        Just("|".to_owned()),
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("first_name".to_owned()),
        Just("company".to_owned()),
        Just("\n".to_owned()),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_understood_or_has_problems(text in pieces()) {
        match Text::parse(&text) {
            Ok(parsed) => {
                let all = Values {
                    name: "A",
                    company: Some("B"),
                    position: Some("C"),
                    site: Some("D"),
                    pain: Some("E"),
                    sdr_name: "F",
                    office: Some("G"),
                };
                let made = parsed.fill(&all).unwrap();
                prop_assert!(!made.is_empty(), "with every value there is a text");
                if parsed.variables().is_empty() {
                    prop_assert_eq!(made, text);
                }
                let _ = parsed.fill(&ANA);
                let _ = parsed.fill(&Values::default());
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                prop_assert!(problems.iter().all(|it| it.ends_with('.')));
            }
        }
    }

    #[test]
    fn a_text_without_braces_is_what_it_says(text in "[^{\0]*[a-z]") {
        prop_assert_eq!(filled(&text), Ok(text));
    }
}
