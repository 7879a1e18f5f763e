//! Captchas: a picture of letters, and the same letters spoken, for who is likely to be a program. Asked for when somebody
//! registers, and when signing in went wrong several times.
//!
//! A challenge is a row, so that any instance draws it and any other takes the answer. It belongs to the browser that was
//! asked, by the secret in its cookie; it lives for five minutes, and the first answer ends it, right or wrong. Picture and
//! sound are drawn from the row when they are asked for.
//!
//! What it is worth: it makes trying by the thousand dear, and that is all. Programs read such letters, and cheaper than
//! people type them; so the limits of [`guessing`](super::guessing) hold with a solved captcha as well.

use std::time::Duration;

use captcha::Captcha;
use captcha::filters::{Dots, Noise, Wave};
use rand::Rng;
use sqlx::Row;

use crate::clock::millis;
use crate::{Client, Drive, Error, Result, random};

/// How long there is to answer.
const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// Letters and digits that are not taken for one another, neither by eye nor by ear.
const SIGNS: &[u8] = b"acefhjkprtuwxy3479";

const LENGTH: usize = 5;

/// Challenges of one network that are open at a time: an office behind one address does not notice it.
const MOST_OF_NETWORK: i64 = 100;

/// How often picture and sound of one challenge are drawn: each drawing tells a program more.
const MOST_DRAWINGS: i64 = 12;

/// What a browser is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Where picture and sound are, and what the answer names.
    pub id: String,
    /// The secret for the cookie of the browser.
    pub browser: String,
}

/// What came back.
#[derive(Clone, Copy, Debug)]
pub struct CaptchaAnswer<'a> {
    /// [`Challenge::id`].
    pub id: &'a str,
    /// The secret of the browser's cookie.
    pub browser: &'a str,
    /// What was typed.
    pub text: &'a str,
}

/// That a captcha was solved in this request. Only [`Drive::solve_captcha`] makes one, and it is used up with the request.
#[derive(Debug)]
pub struct Solved(());

