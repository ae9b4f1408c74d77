//! SplitMix64: numbers that look random and replay from the seed (Steele, Lea, Flood 2014).

#[derive(Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Somewhere in the upper half of `span_ms`.
    pub(crate) fn jitter(&mut self, span_ms: u64) -> u64 {
        let half = span_ms / 2;
        half + self.next() % (span_ms - half + 1)
    }

    /// `ms` or up to a fiftieth more, so that not everybody comes at once.
    pub(crate) fn just_after(&mut self, ms: u64) -> u64 {
        ms.saturating_add(self.next() % (ms / 50 + 1))
    }
}
