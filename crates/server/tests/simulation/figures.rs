//! What all seeds came to, as JSON.

use super::run::Run;
use serde_json::json;
use std::time::Instant;

pub struct Figures {
    start: Instant,
    all: Run,
    pub seeds: u64,
    pub failures: Vec<String>,
}

impl Figures {
    pub fn begin() -> Self {
        Self {
            start: Instant::now(),
            all: Run::default(),
            seeds: 0,
            failures: Vec::new(),
        }
    }

    pub fn add(&mut self, seed: u64, run: Run) {
        self.seeds += 1;
        if let Some(why) = &run.broken {
            self.failures.push(format!("seed {seed}: {why}"));
        }
        self.sum(run);
    }

    pub fn join(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.failures.extend(other.failures);
        self.sum(other.all);
    }

    fn sum(&mut self, run: Run) {
        let all = &mut self.all;
        all.events += run.events;
        all.calls += run.calls;
        all.virtual_ms += run.virtual_ms;
        all.messages += run.messages;
        all.left += run.left;
        all.sends += run.sends;
        for (fault, times) in run.faults {
            *all.faults.entry(fault).or_default() += times;
        }
        for (call, times) in run.struck {
            *all.struck.entry(call).or_default() += times;
        }
        all.decisions += run.decisions;
        all.renewed += run.renewed;
        all.pauses += run.pauses;
        all.earliest = all.earliest.into_iter().chain(run.earliest).min();
        all.latest = all.latest.into_iter().chain(run.latest).max();
    }

    pub fn finish(&self, first: u64) -> String {
        let all = &self.all;
        let thousandths =
            |it: Option<u64>| it.map(|it| f64::from(u32::try_from(it).unwrap()) / 1e3);
        let figures = json!({
            "first": first,
            "seeds": self.seeds,
            "failed": self.failures,
            "seconds": self.start.elapsed().as_secs(),
            "virtualHours": all.virtual_ms / 3_600_000,
            "events": all.events,
            "storeCalls": all.calls,
            "faults": all.faults.values().sum::<u64>(),
            "faultsOfEachKind": all.faults,
            "faultsOfEachCall": all.struck,
            "messages": all.messages,
            "left": all.left,
            "handedToPages": all.sends,
            "decisions": all.decisions,
            "renewedLeases": all.renewed,
            "retryAfter": {
                "calls": all.pauses,
                "earliest": thousandths(all.earliest),
                "latest": thousandths(all.latest),
            },
        });
        serde_json::to_string_pretty(&figures).unwrap()
    }
}
