//! What is said of a share that does not open.

use domain::{AppError, ShareState};
use leptos::prelude::*;

use crate::documents::entrance::Entrance;
use crate::documents::texts::use_document_texts;
use crate::i18n::{sentence, use_language};

/// Why there is nothing to see, as far as it is known.
#[component]
pub(super) fn Closed(
    /// How the share ended; `None`: there is none, or that cannot be found out.
    state: Option<ShareState>,
    /// What failed instead.
    failure: Option<AppError>,
) -> impl IntoView {
    let d = use_document_texts();
    let language = use_language();
    let (title, hint) = match (state, failure) {
        (Some(ShareState::Cancelled), _) => (d.share_cancelled, d.share_cancelled_hint.to_owned()),
        (Some(ShareState::Expired), _) => (d.share_expired, d.share_expired_hint.to_owned()),
        (Some(ShareState::UsedUp), _) => (d.share_used_up, d.share_used_up_hint.to_owned()),
        (Some(ShareState::Trashed | ShareState::Active), _) => {
            (d.share_trashed, d.share_trashed_hint.to_owned())
        }
        (None, Some(AppError::NotFound) | None) => (d.share_missing, d.not_found_hint.to_owned()),
        (None, Some(error)) => (d.share_trouble, sentence(language, &error.into())),
    };
    view! {
        <Entrance title=title>
            <p class="lead">{hint}</p>
        </Entrance>
    }
}
