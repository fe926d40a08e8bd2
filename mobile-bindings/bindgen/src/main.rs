//! Generates the foreign sources.

fn main() {
    uniffi::uniffi_bindgen_main();
}
