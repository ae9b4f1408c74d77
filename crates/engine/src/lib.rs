//! DECIDES: one SDR's session as a pure state machine.
//!
//! No I/O, no clock, no randomness: `handle(input, now)`, then `poll_effect()` until it is empty,
//! then sleep until `poll_timeout()` or the next input.
//!
//! | file | what it rules |
//! |---|---|
//! | `session` | the session itself: inputs in, one `pump` over the rest after each |
//! | `page` | the page's life: open, probe, drain, reload, crash, stop |
//! | `second_way` | where WhatsApp's modules have moved: wa-js, once a load |
//! | `reports` | what the page tells, turned into facts about messages |
//! | `claims` | what the queue offers: asking, checking, handing back |
//! | `delivery` | begin, intent, submit: the order of steps |
//! | `active` | which desktop the SDR is active on, and taking over |
//! | `opt_outs` | the blocked numbers: looked at before anything is handed over |
//! | `files` | where the bytes of files are: fetched before begin, in the page before submit |
//! | `assist` | sending by hand, where the page can only be looked at |
//! | `past` | an earlier generation that turns up after "send as new" |
//! | `reconcile` | what is unknown is looked up, never sent again |
//! | `results` | telling the server, for ever |
//! | `decisions` | what a person decides about what nobody can tell |
//! | `records` | what goes to disk, one write at a time |
//! | `replies` | what leads answer, on disk until the server has it |
//! | `finished` | what is over: never sent again, forgotten after 90 days |
//! | `heartbeat` | telling the server how the session stands |

mod active;
mod assist;
mod backoff;
mod check;
mod claims;
mod decisions;
mod delivery;
mod digest;
pub mod effect;
pub mod epoch;
mod files;
mod finished;
mod flight;
mod heartbeat;
pub mod input;
mod opt_outs;
mod page;
mod past;
mod reconcile;
mod records;
mod replies;
mod reports;
mod results;
mod rng;
mod second_way;
mod session;
mod status;
pub mod wa_id;
mod words;

pub use active::Elsewhere;
pub use assist::Assist;
pub use effect::{Effect, OutboxRow, Record, Stage};
pub use input::{
    Decided, FetchFault, Input, Millis, Now, PageFault, PutFault, QueueFault, Said, Setup,
};
pub use session::Session;
pub use status::SessionStatus;
pub use words::withdrawn;
