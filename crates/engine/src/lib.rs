//! DECIDES: one SDR's session as a pure state machine.
//!
//! No I/O, no clock, no randomness: `handle(input, now)`, then `poll_effect()` until it is empty,
//! then sleep until `poll_timeout()` or the next input.

pub mod effect;
pub mod input;
