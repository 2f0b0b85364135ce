//! Starting, and an end that is decided once and waited for within a bound.

use crate::closing::{self, Closing};
use crate::{bridge, commands};
use anyhow::Context as _;
use headless::folders::Folders;
use headless::{App, Options, logs, settings};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::{Manager as _, RunEvent, WebviewWindowBuilder, WindowEvent};

/// Longest wait for the engine when the program ends; a second request ends at once.
const STOP_WITHIN: std::time::Duration = std::time::Duration::from_secs(12);

/// Runs the window until it is closed.
pub fn run() -> ExitCode {
    match try_run() {
        Ok(code) => ExitCode::from(u8::try_from(code.clamp(0, 255)).unwrap_or(1)),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the app could not start");
            report(&format!("Moderato could not start: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr, reason = "there is no window to say it in")]
fn report(message: &str) {
    eprintln!("{message}");
}

fn try_run() -> anyhow::Result<i32> {
    let folders = Folders::usual().context("the system names no folder for application data")?;
    // What is wrong with the file is told by the app's state, in the window.
    let log = settings::load(&folders.settings()).settings.log;
    let _log = logs::start(&folders.logs(), &log)?;
    let sample_asked = std::env::args().any(|argument| argument == "--sample");
    #[allow(
        clippy::disallowed_methods,
        reason = "generated: before anything has started, a panic in reading the built-in assets ends the program"
    )]
    let context = tauri::generate_context!();
    let options = Options {
        folders,
        resources: tauri::utils::platform::resource_dir(context.package_info(), &tauri::Env::default()).ok(),
        start_workers: true,
    };
    // Before there is a window: a failure in `setup` would end the program without a word.
    let app = Arc::new(tauri::async_runtime::block_on(App::open(options))?);
    let desktop = tauri::Builder::default()
        .invoke_handler(commands::handler())
        .manage(Closing::default())
        .setup(move |desktop| {
            desktop.manage(Arc::clone(&app));
            let events = app.subscribe();
            tauri::async_runtime::spawn(bridge::forward(events, desktop.handle().clone()));
            let config = desktop
                .config()
                .app
                .windows
                .iter()
                .find(|window| window.label == "main")
                .cloned()
                .ok_or("tauri.conf.json describes no window called main")?;
            WebviewWindowBuilder::from_config(desktop.handle(), &config)?.build()?;
            tauri::async_runtime::spawn(async move {
                let opened = if sample_asked {
                    app.start_sample().await
                } else {
                    app.reopen_last().await
                };
                if let Err(error) = opened {
                    tracing::warn!(%error, "no workspace was opened; the window offers the choice");
                }
            });
            Ok(())
        })
        .build(context)
        .context("building the window")?;
    let ending = AtomicBool::new(false);
    let code = desktop.run_return(move |handle, event| match event {
        RunEvent::WindowEvent {
            label,
            event: WindowEvent::CloseRequested { api, .. },
            ..
        } => {
            if let Some(window) = handle.get_webview_window(&label) {
                closing::ask(&window, &api);
            }
        }
        RunEvent::ExitRequested { api, code, .. } if !ending.swap(true, Ordering::SeqCst) => {
            api.prevent_exit();
            let handle = handle.clone();
            tauri::async_runtime::spawn(async move {
                let app = Arc::clone(handle.state::<Arc<App>>().inner());
                if tokio::time::timeout(STOP_WITHIN, app.stop()).await.is_err() {
                    tracing::warn!(
                        "the engine did not stop in time; what it was doing is taken up at the next start"
                    );
                }
                handle.exit(code.unwrap_or(0));
            });
        }
        _ => {}
    });
    Ok(code)
}
