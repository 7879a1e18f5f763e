//! Whose session it is: after somebody had to sign in again, nothing goes on before it is known to be the same person.
//!
//! Another person's session would answer that the uploads are not there, and they would begin anew in that drive.

use domain::UserId;

use super::{Owner, Queue, Wait, Why, delay};
use crate::actions::accounts::Visitor;
use crate::upload::verdict::{Verdict, judge};
use crate::upload::wire::{self, Answer};

/// What is known of the session that requests go out with.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    /// Whose uploads these are; `None` until somebody was seen.
    pub(super) person: Option<UserId>,
    /// Whether an answer gave reason to think that it is another session now, or none.
    doubted: bool,
    /// When to ask again.
    wait: Option<Wait>,
    attempts: u32,
}

impl Session {
    /// A session of nobody known.
    pub(super) const fn new() -> Self {
        Self { person: None, doubted: false, wait: None, attempts: 0 }
    }

    /// No reason to wait longer with the question.
    pub(super) fn hurry(&mut self) {
        self.wait = self.wait.filter(|wait| !wait.yields());
    }

    /// What everything waits for, as long as it is not known whose session it is.
    pub(super) fn obstacle(&self) -> Option<Wait> {
        self.wait.filter(|_| self.doubted)
    }
}

impl Queue {
    /// Nothing new is begun until it is known who is signed in.
    pub(super) const fn doubt_session(&mut self) {
        self.session.doubted = true;
    }

    /// Asks who is signed in, if that is in doubt; says whether anything else may begin.
    pub(super) fn is_session_sure(&mut self) -> bool {
        if !self.session.doubted {
            return true;
        }
        let waits = self.session.wait.is_some_and(|wait| wait.until > self.now);
        let asked = self.flights.values().any(|flight| matches!(flight.owner, Owner::Who));
        if !waits && !asked {
            self.send(Owner::Who, wire::who());
        }
        false
    }

    /// It was answered who is signed in.
    pub(super) fn who_answered(&mut self, answer: &Answer) {
        if !answer.is_success() {
            let (why, after) = match judge(answer) {
                Verdict::Wait { why, after } => (why, after),
                _ => (Why::Server, answer.retry_after),
            };
            return self.who_later(why, after);
        }
        let Ok(visitor) = serde_json::from_str::<Visitor>(&answer.body) else {
            return self.who_later(Why::Server, None);
        };
        match (visitor.profile.map(|profile| profile.id), &self.session.person) {
            (None, _) => self.who_later(Why::SignIn, None),
            (Some(now), Some(person)) if now != *person => self.who_later(Why::OtherPerson, None),
            (now, _) => {
                self.session = Session { person: now, ..Session::new() };
                self.welcome_back();
            }
        }
    }

    /// It is not known yet who is signed in, or it is not the person whose files these are.
    pub(super) fn who_later(&mut self, why: Why, after: Option<u64>) {
        let session = &mut self.session;
        session.attempts = session.attempts.saturating_add(1);
        let until = self.now + delay(session.attempts, after, &mut self.dice);
        session.wait = Some(Wait { until, why, asked: after.is_some() });
    }

    /// What waited for the person goes on.
    fn welcome_back(&mut self) {
        let over = |wait: &Wait| wait.why != Why::SignIn;
        for key in self.live.keys() {
            if let Some(entry) = self.entries.get_mut(key) {
                entry.wait = entry.wait.filter(over);
            }
        }
        self.listing_wait = self.listing_wait.filter(over);
        self.hurry_folders(over);
        self.bin_wait = self.bin_wait.filter(over);
    }
}
