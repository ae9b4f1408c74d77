mod whatsapp;
