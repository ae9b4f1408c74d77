//! Telling other programs, by the specification "Standard Webhooks" (standardwebhooks.com, 1.0.0), for
//! which there are libraries: `webhook-id`, `webhook-timestamp`, and `webhook-signature`, an HMAC-SHA256
//! over both and the raw body.

mod dispatch;

pub use dispatch::{client, dispatch};

use crate::store::webhooks::{Due, WebhookSecret};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use hotdesk_protocol::UtcMs;
use jiff::Timestamp;
use sha2::Sha256;
use url::{Host, Url};

/// Most characters of an address.
const MOST_CHARS: usize = 2_000;

/// An address that may be told: https, or this machine itself.
pub fn check(address: &str) -> Result<(), &'static str> {
    let url = Url::parse(address).map_err(|_| "The url cannot be read.")?;
    if address.len() > MOST_CHARS {
        return Err("The url is longer than 2000 characters.");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("The url has a name or a password in it; events are signed instead.");
    }
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return Err("The url names no host."),
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if here => Ok(()),
        _ => Err("The url is neither https nor of this machine itself."),
    }
}

/// A secret as people copy it.
pub fn shown(secret: &WebhookSecret) -> String {
    format!("whsec_{}", STANDARD.encode(secret.0))
}

/// The raw body, the same at each try.
pub fn body(due: &Due) -> String {
    let at = Timestamp::from_millisecond(due.at_ms.0).unwrap_or_default();
    let kind = serde_json::Value::from(due.kind.as_str());
    format!(
        r#"{{"type":{kind},"timestamp":"{at}","data":{}}}"#,
        due.data
    )
}

/// What `webhook-timestamp` and `webhook-signature` say.
pub fn sign(secret: &WebhookSecret, id: &str, body: &str, now: UtcMs) -> [String; 2] {
    let seconds = now.0.div_euclid(1_000).to_string();
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("any length");
    for part in [id, ".", &seconds, ".", body] {
        mac.update(part.as_bytes());
    }
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    [seconds, format!("v1,{signature}")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_specifications_own_example() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let mut padded = [0; 32];
        // HMAC fills a shorter key up with zeros, so this is the same one.
        padded[..secret.len()].copy_from_slice(&secret);
        let [seconds, signature] = sign(
            &WebhookSecret(padded),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            r#"{"test": 2432232314}"#,
            UtcMs(1_614_265_330_000),
        );
        assert_eq!(seconds, "1614265330");
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn an_address_is_https_or_this_machine_and_holds_no_password() {
        for good in [
            "https://crm.example/hooks/hotdesk?office=1",
            "http://127.0.0.1:9000/",
            "http://localhost/x",
            "http://[::1]:9/x",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        let long = format!("https://crm.example/{}", "x".repeat(MOST_CHARS));
        for bad in [
            "",
            "crm.example",
            "http://crm.example/",
            "http://10.0.0.1/",
            "ftp://crm.example/",
            "file:///etc/passwd",
            "https://anna:s3cret@crm.example/",
            &long,
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_body_is_the_same_at_each_try() {
        let due = Due {
            id: "d-1".to_owned(),
            kind: "opt_out.added".to_owned(),
            at_ms: UtcMs(1_772_636_400_000),
            data: r#"{"phone":"+5511970000001"}"#.to_owned(),
            attempts: 3,
        };
        let text = body(&due);
        assert_eq!(
            text,
            r#"{"type":"opt_out.added","timestamp":"2026-03-04T15:00:00Z","data":{"phone":"+5511970000001"}}"#
        );
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
    }
}
