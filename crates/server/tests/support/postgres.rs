//! A PostgreSQL of the tests' own: one throwaway cluster for each test process, one database for each
//! test. It ends with this process, see scripts/lib/postgres.sh.

use hotdesk_server::store::postgres::{Address, PostgresStore};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

const TEMPLATE: &str = "hotdesk_template";

pub struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    named: AtomicUsize,
    /// Its stdin is closed when this process ends, and that is what stops the cluster.
    _alive: Child,
}

/// The one of this process, started by who asks first.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start)
}

/// The folder of initdb and pg_ctl: Debian keeps them out of PATH.
pub fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql");
    let debian = versions.into_iter().flatten().flatten();
    let mut debian: Vec<_> = debian.map(|it| it.path().join("bin")).collect();
    debian.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian
        .into_iter()
        .rev()
        .chain(std::env::split_paths(&path))
        .find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
        .expect("PostgreSQL is installed (Debian: apt install postgresql)")
}

/// Starts a cluster in a folder, with TLS at a port of localhost too if one is given. It ends when what
/// is answered does.
fn run(bin: &Path, folder: &Path, tls_port: Option<u16>) -> Child {
    let mut child = Command::new("sh")
        .args([
            "-c",
            include_str!("../../../../scripts/lib/postgres.sh"),
            "postgres.sh",
        ])
        .args([bin, folder])
        .args(tls_port.map(|port| port.to_string()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let out = child.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n", "PostgreSQL starts");
    child
}

/// A cluster that speaks TLS, with a certificate of its own for `localhost`.
pub struct TlsCluster {
    pub port: u16,
    folder: PathBuf,
    /// As in [`Cluster`].
    _alive: Child,
}

impl TlsCluster {
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("hotdesk-pg-").tempdir();
        let folder = folder.unwrap().keep();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let alive = run(&programs(), &folder, Some(port));
        Self {
            port,
            folder,
            _alive: alive,
        }
    }

    /// Its certificate, which is its own authority.
    pub fn certificate(&self) -> PathBuf {
        self.folder.join("server.crt")
    }
}

impl Cluster {
    fn start() -> Self {
        let bin = programs();
        let folder = tempfile::Builder::new().prefix("hotdesk-pg-").tempdir();
        let folder = folder.unwrap().keep();
        let alive = run(&bin, &folder, None);
        let cluster = Self {
            bin,
            folder,
            named: AtomicUsize::new(0),
            _alive: alive,
        };
        cluster.sql("postgres", &format!("CREATE DATABASE {TEMPLATE}"));
        let migrated = Command::new(env!("CARGO_BIN_EXE_hotdesk-server"))
            .args(["migrate", "--database", &cluster.url(TEMPLATE)])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&migrated.stderr);
        assert!(
            migrated.status.success(),
            "an empty database is brought up: {told}"
        );
        cluster
    }

    pub async fn open(&self, database: &str) -> PostgresStore {
        let address = Address::parse(&self.url(database), None).unwrap();
        PostgresStore::open(&address).await.unwrap()
    }

    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.display();
        format!("postgres:///{database}?host={folder}&user=postgres")
    }

    /// The name of a database with nothing in it.
    pub fn empty(&self) -> String {
        self.create("template0")
    }

    /// The name of a database of this version without rows.
    pub fn fresh(&self) -> String {
        self.create(TEMPLATE)
    }

    fn create(&self, template: &str) -> String {
        let name = format!("test_{}", self.named.fetch_add(1, Ordering::SeqCst));
        self.sql(
            "postgres",
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        );
        name
    }

    pub fn drop(&self, name: &str) {
        self.sql("postgres", &format!("DROP DATABASE {name} WITH (FORCE)"));
    }

    /// Runs SQL behind the server's back; what it answers, unadorned.
    #[track_caller]
    pub fn sql(&self, database: &str, sql: &str) -> String {
        self.try_sql(database, sql).expect(sql)
    }

    /// As [`Cluster::sql`]; what PostgreSQL refuses is an error.
    pub fn try_sql(&self, database: &str, sql: &str) -> Result<String, String> {
        let psql = Path::new(&self.bin).join("psql");
        let output = Command::new(psql)
            .args([
                "-X",
                "-A",
                "-t",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                "postgres",
                "-h",
            ])
            .arg(&self.folder)
            .args(["-d", database, "-c", sql])
            .output()
            .unwrap();
        let words = |bytes| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() {
            Ok(words(&output.stdout))
        } else {
            Err(words(&output.stderr))
        }
    }
}
