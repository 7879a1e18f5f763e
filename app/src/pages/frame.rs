//! The frame around the folders: bar at the top, rail at the left, and what must survive going from folder to folder.

mod account;
mod shortcuts;
mod uploader;
mod usage;

use std::time::Duration;

use domain::NodeId;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

use super::notice::Notice;
use crate::i18n::use_texts;
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
    /// Whether the list of shortcuts is open.
    pub(crate) help: RwSignal<bool>,
}

impl Desk {
    /// The context of this page.
    pub(crate) fn current() -> Self {
        expect_context()
    }
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

/// Bar, rail and the folder in between.
#[component]
pub(crate) fn Frame() -> impl IntoView {
    let t = use_texts();
    let path = use_location().pathname;
    let folder = Memo::new(move |_| path.read().strip_prefix("/folder/").and_then(|id| id.parse().ok()));
    let desk = Desk { folder, arrivals: RwSignal::new(0), help: RwSignal::new(false) };
    provide_context(desk);
    // Within a folder the entry stands for the place one is in, not for the page one is on.
    let here = move || match path.read().as_str() {
        "/" => Some("page"),
        path => path.starts_with("/folder/").then_some("true"),
    };
    let sharing = move || match path.read().as_str() {
        "/shares" => Some("page"),
        path => path.starts_with("/shares/").then_some("true"),
    };
    let in_trash = move || (path.read().as_str() == "/trash").then_some("page");
    let usage = Usage::provide();
    upload::provide_uploads(desk.folder.into(), Callback::new(welcome(desk, usage)));
    view! {
        <div class="frame">
            <header class="bar">
                <a class="brand" href="/"><Icon name="logo"/><span>"Hayloft"</span></a>
                <div class="bar-end">
                    <Uploader/>
                    <AccountMenu/>
                </div>
            </header>
            <nav class="rail" aria-label=t.navigation>
                <a class="rail-item" href="/" aria-current=here><Icon name="folder"/>{t.my_files}</a>
                <a class="rail-item" href="/shares" aria-current=sharing><Icon name="share"/>{t.my_shares}</a>
                <a class="rail-item" href="/trash" aria-current=in_trash><Icon name="trash"/>{t.trash_title}</a>
                <UsageBar/>
            </nav>
            <main class="stage" id="content" tabindex="-1">
                <Outlet/>
            </main>
            <Notice/>
            <upload::Tray/>
            <upload::DropZone/>
            <Shortcuts/>
        </div>
    }
}
