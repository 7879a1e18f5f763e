//! `POST /upload`: files from the plain form of a page, for browsers without script. Streamed into the upload core file
//! by file; nothing is held, so any size goes.
//!
//! Answers with a redirect to the list, which tells the outcome. Files that came before one that was refused are there.

pub(crate) mod form;
mod target;

use std::time::Duration;

use app::server::own_path;
use app::{Failure, Flash};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::{AppError, Conflict, Field as Input, FileName, NodeId, Reason, UploadMetadata};
use drive::{Actor, Drive, NewUpload, NewUploadKind, Write};
use futures::SinkExt;
use futures::channel::mpsc;
use multer::Field;

use self::form::Form;
use self::target::Target;
use crate::problem::Problem;
use crate::session::Caller;
use crate::state::AppState;
use crate::tus;

/// Bytes of the one field that is not a file.
const MAX_TEXT: usize = 256;
/// Chunks between the form's parser and the store.
const IN_FLIGHT: usize = 4;
/// A store that takes nothing for so long has failed in some way that it does not tell.
const STUCK: Duration = Duration::from_secs(120);

/// Takes a form with the fields `parent` and `conflict` (optional, before the files) and any number of files, whose names may be
/// paths: browsers send those of a folder so.
pub(crate) async fn upload(
    State(state): State<AppState>,
    caller: Result<Caller, Problem>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Caller(actor) = match caller {
        Ok(caller) => caller,
        Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => {
            return redirect("/login", None, &state);
        }
        // Who has to choose a new password is shown where.
        Err(problem)
            if problem.status() == StatusCode::FORBIDDEN && !headers.contains_key(header::AUTHORIZATION) =>
        {
            return redirect("/", None, &state);
        }
        // Signing in would not help.
        Err(problem) => return problem.into_response(),
    };
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let back = own_path(referer.unwrap_or_default());
    let Ok(mut form) = Form::new(&headers, body) else {
        let failure = Failure::App(AppError::invalid(Input::Metadata, Reason::Malformed));
        return redirect(&back, Some(&Flash::Failed(failure)), &state);
    };
    let mut taking =
        Taking { drive: &state.drive, actor: &actor, target: Target::default(), files: 0, skipped: 0 };
    let flash = match taking.all(&mut form).await {
        Ok(()) if taking.files + taking.skipped == 0 => {
            Flash::Failed(AppError::invalid(Input::Name, Reason::Empty).into())
        }
        Ok(()) => app::server::uploaded(&headers, taking.files, taking.skipped),
        Err(error) => Flash::Failed(error.into()),
    };
    redirect(&back, Some(&flash), &state)
}

/// A form whose files are being taken.
struct Taking<'a> {
    drive: &'a Drive,
    actor: &'a Actor,
    target: Target,
    /// How many arrived.
    files: u32,
    /// How many were left out, since their names were taken.
    skipped: u32,
}

