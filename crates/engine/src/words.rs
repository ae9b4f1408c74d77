//! What a person reads: what happened, what was not lost, what to do next. No content in it.

use hotdesk_protocol::bridge::Capability;
use hotdesk_protocol::{Problem, ProblemCode};

pub(crate) fn bad_phone() -> Problem {
    Problem::new(
        ProblemCode::BadPhone,
        "The lead's phone number is not in international form (+ and 8 to 15 digits). Nothing was \
         sent. Correct the lead's number and queue the message again.",
    )
}

pub(crate) fn empty_text() -> Problem {
    Problem::new(
        ProblemCode::BadText,
        "The message has no text. Nothing was sent. Queue it again with a text.",
    )
}

pub(crate) fn long_text() -> Problem {
    Problem::new(
        ProblemCode::BadText,
        "The message is longer than 65,536 bytes. Nothing was sent. Shorten it and queue it again.",
    )
}

pub(crate) fn bad_file() -> Problem {
    Problem::new(
        ProblemCode::BadFile,
        "The message's file is of a type, or has a name, that is not sent. Nothing was sent. Give \
         it another file and queue it again.",
    )
}

pub(crate) fn large_file() -> Problem {
    Problem::new(
        ProblemCode::BadFile,
        "The message's file is empty or larger than WhatsApp takes. Nothing was sent. Give it \
         another file and queue it again.",
    )
}

pub(crate) fn long_caption() -> Problem {
    Problem::new(
        ProblemCode::BadText,
        "The text beside the file is longer than 1,024 characters. Nothing was sent. Shorten it \
         and queue it again.",
    )
}

pub(crate) fn file_refused(problem: &Problem) -> Problem {
    Problem::new(
        ProblemCode::BadFile,
        format!(
            "The queue server does not give the message's file ({}). Nothing was sent. Upload the \
             file again and queue the message again.",
            problem.message
        ),
    )
}

pub(crate) fn file_not_taken() -> Problem {
    Problem::new(
        ProblemCode::BadFile,
        "The WhatsApp page did not take the message's file, also when it was tried again. Nothing \
         was sent. Queue the message again, with a smaller file if this lasts.",
    )
}

pub(crate) fn files_not_sent() -> Problem {
    Problem::new(
        ProblemCode::SelfTestFailed,
        "WhatsApp Web has changed and this app can no longer send files. Messages with files wait \
         and none is lost; texts go on. Reload the page or update the app.",
    )
}

pub(crate) fn wrong_sdr() -> Problem {
    Problem::new(
        ProblemCode::WrongSdr,
        "The queue offered a message of another SDR. It was refused and not sent; this SDR's own \
         messages go on. Tell whoever runs the queue server.",
    )
}

pub(crate) fn opted_out() -> Problem {
    Problem::new(
        ProblemCode::OptedOut,
        "This lead does not want messages any more: the number was blocked before the message left. \
         It was not sent and will not be. There is nothing to do.",
    )
}

pub(crate) fn not_on_whatsapp() -> Problem {
    Problem::new(
        ProblemCode::NotOnWhatsapp,
        "This number is not on WhatsApp. Nothing was sent. Check the lead's number.",
    )
}

pub(crate) fn whatsapp_refused() -> Problem {
    Problem::new(
        ProblemCode::WhatsappRefused,
        "WhatsApp refused the message. It did not reach the lead.",
    )
}

pub(crate) fn platform_warning() -> Problem {
    Problem::new(
        ProblemCode::WhatsappRefused,
        "WhatsApp refused a message, which can be a warning about this account. Sending has \
         stopped; waiting messages are kept. Look at the account on the phone, then resume.",
    )
}

pub(crate) fn ack_stuck() -> Problem {
    Problem::new(
        ProblemCode::AckStuck,
        "WhatsApp has not confirmed a message for too long. It is kept and will not be sent a \
         second time. Check the phone's connection and reload the page; sending goes on by itself \
         once WhatsApp confirms.",
    )
}

/// Why a message that a person withdrew from the review has failed.
pub fn withdrawn() -> Problem {
    Problem::new(
        ProblemCode::Cancelled,
        "A person decided not to send it again; it may have left before.",
    )
}

pub(crate) fn profile_changed() -> Problem {
    Problem::new(
        ProblemCode::FateUnknown,
        "The message was about to be sent when WhatsApp was unlinked or the computer restarted, \
         and nobody can tell whether it left. It was not sent again. Look at the chat on the phone \
         and decide.",
    )
}

pub(crate) fn restored() -> Problem {
    Problem::new(
        ProblemCode::FateUnknown,
        "The message was being sent when this computer's record of messages was damaged and an older \
         copy of it was restored. WhatsApp does not show the message, and nobody can tell whether it \
         left. It was not sent again. Look at the chat on the phone and decide.",
    )
}

