//! The JSON API: nodes and unfinished uploads, and the document that describes it all.

mod bulk;
mod description;
mod find;
mod nodes;
mod trash;

use std::convert::Infallible;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use domain::{AppError, NodeId, UploadView};
use drive::{Actor, Drive};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use nodes::ListQuery;

use crate::problem::Problem;
use crate::session::Caller;
use crate::state::AppState;
use crate::{archive, download, thumbnail, tus};

/// Every documented route; the ones that take bodies of any size are in [`uploads`].
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(description::base())
        .routes(routes!(nodes::node, nodes::rename, nodes::trash))
        .routes(routes!(nodes::children))
        .routes(routes!(find::search))
        .routes(routes!(find::files))
        .routes(routes!(nodes::restore))
        .routes(routes!(nodes::create_folder))
        .routes(routes!(bulk::move_all))
        .routes(routes!(bulk::copy_all))
        .routes(routes!(trash::list, trash::trash_all, trash::empty))
        .routes(routes!(trash::restore_all))
        .routes(routes!(trash::purge_all))
        .routes(routes!(download::content))
        .routes(routes!(archive::zip, archive::zip_of_form))
        .routes(routes!(thumbnail::thumbnail))
        .routes(routes!(description::document))
}

/// The documented routes of tus.
pub(crate) fn uploads() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(description::empty())
        .routes(routes!(unfinished, tus::create::create, tus::options))
        .routes(routes!(tus::head, tus::patch, tus::terminate, tus::overridden, tus::options_of_one))
}

/// A node in a path: its id, or `root`.
#[derive(Clone, Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct NodeRef {
    /// The node's id, or `root` for the root of one's own drive.
    id: String,
}

impl NodeRef {
    /// The id that is meant.
    ///
    /// # Errors
    /// 404: what is no id names nothing.
    pub(crate) fn of(&self, actor: &Actor) -> Result<NodeId, Problem> {
        node_of(&self.id, actor)
    }
}

/// The node that a text means: an id, or `root`.
///
/// # Errors
/// 404: what is no id names nothing.
pub(crate) fn node_of(text: &str, actor: &Actor) -> Result<NodeId, Problem> {
    match text {
        "root" => Ok(actor.root.clone()),
        id => id.parse().map_err(|_| AppError::NotFound.into()),
    }
}

/// The JSON of a request.
///
/// # Errors
/// 400 for what cannot be read.
fn body_of<T>(body: Result<Json<T>, JsonRejection>) -> Result<T, Problem> {
    body.map(|Json(body)| body).map_err(|_| Problem::malformed("the body is not the JSON that is expected"))
}

impl FromRequestParts<AppState> for NodeRef {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let id = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self { id: id.map(|Path(id)| id).unwrap_or_default() })
    }
}

/// Uploads of the person who asks that are not finished, newest first.
#[utoipa::path(
    get, path = "/api/uploads", tag = "uploads",
    responses(
        (status = 200, description = "What can be resumed", body = Vec<description::UnfinishedUpload>),
    ),
)]
async fn unfinished(
    State(drive): State<Drive>,
    Caller(actor): Caller,
) -> Result<Json<Vec<UploadView>>, Problem> {
    Ok(Json(drive.unfinished_uploads(&actor).await?))
}
