//! Where a page's downloads go: into a folder of that SDR alone.

use std::path::{Path, PathBuf};

const FALLBACK_NAME: &str = "download";
/// With a count before the extension well below the 255 of a file system.
const LONGEST_NAME_BYTES: usize = 120;
/// Longer ones are no extension.
const LONGEST_EXTENSION_BYTES: usize = 16;

/// A path in `folder` for a file the page calls `wanted`, that does not exist yet.
pub fn place(folder: &Path, wanted: &Path) -> PathBuf {
    let name = plain_name(wanted);
    let (stem, extension) = parts(&name);
    let mut path = folder.join(&name);
    let mut count = 1;
    while path.exists() {
        path = folder.join(format!("{stem} ({count}){extension}"));
        count += 1;
    }
    path
}

/// A name without its extension, and the extension with its dot.
fn parts(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= LONGEST_EXTENSION_BYTES => name.split_at(dot),
        Some(_) | None => (name, ""),
    }
}

/// Invisible, and makes `exe.fdp` read as `pdf.exe` does backwards.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Names that are devices on Windows, with any extension.
fn is_device(stem: &str) -> bool {
    let stem = stem
        .split('.')
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase();
    let numbered = |of: &str| {
        stem.strip_prefix(of)
            .is_some_and(|rest| rest.len() == 1 && rest.chars().all(|c| c.is_ascii_digit()))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

fn plain_name(wanted: &Path) -> String {
    let name: String = wanted
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control() && !turns_text(*c) && !r#"/\:*?"<>|"#.contains(*c))
        .collect();
    let name = name
        .trim_start_matches('.')
        .trim()
        .trim_end_matches(['.', ' ']);
    let (stem, extension) = parts(name);
    let most = LONGEST_NAME_BYTES - extension.len();
    let stem = &stem[..stem.floor_char_boundary(most)];
    if stem.is_empty() || is_device(stem) {
        format!("{FALLBACK_NAME}{extension}")
    } else {
        format!("{stem}{extension}")
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
            ("/", "download"),
            (r"..\..\evil.bat", "evil.bat"),
            (r"C:\Windows\win.ini", "CWindowswin.ini"),
            ("a\0b.txt", "ab.txt"),
            ("it's \"the\" $(offer); --.pdf", "it's the $(offer); --.pdf"),
            ("offer\u{202e}fdp.exe", "offerfdp.exe"),
            ("\u{200f}\u{feff}.\u{2066}pdf", "pdf"),
            ("setup.exe. . ", "setup.exe"),
            ("nul.txt", "download.txt"),
            ("COM7", "download"),
            ("... .", "download"),
        ] {
            let placed = place(folder, Path::new(wanted));
            assert_eq!(placed, folder.join(name), "{wanted:?}");
            assert_eq!(placed.parent(), Some(folder), "{wanted:?}");
        }
    }

    #[test]
    fn a_long_name_fits_the_disk_and_keeps_its_extension() {
        let folder = tempfile::tempdir().unwrap();
        for letter in ["a", "é", "漢", "🦀"] {
            let wanted = format!("{}.pdf", letter.repeat(10_000));
            let placed = place(folder.path(), Path::new(&wanted));
            std::fs::write(&placed, "first").expect("the disk takes the name");
            assert_eq!(placed.extension(), Some("pdf".as_ref()), "{letter}");
            let second = place(folder.path(), Path::new(&wanted));
            std::fs::write(&second, "second").expect("also the one beside it");
            assert_ne!(placed, second, "nothing is overwritten");
        }
        let all_dots = format!("a.{}", "b".repeat(10_000));
        let placed = place(folder.path(), Path::new(&all_dots));
        std::fs::write(placed, "").expect("what follows a dot is not always an extension");
    }

    #[test]
    fn a_download_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.tar.gz"), "first").unwrap();
        let second = place(folder.path(), Path::new("a.tar.gz"));
        assert_eq!(second, folder.path().join("a.tar (1).gz"));
    }
}
