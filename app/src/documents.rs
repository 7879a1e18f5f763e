//! Pages that only the server renders: before sign-in, for visitors of a share, and where nothing is. Links and forms are all they need, so the
//! browser loads no wasm for them and the wasm does not hold them.
//!
//! What script does for them is a line of its own in [`SEND_ONCE`]. Somebody who follows a link from the drive to one of them
//! loads a document, as from any other site.

mod captcha;
mod entrance;
mod invited;
mod missing;
mod password;
mod register;
mod set_up;
mod share;
mod sign_in;
mod texts;

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::app::{SkipLink, provide_page};
pub(crate) use entrance::Refusal;
use missing::Missing;
use password::PasswordPage;
use register::RegisterPage;
pub(crate) use register::account_fields;
use set_up::SetUpPage;
use share::{SavePage, SharePage};
use sign_in::SignInPage;

/// Keeps a second press of a button from sending a form again while the first is on its way. A page that comes back from
/// the browser's memory may send again.
pub(crate) const SEND_ONCE: &str = "addEventListener('submit',e=>{let f=e.target;f.dataset.sent?e.preventDefault():f.dataset.sent=1});\
addEventListener('pageshow',()=>{for(let f of document.forms)delete f.dataset.sent});";

/// All of them, by address; the page that says that there is none for every other.
#[component]
pub fn Documents() -> impl IntoView {
    provide_page();
    view! {
        <SkipLink/>
        <Router>
            <Routes fallback=Missing>
                <Route path=path!("/login") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/register") view=RegisterPage ssr=SsrMode::Async/>
                <Route path=path!("/password") view=PasswordPage ssr=SsrMode::Async/>
                <Route path=path!("/setup/:secret") view=SetUpPage ssr=SsrMode::Async/>
                <Route path=path!("/s/:token") view=SharePage ssr=SsrMode::Async/>
                <Route path=path!("/s/:token/folder/:id") view=SharePage ssr=SsrMode::Async/>
                <Route path=path!("/s/:token/save") view=SavePage ssr=SsrMode::Async/>
                <Route path=path!("/s/:token/view/:id") view=SharePage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
