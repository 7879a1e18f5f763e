//! The trash as JSON.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use domain::{Conflict, ItemReport, NodeId, Page, TrashEntry};
use drive::{Drive, Restore};
use serde::Deserialize;

use super::nodes::limit_of;
use super::{body_of, node_of};
use crate::problem::{Problem, ProblemSchema};
use crate::session::Caller;

/// What is in the trash, what was put there last first.
#[utoipa::path(
    get, path = "/api/trash", tag = "trash", operation_id = "trashed", params(TrashQuery),
    responses(
        (status = 200, body = Page<TrashEntry>),
        (status = 400, description = "The query cannot be read", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "A parameter is refused", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    query: Result<Query<TrashQuery>, QueryRejection>,
) -> Result<Json<Page<TrashEntry>>, Problem> {
    let Query(query) = query.map_err(|_| Problem::malformed("the query cannot be read"))?;
    let limit = limit_of(query.limit.as_deref())?;
    Ok(Json(drive.trashed(&actor, query.after.as_deref(), limit).await?))
}

/// Moves files and folders to the trash. Each item has an outcome of its own.
#[utoipa::path(
    post, path = "/api/trash", tag = "trash", request_body = Items,
    responses(
        (status = 200, body = Vec<ItemReport>),
        (status = 400, description = "The body cannot be read", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "None or too many", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn trash_all(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    body: Result<Json<Items>, JsonRejection>,
) -> Result<Json<Vec<ItemReport>>, Problem> {
    Ok(Json(drive.trash_all(&actor, &body_of(body)?.ids).await?))
}

/// Takes files and folders back from the trash, to where they were or into a folder. What was in a folder that is gone, or has
/// a name that is taken, is skipped, unless a folder is named that it goes into.
#[utoipa::path(
    post, path = "/api/trash/restore", tag = "trash", request_body = Restoration,
    responses(
        (status = 200, body = Vec<ItemReport>),
        (status = 400, description = "The body cannot be read", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "No such folder", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "None, too many, or the folder is a file", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn restore_all(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    body: Result<Json<Restoration>, JsonRejection>,
) -> Result<Json<Vec<ItemReport>>, Problem> {
    let Restoration { ids, parent, conflict } = body_of(body)?;
    let to = match parent {
        Some(parent) => Restore::Into { folder: node_of(&parent, &actor)?, conflict },
        None => Restore::ToItsPlace,
    };
    Ok(Json(drive.restore_all(&actor, &ids, &to).await?))
}

/// Deletes what is in the trash, for ever.
#[utoipa::path(
    post, path = "/api/trash/purge", tag = "trash", request_body = Items,
    responses(
        (status = 200, body = Vec<ItemReport>),
        (status = 400, description = "The body cannot be read", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "None or too many", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn purge_all(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    body: Result<Json<Items>, JsonRejection>,
) -> Result<Json<Vec<ItemReport>>, Problem> {
    Ok(Json(drive.purge_all(&actor, &body_of(body)?.ids).await?))
}

/// Deletes everything that is in the trash, for ever.
#[utoipa::path(
    delete, path = "/api/trash", tag = "trash", operation_id = "empty_trash",
    responses((status = 204, description = "The trash is empty")),
)]
pub(crate) async fn empty(State(drive): State<Drive>, Caller(actor): Caller) -> Result<StatusCode, Problem> {
    drive.empty_trash(&actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which part of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TrashQuery {
    /// The `next` of the page before.
    after: Option<String>,
    /// Items at most, 1 to 1000; 200 when not given.
    limit: Option<String>,
}

/// Files and folders.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct Items {
    /// 1 to 1000 of them.
    #[schema(value_type = Vec<String>)]
    ids: Vec<NodeId>,
}

/// What comes back, and where to.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct Restoration {
    /// 1 to 1000 files and folders.
    #[schema(value_type = Vec<String>)]
    ids: Vec<NodeId>,
    /// The folder they go into: an id, or `root`. Each goes to where it was when none is named.
    parent: Option<String>,
    /// Where a name is taken in that folder: as when they are moved.
    #[serde(default)]
    #[schema(value_type = String)]
    conflict: Conflict,
}
