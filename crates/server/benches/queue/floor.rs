//! The same commits by bare SQL: what the databases themselves can do.

use crate::postgres::{cluster, programs};
use rusqlite::Connection;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Rows of the filled table.
const ROWS: u32 = 100_000;
const TABLE: &str = "CREATE TABLE bare (seq INTEGER PRIMARY KEY, sdr INTEGER NOT NULL,
     state TEXT NOT NULL, text TEXT NOT NULL);
 CREATE INDEX bare_by_sdr ON bare (sdr, state, seq);";

/// What is done over and over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// One row more: one commit.
    Insert,
    /// The next queued row of an SDR is taken: one commit.
    Claim,
    /// The same, and then it is begun and sent: three commits.
    Cycle,
}

/// How often a second one writer does it, which is all that SQLite has; in the mode in which the store
/// writes.
pub fn sqlite(path: &Path, work: Work, time: Duration) -> f64 {
    let db = Connection::open(path).unwrap();
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        .unwrap();
    db.execute_batch(TABLE).unwrap();
    db.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO bare SELECT i, i % 32, 'queued', 'as a person would write it' FROM n",
        [ROWS],
    )
    .unwrap();
    let mut insert = db
        .prepare("INSERT INTO bare (sdr, state, text) VALUES (?1, 'queued', 'as a person would write it')")
        .unwrap();
    let mut claim = db
        .prepare(
            "UPDATE bare SET state = 'leased' WHERE seq = (
                 SELECT seq FROM bare WHERE sdr = ?1 AND state = 'queued' ORDER BY seq LIMIT 1)
             RETURNING seq",
        )
        .unwrap();
    let mut go_on = db
        .prepare("UPDATE bare SET state = ?2 WHERE seq = ?1")
        .unwrap();
    let started = Instant::now();
    let mut done = 0_u32;
    while started.elapsed() < time && done < ROWS {
        if work == Work::Insert {
            insert.execute([done % 32]).unwrap();
        } else {
            let mut rows = claim.query([done % 32]).unwrap();
            let seq: i64 = rows.next().unwrap().unwrap().get(0).unwrap();
            // The statement has to be stepped to its end before it commits.
            assert!(rows.next().unwrap().is_none(), "one row is claimed");
            drop(rows);
            if work == Work::Cycle {
                for state in ["begun", "sent"] {
                    go_on.execute((seq, state)).unwrap();
                }
            }
        }
        done += 1;
    }
    f64::from(done) / started.elapsed().as_secs_f64()
}

/// How often a second so many clients of pgbench do it, in the tests' own cluster.
pub fn pgbench(clients: u32, work: Work, time: Duration) -> f64 {
    let name = cluster().fresh();
    cluster().sql(&name, &TABLE.replace("seq INTEGER", "seq BIGSERIAL"));
    let fill = format!(
        "INSERT INTO bare (sdr, state, text) SELECT i % 32, 'queued', 'as a person would write it'
         FROM generate_series(1, {ROWS}) AS i"
    );
    cluster().sql(&name, &fill);
    cluster().sql(&name, "VACUUM ANALYZE bare");
    let insert = "INSERT INTO bare (sdr, state, text) VALUES (:sdr, 'queued', 'as a person would write it');\n";
    let claim = "UPDATE bare SET state = 'leased' WHERE seq = (SELECT seq FROM bare WHERE sdr = :sdr \
         AND state = 'queued' ORDER BY seq FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING seq \\gset\n";
    let go_on = "UPDATE bare SET state = 'begun' WHERE seq = :seq;\n\
         UPDATE bare SET state = 'sent' WHERE seq = :seq;\n";
    let each = match work {
        Work::Insert => insert.to_owned(),
        Work::Claim => claim.to_owned(),
        Work::Cycle => format!("{claim}{go_on}"),
    };
    let script = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(script.path(), format!("\\set sdr :client_id % 32\n{each}")).unwrap();
    let seconds = time.as_secs().to_string();
    let clients = clients.to_string();
    let done = Command::new(programs().join("pgbench"))
        .args([
            "--no-vacuum",
            "--protocol",
            "prepared",
            "--client",
            &clients,
        ])
        .args(["--time", &seconds, "--file"])
        .arg(script.path())
        .arg(cluster().url(&name))
        .output()
        .unwrap();
    cluster().drop(&name);
    let text = String::from_utf8_lossy(&done.stdout);
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let rate = rate.and_then(|rest| rest.split(' ').next()?.parse().ok());
    rate.unwrap_or_else(|| panic!("pgbench: {text}{}", String::from_utf8_lossy(&done.stderr)))
}
