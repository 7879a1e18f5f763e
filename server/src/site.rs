//! The files of the site: wasm, scripts and styles under names with a hash, which never change, and public files, which
//! may. What is compressed beside a file is sent instead of it.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::config::LeptosOptions;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use crate::state::AppState;

/// For names with a hash.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For names that stay: asked for again each time, which costs a 304.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// The options of a site in this directory, as `cargo xtask` builds it: hashes in `hash.txt`, the rest below `pkg`.
///
/// Leptos looks for `hash.txt` beside the program unless it is given an absolute path, so it is made absolute here.
#[must_use]
pub fn options(root: &Path) -> LeptosOptions {
    let root = std::path::absolute(root).unwrap_or_else(|_| root.to_path_buf());
    let hashes = root.join("hash.txt");
    LeptosOptions::builder()
        .output_name("hayloft")
        .site_root(root.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .hash_files(hashes.is_file())
        .hash_file(hashes.to_string_lossy().into_owned().into())
        .build()
}

/// Where the site is: as configured, else beside the program, else where a checkout builds it.
///
/// # Errors
/// A sentence, when there is none.
pub(crate) fn find(configured: Option<&Path>) -> Result<PathBuf, String> {
    if let Some(root) = configured {
        return if root.join("pkg").is_dir() {
            Ok(root.to_path_buf())
        } else {
            Err(format!(
                "there is no site in {}; set --site (HAYLOFT_SITE) to the directory that holds pkg and hash.txt",
                root.display()
            ))
        };
    }
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join("site")));
    let candidates = [beside, Some(PathBuf::from("target/site"))];
    candidates.into_iter().flatten().find(|root| root.join("pkg").is_dir()).ok_or_else(|| {
        "there is no built site beside the program or in target/site; build it with `cargo xtask run`, or set --site \
         (HAYLOFT_SITE)"
            .to_owned()
    })
}

/// `/pkg/…`: what is not there is 404, never a page.
pub(crate) fn router(site: &LeptosOptions) -> Router<AppState> {
    let root = PathBuf::from(&*site.site_root);
    let hashed = site.hash_files;
    let handler = move |request: Request| {
        let root = root.clone();
        async move {
            let immutable = hashed && is_immutable(request.uri().path());
            match file(&root, request).await {
                Some(mut response) => {
                    let caching = if immutable { FOREVER } else { REVALIDATE };
                    response.headers_mut().insert(header::CACHE_CONTROL, caching);
                    response
                }
                None => StatusCode::NOT_FOUND.into_response(),
            }
        }
    };
    Router::new().route("/pkg/{*path}", axum::routing::get(handler))
}

/// The public file that a request without body asks for, if there is one.
pub(crate) async fn public_file(site: &LeptosOptions, head: Request) -> Option<Response> {
    if !matches!(*head.method(), Method::GET | Method::HEAD) || head.uri().path().ends_with('/') {
        return None;
    }
    let mut response = file(Path::new(&*site.site_root), head).await?;
    response.headers_mut().insert(header::CACHE_CONTROL, REVALIDATE);
    Some(response)
}

async fn file(root: &Path, request: Request) -> Option<Response> {
    let directory =
        ServeDir::new(root).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
    let response = match directory.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let found = !matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::TEMPORARY_REDIRECT);
    found.then(|| response.map(Body::new))
}

/// Names in `pkg` carry a hash (`hayloft.HASH.wasm`), or lie in a folder that does.
fn is_immutable(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    path.starts_with("/pkg/snippets/") || name.split('.').count() >= 3
}
