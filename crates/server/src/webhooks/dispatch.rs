//! Delivers what is due, webhook by webhook: one that does not answer holds up no other.

use super::{body, sign};
use crate::app::App;
use crate::store::webhooks::{Due, Tried, Webhook};
use futures_util::future::join_all;
use hotdesk_protocol::UtcMs;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

/// How long one try may take; shorter than a delivery stays taken.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many deliveries of one webhook are tried at once.
const AT_ONCE: u32 = 8;
/// For how long what was told is kept.
const KEPT_MS: i64 = 30 * 86_400_000;
/// How often what is older is forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(3_600);

/// Looks for what is due until the server stops. What is under way then is told again by whoever starts
/// next.
pub async fn dispatch(app: App, client: Client, poll: Duration, stopped: impl Future<Output = ()>) {
    let mut stopped = pin!(stopped);
    let mut looks = interval(poll);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut forgets = interval(FORGET_EVERY);
    let (mut busy, mut workers) = (BTreeSet::new(), JoinSet::new());
    loop {
        tokio::select! {
            _ = looks.tick() => {
                for webhook in due(&app).await {
                    if busy.insert(webhook.id.clone()) {
                        workers.spawn(work(app.clone(), client.clone(), webhook));
                    }
                }
            }
            Some(Ok(id)) = workers.join_next() => {
                busy.remove(&id);
            }
            _ = forgets.tick() => {
                let before = UtcMs(app.now().0 - KEPT_MS);
                if let Err(error) = app.store.forget_webhook_events(before).await {
                    tracing::warn!(%error, "what webhooks were told long ago could not be forgotten");
                }
            }
            () = &mut stopped => return,
        }
    }
}

/// No redirect is followed: an event goes where an admin said, and nowhere else.
pub fn client() -> reqwest::Result<Client> {
    Client::builder()
        .timeout(PATIENCE)
        .redirect(Policy::none())
        .user_agent(concat!("hotdesk-server/", env!("CARGO_PKG_VERSION")))
        .build()
}

async fn due(app: &App) -> Vec<Webhook> {
    match app.store.webhooks(app.now()).await {
        Ok(found) => {
            let due = found.into_iter().filter(|view| view.due);
            due.map(|view| view.webhook).collect()
        }
        Err(error) => {
            tracing::warn!(%error, "it is not known what webhooks are due; it is tried again");
            Vec::new()
        }
    }
}

/// Delivers until nothing is due; says for which webhook.
async fn work(app: App, client: Client, webhook: Webhook) -> String {
    loop {
        let taken = app
            .store
            .take_webhook_deliveries(webhook.id.clone(), AT_ONCE, app.now());
        match taken.await {
            Ok(due) if due.is_empty() => return webhook.id,
            Ok(due) => {
                let tries = due.iter().map(|due| deliver(&app, &client, &webhook, due));
                join_all(tries).await;
            }
            Err(error) => {
                tracing::warn!(%error, "deliveries could not be taken; it is tried again");
                return webhook.id;
            }
        }
    }
}

async fn deliver(app: &App, client: &Client, webhook: &Webhook, due: &Due) {
    let tried = attempt(client, webhook, due, app.now()).await;
    let (id, status) = (&due.id, tried.status);
    match &tried.problem {
        None => tracing::debug!(delivery.id = id, "a webhook was told"),
        Some(_) => tracing::info!(delivery.id = id, status, "a webhook could not be told"),
    }
    if let Err(error) = app.store.webhook_tried(id.clone(), tried, app.now()).await {
        // Not known to be told, so it is told again.
        tracing::warn!(%error, delivery.id = id, "how a delivery went could not be kept");
    }
}

async fn attempt(client: &Client, webhook: &Webhook, due: &Due, now: UtcMs) -> Tried {
    let body = body(due);
    let [timestamp, signature] = sign(&webhook.secret, &due.id, &body, now);
    let answer = client
        .post(&webhook.url)
        .header("content-type", "application/json")
        .header("webhook-id", &due.id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(body)
        .send()
        .await;
    match answer {
        Ok(answer) => {
            let status = answer.status();
            let problem =
                (!status.is_success()).then(|| format!("It answered {}.", status.as_u16()));
            Tried {
                status: Some(status.as_u16()),
                problem,
                // By the specification: the receiver wants no more of it.
                for_good: status == StatusCode::GONE,
            }
        }
        Err(error) => Tried {
            status: None,
            problem: Some(why(&error).to_owned()),
            for_good: false,
        },
    }
}

/// In our words: the library's may have the address in them.
fn why(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "It did not answer within 10 s."
    } else if error.is_connect() {
        "No connection: nobody listens there, or there is no safe connection to it."
    } else {
        "The connection broke off before it had answered."
    }
}
