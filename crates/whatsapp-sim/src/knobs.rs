//! What a test or a person can turn while the rehearsal runs.
//!
//! Knobs are JSON objects laid over the defaults: first the ones for everybody, then the ones of
//! one account. A `null` takes an override away again.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// How the server half treats a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AckMode {
    /// It leaves and is acknowledged.
    #[default]
    Normal,
    /// It leaves, but the page never hears of it.
    LostAck,
    /// It is lost on the way: it never leaves and is never acknowledged.
    LostMessage,
    /// It is refused with ack -1 and [`Knobs::refusal_code`]; it never leaves.
    Refused,
}

/// How much a page weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Its own modules only.
    #[default]
    Light,
    /// As much script, memory and storage as the real page.
    Heavy,
}

/// Every knob with its value in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Knobs {
    /// From a message's arrival at the server to ack 1.
    pub ack_ms: u64,
    /// From ack 1 to ack 2.
    pub delivered_ms: u64,
    /// From ack 2 to ack 3.
    pub read_ms: u64,
    /// Leave every message at ack 1.
    pub never_delivered: bool,
    /// Leave every message at ack 2 at most.
    pub never_read: bool,
    /// How messages fare.
    pub ack: AckMode,
    /// The server's number for a refusal: 463 or 479 are limits.
    pub refusal_code: u16,
    /// Numbers that end so are not on WhatsApp.
    pub not_on_whatsapp_suffix: String,
    /// How long the existence query takes.
    pub exists_ms: u64,
    /// Brazilian mobile numbers resolve to the id without their ninth digit.
    pub drop_ninth_digit: bool,
    /// Longer texts are refused with ack -1 and 413.
    pub text_limit: usize,
    /// Files cannot be uploaded.
    pub refuse_uploads: bool,
    /// The phone wants a passkey's confirmation before it links a device.
    pub passkey: bool,
    /// New chats are `@lid` chats.
    pub lid_chats: bool,
    /// How long a page synchronises after it was linked.
    pub login_ms: u64,
    /// Invented old messages handed to a page at its linking.
    pub history_messages: u32,
    /// No QR code is given out.
    pub qr_muted: bool,
    /// Between two of the page's script files at its load.
    pub register_ms: u64,
    /// How much a page weighs; from its next load on.
    pub weight: Weight,
    /// The page opens the chat of each message that comes or goes.
    pub follow_chats: bool,
    /// Modules the page does not register.
    pub drop_modules: Vec<String>,
    /// Modules the page registers under another name.
    pub rename_modules: BTreeMap<String, String>,
    /// Modules whose factory throws.
    pub throw_modules: Vec<String>,
    /// Calls of the page that never settle.
    pub hang_calls: Vec<String>,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            ack_ms: 100,
            delivered_ms: 250,
            read_ms: 350,
            never_delivered: false,
            never_read: false,
            ack: AckMode::Normal,
            refusal_code: 463,
            not_on_whatsapp_suffix: "0404".to_owned(),
            exists_ms: 20,
            drop_ninth_digit: false,
            text_limit: 65_536,
            refuse_uploads: false,
            passkey: false,
            lid_chats: false,
            login_ms: 400,
            history_messages: 0,
            qr_muted: false,
            register_ms: 0,
            weight: Weight::Light,
            follow_chats: false,
            drop_modules: Vec::new(),
            rename_modules: BTreeMap::new(),
            throw_modules: Vec::new(),
            hang_calls: Vec::new(),
        }
    }
}

/// The part of the knobs a page needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageKnobs {
    register_ms: u64,
    login_ms: u64,
    lid_chats: bool,
    weight: Weight,
    follow_chats: bool,
    drop_modules: Vec<String>,
    rename_modules: BTreeMap<String, String>,
    throw_modules: Vec<String>,
    hang_calls: Vec<String>,
}

impl Knobs {
    /// What a page gets to know of them.
    pub fn for_page(&self) -> PageKnobs {
        PageKnobs {
            register_ms: self.register_ms,
            login_ms: self.login_ms,
            lid_chats: self.lid_chats,
            weight: self.weight,
            follow_chats: self.follow_chats,
            drop_modules: self.drop_modules.clone(),
            rename_modules: self.rename_modules.clone(),
            throw_modules: self.throw_modules.clone(),
            hang_calls: self.hang_calls.clone(),
        }
    }
}

/// The knobs in force for everybody and the differences of single accounts.
#[derive(Debug, Default)]
pub struct KnobBoard {
    everybody: Map<String, Value>,
    accounts: HashMap<String, Map<String, Value>>,
}

impl KnobBoard {
    /// A board whose base is `knobs`.
    pub fn new(knobs: &Knobs) -> Self {
        let everybody = match serde_json::to_value(knobs) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        };
        Self {
            everybody,
            accounts: HashMap::new(),
        }
    }

    /// Lays `patch` over the knobs of `account`, or of everybody. Nothing changes when a key or a
    /// value is not a knob's; the error names it.
    pub fn turn(&mut self, account: Option<&str>, patch: Map<String, Value>) -> Result<(), String> {
        let before = match account {
            Some(phone) => self.accounts.get(phone).cloned().unwrap_or_default(),
            None => self.everybody.clone(),
        };
        let mut after = before;
        for (key, value) in patch {
            if value.is_null() {
                after.remove(&key);
            } else {
                after.insert(key, value);
            }
        }
        serde_json::from_value::<Knobs>(Value::Object(after.clone()))
            .map_err(|error| error.to_string())?;
        match account {
            Some(phone) => {
                self.accounts.insert(phone.to_owned(), after);
            }
            None => self.everybody = after,
        }
        Ok(())
    }

    /// The knobs in force for `account`, or for a page that has none yet.
    pub fn of(&self, account: Option<&str>) -> Knobs {
        let mut all = self.everybody.clone();
        if let Some(own) = account.and_then(|phone| self.accounts.get(phone)) {
            all.extend(own.clone());
        }
        serde_json::from_value(Value::Object(all)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn an_account_s_knob_wins_over_everybody_s_until_it_is_taken_away() {
        let mut board = KnobBoard::new(&Knobs::default());
        board
            .turn(None, patch(serde_json::json!({"ackMs": 5})))
            .unwrap();
        board
            .turn(Some("+1"), patch(serde_json::json!({"ackMs": 9})))
            .unwrap();
        assert_eq!(board.of(Some("+1")).ack_ms, 9, "its own knob");
        assert_eq!(
            board.of(Some("+2")).ack_ms,
            5,
            "another account is untouched"
        );
        board
            .turn(Some("+1"), patch(serde_json::json!({"ackMs": null})))
            .unwrap();
        assert_eq!(board.of(Some("+1")).ack_ms, 5, "null takes it away");
    }

    #[test]
    fn an_unknown_knob_is_refused_by_name_and_changes_nothing() {
        let mut board = KnobBoard::new(&Knobs::default());
        let error = board
            .turn(None, patch(serde_json::json!({"ackMs": 7, "akcMs": 8})))
            .unwrap_err();
        assert!(error.contains("akcMs"), "the error names the key: {error}");
        assert_eq!(board.of(None).ack_ms, 100, "nothing changed");
    }
}
