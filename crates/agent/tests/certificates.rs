//! The queue server's certificate: whose counts, and what comes of one that does not.

use crate::support::in_its_own_process;
use crate::support::stub::{Answer, Stub};
use crate::support::tls::{Ca, Wish};
use hotdesk_agent::queue_client::{QueueError, QueueServer, Retry, SignedIn};
use hotdesk_agent::secret::Secret;
use hotdesk_agent::server_ca::ServerCa;
use hotdesk_protocol::ids::DesktopId;
use tempfile::TempDir;
use url::Url;

const AUTH: &str = "/api/sender/auth";
const URL: &str = "HOTDESK_TEST_URL";
const PINNED: &str = "HOTDESK_TEST_PINNED";

async fn office(ca: &Ca, wish: &Wish) -> Stub {
    let stub = Stub::behind(ca.listen(wish).await, "https");
    stub.knows("john");
    stub
}

fn pinned(ca: &Ca) -> ServerCa {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("ca.pem");
    std::fs::write(&file, ca.pem()).unwrap();
    ServerCa::read(&file).unwrap()
}

async fn sign_in(url: &str, ca: Option<&ServerCa>) -> Result<SignedIn, QueueError> {
    let server = QueueServer::new(Url::parse(url).unwrap(), ca, "1.2.3").unwrap();
    let password = Secret::from("a password");
    let desk = DesktopId::from("desk");
    server
        .sign_in("john@hotdesk.example", &password, &desk)
        .await
}

/// What a sign-in is told that must not come about.
async fn refusal(url: &str, ca: Option<&ServerCa>) -> String {
    let error = sign_in(url, ca).await.map(|_| ()).unwrap_err();
    assert!(
        matches!(error, QueueError::Untrusted { .. }),
        "it is told apart from a server that is away: {error}"
    );
    assert_eq!(error.retry(), Retry::Soon, "a renewed certificate helps");
    error.to_string()
}

#[tokio::test]
async fn a_server_whose_certificate_the_pinned_authority_has_issued_is_called() {
    let ca = Ca::new("the office");
    let stub = office(&ca, &Wish::GOOD).await;
    let signed_in = sign_in(&stub.url, Some(&pinned(&ca))).await;
    assert_eq!(
        signed_in
            .map(|it| it.sdr.id.0)
            .map_err(|error| error.to_string()),
        Ok("john".to_owned()),
        "what follows shows refusals, this that there is something to refuse"
    );
}

#[tokio::test]
async fn a_certificate_that_does_not_hold_is_told_in_words_and_nothing_is_sent() {
    let (ca, other) = (Ca::new("the office"), Ca::new("somebody"));
    let expired = Wish {
        days: (-3, -1),
        ..Wish::GOOD
    };
    let early = Wish {
        days: (1, 2),
        ..Wish::GOOD
    };
    let elsewhere = Wish {
        address: "elsewhere.example",
        ..Wish::GOOD
    };
    for (issuer, wish, words) in [
        (&ca, &expired, "has expired"),
        (&ca, &early, "is not valid yet"),
        (&ca, &elsewhere, "is for another address"),
        (&other, &Wish::GOOD, "nobody whom this computer trusts"),
    ] {
        let stub = office(issuer, wish).await;
        let told = refusal(&stub.url, Some(&pinned(&ca))).await;
        assert!(told.contains(words), "{words}: {told}");
        assert!(told.contains("nothing is lost"), "{told}");
        assert!(stub.calls(AUTH).is_empty(), "no password left: {words}");
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_told_as_such() {
    let stub = Stub::start().await;
    let told = refusal(&stub.url.replace("http:", "https:"), None).await;
    assert!(told.contains("does not speak TLS"), "{told}");
}

#[tokio::test]
async fn a_redirect_is_not_followed_wherever_it_leads() {
    let ca = Ca::new("the office");
    let plain = Stub::start().await;
    let stub = office(&ca, &Wish::GOOD).await;
    let other = office(&ca, &Wish::GOOD).await;
    for to in [
        format!("{}{AUTH}", plain.url),
        format!("{}{AUTH}", other.url),
        "/elsewhere".to_owned(),
    ] {
        for status in [301, 302, 303, 307, 308] {
            stub.on(
                AUTH,
                [Answer::status(status, "").with("location", to.clone())],
            );
            let error = sign_in(&stub.url, Some(&pinned(&ca))).await.map(|_| ());
            let error = error.unwrap_err();
            assert!(
                matches!(error, QueueError::BadAnswer { .. }),
                "{status} to {to}: {error}"
            );
        }
    }
    let went = [plain.calls(AUTH), other.calls(AUTH)].concat();
    assert!(went.is_empty(), "to nobody else: {went:?}");
    assert!(
        stub.calls("/elsewhere").is_empty(),
        "and nowhere else there"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_systems_authorities_count_only_where_none_is_pinned() {
    let (systems, offices) = (Ca::new("of the system"), Ca::new("the office"));
    let stub = office(&systems, &Wish::GOOD).await;
    let dir = TempDir::new().unwrap();
    let file = |name, ca: &Ca| {
        let file = dir.path().join(name);
        std::fs::write(&file, ca.pem()).unwrap();
        file.into_os_string().into_string().unwrap()
    };
    let (system, office) = (file("system.pem", &systems), file("office.pem", &offices));
    let env = [
        ("SSL_CERT_FILE", system.as_str()),
        (PINNED, &office),
        (URL, &stub.url),
    ];
    tokio::task::block_in_place(|| {
        in_its_own_process("certificates::call_with_and_without_a_pin", &env);
    });
    assert_eq!(stub.calls(AUTH).len(), 1, "without a pin alone");
}

/// The system's authorities are read once for a process.
#[tokio::test]
#[ignore = "run by another test, in a process of its own"]
async fn call_with_and_without_a_pin() {
    let url = std::env::var(URL).unwrap();
    let pinned = ServerCa::read(std::env::var(PINNED).unwrap().as_ref()).unwrap();
    refusal(&url, Some(&pinned)).await;
    let without = sign_in(&url, None).await;
    without.map_err(|error| error.to_string()).unwrap();
}
