//! The weight of the real page: script text that means nothing, made up on demand.
//!
//! Eleven thousand modules in 66 MB of text, as many as the real page registers. The page itself
//! runs four thousand of them (see `page/weight.js`); a script that searches through all modules
//! runs the rest as well, as on the real page.

use axum::body::Bytes;
use std::fmt::Write;
use std::sync::OnceLock;

const FILES: usize = 33;
const MODULES: usize = 11_000;
/// Text of one module, without its first and last lines.
const MODULE_BYTES: usize = 5_700;

static TEXTS: [OnceLock<Bytes>; FILES] = [const { OnceLock::new() }; FILES];

/// The names of the files, in order.
pub(crate) fn names() -> impl Iterator<Item = String> {
    (0..FILES).map(|at| format!("weight-{at:02}.js"))
}

/// The text of a file, when there is one of this name.
pub(crate) fn text(name: &str) -> Option<Bytes> {
    let at = name.strip_prefix("weight-")?.strip_suffix(".js")?;
    let at: usize = at.parse().ok()?;
    let text = TEXTS.get(at)?;
    Some(text.get_or_init(|| Bytes::from(write(at))).clone())
}

fn write(file: usize) -> String {
    let per_file = MODULES.div_ceil(FILES);
    let mut text = String::with_capacity(per_file * (MODULE_BYTES + 400));
    for module in (file * per_file..(file + 1) * per_file).take_while(|at| *at < MODULES) {
        let mut seed = u64::try_from(module).unwrap_or_default() + 1;
        let until = text.len() + MODULE_BYTES;
        // A String takes everything that is written to it.
        let _ = writeln!(
            text,
            "__d('WAWebRehearsalWeight{module:05}', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {{"
        );
        let mut function = 0;
        while text.len() < until {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let (a, b) = (seed >> 40, (seed >> 16) & 0xff_ffff);
            let _ = writeln!(
                text,
                "function w{function}(one, other) {{ const sum = one * {a} + other; if (sum > {b}) return w{function}(other, sum - {b}); return {{ sum, key: 'k{a:x}{b:x}', parts: [one, other, sum % {a}] }}; }}"
            );
            function += 1;
        }
        let _ = writeln!(
            text,
            "exports.run = w0; exports.kept = require('SimWeight').keep({module}, w0);\n}}, 98);"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_weighs_what_the_real_page_weighs() {
        let all: usize = names().map(|name| text(&name).unwrap().len()).sum();
        assert!(
            (60_000_000..72_000_000).contains(&all),
            "about 66 MB, not {all}"
        );
        let modules: usize = names()
            .map(|name| {
                let text = text(&name).unwrap();
                std::str::from_utf8(&text)
                    .unwrap()
                    .matches("\n}, 98);")
                    .count()
            })
            .sum();
        assert_eq!(modules, MODULES, "every module is there once");
        assert!(text("weight-33.js").is_none(), "and no further file");
    }
}
