//! One SDR's page calls, one after the other, so that a slow page delays nobody else. A file goes
//! in piece by piece between them, so that it does not keep the page's word waiting.

use crate::adapter_pack::Packs;
use crate::failpoint::around;
use crate::pages::Pages;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hotdesk_engine::input::{Input, PageFault, PutFault};
use hotdesk_protocol::bridge::{BridgeCommand, SubmitRequest};
use hotdesk_protocol::file::MAX_PART_BYTES;
use hotdesk_protocol::ids::{MessageId, PageGeneration, SdrId};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Creating a page starts processes; a library takes its time to be read.
const SLOW: Duration = Duration::from_secs(30);
/// Above the implementation's own 2 s; a page that keeps even that from answering is hung.
const QUICK: Duration = Duration::from_secs(5);

/// One call to a page, or a file for it, which takes many.
pub(crate) enum PageCall {
    Do(Call),
    Put(Putting),
}

/// One call to a page.
pub(crate) enum Call {
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
    packs: Arc<Packs>,
    sdr: SdrId,
    profile: PathBuf,
    mut calls: mpsc::UnboundedReceiver<PageCall>,
    answers: mpsc::UnboundedSender<Input>,
) {
    let mut putting: Option<Putting> = None;
    loop {
        let call = match putting {
            None => match calls.recv().await {
                Some(call) => Some(call),
                None => return,
            },
            // Between two pieces of a file others have their turn.
            Some(_) => calls.try_recv().ok(),
        };
        let mut told = Ok(());
        match call {
            Some(PageCall::Put(file)) => putting = Some(file),
            Some(PageCall::Do(call)) => {
                let answer = carry_out(pages.as_ref(), &packs, &sdr, &profile, call).await;
                // Here and not where it is read: a word of one load says nothing of the next.
                packs.heard(&sdr, &answer);
                told = answers.send(answer);
            }
            None => {}
        }
        if let Some(file) = &mut putting
            && let Some(ended) = file.put_next(pages.as_ref(), &sdr).await
        {
            let id = file.message_id.clone();
            putting = None;
            told = told.and(answers.send(Input::FilePut(id, ended.map_err(PutFault::Page))));
        }
        if told.is_err() {
            return;
        }
    }
}

/// A file on its way into a page.
pub(crate) struct Putting {
    generation: PageGeneration,
    message_id: MessageId,
    sha256: String,
    bytes: Arc<[u8]>,
    done: usize,
}

impl Putting {
    pub(crate) fn new(
        generation: PageGeneration,
        message_id: MessageId,
        sha256: String,
        bytes: Arc<[u8]>,
    ) -> Self {
        Self {
            generation,
            message_id,
            sha256,
            bytes,
            done: 0,
        }
    }

    /// One piece; `Some` once all are in the page or one was not taken.
    async fn put_next<P: Pages>(
        &mut self,
        pages: &P,
        sdr: &SdrId,
    ) -> Option<Result<(), PageFault>> {
        let end = self.bytes.len().min(self.done + MAX_PART_BYTES);
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let request = SubmitRequest {
            generation: self.generation.clone(),
            command: BridgeCommand::FilePart {
                message_id: self.message_id.clone(),
                sha256: self.sha256.clone(),
                size_bytes: number(self.bytes.len()),
                offset_bytes: number(self.done),
                base64: STANDARD.encode(&self.bytes[self.done..end]),
            },
        };
        if let Err(fault) = within(QUICK, pages.submit(sdr, request)).await {
            return Some(Err(fault));
        }
        self.done = end;
        (end == self.bytes.len()).then_some(Ok(()))
    }
}

async fn carry_out<P: Pages>(
    pages: &P,
    packs: &Packs,
    sdr: &SdrId,
    profile: &Path,
    call: Call,
) -> Input {
    match call {
        Call::Open => {
            let opened = pages.open(sdr, profile.to_owned(), packs.load(sdr));
            Input::PageOpened(within(SLOW, opened).await)
        }
        Call::Reload => Input::PageOpened(within(SLOW, pages.reload(sdr, packs.load(sdr))).await),
        Call::Close => {
            if timeout(SLOW, pages.close(sdr)).await.is_err() {
                tracing::warn!("The page did not close in time");
            }
            Input::PageClosed
        }
        Call::Probe => {
            let call = within(QUICK, pages.probe(sdr));
            Input::Probed(around("probe", call, || PageFault::TimedOut).await)
        }
        Call::Adopt => Input::Adopted(within(SLOW, pages.adopt(sdr)).await),
        Call::Drain(after) => {
            let call = within(QUICK, pages.drain(sdr, after));
            Input::Drained(around("drain", call, || PageFault::TimedOut).await)
        }
        Call::Submit(generation, command) => {
            let request = SubmitRequest {
                generation,
                command,
            };
            let step = match &request.command {
                BridgeCommand::SendText { .. } | BridgeCommand::SendFile { .. } => "submit",
                BridgeCommand::LookUp { .. } => "look up",
                BridgeCommand::Mark { .. }
                | BridgeCommand::FilePart { .. }
                | BridgeCommand::Compose { .. }
                | BridgeCommand::RefreshQr
                | BridgeCommand::LinkByCode { .. }
                | BridgeCommand::UseHere
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
