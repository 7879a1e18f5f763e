//! How long a page or a small request may wait for what is behind us. Every statement and every call to the store has a
//! deadline of its own, which the other side keeps or answers; a database whose machine says nothing any more keeps none.

use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::AppError;

use crate::problem::Problem;

/// Longer than any deadline behind it, so that the cause is told where one is known.
const PATIENCE: Duration = Duration::from_secs(90);

/// What to tell whoever tries again.
const RETRY_AFTER: u64 = 10;

/// Begins an answer in time, or says that the service is unavailable. The body of an answer takes as long as it takes.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => {
            tracing::error!(
                path,
                seconds = PATIENCE.as_secs(),
                "nothing answered a request; is the database there?"
            );
            Problem::from(AppError::Unavailable { retry_after: RETRY_AFTER }).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::http::{StatusCode, header};
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn ask(path: &'static str) -> Response {
        let slow = || async { tokio::time::sleep(PATIENCE - Duration::from_secs(1)).await };
        let router = Router::new()
            .route("/silent", get(std::future::pending::<()>))
            .route("/slow", get(slow))
            .layer(from_fn(layer));
        let request = Request::builder().uri(path).body(Body::empty()).expect("a request");
        router.oneshot(request).await.expect("an answer")
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_answers_is_answered_for() {
        let answer = ask("/silent").await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()[header::RETRY_AFTER], "10");
        assert_eq!(ask("/slow").await.status(), StatusCode::OK);
    }
}
