//! What several tests need.

pub mod desk;
pub mod office;
pub mod pages;
pub mod stub;
