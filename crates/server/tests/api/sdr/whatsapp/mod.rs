mod qr;
mod session;
mod status;
