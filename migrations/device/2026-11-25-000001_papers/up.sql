-- The server's signature over programme, device, user and key: by it a server that was restored from a backup knows the device
-- again (R9). Absent where the device was enrolled before it was kept.
ALTER TABLE identity ADD COLUMN papers BLOB;
