-- Which adapters are in force on the desktop that holds a session. See WhatsappSession in crates/protocol.

ALTER TABLE sdr_users ADD COLUMN whatsapp_adapter_pack TEXT;
