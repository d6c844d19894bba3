//! Finds the migrations in `migrations/{sqlite,postgres}` and hands them to `migrate.rs` as two constant lists,
//! so that a room adds its tables by adding two files of one name, and nothing else.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("migrations");
    let mut code = String::new();
    for (engine, list) in [("sqlite", "SQLITE"), ("postgres", "POSTGRES")] {
        let folder = root.join(engine);
        println!("cargo::rerun-if-changed={}", folder.display());
        code.push_str(&format!("pub const {list}: &[Migration] = &[\n"));
        for path in sql_files(&folder) {
            println!("cargo::rerun-if-changed={}", path.display());
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            code.push_str(&format!(
                "    Migration {{ name: {name:?}, sql: include_str!({:?}) }},\n",
                path.display().to_string()
            ));
        }
        code.push_str("];\n");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("migrations.rs");
    if let Err(error) = fs::write(&out, code) {
        panic!("can't write {}: {error}", out.display());
    }
}

fn sql_files(folder: &Path) -> Vec<PathBuf> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => panic!("can't read {}: {error}", folder.display()),
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    files
}
