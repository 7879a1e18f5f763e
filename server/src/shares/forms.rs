//! The forms of a share's page: the code, and saving to one's own drive. Below the address of the share, which is the only one
//! that its cookie is sent to.

use app::server::{flash_cookie, next_cookie, share_cookie, share_proof};
use app::{Failure, Flash, Form, Typed};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{AppError, NodeId, ShareToken};
use drive::ShareKey;

use super::is_for_a_page;
use crate::client::Peer;
use crate::problem::Problem;
use crate::session::Caller;
use crate::state::AppState;

/// The address of the share, and of a folder in it.
fn page(token: &ShareToken, folder: Option<&NodeId>) -> String {
    folder.map_or_else(|| format!("/s/{token}"), |folder| format!("/s/{token}/folder/{folder}"))
}

fn fields(body: &Bytes, name: &str) -> Vec<String> {
    let pairs = url::form_urlencoded::parse(body);
    pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
}

/// Takes a code, and leaves the proof in a cookie.
pub(super) async fn open(
    State(state): State<AppState>,
    peer: Peer,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let token: ShareToken = token.parse().map_err(|_| AppError::NotFound)?;
    let code = fields(&body, "code").pop().unwrap_or_default();
    let (outcome, secure) =
        (state.drive.unlock_share(&token, &code, &peer.0).await, state.settings.is_https());
    if !is_for_a_page(&headers) {
        let proof = outcome?;
        return Ok(
            (StatusCode::NO_CONTENT, with_cookie(share_cookie(&token, &proof, secure))).into_response()
        );
    }
    let (cookie, wait) = match outcome {
        Ok(proof) => (share_cookie(&token, &proof, secure), None),
        // The page itself says why it does not open.
        Err(drive::Error::ShareClosed(_) | drive::Error::NotFound) => (None, None),
        Err(error) => {
            let error = Problem::from(error).into_app_error();
            let wait = error.retry_after();
            let failure = Failure::App(error);
            let flash = Flash::Refused { form: Form::ShareCode, failure, typed: Typed::default() };
            (flash_cookie(&flash, secure), wait)
        }
    };
    let mut answer = see(&page(&token, None), cookie);
    if let Some(wait) = wait {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    Ok(answer)
}

/// Saves what was chosen, or all that the page shows, to a folder of one's own drive (`to`), or its root.
pub(super) async fn save(
    State(state): State<AppState>,
    caller: Result<Caller, Problem>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let token: ShareToken = token.parse().map_err(|_| AppError::NotFound)?;
    let html = is_for_a_page(&headers);
    let Caller(actor) = match caller {
        Err(problem)
            if html && matches!(problem.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) =>
        {
            let next = next_cookie(&format!("/s/{token}/save"), state.settings.is_https());
            return Ok(see("/login", next));
        }
        caller => caller?,
    };
    let ids = |name| fields(&body, name).iter().map(|id| id.parse()).collect::<Result<Vec<NodeId>, _>>();
    let folder = ids("folder").map_err(|_| AppError::NotFound)?.pop();
    let target = ids("to").map_err(|_| AppError::NotFound)?.pop().unwrap_or_else(|| actor.root.clone());
    let mut nodes = ids("node").map_err(|_| AppError::NotFound)?;
    if nodes.is_empty() {
        nodes.extend(folder.clone());
    }
    let key = ShareKey { token, proof: share_proof(&headers) };
    let outcome = state.drive.save_shared(&actor, &key, &nodes, &target).await;
    if !html {
        return Ok(axum::Json(outcome?.nodes).into_response());
    }
    let flash = match outcome {
        Ok(saved) => Flash::Saved { count: saved.count },
        Err(drive::Error::ShareClosed(_) | drive::Error::CodeRequired) => {
            return Ok(see(&page(&key.token, None), None));
        }
        Err(error) => Flash::Failed(Failure::App(Problem::from(error).into_app_error())),
    };
    let cookie = flash_cookie(&flash, state.settings.is_https());
    Ok(see(&page(&key.token, folder.as_ref()), cookie))
}

fn with_cookie(cookie: Option<HeaderValue>) -> HeaderMap {
    cookie.map(|cookie| (header::SET_COOKIE, cookie)).into_iter().collect()
}

/// Leads a browser on. The address is made of identifiers alone.
fn see(address: &str, cookie: Option<HeaderValue>) -> Response {
    let mut headers = with_cookie(cookie);
    if let Ok(location) = HeaderValue::from_str(address) {
        headers.insert(header::LOCATION, location);
    }
    (StatusCode::SEE_OTHER, headers).into_response()
}