pub(crate) fn vanished() -> Problem {
    Problem::new(
        ProblemCode::FateUnknown,
        "WhatsApp had the message and no longer shows it, so nobody can tell whether it left. It \
         was not sent again. Look at the chat on the phone and decide.",
    )
}

pub(crate) fn gave_up() -> Problem {
    Problem::new(
        ProblemCode::FateUnknown,
        "The page failed with this message several times. It is not in the chat as far as the page \
         can tell. It was put aside; look at the chat on the phone and decide.",
    )
}

pub(crate) fn self_test(missing: &[Capability]) -> Problem {
    Problem::new(
        ProblemCode::SelfTestFailed,
        format!(
            "WhatsApp Web has changed and this app can no longer do: {}. Sending has stopped before \
             the queue was touched; nothing is lost. Reload the page or update the app.",
            names(missing)
        ),
    )
}

pub(crate) fn trying_other_way(missing: &[Capability]) -> Problem {
    Problem::new(
        ProblemCode::TryingOtherWay,
        format!(
            "WhatsApp Web has changed: the usual way can no longer do: {}. Another way is being \
             tried. Nothing is sent meanwhile and waiting messages are kept; there is nothing to do.",
            names(missing)
        ),
    )
}

fn names(missing: &[Capability]) -> String {
    let names: Vec<&str> = missing.iter().map(capability).collect();
    names.join(", ")
}

fn capability(capability: &Capability) -> &'static str {
    match capability {
        Capability::State => "state",
        Capability::Qr => "qr",
        Capability::Exists => "exists",
        Capability::SendText => "send_text",
        Capability::Acks => "acks",
        Capability::Incoming => "incoming",
        Capability::LookUp => "look_up",
        Capability::SendFile => "send_file",
    }
}

pub(crate) fn page_slow() -> Problem {
    Problem::new(
        ProblemCode::PageSlow,
        "WhatsApp Web takes unusually long to load. Waiting messages are kept. It is loaded anew by \
         itself after a minute; check the network, or reload it now.",
    )
}

pub(crate) fn too_much_by_hand() -> Problem {
    Problem::new(
        ProblemCode::BadText,
        "The next message carries a file or more text than WhatsApp's link to a chat takes, so it \
         cannot be opened for sending by hand. It was not sent and waits in the queue.",
    )
}

pub(crate) fn unsaid() -> Problem {
    Problem::new(
        ProblemCode::FateUnknown,
        "The message's chat was opened for sending by hand, and nobody said whether it was sent. It \
         was not opened again. Look at the chat on the phone and decide.",
    )
}

pub(crate) fn page_unresponsive() -> Problem {
    Problem::new(
        ProblemCode::PageUnresponsive,
        "The WhatsApp page does not load or does not answer, also after three reloads. Waiting \
         messages are kept. Check the network, then resume this SDR.",
    )
}

pub(crate) fn page_crashed() -> Problem {
    Problem::new(
        ProblemCode::PageCrashed,
        "The WhatsApp page crashed again and again. Waiting messages are kept and nothing is sent \
         twice. Free some memory, then resume this SDR.",
    )
}

pub(crate) fn wrong_account() -> Problem {
    Problem::new(
        ProblemCode::WrongAccount,
        "Another WhatsApp account is linked than the one this SDR used before. Nothing is sent \
         through it. Unlink it and scan with the right phone.",
    )
}

pub(crate) fn store_failed(problem: &Problem) -> Problem {
    Problem::new(
        ProblemCode::StoreFailed,
        format!(
            "This computer cannot write its record of messages ({}). Nothing is sent until it can; \
             nothing is lost. Free disk space or check the data directory.",
            problem.message
        ),
    )
}

pub(crate) fn low_space() -> Problem {
    Problem::new(
        ProblemCode::StoreFailed,
        "This computer's disk has less than 200 MB of free space. No further message is begun; what \
         waits is kept at the server and what has left is reported. Free some space: sending goes on \
         by itself.",
    )
}

pub(crate) fn active_elsewhere(name: Option<&str>) -> Problem {
    let name = name.unwrap_or("another desktop");
    Problem::new(
        ProblemCode::OtherDesktop,
        format!(
            "This SDR is active on {name}. Nothing is sent from here; waiting messages go out there, \
             and what was begun here is finished. To send from here, take over."
        ),
    )
}

pub(crate) fn other_took_over() -> Problem {
    Problem::new(
        ProblemCode::OtherDesktop,
        "Meanwhile this SDR became active on yet another desktop, so nothing was changed and nothing \
         is lost. Look where that is, and take over again if you still want to.",
    )
}

pub(crate) fn not_taken_over() -> Problem {
    Problem::new(
        ProblemCode::Unreachable,
        "The queue server did not answer for a minute, so this desktop did not take over. Nothing was \
         changed here. Check the network and try again.",
    )
}

pub(crate) fn signed_out() -> Problem {
    Problem::new(
        ProblemCode::Unauthorized,
        "The server no longer knows this sign-in. Waiting messages are kept and what has left will \
         be reported. Sign in again.",
    )
}
