//! The WebSocket of a page.

use crate::sim::{Out, PageKeys, Sim};
use crate::wire::FromPage;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use std::future::{Ready, ready};
use tokio::sync::mpsc;

/// A message is never longer than this.
const MAX_FRAME_BYTES: usize = 16 * 1024 * 1024;

/// `GET /ws`
pub(crate) fn open(State(sim): State<Sim>, upgrade: WebSocketUpgrade) -> Ready<Response> {
    ready(
        upgrade
            .max_message_size(MAX_FRAME_BYTES)
            .on_upgrade(move |socket| serve(sim, socket)),
    )
}

async fn serve(sim: Sim, mut socket: WebSocket) {
    let (out, mut outbox) = mpsc::unbounded_channel();
    let connection = sim.connect(out);
    loop {
        tokio::select! {
            word = outbox.recv() => match word {
                Some(Out::Say(word)) => {
                    let Ok(text) = serde_json::to_string(&word) else { break };
                    if socket.send(Message::Text(text.into())).await.is_err() {
                        break;
                    }
                }
                Some(Out::Close) | None => break,
            },
            frame = socket.recv() => match frame {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                    Ok(word) => hear(&sim, connection, word),
                    Err(_) => break,
                },
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Binary(_) | Message::Close(_)) | Err(_)) | None => break,
            },
        }
    }
    sim.disconnect(connection);
}

fn hear(sim: &Sim, connection: u64, word: FromPage) {
    match word {
        FromPage::Hello {
            token: Some(token), ..
        } => sim.greet_device(connection, &token),
        FromPage::Hello {
            token: None,
            noise,
            identity,
            adv,
        } => sim.greet_stranger(
            connection,
            PageKeys {
                noise,
                identity,
                adv,
            },
        ),
        FromPage::RefreshQr => sim.begin_codes(connection),
        FromPage::QueryExists {
            request,
            user,
            server,
        } => sim.query_exists(connection, request, user, server),
        FromPage::Message {
            id,
            chat,
            body,
            file,
        } => sim.accept(connection, id, &chat, body, file.as_ref()),
        FromPage::PairingCode { request, phone } => {
            sim.request_pairing(connection, request, &phone);
        }
        FromPage::Received { seq } => sim.confirm(connection, seq),
        FromPage::Logout => sim.log_out(connection),
    }
}

impl Sim {
    fn confirm(&self, connection: u64, seq: u64) {
        let mut world = self.world();
        let token = world
            .connections
            .get(&connection)
            .and_then(|it| it.linked.as_ref())
            .map(|linked| linked.token.clone());
        if let Some(mailbox) = token.and_then(|token| world.mailboxes.get_mut(&token)) {
            mailbox.waiting.retain(|(waiting, _)| *waiting > seq);
        }
    }
}
