//! The tables of the device store, as `migrations/device` makes them.

diesel::table! {
    identity (id) {
        id -> Integer,
        secret -> Nullable<Binary>,
        public_key -> Binary,
        server_url -> Nullable<Text>,
        server_key -> Nullable<Binary>,
        programme -> Nullable<Binary>,
        device -> Nullable<Binary>,
        user -> Nullable<Binary>,
        user_name -> Nullable<Text>,
        token -> Nullable<Text>,
        token_at -> Nullable<BigInt>,
        clock_offset -> Nullable<BigInt>,
        catalogue_hash -> Nullable<Binary>,
        papers -> Nullable<Binary>,
    }
}

diesel::table! {
    documents (number) {
        number -> BigInt,
        id -> Binary,
        kind -> SmallInt,
        area -> Text,
        move_number -> Integer,
        bytes -> Binary,
        heads -> Binary,
        term -> Binary,
        deletes_key -> Bool,
        kept -> SmallInt,
        form -> Text,
        form_version -> Text,
        subject -> Binary,
        state -> SmallInt,
        presence -> SmallInt,
        conflict_count -> Integer,
        title -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    segments (number) {
        number -> BigInt,
        id -> Binary,
        document -> Binary,
        kind -> SmallInt,
        area -> Text,
        device -> Binary,
        user -> Binary,
        actor -> Binary,
        first_seq -> BigInt,
        last_seq -> BigInt,
        last_change -> Binary,
        signature -> Binary,
        changes -> Nullable<Binary>,
        fate -> SmallInt,
        reason -> Nullable<SmallInt>,
        sequence -> Nullable<BigInt>,
        received_at -> BigInt,
    }
}

diesel::table! {
    feeds (area) {
        area -> Text,
        name -> Text,
        right_here -> SmallInt,
        epoch -> Binary,
        sequence -> BigInt,
        digest -> Binary,
        records -> BigInt,
        reviews -> BigInt,
        server_digest -> Nullable<Binary>,
        server_records -> Nullable<BigInt>,
        server_reviews -> Nullable<BigInt>,
    }
}

diesel::table! {
    catalogue (kind, name, version) {
        kind -> SmallInt,
        name -> Text,
        version -> Text,
        hash -> Binary,
        size -> BigInt,
        retired -> Bool,
        place -> Integer,
    }
}

diesel::table! {
    contents (hash) {
        hash -> Binary,
        bytes -> Binary,
        complete -> Bool,
    }
}

diesel::table! {
    damaged (number) {
        number -> BigInt,
        id -> Binary,
        bytes -> Binary,
        reason -> Text,
        found_at -> BigInt,
    }
}

diesel::table! {
    quarantine (id) {
        id -> Binary,
        bytes -> Binary,
        tried_at -> BigInt,
        trying -> Bool,
    }
}

diesel::table! {
    search (rowid) {
        rowid -> BigInt,
        words -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(documents, search);
diesel::allow_tables_to_appear_in_same_query!(documents, segments);
