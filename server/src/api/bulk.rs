//! Several files and folders to another folder, as JSON.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use domain::{Conflict, ItemReport, NodeId};
use drive::Drive;
use serde::Deserialize;

use super::{body_of, node_of};
use crate::problem::{Problem, ProblemSchema};
use crate::session::Caller;

/// Moves files and folders into a folder. Each item has an outcome of its own.
#[utoipa::path(
    post, path = "/api/move", tag = "nodes", request_body = Transfer,
    responses(
        (status = 200, body = Vec<ItemReport>),
        (status = 400, description = "The body cannot be read", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "No such target", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "None, too many, or the target is a file", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn move_all(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    body: Result<Json<Transfer>, JsonRejection>,
) -> Result<Json<Vec<ItemReport>>, Problem> {
    let transfer = body_of(body)?;
    let parent = node_of(&transfer.parent, &actor)?;
    Ok(Json(drive.move_all(&actor, &transfer.ids, &parent, transfer.conflict).await?))
}

/// Copies files and folders into a folder. No bytes are copied, and all of them count.
#[utoipa::path(
    post, path = "/api/copy", tag = "nodes", request_body = Transfer,
    responses(
        (status = 200, body = Vec<ItemReport>),
        (status = 400, description = "The body cannot be read", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "No such target", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "None, too many, or the target is a file", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 507, description = "The drive is full; nothing was copied", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn copy_all(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    body: Result<Json<Transfer>, JsonRejection>,
) -> Result<Json<Vec<ItemReport>>, Problem> {
    let transfer = body_of(body)?;
    let parent = node_of(&transfer.parent, &actor)?;
    Ok(Json(drive.copy_all(&actor, &transfer.ids, &parent, transfer.conflict).await?))
}

/// What goes where.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct Transfer {
    /// 1 to 1000 files and folders.
    #[schema(value_type = Vec<String>)]
    ids: Vec<NodeId>,
    /// The folder: an id, or `root`.
    parent: String,
    /// Where a name is taken: `rename` (the default) keeps both, `replace` makes a file the newest version of the one that is
    /// there and merges folders, `fail` skips the item.
    #[serde(default)]
    #[schema(value_type = String)]
    conflict: Conflict,
}
