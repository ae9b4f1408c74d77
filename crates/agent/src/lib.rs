//! DOES: the whole sender without a window.

pub mod pages;
pub mod views;
