//! `rukun`: the server and its administration.

fn main() {}
