//! What a text may have blanks for.

/// What stands in a blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// The lead's name.
    Name,
    /// The first word of it.
    FirstName,
    /// The lead's company.
    Company,
    /// Their position.
    Position,
    /// Their site.
    Site,
    /// What they struggle with.
    Pain,
    /// The SDR's name.
    SdrName,
    /// The first word of it.
    SdrFirstName,
    /// The office's name.
    Office,
}

impl Variable {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::FirstName,
        Self::Company,
        Self::Position,
        Self::Site,
        Self::Pain,
        Self::SdrName,
        Self::SdrFirstName,
        Self::Office,
    ];

    /// The word for it in a text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::FirstName => "first_name",
            Self::Company => "company",
            Self::Position => "position",
            Self::Site => "site",
            Self::Pain => "pain",
            Self::SdrName => "sdr_name",
            Self::SdrFirstName => "sdr_first_name",
            Self::Office => "office",
        }
    }

    /// The variable of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

/// What is known of a lead, their SDR and the office.
#[derive(Clone, Copy, Default)]
pub struct Values<'a> {
    /// The lead's name.
    pub name: &'a str,
    /// Their company.
    pub company: Option<&'a str>,
    /// Their position.
    pub position: Option<&'a str>,
    /// Their site.
    pub site: Option<&'a str>,
    /// What they struggle with.
    pub pain: Option<&'a str>,
    /// The SDR's name.
    pub sdr_name: &'a str,
    /// The office's name.
    pub office: Option<&'a str>,
}

impl<'a> Values<'a> {
    /// What stands for a variable; blank is nothing.
    pub fn of(&self, variable: Variable) -> Option<&'a str> {
        let first = |name: &'a str| name.split_whitespace().next();
        let value = match variable {
            Variable::Name => Some(self.name),
            Variable::FirstName => first(self.name),
            Variable::Company => self.company,
            Variable::Position => self.position,
            Variable::Site => self.site,
            Variable::Pain => self.pain,
            Variable::SdrName => Some(self.sdr_name),
            Variable::SdrFirstName => first(self.sdr_name),
            Variable::Office => self.office,
        };
        value.map(str::trim).filter(|value| !value.is_empty())
    }
}
