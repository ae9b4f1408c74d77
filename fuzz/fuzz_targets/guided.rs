//! The target named by `HOTDESK_FUZZ_TARGET`, its samples spoilt by the same grammar, guided by coverage.
#![no_main]

#[path = "../../crates/agent/tests/fuzz/targets/mod.rs"]
mod targets;

use fastrand::Rng;
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use std::sync::LazyLock;
use targets::{Target, mutate, named};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("HOTDESK_FUZZ_TARGET");
    named(&name.expect("HOTDESK_FUZZ_TARGET names a target"))
});

fuzz_target!(|bytes: &[u8]| -> Corpus {
    (TARGET.check)(bytes);
    Corpus::Keep
});

fuzz_mutator!(|bytes: &mut [u8], size: usize, most: usize, seed: u32| {
    let sample = &bytes[..size];
    let mut rng = Rng::with_seed(seed.into());
    let spoilt = mutate(sample, sample, TARGET.grammar, &mut rng);
    let length = spoilt.len().min(most);
    bytes[..length].copy_from_slice(&spoilt[..length]);
    length
});
