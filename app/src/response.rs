//! What a page can do to the answer it is sent with. In the browser there is no such context, and effects act instead.

use std::sync::Arc;

use leptos::prelude::*;

/// The answer being made; a context on the server only, and only while a page is rendered for somebody.
#[derive(Clone)]
pub(crate) struct Response {
    /// Sets the status.
    pub(crate) status: Arc<dyn Fn(u16) + Send + Sync>,
    /// Answers with a redirect to a path of ours instead of the page.
    pub(crate) redirect: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Response {
    /// The answer, if there is one to be made. Take it in the component's body: contexts are not at hand after an `await`.
    pub(crate) fn current() -> Option<Self> {
        use_context()
    }
}

/// Loads a page anew in the browser: for changes of who is signed in, after which no state may stay. The browser
/// refuses only while the page is being closed, when nothing is left to do.
pub(crate) fn load(path: &str) {
    let _ = window().location().assign(path);
}
