mod desktop;
mod whatsapp;
