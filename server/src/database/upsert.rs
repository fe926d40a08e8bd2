//! Writes that the two dialects spell differently: "insert if absent" and inserts of many rows. Nothing else branches on the
//! dialect.
