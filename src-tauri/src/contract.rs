//! The commands and events as the shell sees them; `ui/src/lib/generated/app.ts` is made from this.

use crate::commands;
use crate::events::{OfficeChanged, SdrChosen};
use tauri::Wry;
use tauri_specta::{Builder, collect_commands, collect_events};

/// All commands and events.
pub fn contract() -> Builder<Wry> {
    Builder::new()
        .disable_serde_phases()
        .commands(collect_commands![
            commands::passphrase_asked,
            commands::enter_passphrase,
            commands::office_view,
            commands::sign_in,
            commands::unlock,
            commands::choose_pin,
            commands::set_strict,
            commands::lock,
            commands::order,
            commands::pause_all,
            commands::look_for_packs,
            commands::review,
            commands::decide,
            commands::show_page,
            commands::set_page_area,
        ])
        .events(collect_events![OfficeChanged, SdrChosen])
}

#[cfg(test)]
mod tests {
    use super::contract;
    use specta_typescript::Typescript;
    use std::path::Path;

    const GENERATED: &str = "ui/src/lib/generated/app.ts";

    #[test]
    fn the_generated_types_of_the_shell_are_fresh() {
        let fresh_file = std::env::temp_dir().join(format!("hotdesk-{}.ts", std::process::id()));
        contract()
            .export(Typescript::default(), &fresh_file)
            .unwrap();
        let fresh = std::fs::read_to_string(&fresh_file).unwrap();
        std::fs::remove_file(&fresh_file).unwrap();
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join(GENERATED);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(committed.parent().unwrap()).unwrap();
            std::fs::write(&committed, &fresh).unwrap();
        }
        let found = std::fs::read_to_string(&committed).unwrap_or_default();
        assert!(
            found == fresh,
            "{GENERATED} is stale: run `UPDATE=1 cargo test -p hotdesk --lib contract`"
        );
    }
}
