//! Why no safe connection came about, in our words: the TLS library's are for programmers, and
//! differ from system to system.

use std::error::Error;
use std::io;

/// What is wrong with the server's TLS, if that is why a call failed.
pub(super) fn fault(error: &reqwest::Error) -> Option<&'static str> {
    let mut cause = error.source();
    while let Some(here) = cause {
        if let Some(tls) = here.downcast_ref::<native_tls::Error>() {
            return Some(words(&tls.to_string()));
        }
        // An I/O error gives its inner error's source as its own, and so hides the inner one.
        let inner = here
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        cause = match inner {
            Some(inner) => Some(inner),
            None => here.source(),
        };
    }
    None
}

/// OpenSSL's words are known; of another library's only the subject is.
fn words(theirs: &str) -> &'static str {
    let says = |word| theirs.contains(word);
    if says("certificate has expired") {
        "its certificate has expired"
    } else if says("certificate is not yet valid") {
        "its certificate is not valid yet"
    } else if says("hostname mismatch") || says("IP address mismatch") {
        "its certificate is for another address"
    } else if says("self-signed certificate") || says("local issuer certificate") {
        "nobody whom this computer trusts has issued its certificate"
    } else if says("certificate") {
        "its certificate is not accepted"
    } else {
        "it does not speak TLS as it should"
    }
}
