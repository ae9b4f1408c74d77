//! The calls of an lk1 server, as [`Look`]s and marks.

use super::Token;
use super::answer;
use super::desk::{Look, Waiting, iso, some_readable};
use super::dialect::Dialect;
use super::error::QueueError;
use super::phone::normalised;
use super::server::{SignedIn, Wire};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{LeadId, MessageId, TenantId};
use hotdesk_protocol::lk1::{Connection, Entry, MarkFailed, MarkSent, Marked, Queue, Status};
use hotdesk_protocol::policy::Policy;
use hotdesk_protocol::queue::Sdr;
use hotdesk_protocol::{Problem, ProblemCode};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value};

const CONNECT: &str = "api/sdr/whatsapp/connect";
const LOOK_LIMIT: u32 = 50;

#[derive(Deserialize)]
struct SignIn {
    sdr: Sdr,
}

/// The token of the answer is stored nowhere and opens nothing: the bearer is the SDR's id.
pub(super) fn signed_in(answer: Map<String, Value>) -> Result<SignedIn, QueueError> {
    let SignIn { sdr } = answer::value(Value::Object(answer))?;
    Ok(SignedIn {
        token: Token::new(sdr.id.0.clone()),
        sdr,
        dialect: Dialect::Lk1,
    })
}

/// What waits. A contact without an id cannot be sent: nobody could be told of it.
pub(super) async fn look(wire: &Wire) -> Result<Look, QueueError> {
    let queue: Queue = wire
        .look("api/sender/queue", LOOK_LIMIT, Dialect::Lk1)
        .await?;
    let offered = queue.contacts.len();
    let known = queue.contacts.into_iter().filter_map(|entry| match entry {
        Entry::Known(contact) => Some(contact),
        Entry::Strange(_) => None,
    });
    let waiting: Vec<Waiting> = known
        .map(|contact| Waiting {
            lead_id: LeadId(contact.contact_id.0.clone()),
            lead_name: contact.nome.or(contact.empresa).unwrap_or_default(),
            phone: normalised(&contact.phone.unwrap_or_default()),
            text: contact.message.unwrap_or_default(),
            id: contact.contact_id,
        })
        .collect();
    let closed_with = |words: &String| waiting.is_empty() && !answer::short(words).is_empty();
    let blocked = queue.message.filter(closed_with);
    some_readable(offered, waiting.len())?;
    Ok(Look {
        // A contact's id is unique by itself, whatever the server's address.
        tenant: TenantId::from("lk1"),
        total: queue.total.unwrap_or(0),
        policy: Policy::default(),
        blocked: blocked.map(|words| closed(&words)),
        waiting,
    })
}

fn closed(words: &str) -> Problem {
    let words = answer::short(words.trim_end_matches('.'));
    Problem::new(
        ProblemCode::NotNow,
        format!("{words}. Nothing is lost; Hotdesk asks again by itself."),
    )
}

pub(super) async fn mark_sent(wire: &Wire, id: &MessageId, at: UtcMs) -> Result<(), QueueError> {
    let body = MarkSent {
        contact_id: id.clone(),
        sent_at: iso(at),
    };
    marked(wire.call(Method::POST, "api/sender/mark-sent", &body).await)
}

pub(super) async fn mark_failed(
    wire: &Wire,
    id: &MessageId,
    error: String,
) -> Result<(), QueueError> {
    let body = MarkFailed {
        contact_id: id.clone(),
        error,
    };
    marked(
        wire.call(Method::POST, "api/sender/mark-failed", &body)
            .await,
    )
}

/// A 200 of somebody else, a proxy's page for example, is no ack.
fn marked(answer: Result<Marked, QueueError>) -> Result<(), QueueError> {
    if answer?.success {
        return Ok(());
    }
    Err(QueueError::BadAnswer {
        what: "it says that the report was not taken".to_owned(),
    })
}

/// Who holds the SDR's session, as the server knows it; `None` where it has no such call.
pub(super) async fn status(wire: &Wire) -> Result<Option<Status>, QueueError> {
    let request = wire.request(Method::GET, "api/sdr/whatsapp/status")?;
    or_unknown(answer::json(request.send().await).await)
}

pub(super) async fn connect(wire: &Wire, body: &Connection) -> Result<(), QueueError> {
    or_unknown(wire.tell(Method::PUT, CONNECT, body).await).map(|_| ())
}

pub(super) async fn disconnect(wire: &Wire) -> Result<(), QueueError> {
    let request = wire.request(Method::DELETE, CONNECT)?;
    or_unknown(answer::nothing(request.send().await).await).map(|_| ())
}

fn or_unknown<T>(answer: Result<T, QueueError>) -> Result<Option<T>, QueueError> {
    match answer {
        Err(error) if error.code() == ProblemCode::NotFound => Ok(None),
        answer => answer.map(Some),
    }
}
