//! The switch between list and grid: a form that works without script. With it the folder changes at once.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;

use super::texts::ListTexts;
use crate::actions::settings::ChooseView;
use crate::i18n::use_language;
use crate::pages::frame::Desk;
use crate::preferences::View;
use crate::submission::post;
use crate::ui::Icon;

/// A button that shows the folder the other way.
#[component]
pub(super) fn ViewSwitch() -> impl IntoView {
    let l = ListTexts::of(use_language());
    let view = Desk::current().view;
    let other = move || if view.get() == View::Grid { View::List } else { View::Grid };
    let label = move || if view.get() == View::Grid { l.view_list } else { l.view_grid };
    let choose = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        let chosen = untrack(other);
        view.set(chosen);
        // If it is not remembered the next page has the old one; nobody needs to be told.
        spawn_local(async move {
            let _ = post(ChooseView::url(), &[("view", chosen.name())]).await;
        });
    };
    view! {
        <form method="post" action=ChooseView::url()>
            <button
                type="submit"
                class="button quiet square"
                name="view"
                value=move || other().name()
                aria-label=label
                title=label
                on:click=choose
            >
                {move || view! { <Icon name=if view.get() == View::Grid { "rows" } else { "grid" }/> }}
            </button>
        </form>
    }
}
