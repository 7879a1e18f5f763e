//! One sentence for a command line that is refused, instead of a page: what is wrong, and how to mend it.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, CommandFactory, Parser};

use super::Cli;

/// What reading the command line comes to when there is nothing to run.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Help or version; clap prints it, in colour where there is a terminal.
    Answer(clap::Error),
    /// A sentence.
    Wrong(String),
}

/// Reads arguments and environment.
///
/// # Errors
/// See [`Refusal`].
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, Refusal> {
    Cli::try_parse_from(arguments).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Refusal::Answer(error),
        _ => Refusal::Wrong(sentence(&error)),
    })
}

fn sentence(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    if error.kind() == ErrorKind::ValueValidation
        && let (Some(argument), Some(value)) =
            (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue))
    {
        let how = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        let name = argument.split_whitespace().next().unwrap_or_default();
        let known = option(name);
        let variable = known.as_ref().and_then(Arg::get_env).map(|name| format!(" ({})", name.display()));
        let place = format!("{name}{}", variable.unwrap_or_default());
        // It may hold a password, and what is printed here ends in logs.
        return if known.is_some_and(|option| option.is_hide_env_values_set()) {
            format!("what {place} is set to is no value for it: {how}")
        } else {
            format!("{value:?} is no value for {place}: {how}")
        };
    }
    let rendered = error.render().to_string();
    let first: Vec<&str> = rendered.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let first = first.join(" ");
    let rest = text(ContextKind::ValidValue).map(|values| format!(" (possible values: {values})"));
    let first = first.strip_prefix("error: ").unwrap_or(&first).to_owned();
    if first.contains("possible values") {
        return first;
    }
    format!("{first}{}; hayloft --help explains the options", rest.unwrap_or_default())
}

/// The definition of an option, of whichever command has it.
fn option(name: &str) -> Option<Arg> {
    fn find(command: &clap::Command, long: &str) -> Option<Arg> {
        let own = command.get_arguments().find(|argument| argument.get_long() == Some(long)).cloned();
        own.or_else(|| command.get_subcommands().find_map(|command| find(command, long)))
    }
    find(&Cli::command(), name.trim_start_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Command;

    fn read(arguments: &[&str]) -> Result<Cli, Refusal> {
        parse(std::iter::once("hayloft").chain(arguments.iter().copied()).map(OsString::from))
    }

    fn wrong(arguments: &[&str]) -> String {
        match read(arguments) {
            Err(Refusal::Wrong(sentence)) => sentence,
            other => panic!("{arguments:?}: {other:?}"),
        }
    }

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_wrong_value_says_what_a_right_one_is() {
        assert_eq!(
            wrong(&["serve", "--listen", "everywhere"]),
            "\"everywhere\" is no value for --listen (HAYLOFT_LISTEN): \
             write an address and a port, like 127.0.0.1:3000 or [::]:3000"
        );
        for (option, value) in [
            ("--max-file-size", "5 apples"),
            ("--default-quota", "-1"),
            ("--database-url", "mysql://x"),
            ("--store-url", "s3://bucket"),
            ("--public-url", "drive.example.org"),
            ("--public-url", "https://drive.example.org/path"),
            ("--trusted-proxies", "my-proxy"),
            ("--metrics-token", "short"),
            ("--attempts-per-minute", "0"),
            ("--log", "a=b=c"),
        ] {
            let argument = format!("{option}={value}");
            let sentence = wrong(&["serve", &argument]);
            assert!(sentence.contains(option) && sentence.contains("HAYLOFT_"), "{sentence}");
            assert!(!sentence.contains('\n'), "{sentence}");
        }
    }

    #[test]
    fn what_may_hold_a_secret_is_not_printed() {
        for (option, value) in [
            ("--database-url", "mysql://lin:secret-word@db/x"),
            ("--store-url", "s3://lin:secret-word@bucket"),
            ("--metrics-token", "secret-word"),
        ] {
            let sentence = wrong(&["serve", &format!("{option}={value}")]);
            assert!(sentence.contains(option) && !sentence.contains("secret-word"), "{sentence}");
        }
        let sentence = wrong(&["migrate", "--database-url", "mysql://lin:secret-word@db/x"]);
        assert!(!sentence.contains("secret-word"), "{sentence}");
    }

    #[test]
    fn other_mistakes_are_one_line_too() {
        for arguments in [
            &["sevre"][..],
            &["serve", "--lisen", "x"],
            &["serve", "--registration", "maybe"],
            &["admin", "create", "--username", "x"],
            &["admin", "create", "--username", "admin-1", "--email", "a@b.c"],
            &["token", "create"],
        ] {
            let sentence = wrong(arguments);
            assert!(!sentence.contains('\n') && !sentence.is_empty(), "{sentence}");
        }
    }

    #[test]
    fn help_explains_every_option_and_each_is_a_variable_too() {
        for arguments in [&["--help"][..], &["serve", "--help"], &["admin", "create", "--help"]] {
            assert!(matches!(read(arguments), Err(Refusal::Answer(_))));
        }
        fn check(command: &clap::Command) {
            for argument in command.get_arguments() {
                let place = format!("{}: {}", command.get_name(), argument.get_id());
                assert!(argument.get_help().is_some(), "{place}");
                let variable = argument.get_env().and_then(std::ffi::OsStr::to_str);
                assert!(variable.is_some_and(|name| name.starts_with("HAYLOFT_")), "{place}: {variable:?}");
            }
            command.get_subcommands().for_each(check);
        }
        check(&Cli::command());
    }

    #[test]
    fn defaults_lie_below_the_data_directory() {
        let cli = read(&["serve", "--data", "/srv/hay loft"]).expect("a command");
        let Command::Serve(options) = cli.command else { panic!("serve") };
        assert_eq!(options.database.url(), "sqlite:/srv/hay loft/hayloft.db");
        let cli = read(&["serve", "--data", "/srv/50%25? yes#1"]).expect("a command");
        let Command::Serve(odd) = cli.command else { panic!("serve") };
        assert_eq!(odd.database.url(), "sqlite:/srv/50%2525%3F yes#1/hayloft.db");
        let store = options.store.url(&options.database.data).expect("a url");
        assert_eq!(store.as_str(), "file:///srv/hay%20loft/store/");
    }
}
