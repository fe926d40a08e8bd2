//! The migrations are embedded: a new one must make the server compile again.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
