mod connect;
mod qr;
mod session;
mod status;
