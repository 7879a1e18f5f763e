//! The frame around the folders: bar at the top, rail at the left, and what must survive going from folder to folder.

mod account;
mod shortcuts;
mod uploader;
mod usage;

use std::time::Duration;

use domain::NodeId;
use leptos::prelude::*;

use super::notice::Notice;
use super::stage::Stage;
use crate::address::Address;
use crate::i18n::use_texts;
use crate::preferences::{Preferences, View};
use crate::ui::Icon;
use crate::upload;
use account::AccountMenu;
use shortcuts::Shortcuts;
use uploader::Uploader;
use usage::UsageBar;

pub(crate) use usage::Usage;

/// What frame and folder tell each other; a context.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    /// The folder that the address names; `None` is the root.
    pub(crate) folder: Memo<Option<NodeId>>,
    /// Grows when something was added to the folder that the address names.
    pub(crate) arrivals: RwSignal<u32>,
    /// How folders are shown.
    pub(crate) view: RwSignal<View>,
    /// Whether the panel of details is open.
    pub(crate) details: RwSignal<bool>,
    /// Whether the list of shortcuts is open.
    pub(crate) help: RwSignal<bool>,
}

impl Desk {
    /// The context of this page.
    pub(crate) fn current() -> Self {
        expect_context()
    }
}

/// Parts of the frame that only the server renders, as a context that the browser has not: it leaves what the server wrote. They
/// are links and a form; what script does for them is in `server/frame.rs`.
#[derive(Clone, Default)]
pub(crate) struct Served {
    /// The search field.
    pub(crate) search: String,
    /// The form for uploads without script.
    pub(crate) upload: String,
    /// Where one can go.
    pub(crate) places: String,
}

/// After how long the figures follow files that arrived in other folders, however many these are.
const FIGURES_FOLLOW: Duration = Duration::from_millis(2_000);

/// What a file that arrived in a folder is reason for: the list that shows the folder is told, which asks for the figures
/// as well; for any other folder only the figures are.
fn welcome(desk: Desk, usage: Usage) -> impl Fn(Option<NodeId>) {
    let following = StoredValue::new(false);
    move |folder| {
        if desk.folder.get_untracked() == folder {
            desk.arrivals.update(|count| *count = count.wrapping_add(1));
        } else if !following.get_value() {
            following.set_value(true);
            set_timeout(
                move || {
                    following.set_value(false);
                    usage.refresh();
                },
                FIGURES_FOLLOW,
            );
        }
    }
}

/// Bar, rail and the page in between.
#[component]
pub(crate) fn Frame() -> impl IntoView {
    let t = use_texts();
    let path = Address::current().path();
    let folder = Memo::new(move |_| path.read().strip_prefix("/folder/").and_then(|id| id.parse().ok()));
    let desk = Desk {
        folder,
        arrivals: RwSignal::new(0),
        view: RwSignal::new(use_context::<Preferences>().unwrap_or_default().view),
        details: RwSignal::new(false),
        help: RwSignal::new(false),
    };
    provide_context(desk);
    let Served { search, upload, places } = use_context().unwrap_or_default();
    let usage = Usage::provide();
    upload::provide_uploads(desk.folder.into(), Callback::new(welcome(desk, usage)));
    view! {
        <div class="frame">
            <header class="bar">
                <a class="brand" href="/" aria-label="Hayloft"><Icon name="logo"/><span>"Hayloft"</span></a>
                <div class="search" role="search" inner_html=search></div>
                <div class="bar-end">
                    <Uploader form=upload/>
                    <AccountMenu/>
                </div>
            </header>
            <nav class="rail" aria-label=t.navigation>
                <div class="places" data-here=move || path.get() inner_html=places></div>
                <UsageBar/>
            </nav>
            <main class="stage" id="content" tabindex="-1">
                <Stage/>
            </main>
            <Notice/>
            <upload::Tray/>
            <upload::DropZone/>
            <Shortcuts/>
        </div>
    }
}
