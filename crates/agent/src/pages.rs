//! The one port between the sender and the webviews.

use crate::adapter_pack::Bundles;
pub use hotdesk_engine::input::PageFault;
use hotdesk_protocol::bridge::{Drain, Probe, SubmitRequest, Submitted};
use hotdesk_protocol::ids::SdrId;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

/// The webviews, one page per SDR. An implementation keeps its own time-outs (2 s for a call) and
/// never retries.
pub trait Pages: Send + Sync + 'static {
    /// Create the SDR's page with these bundles under its own profile directory, or do nothing if it
    /// is there.
    fn open(
        &self,
        sdr: &SdrId,
        profile: PathBuf,
        bundles: Arc<Bundles>,
    ) -> impl Future<Output = Result<(), PageFault>> + Send;
    /// Load the page anew, with these bundles.
    fn reload(
        &self,
        sdr: &SdrId,
        bundles: Arc<Bundles>,
    ) -> impl Future<Output = Result<(), PageFault>> + Send;
    /// Put this SDR's page on the screen, or take whatever page is there off it, at once.
    fn show(&self, sdr: Option<&SdrId>) -> impl Future<Output = ()> + Send;
    /// Close the page; its storage stays.
    fn close(&self, sdr: &SdrId) -> impl Future<Output = ()> + Send;
    /// Hand over one command.
    fn submit(
        &self,
        sdr: &SdrId,
        request: SubmitRequest,
    ) -> impl Future<Output = Result<Submitted, PageFault>> + Send;
    /// Fetch reports with a number above `after_seq`, and acknowledge those up to it.
    fn drain(
        &self,
        sdr: &SdrId,
        after_seq: u32,
    ) -> impl Future<Output = Result<Drain, PageFault>> + Send;
    /// Ask how the page stands.
    fn probe(&self, sdr: &SdrId) -> impl Future<Output = Result<Probe, PageFault>> + Send;
    /// Put the library wa-js into this load of the page and have the bridge take it into service.
    fn adopt(&self, sdr: &SdrId) -> impl Future<Output = Result<(), PageFault>> + Send;
}

/// What a webview tells of its own accord; sent to the agent by the implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageSignal {
    /// The web process ended.
    Crashed,
}
