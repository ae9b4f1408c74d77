//! From the command line to a running window, and back to a clean end.

use crate::arguments::Arguments;
use crate::contract::contract;
use crate::errors::{CannotStart, EXIT_CANNOT_START};
use crate::office::Office;
use crate::page_script::{PageScript, built_in};
use crate::pages::TauriPages;
use crate::tray::{self, Tray};
use crate::{presence, problem_window, session_lock, window};
use clap::Parser;
use hotdesk_agent::adapter_pack::Bundles;
use hotdesk_agent::config::{Config, DATA_DIR_ENV};
use hotdesk_agent::instance::{Instance, InstanceLock};
use hotdesk_agent::logging;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tauri::{AppHandle, Manager, RunEvent};
use tracing_appender::non_blocking::WorkerGuard;

/// What is begun may take this long to end before the process goes anyway.
const SHUT_DOWN_PATIENCE: Duration = Duration::from_secs(15);

/// What must live until the process ends, and then be let go in this order.
struct Held {
    _log: WorkerGuard,
    _lock: InstanceLock,
}

/// The app came up but the agent did not; the process ends when its words have been read.
#[derive(Default)]
struct GaveUp(AtomicBool);

struct Prepared {
    config: Config,
    held: Held,
}

/// Run the app; comes back with the exit code.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let ran = match prepare(&arguments) {
        Ok(Some(prepared)) => run_app(prepared, arguments.no_problem_window),
        Ok(None) => {
            say("Hotdesk already runs with this data directory; its window was raised.");
            return ExitCode::SUCCESS;
        }
        Err(problem) => Err(problem),
    };
    match ran {
        Ok(code) => code,
        Err(problem) => tell(&problem, arguments.no_problem_window),
    }
}

/// `None` if another start already runs and has raised its window.
fn prepare(arguments: &Arguments) -> Result<Option<Prepared>, CannotStart> {
    let data_dir = arguments.data_dir.clone().map(OsString::from);
    let config = Config::load(arguments.config.as_deref(), |name| {
        let given = data_dir.clone().filter(|_| name == DATA_DIR_ENV);
        given.or_else(|| std::env::var_os(name))
    })?;
    let lock = match Instance::acquire(&config.data_dir)? {
        Instance::First(lock) => lock,
        Instance::Second { raised: true } => return Ok(None),
        Instance::Second { raised: false } => return Err(CannotStart::Mute),
    };
    let log = logging::init(&config.data_dir, config.log_level)?;
    if !has_screen() {
        return Err(CannotStart::NoScreen);
    }
    Ok(Some(Prepared {
        config,
        held: Held {
            _log: log,
            _lock: lock,
        },
    }))
}

fn run_app(prepared: Prepared, no_problem_window: bool) -> Result<ExitCode, CannotStart> {
    let Prepared { config, held } = prepared;
    let script = PageScript::new(&config.whatsapp_url).map_err(CannotStart::Random)?;
    let built_in = built_in().map_err(tauri::Error::from)?;
    let contract = contract();
    let builder = tauri::Builder::default();
    #[cfg(target_os = "macos")]
    let builder = builder.on_web_content_process_terminate(|webview| {
        if let Some(office) = webview.try_state::<Office>() {
            office.pages().ended(webview.label());
        }
    });
    let builder = problem_window::serve(builder)
        .invoke_handler(contract.invoke_handler())
        .manage(Mutex::new(None::<Held>))
        .manage(GaveUp::default())
        .manage(tray::Shown::default());
    let app = builder
        .setup(move |app| {
            contract.mount_events(app);
            let app = app.handle().clone();
            let raised = app.clone();
            held._lock.on_raise(move || window::raise(&raised))?;
            *held_of(&app) = Some(held);
            Ok(open_office(
                &app,
                config,
                (script, built_in),
                no_problem_window,
            )?)
        })
        .build(tauri::generate_context!())?;
    let handle = app.handle().clone();
    let code = app.run_return(|app, event| {
        if let RunEvent::Exit = event {
            drop(held_of(app).take());
        }
    });
    if handle.state::<GaveUp>().0.load(Ordering::Relaxed) {
        return Ok(ExitCode::from(EXIT_CANNOT_START));
    }
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn open_office(
    app: &AppHandle,
    config: Config,
    (script, built_in): (PageScript, Bundles),
    no_problem_window: bool,
) -> tauri::Result<()> {
    let (main, layout) = window::open(app, config.rehearsal)?;
    let (pages, signals) = TauriPages::new(
        &main,
        layout,
        script,
        config.whatsapp_url.clone(),
        &config.data_dir,
    );
    app.manage(Office::new(pages));
    quit_on_signal(app.clone());
    presence::follow(app)?;
    tauri::async_runtime::spawn(session_lock::follow(app.clone()));

    let app = app.clone();
    let tray = tauri::async_runtime::spawn({
        let app = app.clone();
        async move { Tray::put_up(&app).await }
    });
    tauri::async_runtime::spawn(async move {
        match app
            .state::<Office>()
            .start(&app, config, built_in, signals)
            .await
        {
            Ok(views) => {
                if let Ok(Some(tray)) = tray.await {
                    tray::follow(tray, views).await;
                }
            }
            Err(error) => give_up(&app, &error, no_problem_window),
        }
    });
    Ok(())
}

/// The agent did not start: put the words in the place of the window.
fn give_up(app: &AppHandle, problem: &CannotStart, no_problem_window: bool) {
    say(&problem.to_string());
    tracing::error!(%problem, "Hotdesk cannot start");
    app.state::<GaveUp>().0.store(true, Ordering::Relaxed);
    let shown = !no_problem_window && problem_window::open(app, &problem.to_string()).is_ok();
    if shown {
        if let Some(main) = app.get_window(window::WINDOW) {
            // The problem's window is open, so the app goes on whatever becomes of this one.
            let _ = main.destroy();
        }
    } else {
        app.exit(EXIT_CANNOT_START.into());
    }
}

/// The app has not come up: say why on stderr and, where there is a screen, in a window.
fn tell(problem: &CannotStart, no_problem_window: bool) -> ExitCode {
    let words = problem.to_string();
    say(&words);
    if !no_problem_window && has_screen() {
        let shown = problem_window::serve(tauri::Builder::default())
            .setup(move |app| Ok(problem_window::open(app.handle(), &words)?))
            .build(tauri::generate_context!());
        match shown {
            Ok(app) => {
                app.run_return(|_, _| {});
            }
            Err(error) => say(&format!("This could not be shown in a window: {error}")),
        }
    }
    ExitCode::from(EXIT_CANNOT_START)
}

/// Finish what was begun, then end.
pub fn quit(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let office = app.state::<Office>();
        if tokio::time::timeout(SHUT_DOWN_PATIENCE, office.shut_down())
            .await
            .is_err()
        {
            tracing::warn!("Hotdesk ends before everything was finished; the next start goes on");
        }
        app.exit(0);
    });
}

#[cfg(unix)]
fn quit_on_signal(app: AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};

    tauri::async_runtime::spawn(async move {
        let signals = (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
        );
        let (Ok(mut terminate), Ok(mut interrupt)) = signals else {
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        quit(&app);
    });
}

#[cfg(not(unix))]
fn quit_on_signal(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            quit(&app);
        }
    });
}

fn has_screen() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

fn held_of(app: &AppHandle) -> std::sync::MutexGuard<'_, Option<Held>> {
    app.state::<Mutex<Option<Held>>>()
        .inner()
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

fn say(words: &str) {
    // Nowhere is left to tell that stderr is closed.
    let _ = writeln!(std::io::stderr(), "hotdesk: {words}");
}
