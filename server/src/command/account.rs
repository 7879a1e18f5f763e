//! `hayloft admin create` and `hayloft token create`.

use std::io::BufRead;

use domain::{AppError, Field, NewPassword, Reason};
use drive::{Access, NewAccount, NewToken};

use super::say;
use crate::config::{AdminOptions, TokenAccess, TokenOptions};
use crate::start::{self, Absent};

/// Bytes of the longest first line that is read as a password.
const MAX_LINE: u64 = 4096;

/// Makes an administrator with the password from the standard input.
///
/// # Errors
/// A sentence.
pub(super) async fn create_administrator(options: AdminOptions) -> Result<(), String> {
    let password = read_password(std::io::stdin().lock())?;
    // The first administrator may be made before the server runs for the first time.
    let drive = start::drive(&options.database, &options.store, Absent::Made).await?;
    let account = NewAccount { username: options.username, email: options.email, password };
    drive.create_administrator(account).await.map_err(|error| sentence(&error.to_app_error()))?;
    Ok(())
}

/// Makes a token and prints it, and nothing else on the standard output, so that a script can take it.
///
/// # Errors
/// A sentence.
pub(super) async fn create_token(options: TokenOptions) -> Result<(), String> {
    let drive = start::drive(&options.database, &options.store, Absent::Refused).await?;
    let token = NewToken {
        name: options.name,
        access: match options.access {
            TokenAccess::Read => Access::Read,
            TokenAccess::Write => Access::Write,
        },
        expires: options.days.map(|days| drive.now() + i64::from(days) * DAY_MS),
    };
    let token = drive.create_token_for(&options.user, &token).await;
    let token = token.map_err(|error| match error.to_app_error() {
        AppError::NotFound => "there is no such user; --user takes a user name or a mail address".to_owned(),
        error => sentence(&error),
    })?;
    say(&format!("{token}\n"));
    Ok(())
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn read_password(input: impl BufRead) -> Result<NewPassword, String> {
    let mut line = String::new();
    input
        .take(MAX_LINE)
        .read_line(&mut line)
        .map_err(|error| format!("the password cannot be read from the standard input: {error}"))?;
    // The line's end is not part of it; other white space is.
    NewPassword::parse(line.trim_end_matches(['\r', '\n'])).map_err(|reason| match reason {
        Reason::Empty => "the standard input holds no password; write it there as one line".to_owned(),
        Reason::TooShort { limit } => format!("the password is too short; take at least {limit} characters"),
        Reason::TooLong { limit } => format!("the password is too long; take at most {limit} characters"),
        _ => "the password is one that attackers try first; take another one".to_owned(),
    })
}

fn sentence(error: &AppError) -> String {
    match error {
        AppError::Invalid { field: Field::Username, reason: Reason::Taken } => {
            "the user name is taken, or looks like one that is; take another one".to_owned()
        }
        AppError::Invalid { field: Field::Email, reason: Reason::Taken } => {
            "an account with this mail address exists; take another one".to_owned()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_the_first_line_without_its_end() {
        for text in ["correct horse \n", "correct horse \r\nmore", "correct horse "] {
            assert_eq!(read_password(text.as_bytes()).expect("a password").expose(), "correct horse ");
        }
        for (text, word) in [("", "no password"), ("short\n", "too short"), ("1234567890", "attackers")] {
            let sentence = read_password(text.as_bytes()).expect_err("refused");
            assert!(sentence.contains(word), "{sentence}");
        }
    }
}
