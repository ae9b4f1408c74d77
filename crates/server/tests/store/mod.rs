mod conformance;
mod files;
mod limits;
mod model;
mod opening;
