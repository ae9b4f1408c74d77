use super::Cli;
use clap::{Arg, Command, CommandFactory};
use std::fmt::Write;
use std::path::Path;

const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/SERVER-CONFIG.md");

const HEAD: &str = "# Configuration of the queue server

Generated from the program's own flags (`UPDATE=1 cargo test -p hotdesk-server --bins`); a test fails when it is stale.

`hotdesk-server serve` takes each setting as a flag, as a variable of the environment, or as a key of the TOML file that
`--config` names. A flag wins over the environment, which wins over the file. Relative paths in the file count from the
file's own folder. A wrong value is told with its line, and nothing is started.

| key in the file | flag | variable | what it says |
|---|---|---|---|
";

fn serve() -> Command {
    let mut cli = Cli::command();
    cli.build();
    cli.find_subcommand("serve").unwrap().clone()
}

/// The settings, without the flags about the program itself.
fn settings(serve: &Command) -> impl Iterator<Item = &Arg> {
    serve.get_arguments().filter(|arg| arg.get_env().is_some())
}

fn key(setting: &Arg) -> Option<String> {
    let key = setting.get_long().unwrap().replace('-', "_");
    (key != "config").then_some(key)
}

fn reference() -> String {
    let mut text = HEAD.to_owned();
    for setting in settings(&serve()) {
        let help = setting.get_long_help().or(setting.get_help()).unwrap();
        let words = help.to_string().replace('\n', " ").replace('|', "\\|");
        let flag = setting.get_long().unwrap();
        let value = setting
            .get_value_names()
            .unwrap()
            .join(" ")
            .replace('|', "\\|");
        let variable = setting.get_env().unwrap().to_str().unwrap();
        let key = key(setting).map_or("–".to_owned(), |key| format!("`{key}`"));
        writeln!(
            text,
            "| {key} | `--{flag} {value}` | `{variable}` | {words} |"
        )
        .unwrap();
    }
    text
}

#[test]
fn the_configuration_reference_is_what_the_flags_say() {
    let now = reference();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(REFERENCE, &now).unwrap();
    }
    let kept = std::fs::read_to_string(Path::new(REFERENCE)).unwrap_or_default();
    assert_eq!(kept, now, "UPDATE=1 writes it anew");
}

#[test]
fn each_setting_has_a_flag_and_a_key_in_the_file() {
    // What the file's reader knows, in its own words.
    let told = toml::from_str::<hotdesk_server::config::ConfigFile>("nobody = 1")
        .unwrap_err()
        .to_string();
    let known = told.split_once("expected one of").unwrap().1;
    let mut known: Vec<_> = known.split('`').skip(1).step_by(2).collect();
    known.sort_unstable();
    let mut flags: Vec<_> = settings(&serve()).filter_map(key).collect();
    flags.sort_unstable();
    assert_eq!(known, flags);
}
