-- What was recorded: segments are the truth, feeds order them, everything below can be computed again (`rukun rebuild`).

-- Every segment that was accepted or held, with its signature. At the same time the table that says who is behind an actor:
-- (document, actor, device, user, first, last, received) (R24).
CREATE TABLE segments (
    number INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    document BLOB NOT NULL,
    -- 1 record, 2 review
    kind INTEGER NOT NULL,
    -- The signed area: what its writer believed (R11).
    signed_area TEXT NOT NULL,
    device BLOB NOT NULL,
    user_id BLOB NOT NULL,
    actor BLOB NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    last_change BLOB NOT NULL,
    signature BLOB NOT NULL,
    -- Change chunks one after the other, as they were signed.
    changes BLOB NOT NULL,
    -- 1 accepted, 2 held, 3 discarded and in its document, 4 discarded with its whole document, 5 settled apart: what it says
    -- was entered, or dropped, otherwise
    fate INTEGER NOT NULL,
    held_reason INTEGER,
    -- Its place among the segments of its document, from 1; none while it is not in it.
    position INTEGER,
    -- The sequence under which a feed first had it.
    sequence BIGINT,
    received_at BIGINT NOT NULL,
    entered_at BIGINT,
    -- The supervisor who released or discarded it.
    settled_by BLOB,
    settled_at BIGINT
);
CREATE INDEX segments_document ON segments (document, position);
CREATE INDEX segments_held ON segments (user_id, number) WHERE fate = 2;

-- One row for each feed area that has ever had an entry. Whoever appends holds its lock.
CREATE TABLE feeds (
    area TEXT NOT NULL PRIMARY KEY,
    -- The feed's life (R9).
    epoch BLOB NOT NULL,
    last BIGINT NOT NULL,
    -- Sum of the terms of the documents in it, and their numbers, kept up with each commit (R12).
    digest BLOB NOT NULL,
    records BIGINT NOT NULL,
    reviews BIGINT NOT NULL
);

CREATE TABLE feed_entries (
    area TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    -- 1 segment, 2 moved in, 3 moved out, 4 withdrawn from the feed
    kind INTEGER NOT NULL,
    segment BIGINT,
    document BLOB,
    move_number INTEGER,
    -- Where a record came from or went to.
    other_area TEXT,
    PRIMARY KEY (area, sequence)
) WITHOUT ROWID;

-- Documents of which something was accepted: each lies in exactly one feed.
CREATE TABLE documents (
    id BLOB NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,
    area TEXT NOT NULL,
    move_number INTEGER NOT NULL,
    -- Sorted, 32 bytes each.
    heads BLOB NOT NULL,
    -- What it adds to its feed's digest.
    term BLOB NOT NULL,
    -- A change made elsewhere deletes a key: conflicts are looked for by the long rule (R4).
    deletes_key BOOLEAN NOT NULL,
    -- Position of its last segment.
    last_position INTEGER NOT NULL,
    -- A cache of the segments up to snapshot_position, when there are many.
    snapshot BLOB,
    snapshot_position INTEGER NOT NULL
);
CREATE INDEX documents_area ON documents (area);

-- Projection: a record as lists show it.
CREATE TABLE records (
    document BLOB NOT NULL PRIMARY KEY,
    area TEXT NOT NULL,
    form TEXT NOT NULL,
    form_version TEXT NOT NULL,
    subject BLOB NOT NULL,
    -- 1 draft, 2 complete
    state INTEGER NOT NULL,
    -- 1 present, 2 withdrawn, 3 withdrawn but edited
    presence INTEGER NOT NULL,
    conflict_count INTEGER NOT NULL,
    created_by BLOB NOT NULL,
    -- By the creating device's clock.
    created_at BIGINT NOT NULL,
    -- When the last of it entered the feed.
    updated_at BIGINT NOT NULL,
    -- The words by which it is found, in lower case.
    words TEXT NOT NULL,
    -- JSON object: question key -> answer; of a conflict, Automerge's provisional winner.
    answers TEXT NOT NULL
);
CREATE INDEX records_area ON records (area, document);
CREATE INDEX records_form ON records (form, document);

-- Projection: what waits for somebody to decide.
CREATE TABLE conflicts (
    document BLOB NOT NULL,
    -- Question key; `/withdrawn` for the record itself, `<instance>/removed` for a repeat instance.
    question TEXT NOT NULL,
    area TEXT NOT NULL,
    -- JSON array of rival values, each with the changes that wrote it.
    candidates TEXT NOT NULL,
    PRIMARY KEY (document, question)
);
CREATE INDEX conflicts_area ON conflicts (area, document);

-- Forms, lists and directories by name and hash, in the order in which they were published (R25).
CREATE TABLE catalogue (
    place INTEGER NOT NULL PRIMARY KEY,
    -- 1 form, 2 list, 3 areas, 4 people
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    hash BLOB NOT NULL,
    size BIGINT NOT NULL,
    retired BOOLEAN NOT NULL,
    published_at BIGINT NOT NULL,
    UNIQUE (kind, name, version)
);

-- Their bytes; a published one is never altered.
CREATE TABLE contents (
    hash BLOB NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL
);
