//! macOS tells everybody when the screen is locked, when another account takes it, and of sleep.
//!
//! Type-checked from Linux; nobody has seen it run.
#![expect(unsafe_code, reason = "observers that AppKit keeps and calls")]

use crate::session_lock::lock_soon;
use block2::RcBlock;
use objc2_app_kit::{
    NSWorkspace, NSWorkspaceScreensDidSleepNotification,
    NSWorkspaceSessionDidResignActiveNotification, NSWorkspaceWillSleepNotification,
};
use objc2_foundation::{
    NSDistributedNotificationCenter, NSNotification, NSNotificationCenter, NSNotificationName,
    NSString,
};
use std::ptr::NonNull;
use tauri::AppHandle;

/// What no header names, and every program that wants to know of a lock listens to.
const SCREEN_IS_LOCKED: &str = "com.apple.screenIsLocked";

/// Listen until the process ends. To be called on the main thread.
pub fn listen(app: &AppHandle) -> Result<(), String> {
    let everybody = NSDistributedNotificationCenter::defaultCenter();
    observe(&everybody, &NSString::from_str(SCREEN_IS_LOCKED), app);
    let workspace = NSWorkspace::sharedWorkspace().notificationCenter();
    // SAFETY: constants of AppKit, set before any code of ours runs.
    let names = unsafe {
        [
            NSWorkspaceWillSleepNotification,
            NSWorkspaceScreensDidSleepNotification,
            NSWorkspaceSessionDidResignActiveNotification,
        ]
    };
    for name in names {
        observe(&workspace, name, app);
    }
    Ok(())
}

fn observe(center: &NSNotificationCenter, name: &NSNotificationName, app: &AppHandle) {
    let app = app.clone();
    let told = RcBlock::new(move |_: NonNull<NSNotification>| lock_soon(&app));
    // SAFETY: no object is named, without a queue it is called on the thread that posts, and an
    // `AppHandle` may be used on any. The centre keeps the observer until the process ends.
    let _observer =
        unsafe { center.addObserverForName_object_queue_usingBlock(Some(name), None, None, &told) };
}
