mod conformance;
mod files;
mod limits;
mod log;
mod model;
mod opening;
mod policy;
mod postgres;
