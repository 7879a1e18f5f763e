//! Pages and lists are sent compressed: a folder's page is a twentieth of its size then. Bytes of people's files are not.

use axum::Router;
use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

use crate::state::AppState;

/// Bytes below which compression gains nothing.
const SMALL: u64 = 512;

/// What a page is made of while somebody waits for it: most of what is to be gained, at a hundred megabytes a second.
const QUALITY: CompressionLevel = CompressionLevel::Precise(4);

/// Compresses what these routes answer where it is ours and text.
pub(crate) fn pages(routes: Router<AppState>) -> Router<AppState> {
    let texts = SizeAbove::new(SMALL)
        .and(|_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| is_text_of_ours(headers));
    routes.layer(
        ServiceBuilder::new()
            .layer(from_fn(not_for_other_sites))
            .layer(CompressionLayer::new().quality(QUALITY).compress_when(texts)),
    )
}

/// Pages and JSON. A file may say that it is such a thing; but it can be fetched in ranges, which are those of its bytes.
fn is_text_of_ours(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_text = matches!(kind, "text/html" | "application/json" | "application/problem+json");
    is_text && !headers.contains_key(header::ACCEPT_RANGES)
}

/// How well a page is compressed tells something of what is in it. Whoever can make a person's browser ask for it again and
/// again, with words of theirs in the address, and see how much comes, finds out more and more (BREACH). So what another site asks
/// for comes as it is.
async fn not_for_other_sites(mut request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if matches!(site, Some("cross-site" | "same-site")) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_texts_of_ours_are_compressed() {
        let answer = |kind, ranges| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            if ranges {
                headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
            }
            is_text_of_ours(&headers)
        };
        assert!(answer("text/html; charset=utf-8", false) && answer("application/json", false));
        assert!(!answer("application/json", true), "a file of somebody's");
        assert!(!answer("image/png", false) && !answer("application/zip", false));
        assert!(!is_text_of_ours(&HeaderMap::new()));
    }
}