impl Drive {
    /// A new challenge for a browser, or for one that is to keep the secret of the answer.
    ///
    /// # Errors
    /// [`Error::TooManyTries`] for a network that has a hundred open ones.
    pub async fn new_captcha(&self, browser: Option<&str>, client: &Client) -> Result<Challenge> {
        let (now, network) = (self.now(), client.network_text());
        let mut tx = self.database().begin().await?;
        let row = sqlx::query(
            "SELECT COUNT(*), COALESCE(MIN(expires_at), 0) FROM captchas WHERE network = $1 AND expires_at > $2",
        )
        .bind(&network)
        .bind(now)
        .fetch_one(&mut *tx)
        .await?;
        if row.try_get::<i64, _>(0)? >= MOST_OF_NETWORK {
            let left = (row.try_get::<i64, _>(1)? - now).max(0).unsigned_abs();
            return Err(Error::TooManyTries { retry_after: left.div_ceil(1000).max(1) });
        }
        let browser = browser.map_or_else(random::secret, str::to_owned);
        let challenge = Challenge { id: random::secret(), browser };
        sqlx::query(
            "INSERT INTO captchas (id, browser, answer, network, expires_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&challenge.id)
        .bind(random::hash_of_secret(&challenge.browser))
        .bind(drawn_answer())
        .bind(network)
        .bind(now + millis(LIFETIME))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(challenge)
    }

    /// The picture of a challenge, a PNG.
    ///
    /// # Errors
    /// [`Error::NotFound`] for another browser's, one that ended, and one that was drawn too often.
    pub async fn captcha_picture(&self, id: &str, browser: &str) -> Result<Vec<u8>> {
        let answer = self.drawn(id, browser).await?;
        self.passwords().work(move || picture(&answer)).await
    }

    /// The same letters spoken, in English, a WAV.
    ///
    /// # Errors
    /// As [`captcha_picture`](Self::captcha_picture).
    pub async fn captcha_sound(&self, id: &str, browser: &str) -> Result<Vec<u8>> {
        let answer = self.drawn(id, browser).await?;
        self.passwords().work(move || sound(&answer)).await
    }

    /// Takes an answer, in any case and with any space around it. The challenge is used up, whatever the answer is.
    ///
    /// # Errors
    /// [`Error::CaptchaWrong`] for another answer, and for a challenge that is used up, over or another browser's.
    pub async fn solve_captcha(&self, answer: &CaptchaAnswer<'_>) -> Result<Solved> {
        if answer.id.contains('\0') {
            return Err(Error::CaptchaWrong);
        }
        let mut tx = self.database().begin().await?;
        let row = sqlx::query(
            "DELETE FROM captchas WHERE id = $1 AND browser = $2 AND expires_at > $3 RETURNING answer",
        )
        .bind(answer.id)
        .bind(random::hash_of_secret(answer.browser))
        .bind(self.now())
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        let right: String = row.ok_or(Error::CaptchaWrong)?.try_get(0)?;
        let typed: String = answer.text.chars().filter(|c| !c.is_whitespace()).collect();
        if typed.to_lowercase() == right { Ok(Solved(())) } else { Err(Error::CaptchaWrong) }
    }

    /// What the letters are, if they may be drawn once more.
    async fn drawn(&self, id: &str, browser: &str) -> Result<String> {
        if id.contains('\0') {
            return Err(Error::NotFound);
        }
        let mut tx = self.database().begin().await?;
        let row = sqlx::query(
            "UPDATE captchas SET drawn = drawn + 1 WHERE id = $1 AND browser = $2 AND expires_at > $3 \
             AND drawn < $4 RETURNING answer",
        )
        .bind(id)
        .bind(random::hash_of_secret(browser))
        .bind(self.now())
        .bind(MOST_DRAWINGS)
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(row.ok_or(Error::NotFound)?.try_get(0)?)
    }

    /// Forgets challenges that are over.
    pub(crate) async fn sweep_captchas(&self) -> Result<()> {
        let delete =
            "DELETE FROM captchas WHERE id IN (SELECT id FROM captchas WHERE expires_at <= $1 LIMIT $2)";
        self.database().delete_in_batches(delete, self.now()).await
    }
}

fn drawn_answer() -> String {
    let mut rng = rand::rng();
    (0..LENGTH).map(|_| char::from(SIGNS[rng.random_range(0..SIGNS.len())])).collect()
}

/// The letters on a canvas.
fn written(answer: &str) -> Captcha {
    let mut captcha = Captcha::new();
    for sign in answer.chars() {
        captcha.set_chars(&[sign]).add_char();
    }
    captcha
}

fn picture(answer: &str) -> Result<Vec<u8>> {
    let mut rng = rand::rng();
    let mut captcha = written(answer);
    captcha
        .apply_filter(Noise::new(0.1))
        .apply_filter(Wave::new(rng.random_range(1.2..2.2), rng.random_range(6.0..12.0)).horizontal())
        .apply_filter(Wave::new(rng.random_range(1.0..2.0), rng.random_range(4.0..8.0)).vertical())
        .view(220, 100)
        .apply_filter(Dots::new(8).max_radius(5).min_radius(2));
    captcha.as_png().ok_or_else(|| Error::Internal("a captcha could not be drawn".to_owned()))
}

/// One file of those that there are for each letter, with a header of its own each.
fn sound(answer: &str) -> Result<Vec<u8>> {
    const HEADER: usize = 44;
    let mut samples = Vec::new();
    let mut head = Vec::new();
    for letter in written(answer).as_wav() {
        let letter = letter.filter(|wav| wav.len() > HEADER && wav.starts_with(b"RIFF"));
        let letter = letter.ok_or_else(|| Error::Internal("a captcha could not be spoken".to_owned()))?;
        head = letter[..HEADER].to_vec();
        samples.extend_from_slice(&letter[HEADER..]);
    }
    let length = u32::try_from(samples.len()).map_err(|error| Error::Internal(error.to_string()))?;
    for (place, size) in [(4, length + 36), (40, length)] {
        if let Some(bytes) = head.get_mut(place..place + 4) {
            bytes.copy_from_slice(&size.to_le_bytes());
        }
    }
    head.extend_from_slice(&samples);
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_can_be_seen_and_heard() {
        for sign in SIGNS {
            let answer = char::from(*sign).to_string();
            assert_eq!(written(&answer).chars_as_string(), answer);
            let sound = sound(&answer).expect("sound");
            assert!(sound.len() > 40_000 && &sound[36..40] == b"data", "{answer}: {} bytes", sound.len());
        }
        let answer = drawn_answer();
        assert_eq!(answer.len(), LENGTH);
        let picture = picture(&answer).expect("picture");
        assert!(picture.starts_with(b"\x89PNG") && picture.len() < 64_000, "{}", picture.len());
        let whole = sound(&answer).expect("sound");
        let length = u32::from_le_bytes(whole[40..44].try_into().expect("four bytes"));
        assert_eq!(whole.len(), 44 + usize::try_from(length).expect("a length"));
    }
}
