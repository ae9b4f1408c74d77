//! The doors by which comes in what others wrote, and what must hold for any bytes at each. Shared by
//! the test program `fuzz` and, with coverage guidance, by the crate `fuzz/`.

mod config;
mod mutate;
mod pack;
#[path = "../../support/packs.rs"]
#[expect(dead_code, reason = "the test program `agent` uses the rest")]
mod packs;
mod page;
mod queue;
mod sender;
mod server;

pub use mutate::{Grammar, mutate};

/// One door.
pub struct Target {
    pub name: &'static str,
    /// What its samples are written in.
    pub grammar: Grammar,
    /// Panics where something is wrong; true if anything of the bytes was accepted.
    pub check: fn(&[u8]) -> bool,
}

const TARGETS: [Target; 4] = [
    Target {
        name: "page",
        grammar: Grammar::Json,
        check: page::check,
    },
    Target {
        name: "queue",
        grammar: Grammar::Json,
        check: queue::check,
    },
    Target {
        name: "config",
        grammar: Grammar::Toml,
        check: config::check,
    },
    Target {
        name: "pack",
        grammar: Grammar::Json,
        check: pack::check,
    },
];

/// The door of this name.
pub fn named(name: &str) -> Target {
    let mut all = TARGETS.into_iter();
    let found = all.find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("there is no target {name}"))
}
