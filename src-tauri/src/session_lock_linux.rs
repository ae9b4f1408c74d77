//! Linux: the screen saver of the session tells that it covers the screen, and logind that the
//! session is to be locked or the computer to sleep. Whoever else sends such a signal can but lock.

use crate::session_lock::lock;
use futures_util::StreamExt;
use tauri::AppHandle;
use zbus::{Connection, MatchRule, Message, MessageStream};

const LOGIND: &str = "org.freedesktop.login1.";
const SCREEN_SAVERS: [&str; 4] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
];

/// Until the app ends, or there is no bus.
pub async fn follow(app: AppHandle) {
    tokio::join!(
        told(
            &app,
            "session",
            Connection::session().await,
            "ActiveChanged"
        ),
        told(&app, "system", Connection::system().await, "Lock"),
        told(
            &app,
            "system",
            Connection::system().await,
            "PrepareForSleep"
        ),
    );
}

async fn told(
    app: &AppHandle,
    bus: &'static str,
    connection: zbus::Result<Connection>,
    member: &'static str,
) {
    if let Err(error) = listen(app, connection, member).await {
        tracing::info!(%error, bus, member, "The session's lock is not heard of there");
    }
}

async fn listen(
    app: &AppHandle,
    connection: zbus::Result<Connection>,
    member: &'static str,
) -> zbus::Result<()> {
    let rule = MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .member(member)?
        .build();
    let mut signals = MessageStream::for_match_rule(rule, &connection?, None).await?;
    while let Some(signal) = signals.next().await {
        if is_lock(&signal?) {
            lock(app).await;
        }
    }
    Ok(())
}

fn is_lock(signal: &Message) -> bool {
    let header = signal.header();
    let interface = header.interface().map_or("", |name| name.as_str());
    let on = || signal.body().deserialize().is_ok_and(|on: bool| on);
    match header.member().map(|name| name.as_str()) {
        Some("ActiveChanged") => SCREEN_SAVERS.contains(&interface) && on(),
        Some("PrepareForSleep") => interface.starts_with(LOGIND) && on(),
        Some("Lock") => interface.starts_with(LOGIND),
        _ => false,
    }
}
