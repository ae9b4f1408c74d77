//! Where a page's downloads go: into a folder of that SDR alone.

use std::path::{Path, PathBuf};

const FALLBACK_NAME: &str = "download";
const LONGEST_NAME_CHARS: usize = 120;

/// A path in `folder` for a file the page calls `wanted`, that does not exist yet.
pub fn place(folder: &Path, wanted: &Path) -> PathBuf {
    let name = plain_name(wanted);
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
        Some(_) | None => (name.as_str(), String::new()),
    };
    let mut path = folder.join(&name);
    let mut count = 1;
    while path.exists() {
        path = folder.join(format!("{stem} ({count}){extension}"));
        count += 1;
    }
    path
}

fn plain_name(wanted: &Path) -> String {
    let name: String = wanted
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control() && !r#"/\:*?"<>|"#.contains(*c))
        .take(LONGEST_NAME_CHARS)
        .collect();
    let name = name.trim_start_matches('.').trim();
    if name.is_empty() {
        FALLBACK_NAME.to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::place;
    use std::path::Path;

    #[test]
    fn a_download_stays_in_the_folder_whatever_the_page_calls_it() {
        let folder = Path::new("/nowhere/john");
        for (wanted, name) in [
            ("report.pdf", "report.pdf"),
            ("../../.bashrc", "bashrc"),
            ("/etc/passwd", "passwd"),
            ("..", "download"),
            ("", "download"),
            ("a\nb:c.txt", "abc.txt"),
        ] {
            assert_eq!(place(folder, Path::new(wanted)), folder.join(name));
        }
    }

    #[test]
    fn a_download_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.tar.gz"), "first").unwrap();
        let second = place(folder.path(), Path::new("a.tar.gz"));
        assert_eq!(second, folder.path().join("a.tar (1).gz"));
    }
}
