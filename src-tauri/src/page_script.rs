//! The scripts put into pages, and the words by which the app calls the bridge.

use hotdesk_agent::adapter_pack::Bundles;
use serde_json::json;
use tauri::Url;

const VERSION: &str = include_str!("../../bridge/version.json");
const BRIDGE: &str = include_str!("../../bridge/dist/bridge.js");
const WA_JS: &str = include_str!("../../bridge/dist/wa-js-adapter.js");
const NAME_BYTES: usize = 16;
const KEY_BYTES: usize = 32;

/// The bundles this app carries.
pub fn built_in() -> serde_json::Result<Bundles> {
    Bundles::built_in(VERSION, BRIDGE, WA_JS)
}

/// The bridge under the name of this launch, which answers only to the key of this launch.
pub struct PageScript {
    name: String,
    key: String,
    origin: String,
}

impl PageScript {
    /// Choose a name and a key nobody can guess, for pages of this address.
    pub fn new(whatsapp: &Url) -> Result<Self, getrandom::Error> {
        let mut name = [0; NAME_BYTES];
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut name)?;
        getrandom::fill(&mut key)?;
        Ok(Self {
            name: format!("h{}", hex::encode(name)),
            key: hex::encode(key),
            origin: whatsapp.origin().ascii_serialization(),
        })
    }

    /// What runs in a page before its own scripts: one line that says name, key and origin, then
    /// the bridge of these bundles, which takes that line away again.
    pub fn initialization(&self, bundles: &Bundles) -> String {
        let header = json!({ "name": self.name, "key": self.key, "origin": self.origin });
        format!(
            "globalThis.__HOTDESK_BRIDGE__ = {header};\n{}",
            bundles.bridge
        )
    }

    /// Calls one of the bridge's functions. The result is `null` where the bridge is not there yet,
    /// and `false` where WhatsApp's page is there in whole and the bridge is not: it did not start.
    pub fn call(&self, function: Function<'_>) -> String {
        let (name, key) = (json!(self.name), json!(self.key));
        let call = match function {
            Function::Submit(request) => format!("submit({}, {key})", json!(request)),
            Function::Drain(after_seq) => format!("drain({after_seq}, {key})"),
            Function::Probe => format!("probe({key})"),
            Function::Adopt => format!("adopt({key})"),
        };
        let origin = json!(self.origin);
        let whole = format!("location.origin === {origin} && document.readyState === 'complete'");
        format!("window[{name}] === undefined ? ({whole} ? false : null) : window[{name}].{call}")
    }
}

/// A function of the bridge with its argument.
#[derive(Clone, Copy)]
pub enum Function<'a> {
    /// Hand over a command, as JSON text.
    Submit(&'a str),
    /// Fetch the reports above this number.
    Drain(u32),
    /// Ask how the page stands.
    Probe,
    /// Take wa-js into service, once the library was evaluated.
    Adopt,
}

#[cfg(test)]
mod tests {
    use super::{Function, PageScript, WA_JS, built_in};
    use tauri::Url;

    fn script(address: &str) -> PageScript {
        PageScript::new(&Url::parse(address).unwrap()).unwrap()
    }

    #[test]
    fn the_first_line_tells_the_name_and_the_origin_without_a_path() {
        let script = script("http://127.0.0.1:4000/some/path?x=1");
        let bundles = built_in().unwrap();
        let text = script.initialization(&bundles);
        let header = text.lines().next().unwrap();
        let json = header
            .strip_prefix("globalThis.__HOTDESK_BRIDGE__ = ")
            .and_then(|rest| rest.strip_suffix(';'))
            .unwrap();
        let header: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(header["name"], script.name);
        assert_eq!(header["key"], script.key);
        assert_eq!(header["origin"], "http://127.0.0.1:4000");
        assert!(text.lines().count() > 1, "the bundle follows");
    }

    #[test]
    fn each_launch_has_a_name_and_a_key_of_its_own() {
        let scripts = [
            script("https://web.whatsapp.com"),
            script("https://web.whatsapp.com"),
        ];
        assert_ne!(scripts[0].name, scripts[1].name);
        assert_eq!(scripts[0].name.len(), 33, "an h and 16 bytes");
        assert_ne!(scripts[0].key, scripts[1].key);
        assert_eq!(scripts[0].key.len(), 64, "32 bytes");
    }

    #[test]
    fn every_call_carries_the_key_after_its_own_arguments() {
        let script = script("https://web.whatsapp.com");
        let key = &script.key;
        for (function, arguments) in [
            (
                Function::Submit("{}"),
                format!(r#".submit("{{}}", "{key}")"#),
            ),
            (Function::Drain(7), format!(r#".drain(7, "{key}")"#)),
            (Function::Probe, format!(r#".probe("{key}")"#)),
            (Function::Adopt, format!(r#".adopt("{key}")"#)),
        ] {
            let call = script.call(function);
            assert!(call.ends_with(&arguments), "{call}");
        }
    }

    #[test]
    fn wa_js_knows_nothing_of_name_or_key_and_talks_to_no_preview_server() {
        assert!(!WA_JS.contains("__HOTDESK_BRIDGE__"));
        assert!(WA_JS.contains("linkPreviewApiServers: []"));
    }

    #[test]
    fn a_command_reaches_the_page_as_one_string_whatever_it_holds() {
        let script = script("https://web.whatsapp.com");
        let request = r#"{"text":"\"); alert(1); (\" \u2028 </script>"}"#;
        let call = script.call(Function::Submit(request));
        let argument = call
            .split_once(".submit(")
            .and_then(|(_, rest)| rest.strip_suffix(&format!(", \"{}\")", script.key)))
            .unwrap();
        let back: String = serde_json::from_str(argument).unwrap();
        assert_eq!(back, request);
    }
}
