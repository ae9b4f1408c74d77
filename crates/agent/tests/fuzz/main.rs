//! Whatever others write, it does no harm: the samples in `corpus/`, and what becomes of them when they
//! are spoilt. `scripts/fuzz` gives it time; by itself it is a test like any other.
//!
//! `HOTDESK_FUZZ_SECONDS` or `HOTDESK_FUZZ_CASES` say how much, `HOTDESK_SECURITY` names a folder for
//! the figures and for what was found.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod targets;

use fastrand::Rng;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use targets::{Target, mutate, named};

const CASES: u64 = 2_000;
/// Spoilt samples that were accepted, to be spoilt further.
const POOL: usize = 1_000;
const FINDINGS_MOST: u64 = 20;

#[test]
fn page_answers_of_any_kind_do_no_harm() {
    fuzz(&named("page"));
}

#[test]
fn queue_answers_of_any_kind_do_no_harm() {
    fuzz(&named("queue"));
}

#[test]
fn configurations_of_any_kind_do_no_harm() {
    fuzz(&named("config"));
}

#[test]
fn adapter_packs_of_any_kind_do_no_harm() {
    fuzz(&named("pack"));
}

#[derive(Default)]
struct Run {
    cases: u64,
    accepted: u64,
    findings: u64,
}

impl Run {
    /// True if it was accepted.
    fn try_case(&mut self, target: &Target, bytes: &[u8]) -> bool {
        self.cases += 1;
        match catch_unwind(AssertUnwindSafe(|| (target.check)(bytes))) {
            Ok(accepted) => {
                self.accepted += u64::from(accepted);
                accepted
            }
            Err(_) => {
                self.findings += 1;
                keep(target.name, self.findings, bytes);
                false
            }
        }
    }
}

fn fuzz(target: &Target) {
    let (seconds, cases) = (number("SECONDS"), number("CASES"));
    let cases = cases.unwrap_or(seconds.map_or(CASES, |_| u64::MAX));
    let end = seconds.map(Duration::from_secs);
    let samples = samples(target.name);
    let (mut run, mut pool) = (Run::default(), VecDeque::new());
    let mut rng = Rng::with_seed(number("SEED").unwrap_or(0));
    let start = Instant::now();
    for sample in &samples {
        run.try_case(target, sample);
    }
    let fit = run.accepted * 2 >= run.cases;
    assert!(
        fit,
        "most samples are accepted, or they are no longer worth much"
    );
    while run.cases < cases
        && end.is_none_or(|end| start.elapsed() < end)
        && run.findings < FINDINGS_MOST
    {
        let from = |rng: &mut Rng| match rng.usize(..samples.len() + pool.len()) {
            at if at < samples.len() => &samples[at],
            at => &pool[at - samples.len()],
        };
        let spoilt = mutate(from(&mut rng), from(&mut rng), target.grammar, &mut rng);
        if run.try_case(target, &spoilt) {
            pool.truncate(POOL - 1);
            pool.push_front(spoilt);
        }
    }
    told(target.name, &run, start.elapsed());
    assert_eq!(run.findings, 0, "{}: it must do no harm", target.name);
}

fn number(name: &str) -> Option<u64> {
    std::env::var(format!("HOTDESK_FUZZ_{name}"))
        .ok()?
        .parse()
        .ok()
}

fn samples(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    let files = std::fs::read_dir(folder.join(name)).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read(file).unwrap())
        .collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(2_000).collect()
}

fn keep(name: &str, finding: u64, bytes: &[u8]) {
    eprintln!("{name}, finding {finding}: {}", text(bytes));
    if let Some(folder) = std::env::var_os("HOTDESK_SECURITY") {
        let file = Path::new(&folder).join(format!("finding-{name}-{finding}"));
        std::fs::write(file, bytes).unwrap();
    }
}

fn told(name: &str, run: &Run, time: Duration) {
    let Run {
        cases,
        accepted,
        findings,
    } = run;
    let seconds = time.as_secs();
    eprintln!("{name}: {cases} cases, {accepted} accepted, {seconds} s, {findings} findings");
    if let Some(folder) = std::env::var_os("HOTDESK_SECURITY") {
        let figures = serde_json::json!({
            "name": name, "cases": cases, "seconds": seconds, "findings": findings,
        });
        let file = Path::new(&folder).join(format!("fuzz-{name}.json"));
        std::fs::write(file, figures.to_string()).unwrap();
    }
}
