//! For machines that watch: alive, ready, and the numbers.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use drive::Drive;
use tokio::sync::Mutex;

use crate::problem::Problem;
use crate::state::AppState;

/// What Prometheus reads (text format 0.0.4).
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `/health/live`, `/health/ready`, and `/metrics` by token.
pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics_by_token))
}

/// `/metrics` alone, for a listener of its own.
pub(crate) fn metrics_router(state: AppState) -> Router {
    Router::new()
        .route("/metrics", get(|State(state): State<AppState>| async move { text(&state).await }))
        .with_state(state)
}

/// The process answers.
async fn live() -> &'static str {
    "alive\n"
}

/// How long an answer of [`ready`] is given again, in milliseconds. Anybody may ask, and looking costs the database a query
/// and the store a request.
const FRESH: i64 = 1000;

/// What was seen last, and when.
#[derive(Debug, Default)]
pub(crate) struct LastLook(Mutex<Option<(i64, Seen)>>);

type Seen = (StatusCode, String);

/// Database and store work. Why not is for the log; whoever asks from outside learns only which one it is.
async fn ready(State(state): State<AppState>) -> Response {
    // Held while looking: all who ask meanwhile wait for the one answer. Looking ends within seconds.
    let mut last = state.last_look.0.lock().await;
    let now = state.drive.now();
    if let Some((at, seen)) = &*last
        && (*at..*at + FRESH).contains(&now)
    {
        return seen.clone().into_response();
    }
    let seen = look(&state.drive).await;
    *last = Some((state.drive.now(), seen.clone()));
    seen.into_response()
}

async fn look(drive: &Drive) -> Seen {
    let health = drive.health().await;
    if let Err(detail) = &health.database {
        tracing::warn!(detail, "the database is not ready");
    }
    if !health.store.detail.is_empty() {
        tracing::warn!(detail = health.store.detail, "the store is not well");
    }
    let word = |well| if well { "ok" } else { "unavailable" };
    let store = if health.store.writable {
        "ok"
    } else if health.store.readable {
        "read-only"
    } else {
        "unavailable"
    };
    let status = if health.is_well() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, format!("database: {}\nstore: {store}\n", word(health.database.is_ok())))
}

async fn metrics_by_token(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer "));
    match (&state.settings.metrics_token, given) {
        // Without a token configured there is nothing here.
        (None, _) => StatusCode::NOT_FOUND.into_response(),
        (Some(token), Some(given)) if equal(token.as_bytes(), given.as_bytes()) => text(&state).await,
        (Some(_), _) => Problem::from(domain::AppError::SignInRequired).into_response(),
    }
}

/// How long figures of the whole site are given again, in milliseconds: they count every row of some tables.
const SURVEY_FRESH: i64 = 15_000;

/// When the whole site was looked at last, unix milliseconds.
#[derive(Debug, Default)]
pub(crate) struct LastSurvey(Mutex<Option<i64>>);

/// Looks at the whole site, unless somebody did just now. Without a database the old figures stay, and the counters tell.
async fn survey(state: &AppState) {
    let mut last = state.last_survey.0.lock().await;
    let now = state.drive.now();
    if last.is_some_and(|at| (at..at + SURVEY_FRESH).contains(&now)) {
        return;
    }
    match state.drive.survey().await {
        Ok(overview) => crate::metrics::show_survey(&overview),
        Err(error) => tracing::warn!(%error, "the site could not be surveyed for its metrics"),
    }
    *last = Some(state.drive.now());
}

async fn text(state: &AppState) -> Response {
    survey(state).await;
    crate::metrics::read_counters(&state.drive);
    state.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, PROMETHEUS_TEXT)], state.metrics.render()).into_response()
}

/// Compares in a time that does not tell where the first difference is.
fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::equal;

    #[test]
    fn secrets_are_compared_whole() {
        assert!(equal(b"abc", b"abc"));
        for other in [&b"abd"[..], b"ab", b"abcd", b""] {
            assert!(!equal(b"abc", other));
        }
    }
}
