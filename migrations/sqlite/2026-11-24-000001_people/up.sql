-- Who takes part and where: programme, users, devices, areas, assignments. The same tables as in migrations/postgres; a test
-- compares them. Times are milliseconds since 1970; identifiers are their bytes.

-- The programme that this database belongs to. One row.
CREATE TABLE programme (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    login TEXT NOT NULL UNIQUE,
    -- Argon2id; absent for people who only work on a device.
    password_hash TEXT,
    must_change_password BOOLEAN NOT NULL DEFAULT FALSE,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL
);

-- One row for each (installation, user); another user on the same phone is another device (R16).
CREATE TABLE devices (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    public_key BLOB NOT NULL UNIQUE,
    label TEXT NOT NULL,
    -- 1 phone, 2 server
    kind INTEGER NOT NULL,
    enrolled_at BIGINT NOT NULL,
    revoked_at BIGINT,
    last_seen_at BIGINT,
    -- Milliseconds that the device's clock was ahead of the server's when last heard; decides nothing.
    clock_offset BIGINT,
    -- Edits that still waited on the device when it last spoke.
    unsent BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX devices_user ON devices (user_id);

CREATE TABLE enrolment_codes (
    -- SHA-256 of the code; the code itself is shown once and kept nowhere.
    code_hash BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    made_by BLOB NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- Enrolment is idempotent on (code, key); another key with a used code is refused (R17).
    used_by_key BLOB,
    device BLOB,
    used_at BIGINT
);

-- Nonces that were used, until they expire: each counts once, at whichever process (R17).
CREATE TABLE nonces (
    nonce BLOB NOT NULL PRIMARY KEY,
    device BLOB NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Log-ins at the console.
CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE TABLE areas (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- 1 province, 2 regency, 3 district, 4 village, 5 RW, 6 RT
    level INTEGER NOT NULL,
    parent TEXT,
    -- GeoJSON geometry
    outline TEXT
);
CREATE INDEX areas_parent ON areas (parent);

CREATE TABLE assignments (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    -- Any level; it covers every feed area inside it.
    area TEXT NOT NULL,
    -- administrator, supervisor, facilitator, volunteer, viewer
    role TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX assignments_user ON assignments (user_id);

-- Who did what, without answers.
CREATE TABLE audit (
    number INTEGER NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    user_id BLOB,
    device BLOB,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
