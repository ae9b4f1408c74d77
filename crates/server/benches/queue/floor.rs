//! The same three commits by bare SQL: what the databases themselves can do.

use crate::postgres::{cluster, programs};
use rusqlite::Connection;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const ROWS: u32 = 100_000;
const TABLE: &str = "CREATE TABLE bare (seq INTEGER PRIMARY KEY, sdr INTEGER NOT NULL,
     state TEXT NOT NULL, text TEXT NOT NULL);
 CREATE INDEX bare_by_sdr ON bare (sdr, state, seq);";

/// Cycles a second of one writer, which is all that SQLite has; in the mode in which the store writes.
pub fn sqlite(path: &Path, time: Duration) -> f64 {
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
    let started = Instant::now();
    let mut done = 0_u32;
    while started.elapsed() < time && done < ROWS {
        let seq: i64 = db
            .prepare_cached(
                "UPDATE bare SET state = 'leased' WHERE seq = (
                     SELECT seq FROM bare WHERE sdr = ?1 AND state = 'queued' ORDER BY seq LIMIT 1)
                 RETURNING seq",
            )
            .unwrap()
            .query_row([done % 32], |row| row.get(0))
            .unwrap();
        for state in ["begun", "sent"] {
            db.prepare_cached("UPDATE bare SET state = ?2 WHERE seq = ?1")
                .unwrap()
                .execute((seq, state))
                .unwrap();
        }
        done += 1;
    }
    f64::from(done) / started.elapsed().as_secs_f64()
}

/// Cycles a second by pgbench, in the tests' own cluster.
pub fn pgbench(clients: u32, time: Duration) -> f64 {
    let name = cluster().fresh();
    cluster().sql(&name, &TABLE.replace("seq INTEGER", "seq BIGINT"));
    let fill = format!(
        "INSERT INTO bare SELECT i, i % 32, 'queued', 'as a person would write it'
         FROM generate_series(1, {ROWS}) AS i"
    );
    cluster().sql(&name, &fill);
    let script = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(
        script.path(),
        "\\set sdr :client_id % 32\n\
         UPDATE bare SET state = 'leased' WHERE seq = (SELECT seq FROM bare WHERE sdr = :sdr \
         AND state = 'queued' ORDER BY seq FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING seq \\gset\n\
         UPDATE bare SET state = 'begun' WHERE seq = :seq;\n\
         UPDATE bare SET state = 'sent' WHERE seq = :seq;\n",
    )
    .unwrap();
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
    let text = String::from_utf8_lossy(&done.stdout);
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let rate = rate.and_then(|rest| rest.split(' ').next()?.parse().ok());
    rate.unwrap_or_else(|| panic!("pgbench: {text}{}", String::from_utf8_lossy(&done.stderr)))
}
