-- The store of one device: one installation, one user (R16). Numbers are local; ids travel.

-- Who this device is. One row.
CREATE TABLE identity (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Secret half of the device's key; absent where the platform's key store keeps it.
    secret BLOB,
    public_key BLOB NOT NULL,
    -- All of these are absent until the device is enrolled.
    server_url TEXT,
    server_key BLOB,
    programme BLOB,
    device BLOB,
    user BLOB,
    user_name TEXT,
    token TEXT,
    -- This device's clock when the token came: by it a phone guesses that a token has run out, and spares an upload.
    token_at BIGINT,
    -- Milliseconds that the server's clock was ahead of this one when last heard; wall clocks decide nothing.
    clock_offset BIGINT,
    -- Hash over the catalogue as last told.
    catalogue_hash BLOB
);

CREATE TABLE documents (
    number INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    kind SMALLINT NOT NULL,
    area TEXT NOT NULL,
    -- The server's count of moves between feeds; the highest says the area (R11).
    move_number INTEGER NOT NULL DEFAULT 0,
    -- The whole document; what is open in memory is one at a time.
    bytes BLOB NOT NULL,
    -- Sorted heads, 32 bytes each.
    heads BLOB NOT NULL,
    -- Term of the feed digest at the agreed heads; all zero while nothing is agreed (R12).
    term BLOB NOT NULL,
    -- A change made elsewhere deletes a key: conflicts are looked for by the long rule (R4).
    deletes_key BOOLEAN NOT NULL DEFAULT FALSE,
    -- Kept readable but out of work: 0 no, 1 its area was lost, 2 the server withdrew it from the feed.
    kept SMALLINT NOT NULL DEFAULT 0,
    form TEXT NOT NULL,
    form_version TEXT NOT NULL,
    subject BLOB NOT NULL,
    state SMALLINT NOT NULL,
    presence SMALLINT NOT NULL,
    conflict_count INTEGER NOT NULL,
    title TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX documents_area ON documents (area, updated_at);
CREATE INDEX documents_subject ON documents (subject);

-- Every segment made or received, with its signature, for as long as its document is kept (R8).
CREATE TABLE segments (
    number INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    document BLOB NOT NULL,
    kind SMALLINT NOT NULL,
    area TEXT NOT NULL,
    device BLOB NOT NULL,
    user BLOB NOT NULL,
    actor BLOB NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    last_change BLOB NOT NULL,
    signature BLOB NOT NULL,
    -- The changes, where they did not come from the server; those are found again in the document.
    changes BLOB,
    -- 0 unsent, 1 sent and not answered, 2 wanted with its history, 3 held, 4 refused, 5 accepted, 6 discarded
    fate SMALLINT NOT NULL,
    -- Number of the held reason or of the broken rule.
    reason SMALLINT,
    sequence BIGINT,
    received_at BIGINT NOT NULL
);
CREATE INDEX segments_document ON segments (document);
-- The outbox and the open fates; accepted segments, the many, are not in it.
CREATE INDEX segments_open ON segments (fate, number) WHERE fate < 5;

CREATE TABLE feeds (
    area TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    right_here SMALLINT NOT NULL,
    epoch BLOB NOT NULL,
    sequence BIGINT NOT NULL,
    -- Our digest, kept up with each document written.
    digest BLOB NOT NULL,
    records BIGINT NOT NULL,
    reviews BIGINT NOT NULL,
    -- The server's at our cursor, when last told; null when not told since the cursor moved.
    server_digest BLOB,
    server_records BIGINT,
    server_reviews BIGINT
);

-- Names and hashes of what travels apart from the exchange (R25), and the bytes as far as they have come.
CREATE TABLE catalogue (
    kind SMALLINT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    hash BLOB NOT NULL,
    size BIGINT NOT NULL,
    retired BOOLEAN NOT NULL,
    -- Position in the server's list: of one form, later is newer.
    place INTEGER NOT NULL,
    PRIMARY KEY (kind, name, version)
);
CREATE TABLE contents (
    hash BLOB NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL,
    complete BOOLEAN NOT NULL
);

-- Documents that did not open, moved aside and kept.
CREATE TABLE damaged (
    number INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL,
    bytes BLOB NOT NULL,
    reason TEXT NOT NULL,
    found_at BIGINT NOT NULL
);

-- Segments from other devices that are being tried, or during whose trial the process died (R2).
CREATE TABLE quarantine (
    id BLOB NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL,
    tried_at BIGINT NOT NULL,
    -- Still being tried; found set at the next opening, it stays where it is.
    trying BOOLEAN NOT NULL
);

-- The words by which a record is found; rowid is documents.number.
CREATE VIRTUAL TABLE search USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2", detail = 'none'
);