impl Taking<'_> {
    async fn all(&mut self, form: &mut Form) -> Result<(), AppError> {
        while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
            match (field.name(), field.file_name()) {
                (Some("parent"), None) => self.target.folder = read_parent(field).await?,
                (Some("conflict"), None) => self.target.conflict = read_conflict(field).await?,
                // A browser sends an empty file without a name when nothing was picked.
                (_, Some("")) | (_, None) => form::skip(field).await.map_err(|error| broken(&error))?,
                (_, Some(path)) => {
                    let path = path.to_owned();
                    self.one(&path, field).await?;
                }
            }
        }
        Ok(())
    }

    async fn one(&mut self, path: &str, field: Field<'static>) -> Result<(), AppError> {
        let (folder, name) = self.target.place(self.drive, self.actor, path).await?;
        match store(self.drive, self.actor, folder, name, self.target.conflict, field).await {
            Ok(()) => self.files += 1,
            Err(AppError::NameTaken) if self.target.conflict == Conflict::Fail => self.skipped += 1,
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

async fn read_text(mut field: Field<'static>, input: Input) -> Result<String, AppError> {
    let malformed = || AppError::invalid(input, Reason::Malformed);
    let mut text = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| broken(&error))? {
        text.extend_from_slice(&chunk);
        if text.len() > MAX_TEXT {
            return Err(malformed());
        }
    }
    String::from_utf8(text).map(|text| text.trim().to_owned()).map_err(|_| malformed())
}

async fn read_parent(field: Field<'static>) -> Result<Option<NodeId>, AppError> {
    match read_text(field, Input::Parent).await?.as_str() {
        "" | "root" => Ok(None),
        id => id.parse().map(Some).map_err(|_| AppError::invalid(Input::Parent, Reason::Malformed)),
    }
}

async fn read_conflict(field: Field<'static>) -> Result<Conflict, AppError> {
    let text = read_text(field, Input::Metadata).await?;
    Conflict::parse(&text).ok_or_else(|| AppError::invalid(Input::Metadata, Reason::Malformed))
}

/// One file: an upload whose length is known at its end.
async fn store(
    drive: &Drive,
    actor: &Actor,
    parent: Option<NodeId>,
    name: FileName,
    conflict: Conflict,
    mut field: Field<'static>,
) -> Result<(), AppError> {
    let metadata = UploadMetadata { name: Some(name), parent, conflict, ..UploadMetadata::default() };
    let new = NewUpload { kind: NewUploadKind::Whole, length: None, metadata, raw_metadata: String::new() };
    let upload = drive.begin_upload(actor, new).await.map_err(|error| told(&error))?;
    let (mut sender, receiver) = mpsc::channel::<Result<Bytes, axum::Error>>(IN_FLIGHT);
    let feeding = async move {
        loop {
            let chunk = field.chunk().await;
            let outcome = chunk.as_ref().map(|_| ()).map_err(broken);
            let item = match chunk {
                Ok(Some(chunk)) => Ok(chunk),
                Ok(None) => return outcome,
                Err(error) => Err(axum::Error::new(error)),
            };
            // A closed channel: the writer gave up and says why.
            match tokio::time::timeout(STUCK, sender.send(item)).await {
                Ok(Ok(())) if outcome.is_ok() => {}
                Ok(_) => return outcome,
                Err(_) => return Err(AppError::StoreUnavailable { retry_after: 5 }),
            }
        }
    };
    let body = Write { offset: 0, length: None, content_length: None, checksum: None };
    let writing = tus::write(drive, actor, &upload.id, body, Body::from_stream(receiver));
    let (fed, written) = tokio::join!(feeding, writing);
    let outcome = async {
        // What the drive says explains more than a feed that it cut off.
        let status = written.map_err(Problem::into_app_error)?;
        fed?;
        let end = Write {
            offset: status.offset,
            length: Some(status.offset),
            content_length: Some(0),
            checksum: None,
        };
        tus::write(drive, actor, &upload.id, end, Body::empty()).await.map_err(Problem::into_app_error)
    };
    let outcome = outcome.await;
    if outcome.is_err() {
        // A form cannot be resumed, so what arrived is of no use.
        if let Err(error) = drive.cancel_upload(actor, &upload.id).await {
            tracing::debug!(%error, "the upload of a form stays until it expires");
        }
    }
    outcome.map(drop)
}

fn told(error: &drive::Error) -> AppError {
    crate::metrics::count_store_error(error);
    error.to_app_error()
}

fn broken(error: &multer::Error) -> AppError {
    tracing::debug!(%error, "a form broke off or cannot be read");
    AppError::invalid(Input::Metadata, Reason::Malformed)
}

fn redirect(to: &str, flash: Option<&Flash>, state: &AppState) -> Response {
    let mut answer = StatusCode::SEE_OTHER.into_response();
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    answer.headers_mut().insert(header::LOCATION, location);
    let secure = state.settings.is_https();
    if let Some(cookie) = flash.and_then(|flash| app::server::flash_cookie(flash, secure)) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}
