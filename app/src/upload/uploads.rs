//! What pages and tray share: what there is to see of the queue, and how to add to it.

use domain::NodeId;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{FileList, HtmlInputElement};

use super::engine;
use super::snapshot::Snapshot;
use crate::app::use_visitor;

/// Id of the hidden input that [`Uploads::pick`] opens; the drop zone has it.
pub(super) const PICKER: &str = "upload-picker";
/// The same for [`Uploads::pick_folder`].
pub(super) const FOLDER_PICKER: &str = "upload-folder-picker";

/// The person's uploads; a context of the pages behind the sign-in.
#[derive(Clone, Copy)]
pub(crate) struct Uploads {
    pub(super) snapshot: RwSignal<Snapshot>,
    pub(super) parent: Signal<Option<NodeId>>,
}

/// Gives the pages below an upload queue. Files go into `parent` (`None`: the root) as it is when they are added;
/// `finished` is called with the folder of each file that came to be. In the browser it starts the queue, which asks for what earlier
/// pages left unfinished; on the server nothing happens.
pub(crate) fn provide_uploads(parent: Signal<Option<NodeId>>, finished: Callback<Option<NodeId>>) {
    let uploads = Uploads { snapshot: RwSignal::new(Snapshot::default()), parent };
    provide_context(uploads);
    let visitor = use_visitor();
    Effect::new(move |_| {
        let Some(visitor) = visitor.get() else { return };
        let person = visitor.ok().and_then(|visitor| visitor.profile).map(|profile| profile.id);
        engine::attach(uploads.snapshot, person, finished);
        on_cleanup(engine::detach);
    });
}

/// The upload queue of this page.
pub(crate) fn use_uploads() -> Uploads {
    expect_context()
}

impl Uploads {
    /// Opens the browser's picker and adds what is picked. Only from within an event of the person, or the browser
    /// refuses to open it.
    #[expect(clippy::unused_self, reason = "whoever has none cannot pick")]
    pub(crate) fn pick(self) {
        open(PICKER);
    }

    /// Opens the browser's picker of folders and adds what is in the one that is picked, as [`pick`](Self::pick) does.
    #[expect(clippy::unused_self, reason = "whoever has none cannot pick")]
    pub(crate) fn pick_folder(self) {
        open(FOLDER_PICKER);
    }

    /// Adds files to the folder of the page.
    pub(super) fn add(self, files: Vec<web_sys::File>) {
        if !files.is_empty() {
            let alone = files.into_iter().map(|file| (file, String::new())).collect();
            engine::add(alone, self.parent.get_untracked());
        }
    }
}

fn open(picker: &str) {
    let input = document().get_element_by_id(picker);
    if let Some(input) = input.and_then(|element| element.dyn_into::<HtmlInputElement>().ok()) {
        if picker == FOLDER_PICKER {
            // Not in the view: its macro does not know this attribute. It fails only for a name that cannot be one.
            let _ = input.set_attribute("webkitdirectory", "");
        }
        input.click();
    }
}

/// Takes the files out of an input, so that the same ones can be picked again.
pub(super) fn take_files(input: &HtmlInputElement) -> Vec<web_sys::File> {
    let files = input.files().map(|list| files_of(&list)).unwrap_or_default();
    input.set_value("");
    files
}

fn files_of(list: &FileList) -> Vec<web_sys::File> {
    (0..list.length()).filter_map(|index| list.get(index)).collect()
}
