//! Authorities that nobody knows, and listeners with the certificates they issue.

use axum::serve::Listener;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509NameBuilder};
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};
use tokio_native_tls::native_tls::{Identity, TlsAcceptor};
use tokio_native_tls::{TlsAcceptor as Acceptor, TlsStream};

const DAY_S: i64 = 86_400;

pub struct Ca {
    key: PKey<Private>,
    certificate: X509,
}

/// For whom a certificate is, and from when to when.
pub struct Wish {
    pub address: &'static str,
    pub days: (i64, i64),
}

impl Wish {
    /// What a listener of this machine should have.
    pub const GOOD: Self = Self {
        address: "127.0.0.1",
        days: (-1, 1),
    };
}

impl Ca {
    pub fn new(name: &str) -> Self {
        let key = new_key();
        let mut builder = begun(name, &key, (-1, 1));
        let of_a_ca = BasicConstraints::new().critical().ca().build().unwrap();
        builder.append_extension(of_a_ca).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        Self {
            certificate: builder.build(),
            key,
        }
    }

    pub fn pem(&self) -> Vec<u8> {
        self.certificate.to_pem().unwrap()
    }

    /// A listener of this machine with a certificate as wished.
    pub async fn listen(&self, wish: &Wish) -> TlsListener {
        let key = new_key();
        let mut builder = begun("a server", &key, wish.days);
        let name = self.certificate.subject_name();
        builder.set_issuer_name(name).unwrap();
        let mut names = SubjectAlternativeName::new();
        match wish.address.parse::<std::net::IpAddr>() {
            Ok(_) => names.ip(wish.address),
            Err(_) => names.dns(wish.address),
        };
        let context = builder.x509v3_context(Some(&self.certificate), None);
        let names = names.build(&context).unwrap();
        builder.append_extension(names).unwrap();
        builder.sign(&self.key, MessageDigest::sha256()).unwrap();
        let chain = builder.build().to_pem().unwrap();
        let key = key.private_key_to_pem_pkcs8().unwrap();
        let identity = Identity::from_pkcs8(&chain, &key).unwrap();
        TlsListener {
            tcp: TcpListener::bind("127.0.0.1:0").await.unwrap(),
            acceptor: TlsAcceptor::new(identity).unwrap().into(),
        }
    }
}

fn new_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

/// A certificate about itself, which is not signed yet.
fn begun(name: &str, key: &PKey<Private>, (from, to): (i64, i64)) -> X509Builder {
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_nid(Nid::COMMONNAME, name).unwrap();
    let subject = subject.build();
    let now = jiff::Timestamp::now().as_second();
    let at = |days| Asn1Time::from_unix(now + days * DAY_S).unwrap();
    let serial = BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(&subject).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.set_not_before(&at(from)).unwrap();
    builder.set_not_after(&at(to)).unwrap();
    builder
}

/// Takes whoever agrees with it about TLS.
pub struct TlsListener {
    tcp: TcpListener,
    acceptor: Acceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, from) = self.tcp.accept().await.unwrap();
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, from);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}
