mod conformance;
mod limits;
mod model;
mod opening;
