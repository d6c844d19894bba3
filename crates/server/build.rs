//! The binary builds before the front end is built: an empty folder stands in for it.

fn main() {
    let dist = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist");
    if let Err(error) = std::fs::create_dir_all(dist) {
        println!("cargo::warning=web/dist can't be made: {error}");
    }
    println!("cargo::rerun-if-changed={dist}");
}
