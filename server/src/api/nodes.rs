//! Nodes as JSON. Five lines each: who asks, what, the drive, the answer.

use axum::Json;
use axum::extract::Query;
use axum::extract::State;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::StatusCode;
use domain::{AppError, Conflict, Field, FileName, Node, Page, Reason};
use drive::{Drive, ListOptions};
use serde::Deserialize;

use super::{NodeRef, body_of, node_of};
use crate::problem::{Problem, ProblemSchema};
use crate::session::Caller;

/// Items of a page when the request does not say.
const DEFAULT_LIMIT: u32 = 200;
/// Items of a page at most.
const MAX_LIMIT: u32 = 1000;

/// A file or folder.
#[utoipa::path(
    get, path = "/api/nodes/{id}", tag = "nodes", params(NodeRef),
    responses(
        (status = 200, body = Node),
        (status = 404, description = "No such node", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn node(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    node: NodeRef,
) -> Result<Json<Node>, Problem> {
    Ok(Json(drive.node(&actor, &node.of(&actor)?).await?))
}

/// Moves a file or folder to the trash.
#[utoipa::path(
    delete, path = "/api/nodes/{id}", tag = "nodes", params(NodeRef),
    responses(
        (status = 204, description = "In the trash"),
        (status = 403, description = "A root cannot be deleted", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "No such node", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn trash(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    node: NodeRef,
) -> Result<StatusCode, Problem> {
    drive.trash(&actor, &node.of(&actor)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a file or folder another name.
#[utoipa::path(
    patch, path = "/api/nodes/{id}", tag = "nodes", params(NodeRef), request_body = NewName,
    responses(
        (status = 200, body = Node),
        (status = 400, description = "The body cannot be read", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 403, description = "A root has no name", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "No such node", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "The name is taken", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "That cannot be a name", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn rename(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    node: NodeRef,
    body: Result<Json<NewName>, JsonRejection>,
) -> Result<Json<Node>, Problem> {
    let name = name_of(&body_of(body)?.name)?;
    Ok(Json(drive.rename(&actor, &node.of(&actor)?, &name).await?))
}

/// Makes a folder, or answers the one that is there.
#[utoipa::path(
    post, path = "/api/folders", tag = "nodes", request_body = NewFolder,
    responses(
        (status = 200, body = Node),
        (status = 400, description = "The body cannot be read", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "No such parent", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "The name is taken", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "That cannot be a name, or the parent is a file", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn create_folder(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    body: Result<Json<NewFolder>, JsonRejection>,
) -> Result<Json<Node>, Problem> {
    let folder = body_of(body)?;
    let (parent, name) = (node_of(&folder.parent, &actor)?, name_of(&folder.name)?);
    Ok(Json(drive.create_folder(&actor, &parent, &name, folder.conflict).await?))
}

fn name_of(text: &str) -> Result<FileName, AppError> {
    FileName::parse(text).map_err(|reason| AppError::invalid(Field::Name, reason))
}

/// A name.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct NewName {
    /// At most 255 bytes, without `/`.
    name: String,
}

/// A folder to be.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct NewFolder {
    /// The folder it goes into: an id, or `root`.
    parent: String,
    /// At most 255 bytes, without `/`.
    name: String,
    /// When the name is taken: `rename` (the default) numbers it, `replace` answers the folder that is there, `fail` refuses.
    #[serde(default)]
    #[schema(value_type = String)]
    conflict: Conflict,
}

/// Takes a file or folder back from the trash, to where it was. Into another folder: `/api/trash/restore`.
#[utoipa::path(
    post, path = "/api/nodes/{id}/restore", tag = "nodes", params(NodeRef),
    responses(
        (status = 200, body = Node),
        (status = 404, description = "Not in the trash", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "Its name is taken there", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "The folder that it was in is gone", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn restore(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    node: NodeRef,
) -> Result<Json<Node>, Problem> {
    Ok(Json(drive.restore(&actor, &node.of(&actor)?).await?))
}

/// What a folder holds, folders first.
#[utoipa::path(
    get, path = "/api/nodes/{id}/children", tag = "nodes", params(NodeRef, ListQuery),
    responses(
        (status = 200, body = Page<Node>),
        (status = 400, description = "The query cannot be read", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "No such folder", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "A parameter is refused", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn children(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    node: NodeRef,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<Page<Node>>, Problem> {
    let Query(query) = query.map_err(|_| Problem::malformed("the query cannot be read"))?;
    Ok(Json(drive.children(&actor, &node.of(&actor)?, &query.options()?).await?))
}

/// Which part of a list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// The `next` of the page before.
    after: Option<String>,
    /// Items at most, 1 to 1000; 200 when not given.
    limit: Option<String>,
    /// `name`, `kind`, `size` or `modified`; with `-` before it the other way round.
    sort: Option<String>,
}

impl ListQuery {
    /// # Errors
    /// What cannot be read.
    pub(crate) fn options(self) -> Result<ListOptions, AppError> {
        let limit = limit_of(self.limit.as_deref())?;
        let sort = self.sort.as_deref().map(str::parse).transpose();
        let sort = sort.map_err(|()| AppError::invalid(Field::Cursor, Reason::Unknown))?;
        Ok(ListOptions { sort: sort.unwrap_or_default(), after: self.after, limit })
    }
}

/// How many items a page is to have.
///
/// # Errors
/// 422 for what is no number from 1 to 1000.
pub(super) fn limit_of(text: Option<&str>) -> Result<u32, AppError> {
    match text.map(str::parse) {
        None => Ok(DEFAULT_LIMIT),
        Some(Ok(limit @ 1..=MAX_LIMIT)) => Ok(limit),
        Some(_) => Err(AppError::invalid(Field::Limit, Reason::Malformed)),
    }
}
