//! One SDR's page calls, one after the other, so that a slow page delays nobody else.

use crate::failpoint::around;
use crate::pages::Pages;
use hotdesk_engine::input::{Input, PageFault};
use hotdesk_protocol::bridge::{BridgeCommand, SubmitRequest};
use hotdesk_protocol::ids::{PageGeneration, SdrId};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Creating a page starts processes; a library takes its time to be read.
const SLOW: Duration = Duration::from_secs(30);
/// Above the implementation's own 2 s; a page that keeps even that from answering is hung.
const QUICK: Duration = Duration::from_secs(5);

/// One call to a page.
pub(crate) enum PageCall {
    Open,
    Reload,
    Close,
    Probe,
    Adopt,
    Drain(u32),
    Submit(PageGeneration, BridgeCommand),
}

/// Carry calls out until the runner is gone. Nothing is retried.
pub(crate) async fn run<P: Pages>(
    pages: Arc<P>,
    sdr: SdrId,
    profile: PathBuf,
    mut calls: mpsc::UnboundedReceiver<PageCall>,
    answers: mpsc::UnboundedSender<Input>,
) {
    while let Some(call) = calls.recv().await {
        let answer = carry_out(pages.as_ref(), &sdr, &profile, call).await;
        if answers.send(answer).is_err() {
            return;
        }
    }
}

async fn carry_out<P: Pages>(pages: &P, sdr: &SdrId, profile: &Path, call: PageCall) -> Input {
    match call {
        PageCall::Open => {
            let opened = within(SLOW, pages.open(sdr, profile.to_owned())).await;
            Input::PageOpened(opened)
        }
        PageCall::Reload => Input::PageOpened(within(SLOW, pages.reload(sdr)).await),
        PageCall::Close => {
            if timeout(SLOW, pages.close(sdr)).await.is_err() {
                tracing::warn!("The page did not close in time");
            }
            Input::PageClosed
        }
        PageCall::Probe => Input::Probed(within(QUICK, pages.probe(sdr)).await),
        PageCall::Adopt => Input::Adopted(within(SLOW, pages.adopt(sdr)).await),
        PageCall::Drain(after) => Input::Drained(within(QUICK, pages.drain(sdr, after)).await),
        PageCall::Submit(generation, command) => {
            let request = SubmitRequest {
                generation,
                command,
            };
            let step = match &request.command {
                BridgeCommand::SendText { .. } => "submit",
                BridgeCommand::LookUp { .. }
                | BridgeCommand::Mark { .. }
                | BridgeCommand::RefreshQr
                | BridgeCommand::LogOut => "command",
            };
            let call = within(QUICK, pages.submit(sdr, request));
            let submitted = around(step, call, || PageFault::TimedOut).await;
            Input::Submitted(submitted.map(|_| ()))
        }
    }
}

async fn within<T>(
    patience: Duration,
    call: impl Future<Output = Result<T, PageFault>>,
) -> Result<T, PageFault> {
    timeout(patience, call)
        .await
        .unwrap_or(Err(PageFault::TimedOut))
}
