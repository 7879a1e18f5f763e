//! The document around a page.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use leptos::config::LeptosOptions;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::{HashedStylesheet, MetaTags};

use super::strength::LIVE_STRENGTH;
use super::{Context, announcement, next_cookie, preferences_of};
use crate::Preferences;
use crate::address::Place;
use crate::app::{App, is_taken_over};
use crate::documents::{Documents, SEND_ONCE};
use crate::response::Response;

/// The whole document, with the page in it. Sets the `Content-Security-Policy` of the answer, since only here the nonce
/// of its scripts is known.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let parts = use_context::<Parts>();
    let preferences =
        parts.as_ref().map_or_else(Preferences::default, |parts| preferences_of(&parts.headers));
    let place = parts.as_ref().map(|parts| Place {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
    });
    let place = place.unwrap_or_default();
    let taken_over = is_taken_over(&place.path);
    let here =
        if place.query.is_empty() { place.path.clone() } else { format!("{}?{}", place.path, place.query) };
    provide_context(place);
    let told = parts.as_ref().and_then(|parts| announcement(parts, preferences.language, taken_over));
    provide_context(preferences);
    if let Some(parts) = parts.filter(|_| taken_over) {
        provide_context(super::frame::served(&parts.uri, preferences.language));
    }
    if let Some(answer) = use_context::<ResponseOptions>() {
        protect(&answer);
        provide_context(response(answer, &here));
    }
    let script = if taken_over {
        view! {
            <HydrationScripts options=options.clone()/>
            <script nonce=leptos::nonce::use_nonce()>{super::frame::SCRIPT}</script>
            <script nonce=leptos::nonce::use_nonce()>{LIVE_STRENGTH}</script>
        }
        .into_any()
    } else {
        view! { <script nonce=leptos::nonce::use_nonce()>{format!("{SEND_ONCE}{LIVE_STRENGTH}")}</script> }
            .into_any()
    };
    view! {
        <!DOCTYPE html>
        <html lang=preferences.language.tag() data-theme=preferences.theme.name() data-view=preferences.view.name()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#1a1f1d"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <HashedStylesheet options id="leptos"/>
                {script}
                <MetaTags/>
            </head>
            <body>
                {if taken_over { view! { <App/> }.into_any() } else { view! { <Documents/> }.into_any() }}
                {told}
            </body>
        </html>
    }
}

/// Whether a path belongs to those who are signed in, or leads to signing in.
#[must_use]
pub fn is_entered(path: &str) -> bool {
    is_taken_over(path) || matches!(path, "/login" | "/register")
}

/// The policy of pages: own scripts and styles only, no inline ones but those with the nonce, no frames, no plugins.
/// Scripts are `'self'` beside the nonce because the preload of the module carries none; what people upload is never
/// served with a script's media type.
#[must_use]
pub fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data: blob:; media-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

fn protect(answer: &ResponseOptions) {
    let Some(nonce) = leptos::nonce::use_nonce() else { return };
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(nonce.as_inner())) {
        answer.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

fn response(answer: ResponseOptions, here: &str) -> Response {
    let redirecting = answer.clone();
    let next = next_cookie(here, Context::current().is_ok_and(|context| context.secure));
    Response {
        status: Arc::new(move |code| {
            if let Ok(status) = StatusCode::from_u16(code) {
                answer.set_status(status);
            }
        }),
        redirect: Arc::new(move |path| {
            if let Ok(location) = HeaderValue::from_str(path) {
                redirecting.insert_header(header::LOCATION, location);
                redirecting.set_status(StatusCode::SEE_OTHER);
                if let (Some(next), "/login") = (next.clone(), path) {
                    redirecting.append_header(header::SET_COOKIE, next);
                }
            }
        }),
    }
}
