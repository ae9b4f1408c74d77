//! Linux: every event of every widget passes here on its way to GTK.

use crate::presence::{TOLD_EVERY, tell};
use gtk::gdk::{Event, EventType};
use std::cell::Cell;
use std::time::Instant;
use tauri::AppHandle;

/// Tell the guard of each touch from now on.
pub fn follow(app: &AppHandle) -> tauri::Result<()> {
    let app = app.clone();
    app.clone().run_on_main_thread(move || {
        let told: Cell<Option<Instant>> = Cell::new(None);
        Event::set_handler(Some(move |event: &mut Event| {
            let due = told.get().is_none_or(|at| at.elapsed() >= TOLD_EVERY);
            if due && is_touch(event.event_type()) {
                told.set(Some(Instant::now()));
                tell(&app);
            }
            gtk::main_do_event(event);
        }));
    })
}

fn is_touch(kind: EventType) -> bool {
    matches!(
        kind,
        EventType::KeyPress
            | EventType::ButtonPress
            | EventType::Scroll
            | EventType::MotionNotify
            | EventType::TouchBegin
            | EventType::TouchUpdate
    )
}
