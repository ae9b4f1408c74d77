//! Which column holds which field of a lead.

use crate::store::folding::fold;
use hotdesk_protocol::dashboard::{ImportMapping, LeadField};
use std::collections::BTreeMap;

/// What people call the fields, folded, without blanks, dots, dashes and underscores; the first name
/// that a column has counts.
const NAMES: [(LeadField, &[&str]); 8] = [
    (
        LeadField::Phone,
        &[
            "phone",
            "telefone",
            "telefono",
            "celular",
            "whatsapp",
            "mobile",
            "fone",
            "phonenumber",
            "numero",
            "number",
            "tel",
            "movil",
            "contactphone",
        ],
    ),
    (
        LeadField::Name,
        &[
            "name",
            "nome",
            "nombre",
            "fullname",
            "nomecompleto",
            "nombrecompleto",
            "contactname",
            "contato",
            "contacto",
            "contact",
            "lead",
            "firstname",
            "primeironome",
        ],
    ),
    (
        LeadField::Company,
        &[
            "company",
            "empresa",
            "businessname",
            "companyname",
            "organization",
            "organizacao",
            "organizacion",
            "account",
            "razaosocial",
            "nomefantasia",
        ],
    ),
    (
        LeadField::Position,
        &[
            "position", "cargo", "title", "jobtitle", "role", "funcao", "puesto",
        ],
    ),
    (
        LeadField::Site,
        &[
            "site", "website", "url", "web", "dominio", "domain", "sitio", "sitioweb",
        ],
    ),
    (
        LeadField::Pain,
        &[
            "pain",
            "dor",
            "dorespecifica",
            "painpoint",
            "dolor",
            "notes",
            "observacoes",
        ],
    ),
    (
        LeadField::Consent,
        &[
            "consent",
            "consentimento",
            "consentimiento",
            "optin",
            "baselegal",
            "legalbasis",
            "lgpd",
        ],
    ),
    (
        LeadField::TimeZone,
        &["timezone", "fusohorario", "fuso", "zonahoraria", "tz"],
    ),
];

/// Where each field stands in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(BTreeMap<LeadField, usize>);

/// Why a mapping does not fit a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The file has no such column.
    NoColumn(String),
    /// The file has two columns of this name.
    Twice(String),
    /// Two columns are to be one field.
    Same(LeadField),
}

impl Columns {
    /// Of what a caller says.
    pub fn of(mapping: &ImportMapping, names: &[String]) -> Result<Self, Misfit> {
        let mut columns = BTreeMap::new();
        for (name, field) in mapping {
            let mut found = names.iter().enumerate().filter(|(_, it)| *it == name);
            let (at, _) = found.next().ok_or_else(|| Misfit::NoColumn(name.clone()))?;
            if found.next().is_some() {
                return Err(Misfit::Twice(name.clone()));
            }
            if columns.insert(*field, at).is_some() {
                return Err(Misfit::Same(*field));
            }
        }
        Ok(Self(columns))
    }

    /// Where a field stands.
    pub fn at(&self, field: LeadField) -> Option<usize> {
        self.0.get(&field).copied()
    }

    /// There is enough to make leads of.
    pub fn suffice(&self) -> bool {
        self.at(LeadField::Name).is_some() && self.at(LeadField::Phone).is_some()
    }
}

/// What the columns' names seem to say. Each field is one column, and a name that two columns have is
/// none.
pub fn guess(names: &[String]) -> ImportMapping {
    let plain = |name: &String| {
        let mut name = fold(name.trim());
        name.retain(|letter| !matches!(letter, ' ' | '_' | '-' | '.' | '/'));
        name
    };
    let columns: Vec<String> = names.iter().map(plain).collect();
    let mut mapping = ImportMapping::new();
    for (field, words) in NAMES {
        let column = words.iter().find_map(|word| {
            let mut at = columns.iter().enumerate().filter(|(_, it)| it == word);
            let (first, _) = at.next()?;
            let name = names.get(first)?;
            let alone = names.iter().filter(|it| *it == name).count() == 1;
            alone.then(|| name.clone())
        });
        if let Some(name) = column {
            mapping.insert(name, field);
        }
    }
    mapping
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(all: &[&str]) -> Vec<String> {
        all.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn columns_are_known_by_what_people_call_them() {
        let file = names(&[
            "Nome Completo",
            "WhatsApp",
            "Empresa",
            "Função",
            "DOR_ESPECIFICA",
            "x",
        ]);
        let guessed = guess(&file);
        let columns = Columns::of(&guessed, &file).unwrap();
        let at = |field| columns.at(field);
        assert_eq!(at(LeadField::Name), Some(0));
        assert_eq!(at(LeadField::Phone), Some(1));
        assert_eq!(at(LeadField::Company), Some(2));
        assert_eq!(at(LeadField::Position), Some(3));
        assert_eq!(at(LeadField::Pain), Some(4));
        assert_eq!((at(LeadField::Consent), guessed.len()), (None, 5));
        assert!(columns.suffice());
    }

    #[test]
    fn a_mapping_that_does_not_fit_is_told() {
        let file = names(&["a", "b", "b"]);
        let of = |pairs: &[(&str, LeadField)]| {
            let pairs = pairs
                .iter()
                .map(|(name, field)| ((*name).to_owned(), *field));
            Columns::of(&pairs.collect(), &file)
        };
        let absent = of(&[("c", LeadField::Name)]);
        assert_eq!(absent, Err(Misfit::NoColumn("c".to_owned())));
        let twice = of(&[("b", LeadField::Name)]);
        assert_eq!(twice, Err(Misfit::Twice("b".to_owned())));
        assert!(of(&[("a", LeadField::Name)]).is_ok_and(|it| !it.suffice()));
    }
}
