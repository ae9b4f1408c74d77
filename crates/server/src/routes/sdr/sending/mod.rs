//! An SDR's sending, in the words of lk1.

pub mod control;
pub mod queue;
