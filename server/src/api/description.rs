//! The OpenAPI document: what the routes cannot say of themselves, and the route that serves it.

use std::sync::OnceLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    Components, Content, Info, OpenApi, PathItem, Ref, ResponseBuilder, SecurityRequirement,
};

const PROBLEM_JSON: &str = "application/problem+json";

/// The document without a path: title, version, and the two ways of saying who asks.
pub(super) fn base() -> OpenApi {
    let mut info = Info::new("Hayloft", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "Files, folders and uploads of one person. Errors are application/problem+json with a `code`. \
         Uploads speak tus 1.0.0 (https://tus.io/protocols/resumable-upload)."
            .to_owned(),
    );
    let mut document = empty();
    document.info = info;
    let mut components = Components::new();
    components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let cookie = ApiKeyValue::with_description(crate::session::COOKIE, "Set by signing in");
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    document.components = Some(components);
    document.security = Some(vec![
        SecurityRequirement::new("token", Vec::<String>::new()),
        SecurityRequirement::new("session", Vec::<String>::new()),
    ]);
    document
}

/// A document with nothing in it.
pub(super) fn empty() -> OpenApi {
    OpenApi::new(Info::new("", ""), utoipa::openapi::Paths::new())
}

/// An unfinished upload.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub(crate) struct UnfinishedUpload {
    /// Its URL is `/api/uploads/{id}`.
    id: String,
    /// `whole` or `partial`.
    kind: String,
    /// Bytes that lasted.
    offset: u64,
    /// Bytes in all, when known.
    length: Option<u64>,
    /// Name of the file.
    name: Option<String>,
    /// The folder it goes to; `null` is the root.
    parent: Option<String>,
    /// Unix milliseconds of the file on the client's disk.
    last_modified: Option<i64>,
    /// Which partial uploads belong together.
    group: Option<String>,
    /// Where in the file this part lies, in bytes.
    part_offset: Option<u64>,
    /// Bytes of the whole file.
    total: Option<u64>,
    /// When it is swept, unix milliseconds.
    expires: i64,
}

/// This document.
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "description", security(()),
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")),
)]
pub(crate) async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi_json()).into_response()
}

/// Adds what comes from before and behind the handlers, and gives a HEAD that shares its description with a GET a name of
/// its own.
fn complete(path: &mut PathItem) {
    if let Some(operation) = path.head.as_mut().filter(|_| path.get.is_some()) {
        operation.operation_id = operation.operation_id.take().map(|id| format!("{id}_head"));
    }
    let reads = [&mut path.get, &mut path.head, &mut path.options];
    let changes = [&mut path.post, &mut path.put, &mut path.patch, &mut path.delete];
    let all = reads.into_iter().map(|one| (one, false)).chain(changes.into_iter().map(|one| (one, true)));
    for (operation, is_change) in all {
        let Some(operation) = operation.as_mut().filter(|operation| operation.security.is_none()) else {
            continue;
        };
        let mut add = |status: &str, description: &str| {
            let problem = Content::new(Some(Ref::from_schema_name("Problem")));
            let response =
                ResponseBuilder::new().description(description).content(PROBLEM_JSON, problem).build();
            operation.responses.responses.entry(status.to_owned()).or_insert(response.into());
        };
        add("401", "Nobody is signed in, or the token is worth nothing");
        if is_change {
            add("403", "The token may only read, or a page of another site sent this");
        }
        add("500", "A fault of the server's, with the number under which its log has the cause");
        add("503", "Database or store cannot be reached; Retry-After says when to try again");
    }
}

/// The document as it is served, made once.
fn openapi_json() -> &'static str {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let mut document = super::routes().into_openapi();
        document.merge(super::uploads().into_openapi());
        document.paths.paths.values_mut().for_each(complete);
        // Serialising these plain types cannot fail; an empty object would fail the test that reads the document.
        document.to_pretty_json().unwrap_or_else(|_| "{}".to_owned())
    })
}
