//! Puts the dashboard into the program: a table of the files in `ui/dist-dashboard`, which is empty
//! where nobody has built them.
//!
//! No crate does this for us: one that embeds a folder needs a build script beside it in any case, so
//! that cargo sees a dashboard that was built anew under other names, and with that script the table is
//! these lines. Files beside the program, served from a folder, would make the release more than one
//! file.

use std::io::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Error> {
    let missing = |name: &str| Error::other(format!("cargo gives no {name}"));
    let here = env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| missing("CARGO_MANIFEST_DIR"))?;
    let out = env::var_os("OUT_DIR").ok_or_else(|| missing("OUT_DIR"))?;
    let folder = Path::new(&here).join("../../ui/dist-dashboard");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    if folder.is_dir() {
        let folder = folder.canonicalize()?;
        collect(&folder, &folder, &mut files)?;
    }
    files.sort();
    let entries = files.iter().map(|(name, path)| {
        format!("    DashboardFile {{ path: {name:?}, bytes: include_bytes!({path:?}) }},\n")
    });
    let table = format!("&[\n{}]\n", entries.collect::<String>());
    fs::write(Path::new(&out).join("dashboard.rs"), table)
}

/// The name each file is asked for by, and where it lies.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> Result<(), Error> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(within) = path.strip_prefix(root) {
            let parts = within.iter().map(|part| part.to_string_lossy());
            files.push((parts.collect::<Vec<_>>().join("/"), path.clone()));
        }
    }
    Ok(())
}
