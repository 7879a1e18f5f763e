//! What an answer that is not a success means for an upload: wait, ask again, send less, begin anew, or give up.

use domain::AppError;

use super::wire::Answer;

/// Why an upload cannot go on for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The server does not answer.
    Network,
    /// The server answers, but not the store behind it.
    Store,
    /// The server answers that it cannot now.
    Server,
    /// Something else writes to the same upload, or too much was asked.
    Busy,
    /// Nobody is signed in any more.
    SignIn,
    /// Somebody else is signed in now.
    OtherPerson,
    /// All bytes arrived; the file is being made of them.
    Publishing,
}

/// Why an upload ended without a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The server said why.
    App(AppError),
    /// The server or something before it refused with this HTTP status and without a reason we know.
    Status(u16),
    /// The browser cannot read the file: it was changed, moved or deleted since it was picked.
    Unreadable,
}

/// What to do about an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The same again, later.
    Wait {
        /// What to tell the person meanwhile.
        why: Why,
        /// Seconds the server asks for.
        after: Option<u64>,
    },
    /// Our idea of the offset is wrong: ask for it.
    Stale,
    /// The request body is too large for something on the way.
    Smaller,
    /// The upload is not there any more.
    Gone,
    /// Trying again by itself would not help.
    Final(Problem),
}

/// Judges an answer that is not a success. The problem's code decides where it says more than the status: a proxy's 413
/// speaks of the request and may be answered by a smaller one, ours speaks of the file.
pub(crate) fn judge(answer: &Answer) -> Verdict {
    let error = serde_json::from_slice::<AppError>(answer.body.as_bytes()).ok();
    let after = answer.retry_after.or_else(|| error.as_ref().and_then(AppError::retry_after));
    let wait = |why| Verdict::Wait { why, after };
    match (answer.status, error) {
        (401, _) => wait(Why::SignIn),
        (409, Some(error @ AppError::NameTaken)) => Verdict::Final(Problem::App(error)),
        (409, _) => Verdict::Stale,
        (404 | 410, _) => Verdict::Gone,
        (413, Some(error @ (AppError::TooLarge { .. } | AppError::QuotaExceeded { .. }))) => {
            Verdict::Final(Problem::App(error))
        }
        (413, _) => Verdict::Smaller,
        (423 | 429, _) => wait(Why::Busy),
        (_, Some(AppError::StoreUnavailable { .. })) => wait(Why::Store),
        // 408 and 425 are a proxy's way to say that it lost patience or order.
        (408 | 425 | 500 | 502..=504 | 520..=530, _) => wait(Why::Server),
        (_, Some(error)) => Verdict::Final(Problem::App(error)),
        (status @ (200..=399 | 400..=499 | 501 | 505 | 507), None) => Verdict::Final(Problem::Status(status)),
        (_, None) => wait(Why::Server),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.to_owned(), ..Answer::default() }
    }

    #[test]
    fn statuses_without_a_reason() {
        for (status, verdict) in [
            (401, Verdict::Wait { why: Why::SignIn, after: None }),
            (404, Verdict::Gone),
            (410, Verdict::Gone),
            (409, Verdict::Stale),
            (413, Verdict::Smaller),
            (423, Verdict::Wait { why: Why::Busy, after: None }),
            (429, Verdict::Wait { why: Why::Busy, after: None }),
            (500, Verdict::Wait { why: Why::Server, after: None }),
            (502, Verdict::Wait { why: Why::Server, after: None }),
            (504, Verdict::Wait { why: Why::Server, after: None }),
            (599, Verdict::Wait { why: Why::Server, after: None }),
            (403, Verdict::Final(Problem::Status(403))),
            (302, Verdict::Final(Problem::Status(302))),
            (507, Verdict::Final(Problem::Status(507))),
        ] {
            assert_eq!(judge(&answer(status, "<html>nginx</html>")), verdict, "{status}");
        }
    }

    #[test]
    fn a_problem_document_says_more_than_its_status() {
        let store = r#"{"type":"about:blank","title":"Service Unavailable","status":503,
            "detail":"the store is unreachable","code":"store-unavailable","retry_after":8}"#;
        assert_eq!(judge(&answer(503, store)), Verdict::Wait { why: Why::Store, after: Some(8) });
        let large = r#"{"status":413,"code":"too-large","limit":10}"#;
        assert_eq!(
            judge(&answer(413, large)),
            Verdict::Final(Problem::App(AppError::TooLarge { limit: 10 }))
        );
        let full = r#"{"status":507,"code":"quota-exceeded","available":3}"#;
        assert_eq!(
            judge(&answer(507, full)),
            Verdict::Final(Problem::App(AppError::QuotaExceeded { available: 3 }))
        );
        let name = r#"{"status":422,"code":"invalid","field":"name","reason":"slash","title":"x"}"#;
        let slash = AppError::invalid(domain::Field::Name, domain::Reason::Slash);
        assert_eq!(judge(&answer(422, name)), Verdict::Final(Problem::App(slash)));
        assert_eq!(judge(&answer(409, r#"{"code":"offset-mismatch","offset":5}"#)), Verdict::Stale);
    }

    #[test]
    fn the_header_wins_over_the_body() {
        let mut busy = answer(429, r#"{"code":"too-many-requests","retry_after":3}"#);
        assert_eq!(judge(&busy), Verdict::Wait { why: Why::Busy, after: Some(3) });
        busy.retry_after = Some(20);
        assert_eq!(judge(&busy), Verdict::Wait { why: Why::Busy, after: Some(20) });
    }
}
