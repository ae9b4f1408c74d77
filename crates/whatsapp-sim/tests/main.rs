//! The server half and the control API over real HTTP and a real WebSocket.

mod support;

mod control;
mod delivery;
mod linking;
mod media;
mod page;
mod pairing;
