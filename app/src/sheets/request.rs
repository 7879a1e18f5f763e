//! What a sheet knows of the request it answers.

use axum::http::request::Parts;
use domain::{AppError, NodeId};
use drive::Actor;
use leptos::prelude::*;

use crate::server::{Context, preferences_of, take_flash};
use crate::{Flash, Language, Preferences};

/// Who asks for a sheet, for what, and in which language.
pub(super) struct Request {
    /// Every use case, and where the request came from.
    pub(super) context: Context,
    /// Who asks.
    pub(super) actor: Actor,
    /// In which language.
    pub(super) language: Language,
    /// What the page before left: why a form was refused, and what had been typed.
    pub(super) flash: Option<Flash>,
    /// Name and value of what the address asks for.
    query: Vec<(String, String)>,
    /// Whether script asks for the sheet alone.
    by_script: bool,
    owner: Owner,
}

impl Request {
    /// Of the request that is being answered. Call it before anything is awaited: contexts are not at hand afterwards.
    ///
    /// # Errors
    /// [`AppError::SignInRequired`] if nobody is signed in.
    pub(super) fn current(query: &str) -> Result<Self, AppError> {
        let context = Context::current()?;
        let actor = context.actor()?.clone();
        let parts = use_context::<Parts>();
        let by_script = parts.as_ref().is_some_and(|parts| parts.uri.path().starts_with("/form/"));
        if use_context::<Preferences>().is_none() {
            provide_context(parts.map(|parts| preferences_of(&parts.headers)).unwrap_or_default());
        }
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let language = crate::i18n::use_language();
        let owner = Owner::current().unwrap_or_default();
        Ok(Self { context, actor, language, flash: take_flash(), query, by_script, owner })
    }

    /// What the address asks for under this name.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The nodes that were chosen: `ids` joined by dots, or `ids[]` for each, as check boxes send them.
    pub(super) fn ids(&self) -> Vec<NodeId> {
        let named = self.query.iter().filter(|(key, _)| key == "ids" || key == "ids[]");
        named.flat_map(|(_, value)| value.split('.')).filter_map(|id| id.parse().ok()).collect()
    }

    /// Where the contexts of this request are.
    pub(super) const fn owner(&self) -> &Owner {
        &self.owner
    }

    /// What is to be said beside the sheet. A whole document says it by itself.
    pub(super) fn flash_for_script(self) -> Option<Flash> {
        self.flash.filter(|_| self.by_script)
    }
}
