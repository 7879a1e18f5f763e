//! The buttons of a row.

use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlInputElement;

use crate::i18n::use_language;
use crate::ui::Icon;
use crate::upload::engine;
use crate::upload::entry::FileKey;
use crate::upload::queue::Action;
use crate::upload::snapshot::{Row, State};
use crate::upload::texts::TrayTexts;
use crate::upload::uploads::take_files;

/// What the first button of a row does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Primary {
    Pause,
    Resume,
    Retry,
}

const fn primary(row: &Row) -> Option<Primary> {
    match row.state {
        State::Queued | State::Starting | State::Uploading { .. } => Some(Primary::Pause),
        State::Paused => Some(Primary::Resume),
        State::Waiting { .. } => Some(Primary::Retry),
        State::Failed(_) if row.may_retry => Some(Primary::Retry),
        _ => None,
    }
}

/// Whether it can be stopped as well: what waits would else begin again on its own.
const fn may_pause_too(row: &Row) -> bool {
    matches!(row.state, State::Waiting { .. })
}

const fn action(row: &Row) -> Action {
    match row.state {
        State::Failed(_) => Action::Retry(row.key),
        State::Paused | State::Waiting { .. } => Action::Resume(row.key),
        _ => Action::Pause(row.key),
    }
}

impl Primary {
    const fn icon(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "play",
            Self::Retry => "retry",
        }
    }

    const fn label(self, t: &TrayTexts) -> &'static str {
        match self {
            Self::Pause => t.pause,
            Self::Resume => t.resume,
            Self::Retry => t.retry,
        }
    }
}

/// What can be done with a file. The buttons stay the same elements while they change their meaning, so that the focus
/// stays on them.
#[component]
pub(super) fn RowButtons(
    /// Which file.
    key: FileKey,
    /// Where it stands.
    row: Memo<Option<Row>>,
    /// What the picker of its file is called.
    pick: String,
    /// Id of the element that shows its name.
    name_id: String,
) -> impl IntoView {
    let t = TrayTexts::of(use_language());
    let main = Memo::new(move |_| row.read().as_ref().and_then(primary));
    let is = move |which: fn(&State) -> bool| {
        let answer = Memo::new(move |_| row.read().as_ref().is_some_and(|row| which(&row.state)));
        move || !answer.get()
    };
    let not_done = is(|state| matches!(state, State::Done { .. }));
    let not_wanting = is(|state| matches!(state, State::NeedsFile { .. }));
    let not_cancellable = is(|state| !matches!(state, State::Finishing | State::Taken | State::Done { .. }));
    let shown = move || main.get().unwrap_or(Primary::Pause);
    let press = move |_| {
        if let Some(row) = row.get_untracked() {
            engine::act(action(&row));
        }
    };
    let first = NodeRef::<html::Button>::new();
    let calm = Memo::new(move |_| !row.read().as_ref().is_some_and(may_pause_too));
    let pause = move |_| {
        engine::act(Action::Pause(key));
        // This button goes with the wait; the keyboard stays in the row, on the one that resumes.
        if let Some(button) = first.get_untracked() {
            // It fails only for an element that has left the page.
            let _ = button.focus();
        }
    };
    let offer = move |input: HtmlInputElement| {
        if let Some(file) = take_files(&input).into_iter().next() {
            engine::offer(key, file);
        }
    };
    view! {
        <span class="tray-buttons">
            <label class="button tray-pick" hidden=not_wanting>
                {t.pick_short}
                <input
                    class="unseen"
                    type="file"
                    aria-label=pick
                    on:change:target=move |event| offer(event.target())
                />
            </label>
            <span class="tray-check" hidden=not_done><Icon name="check"/></span>
            <button
                type="button"
                class="button quiet square"
                node_ref=first
                hidden=move || main.get().is_none()
                aria-label=move || shown().label(t)
                title=move || shown().label(t)
                aria-describedby=name_id.clone()
                on:click=press
            >
                {move || view! { <Icon name=shown().icon()/> }}
            </button>
            <button
                type="button"
                class="button quiet square"
                hidden=move || calm.get()
                aria-label=t.pause
                title=t.pause
                aria-describedby=name_id.clone()
                on:click=pause
            >
                <Icon name="pause"/>
            </button>
            <button
                type="button"
                class="button quiet square"
                hidden=not_cancellable
                aria-label=t.cancel
                title=t.cancel
                aria-describedby=name_id
                on:click=move |_| engine::act(Action::Cancel(key))
            >
                <Icon name="close"/>
            </button>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use domain::Category;

    use super::*;
    use crate::upload::verdict::Why;

    fn row(state: State) -> Row {
        let key = FileKey(7);
        Row { key, name: "a".into(), category: Category::Other, size: 9, sent: 3, state, may_retry: true }
    }

    #[test]
    fn what_waits_can_be_tried_at_once_and_paused() {
        let waiting = row(State::Waiting { why: Why::Network, seconds: 40 });
        assert!(primary(&waiting) == Some(Primary::Retry) && may_pause_too(&waiting));
        assert_eq!(action(&waiting), Action::Resume(FileKey(7)));
    }

    #[test]
    fn pause_is_never_there_twice() {
        for state in [State::Queued, State::Starting, State::Uploading { speed: 0, left: None }] {
            let row = row(state);
            assert!(primary(&row) == Some(Primary::Pause) && !may_pause_too(&row), "{row:?}");
        }
        assert!(!may_pause_too(&row(State::Paused)) && !may_pause_too(&row(State::Finishing)));
    }
}
