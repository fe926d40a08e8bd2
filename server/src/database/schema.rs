//! The tables, as `migrations/sqlite` and `migrations/postgres` make them.

diesel::table! {
    programme (id) {
        id -> Binary,
        name -> Text,
        made_at -> BigInt,
    }
}

diesel::table! {
    users (id) {
        id -> Binary,
        name -> Text,
        login -> Text,
        password_hash -> Nullable<Text>,
        must_change_password -> Bool,
        disabled_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    devices (id) {
        id -> Binary,
        user_id -> Binary,
        public_key -> Binary,
        label -> Text,
        kind -> Integer,
        enrolled_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        last_seen_at -> Nullable<BigInt>,
        clock_offset -> Nullable<BigInt>,
        unsent -> BigInt,
    }
}

diesel::table! {
    enrolment_codes (code_hash) {
        code_hash -> Binary,
        user_id -> Binary,
        made_by -> Binary,
        made_at -> BigInt,
        expires_at -> BigInt,
        used_by_key -> Nullable<Binary>,
        device -> Nullable<Binary>,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    nonces (nonce) {
        nonce -> Binary,
        device -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Binary,
        user_id -> Binary,
        made_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    areas (code) {
        code -> Text,
        name -> Text,
        level -> Integer,
        parent -> Nullable<Text>,
        outline -> Nullable<Text>,
    }
}

diesel::table! {
    assignments (id) {
        id -> Binary,
        user_id -> Binary,
        area -> Text,
        role -> Text,
        made_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit (number) {
        number -> BigInt,
        at -> BigInt,
        user_id -> Nullable<Binary>,
        device -> Nullable<Binary>,
        action -> Text,
        subject -> Text,
        detail -> Text,
    }
}

diesel::table! {
    segments (number) {
        number -> BigInt,
        id -> Binary,
        document -> Binary,
        kind -> Integer,
        signed_area -> Text,
        device -> Binary,
        user_id -> Binary,
        actor -> Binary,
        first_seq -> BigInt,
        last_seq -> BigInt,
        last_change -> Binary,
        signature -> Binary,
        changes -> Binary,
        fate -> Integer,
        held_reason -> Nullable<Integer>,
        position -> Nullable<Integer>,
        sequence -> Nullable<BigInt>,
        received_at -> BigInt,
        entered_at -> Nullable<BigInt>,
        settled_by -> Nullable<Binary>,
        settled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    feeds (area) {
        area -> Text,
        epoch -> Binary,
        last -> BigInt,
        digest -> Binary,
        records -> BigInt,
        reviews -> BigInt,
    }
}

diesel::table! {
    feed_entries (area, sequence) {
        area -> Text,
        sequence -> BigInt,
        kind -> Integer,
        segment -> Nullable<BigInt>,
        document -> Nullable<Binary>,
        move_number -> Nullable<Integer>,
        other_area -> Nullable<Text>,
    }
}

diesel::table! {
    documents (id) {
        id -> Binary,
        kind -> Integer,
        area -> Text,
        move_number -> Integer,
        heads -> Binary,
        term -> Binary,
        deletes_key -> Bool,
        last_position -> Integer,
        snapshot -> Nullable<Binary>,
        snapshot_position -> Integer,
    }
}

diesel::table! {
    records (document) {
        document -> Binary,
        area -> Text,
        form -> Text,
        form_version -> Text,
        subject -> Binary,
        state -> Integer,
        presence -> Integer,
        conflict_count -> Integer,
        created_by -> Binary,
        created_at -> BigInt,
        updated_at -> BigInt,
        words -> Text,
        answers -> Text,
    }
}

diesel::table! {
    conflicts (document, question) {
        document -> Binary,
        question -> Text,
        area -> Text,
        candidates -> Text,
    }
}

diesel::table! {
    catalogue (place) {
        place -> Integer,
        kind -> Integer,
        name -> Text,
        version -> Text,
        hash -> Binary,
        size -> BigInt,
        retired -> Bool,
        published_at -> BigInt,
    }
}

diesel::table! {
    contents (hash) {
        hash -> Binary,
        bytes -> Binary,
    }
}

diesel::joinable!(feed_entries -> segments (segment));

diesel::allow_tables_to_appear_in_same_query!(
    programme,
    users,
    devices,
    enrolment_codes,
    nonces,
    sessions,
    areas,
    assignments,
    audit,
    segments,
    feeds,
    feed_entries,
    documents,
    records,
    conflicts,
    catalogue,
    contents
);
