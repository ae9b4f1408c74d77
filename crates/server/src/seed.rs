//! The sample office, for demos and tests. Seeding twice changes nothing the second time.

use crate::options::PasswordCost;
use crate::passwords::{PasswordError, hash_password};
use crate::store::{
    Addressee, Credentials, NewLead, NewMessage, Office, Person, Role, Store, StoreError, Which,
};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{LeadId, MessageId, SdrId, TenantId};
use hotdesk_protocol::policy::{Caps, Hours, Policy};
use std::fmt;
use thiserror::Error;

/// The sample office's tenant.
pub const TENANT: &str = "sample-office";
/// The password of everyone in it.
pub const PASSWORD: &str = "hotdesk-demo";

const SDRS: [&str; 10] = [
    "John", "Jane", "Bob", "Alice", "Carol", "David", "Emma", "Frank", "Grace", "Henry",
];
const LEADS_PER_SDR: u32 = 10;
const FIRST_NAMES: [&str; 10] = [
    "Ana", "Bruno", "Carla", "Diego", "Elisa", "Felipe", "Gabriela", "Hugo", "Isabel", "João",
];
const COMPANIES: [&str; 10] = [
    "Padaria Aurora",
    "Oficina Lima",
    "Clínica Sol",
    "Café Serra",
    "Livraria Norte",
    "Studio Praia",
    "Mercado Vila",
    "Ótica Central",
    "Pousada Mar",
    "Gráfica Rio",
];

/// How large and how fast the office is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleOffice {
    /// 1 to 10: John, Jane, Bob and more.
    pub sdrs: u32,
    /// Queued messages, dealt to the SDRs in turn and by each to their ten leads in turn.
    pub messages: u32,
    /// Least time between two sends of one SDR.
    pub gap_ms: u32,
    /// Most messages a day for one SDR.
    pub daily_messages: u32,
    /// How dear the passwords' hashes are.
    pub password_cost: PasswordCost,
}

impl Default for SampleOffice {
    fn default() -> Self {
        Self {
            sdrs: 3,
            messages: 30,
            gap_ms: 300,
            daily_messages: 100_000,
            password_cost: PasswordCost::default(),
        }
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeded {
    /// SDRs in the office.
    pub sdrs: u32,
    /// Leads they have.
    pub leads: u32,
    /// Messages queued by this call.
    pub messages: u32,
}

impl fmt::Display for Seeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "sample office: {} SDRs, {} leads, {} messages queued",
            self.sdrs, self.leads, self.messages
        )
    }
}

/// Why nothing was seeded.
#[derive(Debug, Error)]
pub enum SeedError {
    /// The data file belongs to a real office.
    #[error(
        "this data file belongs to the office `{0}` and has messages; nothing was changed. Name another file for the sample office."
    )]
    OtherOffice(String),
    /// There are names for ten SDRs.
    #[error("a sample office has 1 to 10 SDRs; nothing was changed")]
    TooManySdrs,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
}

/// Makes the sample office, or what is missing of it. It sends at any hour and without caps: who shows or
/// tests something does it on a Sunday night too.
pub async fn sample_office(
    store: &dyn Store,
    sample: SampleOffice,
    now: UtcMs,
) -> Result<Seeded, SeedError> {
    let sdrs = usize::try_from(sample.sdrs).unwrap_or(usize::MAX);
    if !(1..=SDRS.len()).contains(&sdrs) {
        return Err(SeedError::TooManySdrs);
    }
    let office = store.office().await?;
    let any = Which::Page {
        state: None,
        sdr_id: None,
        after: 0,
        limit: 1,
    };
    if office.tenant.as_str() != TENANT && !store.messages(any).await?.is_empty() {
        return Err(SeedError::OtherOffice(office.tenant.0));
    }
    store
        .put_office(Office {
            tenant: TenantId::from(TENANT),
            time_zone: "America/Sao_Paulo".to_owned(),
            policy: Policy {
                gap_ms: sample.gap_ms,
                daily_messages: sample.daily_messages,
                ..Policy::default()
            },
            hours: Hours::Always,
            caps: Caps::NONE,
            ..Office::default()
        })
        .await?;
    let manager = person("Manager", Role::Manager);
    let manager_id = manager.id.clone();
    let people = SDRS.iter().take(sdrs).map(|name| person(name, Role::Sdr));
    let admin = person("Admin", Role::Admin);
    for person in people.chain([manager, admin]) {
        put(store, person, sample.password_cost).await?;
    }
    let mut fresh = 0;
    for number in 0..sample.messages {
        let message = message(number, sample.sdrs, &manager_id);
        fresh += u32::from(store.enqueue(message, now).await?);
    }
    Ok(Seeded {
        sdrs: sample.sdrs,
        leads: sample.sdrs * LEADS_PER_SDR,
        messages: fresh,
    })
}

fn person(name: &str, role: Role) -> Person {
    let id = name.to_lowercase();
    Person {
        email: format!("{id}@hotdesk.example"),
        id: SdrId(id),
        name: name.to_owned(),
        role,
    }
}

async fn put(store: &dyn Store, person: Person, cost: PasswordCost) -> Result<(), SeedError> {
    if store.credentials(person.email.clone()).await?.is_none() {
        let password_hash = hash_password(PASSWORD, cost)?;
        store
            .put_person(Credentials {
                person,
                password_hash,
            })
            .await?;
    }
    Ok(())
}

fn message(number: u32, sdrs: u32, manager: &SdrId) -> NewMessage {
    let (sdr, round) = (number % sdrs, number / sdrs);
    let lead = round % LEADS_PER_SDR;
    let pick = |names: &[&'static str], at: u32| {
        let at = usize::try_from(at).unwrap_or(0);
        names.get(at % names.len()).copied().unwrap_or_default()
    };
    let (name, company) = (pick(&FIRST_NAMES, lead), pick(&COMPANIES, lead + sdr));
    let sdr_name = pick(&SDRS, sdr);
    let nth = sdr * LEADS_PER_SDR + lead + 1;
    NewMessage {
        id: MessageId(format!("sample-{:05}", number + 1)),
        sdr_id: SdrId(sdr_name.to_lowercase()),
        addressee: Addressee::Given(Box::new(NewLead {
            id: LeadId(format!("lead-{nth:03}")),
            name: name.to_owned(),
            phone: format!("+55119700{nth:05}"),
            company: Some(company.to_owned()),
            position: None,
            site: None,
            pain: None,
            consent: "asked for it on the sample form".to_owned(),
            time_zone: None,
        })),
        text: format!(
            "Hi {name}, {sdr_name} from Hotdesk Sample Office. You asked about our service for {company} (message {}). Reply STOP to opt out.",
            number + 1
        ),
        file: None,
        by: manager.clone(),
    }
}
