//! `/shares`: what one shares. The list, a form for a new share, and the page of each with its link.

mod form;
mod list;
mod new;
mod one;
mod qr;

use domain::{AppError, Category, NodeKind, ShareState, ShareView};

use super::Content;
use super::request::Request;
use super::texts::SheetTexts;

/// The sheet below `/shares` that these segments name.
///
/// # Errors
/// [`AppError::NotFound`] for one that there is not, or those of the sheet.
pub(super) async fn content(segments: &[&str], request: &Request) -> Result<Content, AppError> {
    match segments {
        [] => list::content(request).await,
        ["new"] => new::content(request).await,
        [id] => one::content(request, &id.parse().map_err(|_| AppError::NotFound)?).await,
        _ => Err(AppError::NotFound),
    }
}

/// Icon, and the class that colours it.
fn icon_of(share: &ShareView) -> &'static str {
    match (share.kind, share.mime.as_deref().map(Category::of)) {
        (NodeKind::Folder, _) => "folder",
        (NodeKind::File, Some(Category::Image)) => "image",
        (NodeKind::File, Some(Category::Document)) => "document",
        (NodeKind::File, Some(Category::Video)) => "video",
        (NodeKind::File, Some(Category::Audio)) => "audio",
        (NodeKind::File, Some(Category::Other) | None) => "other",
    }
}

const fn state_name(t: &'static SheetTexts, state: ShareState) -> &'static str {
    match state {
        ShareState::Active => t.share_active,
        ShareState::Expired => t.share_expired,
        ShareState::UsedUp => t.share_used_up,
        ShareState::Cancelled => t.share_cancelled,
        ShareState::Trashed => t.share_trashed,
    }
}

/// What a share is called: its first thing, and how many more there are.
fn title_of(t: &'static SheetTexts, share: &ShareView) -> String {
    match share.items {
        0 | 1 => share.title.clone(),
        items => {
            let values = [("name", share.title.as_str()), ("count", &(items - 1).to_string())];
            crate::i18n::fill(t.share_several, &values)
        }
    }
}
