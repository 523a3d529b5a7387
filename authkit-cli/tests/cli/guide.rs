//! docs/guide/cli.md says what the command says.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command};

const BEGIN: &str = "<!-- made from the code -->\n";
const END: &str = "<!-- end of what is made from the code -->\n";

/// A line for every command, and one for every flag of its own.
fn reference() -> String {
    let mut command = authkit_cli::command();
    command.build();
    let mut text = String::new();
    for command in command.get_subcommands() {
        write_command(command, &mut text);
    }
    text.push_str("\n### Flags of every command\n\n| flag | does |\n|---|---|\n");
    for arg in command.get_arguments().filter(|arg| arg.is_global_set()) {
        write_flag(arg, &mut text);
    }
    text
}

fn write_command(command: &Command, text: &mut String) {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let deeper: Vec<&Command> = command.get_subcommands().collect();
    if deeper.is_empty() || !command.is_subcommand_required_set() {
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ").replace(" [OPTIONS]", "").replace(" [COMMAND]", "");
        writeln!(text, "\n### `{usage}`\n\n{about}.").expect("a string takes text");
        let own: Vec<&Arg> = command
            .get_arguments()
            .filter(|arg| !arg.is_global_set() && !arg.is_hide_set() && arg.get_id() != "help")
            .collect();
        if !own.is_empty() {
            text.push_str("\n| | |\n|---|---|\n");
            for arg in own {
                write_flag(arg, text);
            }
        }
    }
    for command in deeper {
        write_command(command, text);
    }
}

fn write_flag(arg: &Arg, text: &mut String) {
    let value =
        arg.get_value_names().map(|names| names.iter().map(|name| format!("<{name}>")).collect::<Vec<_>>().join(" "));
    let value = value.filter(|_| matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)).unwrap_or_default();
    let name = match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long} {value}"),
        (None, Some(long)) => format!("--{long} {value}"),
        _ => value,
    };
    let about = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values: Vec<String> = arg.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    let takes = value_list(arg, &values);
    writeln!(text, "| `{}` | {about}{takes} |", name.trim()).expect("a string takes text");
}

fn value_list(arg: &Arg, values: &[String]) -> String {
    let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    if takes_value && !values.is_empty() { format!(": {}", values.join(", ")) } else { String::new() }
}

#[test]
fn the_page_of_the_command_is_what_the_code_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/cli.md");
    let page = std::fs::read_to_string(path).expect("docs/guide/cli.md is there");
    let (head, rest) = page.split_once(BEGIN).expect("the mark where it begins");
    let (kept, tail) = rest.split_once(END).expect("the mark where it ends");
    let made = reference();
    if std::env::var_os("AUTHKIT_TEST_WRITE").is_some() {
        std::fs::write(path, format!("{head}{BEGIN}{made}\n{END}{tail}")).expect("the page can be written");
    } else {
        assert!(
            kept == format!("{made}\n"),
            "docs/guide/cli.md is old: run this test with AUTHKIT_TEST_WRITE=1 and look at what changed"
        );
    }
}

#[test]
fn the_page_names_every_code_of_the_command_and_every_exit_code() {
    let page = include_str!("../../../docs/guide/cli.md");
    for code in authkit_cli::CliCode::ALL {
        let row = format!("| {} | {} |", code.as_str(), code.title());
        assert!(page.contains(&row), "{row}");
    }
    for code in 0..=5 {
        assert!(page.contains(&format!("\n| {code} | ")), "exit code {code}");
    }
}
