//! Which addresses are the drive's, and what every page has at hand.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};

use crate::Failure;
use crate::Preferences;
use crate::actions::accounts::{Visitor, who_looks};
use crate::address::Address;
use crate::i18n::use_texts;
use crate::moment::provide_clock;
use crate::pages::{Frame, Notices};

/// Where sheets are: at these paths and below them.
pub(crate) const SHEETS: &[&str] = &[
    "/settings",
    "/shares",
    "/admin",
    "/trash",
    "/move",
    "/rename",
    "/view",
    "/search",
    "/category",
    "/recent",
    "/largest",
];

/// Whether a path belongs to the part that the browser takes over. Every other page is a
/// [document](crate::documents) of its own.
#[must_use]
pub(crate) fn is_taken_over(path: &str) -> bool {
    let is_name = |rest: &str| !rest.is_empty() && !rest.contains('/');
    let is_sheet = SHEETS
        .iter()
        .any(|first| path.strip_prefix(first).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    is_sheet || path == "/" || path.strip_prefix("/folder/").is_some_and(is_name)
}

/// The part of Hayloft that the browser takes over: the drive.
#[component]
pub fn App() -> impl IntoView {
    provide_page();
    Address::provide();
    view! {
        <SkipLink/>
        <Frame/>
    }
}

/// What every page has at hand, and how titles are written.
pub(crate) fn provide_page() {
    provide_meta_context();
    if use_context::<Preferences>().is_none()
        && Owner::current_shared_context().is_some_and(|c| c.is_browser())
    {
        provide_context(Preferences::of_document());
    }
    provide_clock();
    Notices::provide();
    provide_context(CurrentVisitor(Resource::new(|| (), |()| who_looks())));
}

/// The first thing on every page for those who go by keyboard; and the form of all titles.
#[component]
pub(crate) fn SkipLink() -> impl IntoView {
    let t = use_texts();
    view! {
        <Title formatter=|page: String| title_of(&page)/>
        <a class="skip" href="#content" rel="external">{t.skip_to_content}</a>
    }
}

/// A title as the document has it. The server writes it into the markup as it is (`leptos_meta` escapes nothing), where
/// `</title>` in what somebody searched for would end it; in the browser it is text.
fn title_of(page: &str) -> String {
    let title = if page.is_empty() { "Hayloft".to_owned() } else { format!("{page} · Hayloft") };
    if cfg!(feature = "ssr") { title.replace('&', "&amp;").replace('<', "&lt;") } else { title }
}

/// Who looks at the page. Asked once for a document: signing in and out loads a new one.
#[derive(Clone, Copy)]
struct CurrentVisitor(Resource<Result<Visitor, Failure>>);

/// What is made of the visitor, once they are known. Not generic, since every view behind a boundary of its own would
/// be compiled with the whole machinery of suspending.
pub(crate) fn with_visitor(content: impl Fn(Visitor) -> AnyView + Send + Sync + 'static) -> AnyView {
    suspend(Arc::new(content))
}

fn suspend(content: Arc<dyn Fn(Visitor) -> AnyView + Send + Sync>) -> AnyView {
    let visitor = use_visitor();
    let known = move || {
        let content = Arc::clone(&content);
        Suspend::new(async move { content(visitor.await.unwrap_or_default()) })
    };
    view! { <Suspense>{known}</Suspense> }.into_any()
}

/// Who looks at the page.
pub(crate) fn use_visitor() -> Resource<Result<Visitor, Failure>> {
    expect_context::<CurrentVisitor>().0
}
