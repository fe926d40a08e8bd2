//! Every limit of the core, with its unit. They bound what one message can cost a phone or a server (R2, R8, R22).

/// Bytes of one change, uncompressed.
pub const CHANGE_BYTES: usize = 64 * 1024;
/// Operations in one change.
pub const CHANGE_OPERATIONS: u64 = 20_000;
/// Predecessors named by one change.
pub const CHANGE_PREDECESSORS: u64 = 40_000;
/// Bytes of a change's message.
pub const CHANGE_MESSAGE_BYTES: usize = 256;
/// How far a change's first operation may lie beyond its ancestors' last.
pub const OPERATION_GAP: u64 = 1_000_000;
/// First operation number that no change may reach.
pub const OPERATION_END: u64 = 1 << 30;
/// Changes in one segment.
pub const SEGMENT_CHANGES: usize = 64;
/// Bytes of one segment's changes; a single change may fill it.
pub const SEGMENT_BYTES: usize = 64 * 1024;
/// Changes in one document.
pub const DOCUMENT_CHANGES: usize = 10_000;
/// Bytes of one document.
pub const DOCUMENT_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of a frame as it travels.
pub const FRAME_BYTES: usize = 1024 * 1024;
/// Bytes of a frame unpacked.
pub const UNPACKED_BYTES: usize = 8 * 1024 * 1024;
/// Binary logarithm of the largest zstd window a reader allows (8 MiB).
pub const WINDOW_LOG: u32 = 23;
/// Nesting of a frame's CBOR.
pub const CBOR_DEPTH: usize = 8;
/// Items of one CBOR array or map.
pub const CBOR_ITEMS: u64 = 65_536;
/// Bytes of one CBOR string, changes aside.
pub const CBOR_STRING: u64 = 64 * 1024;
/// Segments whose fate one request may ask for (R18).
pub const OPEN_FATES: usize = 256;
/// Feed areas of one device (R11).
pub const SCOPE_AREAS: usize = 512;
