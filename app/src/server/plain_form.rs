//! The form for uploads of browsers without script, and what it says of its outcome. With script the button above it opens the
//! upload queue, so the wasm holds nothing of it.

use axum::http::HeaderMap;
use leptos::prelude::*;

use super::preferences_of;
use crate::i18n::fill;
use crate::sheets::{SheetTexts, taken_names};
use crate::{Flash, Language};

/// The field for a folder. Not in the view: its macro does not know this attribute.
const FOLDER: &str = r#"<input id="plain-folder" type="file" name="file" multiple webkitdirectory>"#;

/// The form of the page of this folder; nothing is the root. What is about all files stands before them, as it is read in order.
pub(super) fn plain_form(language: Language, folder: &str) -> String {
    let t = SheetTexts::of(language);
    view! {
        <form class="stack" method="post" action="/upload" enctype="multipart/form-data">
            <input type="hidden" name="parent" value=folder.to_owned()/>
            {taken_names(t)}
            <label class="menu-label" for="plain-files">{t.upload_files}</label>
            <input id="plain-files" type="file" name="file" multiple/>
            <label class="menu-label" for="plain-folder">{t.upload_folder}</label>
            <div inner_html=FOLDER></div>
            <button type="submit" class="button primary wide">{t.upload_send}</button>
        </form>
    }
    .to_html()
}

/// What came of a form: so many files arrived, and so many were left out because their names were taken.
#[must_use]
pub fn uploaded(headers: &HeaderMap, files: u32, skipped: u32) -> Flash {
    if skipped == 0 {
        return Flash::Uploaded { files };
    }
    let t = SheetTexts::of(preferences_of(headers).language);
    let (files, skipped) = (files.to_string(), skipped.to_string());
    Flash::Said { text: fill(t.upload_skipped, &[("files", &files), ("skipped", &skipped)]) }
}
