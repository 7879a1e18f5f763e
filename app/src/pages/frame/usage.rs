//! How full the drive is.

use domain::{ByteSize, Profile};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::actions::accounts::who_looks;
use crate::app::with_visitor;
use crate::i18n::{fill, use_texts};
use crate::ui::Meter;

/// The newest figures, once something has changed them; a context.
#[derive(Clone, Copy)]
pub(crate) struct Usage(RwSignal<Option<Profile>>);

impl Usage {
    /// Makes the context.
    pub(crate) fn provide() -> Self {
        let usage = Self(RwSignal::new(None));
        provide_context(usage);
        usage
    }

    /// Asks anew. If that fails the old figures stay: they are a courtesy, not a promise.
    pub(crate) fn refresh(self) {
        spawn_local(async move {
            if let Ok(visitor) = who_looks().await {
                self.0.try_set(visitor.profile);
            }
        });
    }
}

/// Used and allowed bytes, with a bar where there is a limit; they lead to what takes the most room.
#[component]
pub(crate) fn UsageBar() -> impl IntoView {
    let t = use_texts();
    let newest = expect_context::<Usage>().0;
    let bar = with_visitor(move |visitor| {
        let Some(first) = visitor.profile else { return ().into_any() };
        let figures = move || {
            let Profile { used, quota, .. } = newest.get().unwrap_or_else(|| first.clone());
            let told = ByteSize(used).to_string();
            let text = match quota {
                Some(quota) => fill(t.quota_of, &[("used", &told), ("quota", &ByteSize(quota).to_string())]),
                None => fill(t.quota_used, &[("used", &told)]),
            };
            view! {
                <p>{text}</p>
                {quota.map(|quota| view! { <Meter part=used whole=quota label=t.quota/> })}
            }
        };
        figures.into_any()
    });
    view! { <a class="usage" href="/largest">{bar}</a> }
}
