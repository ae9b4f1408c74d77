//! The command line.

use clap::Parser;
use std::path::PathBuf;

/// Several SDRs, one office machine, one WhatsApp each.
#[derive(Debug, Parser)]
#[command(name = "hotdesk", version)]
pub struct Arguments {
    /// The configuration file (else HOTDESK_CONFIG).
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where database, profiles and logs are; wins over the configuration and HOTDESK_DATA_DIR.
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Tell why the app cannot start on stderr only, without a window.
    #[arg(long)]
    pub no_problem_window: bool,
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
