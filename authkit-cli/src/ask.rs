//! What is asked at the terminal: whether something shall really be destroyed, and passwords.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use authkit_core::Password;
use zeroize::Zeroizing;

use crate::codes::CliCode;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::WARN;

/// The longest line that is read, in bytes: longer than any password that the policy takes.
const MAX_LINE: u64 = 4_096;

/// Asks for `answer` to be typed, such as the address or the number, unless `--yes` says so already.
pub(crate) fn confirm(context: &Context, what: &str, kind: &str, answer: &str) -> Result<(), Failure> {
    if context.globals.yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::new(CliCode::NeedsYes, format!("{what}, and there is no terminal to ask at"))
            .fix("look with --dry-run, then say --yes"));
    }
    context.out.tell(&format!("{WARN}warning{WARN:#}: {what}"));
    if line(context, &format!("Type {kind} `{answer}` to go on:"), "say --yes")? == answer {
        return Ok(());
    }
    Err(Failure::new(CliCode::NotConfirmed, format!("something else was typed than `{answer}`"))
        .fix("nothing was changed; run it again"))
}

/// A line that is typed at the terminal.
pub(crate) fn line(context: &Context, question: &str, otherwise: &str) -> Result<String, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(
            Failure::new(CliCode::NoTerminal, "something is missing that is asked for at a terminal").fix(otherwise)
        );
    }
    context.out.prompt(question);
    let mut typed = String::new();
    let read = io::stdin().lock().read_line(&mut typed);
    // The end of the input is no answer, and above all not the one that an empty line stands for.
    if read.map_err(|error| Failure::system("the answer cannot be read", &error))? == 0 {
        return Err(Failure::new(CliCode::NotConfirmed, "the input ended before an answer").fix(otherwise));
    }
    Ok(typed.trim().to_owned())
}

/// A new password: the first line of standard input, or typed twice at the terminal, where it is not shown.
pub(crate) fn new_password(from_stdin: bool) -> Result<Password, Failure> {
    if from_stdin {
        return Ok(Password::new(first_line("password")?.as_str()));
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::new(CliCode::NoTerminal, "a password is asked for at a terminal")
            .fix("pass it by --password-stdin; it is never an argument, which others could see"));
    }
    let ask = |text: &str| rpassword::prompt_password(text).map(Zeroizing::new);
    let asked = ask("Password: ").and_then(|first| Ok((first, ask("Once more: ")?)));
    let (first, second) = asked.map_err(|error| Failure::system("the password cannot be read", &error))?;
    if *first != *second {
        return Err(Failure::new(CliCode::NotConfirmed, "the two passwords differ").fix("run it again"));
    }
    Ok(Password::new(first.as_str()))
}

/// The first line of standard input, for what is never an argument.
pub(crate) fn first_line(what: &str) -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(256));
    let read = io::stdin().lock().take(MAX_LINE).read_to_end(&mut bytes);
    read.map_err(|error| Failure::system(&format!("the {what} cannot be read"), &error))?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok(text) if !text.is_empty() => Ok(Zeroizing::new(text.to_owned())),
        Ok(_) => Err(Failure::new(CliCode::Usage, format!("standard input has no {what} on its first line"))),
        Err(_) => Err(Failure::new(CliCode::Usage, format!("the {what} on standard input is not UTF-8"))),
    }
}
