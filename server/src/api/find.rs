//! Finding things in a whole drive, as JSON.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use domain::{AppError, Category, Field, Found, Page, SearchWords};
use drive::{Drive, FilesQuery, FilesSort};
use serde::Deserialize;

use super::nodes::limit_of;
use crate::problem::{Problem, ProblemSchema};
use crate::session::Caller;

/// Files and folders by parts of their names, the newest first.
#[utoipa::path(
    get, path = "/api/search", tag = "nodes", params(SearchQuery),
    responses(
        (status = 200, body = Page<Found>),
        (status = 400, description = "The query cannot be read", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "A parameter is refused", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn search(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    query: Result<Query<SearchQuery>, QueryRejection>,
) -> Result<Json<Page<Found>>, Problem> {
    let Query(query) = query.map_err(|_| Problem::malformed("the query cannot be read"))?;
    let words = SearchWords::parse(&query.q).map_err(|reason| AppError::invalid(Field::Name, reason))?;
    let limit = limit_of(query.limit.as_deref())?;
    Ok(Json(drive.search(&actor, &words, query.after.as_deref(), limit).await?))
}

/// Files of the whole drive: what came or changed last first, or what is largest. A page may be short and not be the last
/// one: `next` tells.
#[utoipa::path(
    get, path = "/api/nodes", tag = "nodes", params(FilesParameters),
    responses(
        (status = 200, body = Page<Found>),
        (status = 400, description = "The query cannot be read", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "A parameter is refused", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn files(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    query: Result<Query<FilesParameters>, QueryRejection>,
) -> Result<Json<Page<Found>>, Problem> {
    let Query(query) = query.map_err(|_| Problem::malformed("the query cannot be read"))?;
    let category = query.category.as_deref().map(|name| Category::of_name(name).ok_or(())).transpose();
    let category = category
        .map_err(|()| Problem::malformed("`category` is one of image, document, video, audio and other"))?;
    let sort = match query.sort.as_deref() {
        None | Some("recent") => FilesSort::Recent,
        Some("largest") => FilesSort::Largest,
        Some(_) => return Err(Problem::malformed("`sort` is recent or largest")),
    };
    let limit = limit_of(query.limit.as_deref())?;
    Ok(Json(drive.files(&actor, &FilesQuery { category, sort, after: query.after }, limit).await?))
}

/// What to search for, and which part of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// Words that a name must all have, as parts of it; case and width do not count. At most 255 bytes.
    q: String,
    /// The `next` of the page before.
    after: Option<String>,
    /// Items at most, 1 to 1000; 200 when not given.
    limit: Option<String>,
}

/// Which files, and which part of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FilesParameters {
    /// `image`, `document`, `video`, `audio` or `other`; all when not given.
    category: Option<String>,
    /// `recent` (the default) or `largest`.
    sort: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Items at most, 1 to 1000; 200 when not given.
    limit: Option<String>,
}
