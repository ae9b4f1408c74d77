//! Linking without a scan: the pairing code typed on the phone, and the passkey some accounts want.

use crate::linking::{Linking, bad_phone};
use crate::numbers::is_e164;
use crate::phone::Device;
use crate::sim::{PendingPairing, Sim, World};
use crate::wire::ToPage;
use hotdesk_protocol::{Problem, ProblemCode};

/// The letters of a pairing code: none that can be mistaken for another.
const LETTERS: &[u8; 32] = b"123456789ABCDEFGHJKLMNPQRSTVWXYZ";
const LENGTH: usize = 8;
/// How long a pairing code is good.
const LIFE_MS: u64 = 180_000;

impl Sim {
    /// A page asks for a pairing code. A number that cannot be one is answered with none.
    pub(crate) fn request_pairing(&self, connection: u64, request: u32, digits: &str) {
        let phone = format!("+{digits}");
        let mut world = self.world();
        let Some(it) = world.connections.get_mut(&connection) else {
            return;
        };
        if it.linked.is_some() || it.keys.is_none() {
            return;
        }
        let code = match new_code() {
            Ok(code) if is_e164(&phone) => Some(code),
            Ok(_) => None,
            Err(error) => {
                tracing::error!(%error, "no random numbers, so no pairing code");
                None
            }
        };
        it.pairing = code.clone().map(|code| PendingPairing {
            phone,
            code,
            expires_at_ms: World::now_ms().saturating_add_unsigned(LIFE_MS),
            connection,
        });
        it.say(ToPage::PairingCode { request, code });
    }

    /// Pairing codes that are good now, oldest page first.
    pub fn pending_pairings(&self) -> Vec<PendingPairing> {
        let now = World::now_ms();
        let world = self.world();
        let mut pairings: Vec<PendingPairing> = world
            .connections
            .values()
            .filter_map(|it| it.pairing.clone())
            .filter(|pairing| pairing.expires_at_ms > now)
            .collect();
        pairings.sort_by_key(|pairing| pairing.connection);
        pairings
    }

    /// The code is typed on the phone, with or without its dash.
    pub fn pair(&self, phone: &str, code: &str, name: Option<&str>) -> Result<Linking, Problem> {
        if !is_e164(phone) {
            return Err(bad_phone());
        }
        let typed: String = code
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|it| it.to_ascii_uppercase())
            .collect();
        let good = self.pending_pairings();
        let connection = good
            .iter()
            .find(|pairing| pairing.phone == phone && pairing.code == typed)
            .map(|pairing| pairing.connection)
            .ok_or_else(|| {
                Problem::new(
                    ProblemCode::NotFound,
                    "No page shows this pairing code for this phone number. Nothing was linked; type the code that is shown now.",
                )
            })?;
        self.world().link_or_ask(connection, phone, name)
    }

    /// The passkey is confirmed, or refused; a refusal brings the QR codes back.
    pub fn passkey(&self, phone: &str, confirm: bool) -> Result<Option<Device>, Problem> {
        let (connection, name) = {
            let mut world = self.world();
            let found = world.connections.iter_mut().find_map(|(id, it)| {
                let waits = it.passkey.as_ref()?.phone == phone;
                waits
                    .then(|| it.passkey.take())
                    .flatten()
                    .map(|it| (*id, it.name))
            });
            found.ok_or_else(|| {
                Problem::new(
                    ProblemCode::NotFound,
                    "No page waits for a passkey of this phone number. Nothing was changed.",
                )
            })?
        };
        if confirm {
            let linked = self.world().link(connection, phone, name.as_deref());
            return linked.map(Some);
        }
        self.begin_codes(connection);
        Ok(None)
    }
}

fn new_code() -> Result<String, getrandom::Error> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes)?;
    let letters = bytes.iter().map(|byte| {
        let at = usize::from(*byte) % LETTERS.len();
        LETTERS.get(at).map_or('1', |letter| char::from(*letter))
    });
    Ok(letters.collect())
}
