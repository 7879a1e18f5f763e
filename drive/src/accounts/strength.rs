//! How hard a password is to guess, by zxcvbn: not by the kinds of characters in it, but by how soon it comes up among words,
//! names, dates and rows of keys. Only here, on the server: its dictionaries are larger than all of the browser's program.

use domain::NewPassword;
use zxcvbn::feedback::Warning;

use super::NewAccount;
use crate::{Drive, Error, Result};

/// The least score that is taken: above a million guesses, where ten tries in a quarter of an hour take decades.
const LEAST: u8 = 2;

/// Characters that are looked at. By then an estimate has long been the best there is, and of many signs that stand for
/// letters zxcvbn tries so many readings that a hundred of them take seconds.
const LONGEST: usize = 40;

/// How hard a password is to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strength {
    /// From 0, at once, to 4, practically never.
    pub score: u8,
    /// What makes it easy.
    pub weakness: Option<Weakness>,
}

impl Strength {
    /// Whether an account may have it.
    #[must_use]
    pub const fn is_enough(self) -> bool {
        self.score >= LEAST
    }
}

/// What makes a password easy to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// It is among those that everybody tries, or like one.
    Common,
    /// Keys beside one another.
    Keyboard,
    /// The same again and again.
    Repeat,
    /// `abc`, `6543`.
    Sequence,
    /// A date or a year.
    Date,
    /// One word.
    Word,
    /// Names.
    Name,
}

impl Weakness {
    const fn of(warning: Warning) -> Self {
        match warning {
            Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
                Self::Keyboard
            }
            Warning::RepeatsLikeAaaAreEasyToGuess
            | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => Self::Repeat,
            Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword => Self::Common,
            Warning::SequencesLikeAbcAreEasyToGuess => Self::Sequence,
            Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => Self::Date,
            Warning::AWordByItselfIsEasyToGuess => Self::Word,
            Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess => Self::Name,
        }
    }
}

impl Drive {
    /// How hard this would be to guess for who knows user name and mail address. Nothing of it is kept or logged.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn strength(&self, password: &str, username: &str, email: &str) -> Result<Strength> {
        let (password, username, email) = (cut(password), cut(username), cut(email));
        self.passwords().work(move || Ok(strength(&password, &username, &email))).await
    }

    /// The text to store for a chosen password, if it is hard enough to guess.
    ///
    /// # Errors
    /// [`Error::WeakPassword`].
    pub(crate) async fn hash_chosen(
        &self,
        password: &NewPassword,
        username: &str,
        email: &str,
    ) -> Result<String> {
        let strength = self.strength(password.expose(), username, email).await?;
        if !strength.is_enough() {
            return Err(Error::WeakPassword(strength));
        }
        self.passwords().hash(password).await
    }

    /// The same for a new account.
    pub(crate) async fn hash_for(&self, account: &NewAccount) -> Result<String> {
        self.hash_chosen(&account.password, account.username.as_str(), account.email.as_str()).await
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

fn strength(password: &str, username: &str, email: &str) -> Strength {
    let local = email.split('@').next().unwrap_or_default();
    let known: Vec<&str> =
        [username, local, email, "hayloft"].into_iter().filter(|word| !word.is_empty()).collect();
    let of = |text: &str| {
        let estimate = zxcvbn::zxcvbn(text, &known);
        let warning = estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning);
        Strength { score: estimate.score().into(), weakness: warning.map(Weakness::of) }
    };
    let (whole, rest) = (of(password), without(password, &known));
    // Nothing was taken out: an estimate costs a processor something.
    if rest == password.to_lowercase() {
        return whole;
    }
    let rest = of(&rest);
    if rest.score < whole.score { Strength { weakness: whole.weakness, ..rest } } else { whole }
}

/// What is left without the words that whoever guesses tries first. zxcvbn counts such a word as one of many, and two of
/// them as hard.
fn without(password: &str, known: &[&str]) -> String {
    let is_word = |word: &&&str| word.chars().count() >= 3;
    known
        .iter()
        .filter(is_word)
        .fold(password.to_lowercase(), |rest, word| rest.replace(&word.to_lowercase(), ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_but_easy_is_weak() {
        for (password, weakness) in [
            ("password12", Some(Weakness::Common)),
            ("P@ssw0rd123", Some(Weakness::Common)),
            ("abcabcabcabc", Some(Weakness::Repeat)),
            ("1234567890", None),
            ("lin_wei_lin_wei", None),
            ("hayloft2026", None),
        ] {
            let strength = strength(password, "lin_wei", "lin.wei@example.org");
            assert!(!strength.is_enough(), "{password}: {strength:?}");
            assert!(
                weakness.is_none_or(|wanted| strength.weakness == Some(wanted)),
                "{password}: {strength:?}"
            );
        }
    }

    #[test]
    fn what_is_hard_to_guess_is_enough_whatever_is_in_it() {
        for password in
            ["correct horse battery", "床前明月光疑是地上霜", "tr4-Kvq.9xpl", "four words and 1 digit"]
        {
            let strength = strength(password, "lin_wei", "lin.wei@example.org");
            assert!(strength.is_enough(), "{password}: {strength:?}");
        }
        assert!(strength(&"x".repeat(1_000_000), "", "").score <= 4, "and does not take for ever");
    }
}
