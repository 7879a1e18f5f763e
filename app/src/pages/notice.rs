//! What just happened, at the foot of the page, with a way to undo it.

use domain::NodeId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;

use crate::Flash;
use crate::actions::nodes::Restore;
use crate::app::with_visitor;
use crate::i18n::{fill, sentence, use_language, use_texts};
use crate::ui::Icon;

/// Milliseconds that good news stay: long enough to read a long name and to undo.
const SHOWN_FOR: u32 = 12_000;
/// Milliseconds between two looks at whether somebody reads it.
const LOOK: u32 = 500;

/// Where anything on the page puts what is to be said; a context.
#[derive(Clone, Copy)]
pub(crate) struct Notices {
    /// `None`: nothing was said since the page came, so the flash of the page before counts. `Some(None)`: silence.
    said: RwSignal<Option<Option<Flash>>>,
    /// What undoes moving to the trash without leaving the page; set by the list that is shown.
    undo: RwSignal<Option<Callback<Vec<NodeId>>>>,
    /// Whether the bar is pointed at, and whether the focus is in it: whoever reaches for it finds it there.
    attended: RwSignal<(bool, bool)>,
}

impl Notices {
    /// Makes the context.
    pub(crate) fn provide() {
        provide_context(Self::new());
    }

    /// The context of this page.
    pub(crate) fn current() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    fn new() -> Self {
        Self { said: RwSignal::new(None), undo: RwSignal::new(None), attended: RwSignal::new((false, false)) }
    }

    /// Says it; what was said before goes. What went well goes by itself after a while, a failure stays until it is
    /// dismissed. Its time stands still while the bar is pointed at or has the focus.
    pub(crate) fn say(self, flash: Flash) {
        let lasting = matches!(flash, Flash::Failed(_));
        let said = Some(Some(flash));
        self.said.set(said.clone());
        self.attended.set((false, false));
        if !lasting {
            spawn_local(async move {
                let mut left = SHOWN_FOR;
                while left > 0 {
                    gloo_timers::future::TimeoutFuture::new(LOOK).await;
                    if self.said.try_get_untracked().is_none_or(|now| now != said) {
                        return;
                    }
                    left = self.time_left(left);
                }
                self.hush();
            });
        }
    }

    /// How many of `left` milliseconds are left after the time between two looks.
    fn time_left(self, left: u32) -> u32 {
        match self.attended.try_get_untracked() {
            Some((true, _) | (_, true)) => left,
            _ => left.saturating_sub(LOOK),
        }
    }

    /// Says nothing any more.
    pub(crate) fn hush(self) {
        self.said.set(Some(None));
        self.attended.set((false, false));
    }

    /// Takes something back from the trash without leaving the page; says whether there is a list that does.
    fn take_back(self, ids: &[NodeId]) -> bool {
        // A list that is not shown any more has left its callback behind, which runs no more.
        self.undo.get_untracked().and_then(|undo| undo.try_run(ids.to_vec())).is_some()
    }

    /// Names what undoes a deletion on this page.
    pub(crate) fn undo_by(self, undo: Callback<Vec<NodeId>>) {
        self.undo.set(Some(undo));
    }
}

/// The bar itself; empty when nothing is to be said.
#[component]
pub(crate) fn Notice() -> impl IntoView {
    let notices = Notices::current();
    let bar = with_visitor(move |visitor| {
        let flash = visitor.flash;
        let shown = move || notices.said.get().unwrap_or_else(|| flash.clone());
        (move || shown().map(|flash| view! { <Bar flash/> })).into_any()
    });
    view! { <div class="notices" role="status" aria-live="polite">{bar}</div> }
}

/// One thing that happened. A refused form shows its error itself.
#[component]
fn Bar(
    /// What happened.
    flash: Flash,
) -> impl IntoView {
    let t = use_texts();
    let notices = Notices::current();
    let language = use_language();
    let bad = matches!(flash, Flash::Failed(_));
    let undo = match &flash {
        Flash::Trashed { id, .. } => vec![id.clone()],
        Flash::TrashedMany { ids, .. } => ids.clone(),
        _ => Vec::new(),
    };
    let text = match flash {
        Flash::Trashed { name, .. } => fill(t.trashed, &[("name", &name)]),
        Flash::Restored { name } => fill(t.restored, &[("name", &name)]),
        Flash::TrashedMany { text, .. } | Flash::Said { text } => text,
        Flash::FolderCreated { name } => fill(t.folder_created, &[("name", &name)]),
        Flash::Uploaded { files } => t.uploaded(files),
        Flash::AccountChanged { name } => fill(t.account_changed, &[("name", &name)]),
        Flash::SessionEnded => t.session_ended.to_owned(),
        Flash::Saved { count } => fill(t.saved, &[("count", &count.to_string())]),
        Flash::ShareCancelled => t.share_cancelled.to_owned(),
        Flash::ShareChanged => t.share_changed.to_owned(),
        Flash::SignedOut => t.signed_out.to_owned(),
        Flash::Failed(failure) => sentence(language, &failure),
        Flash::Refused { .. } => return ().into_any(),
    };
    view! {
        <div
            class="notice"
            class:bad=bad
            on:pointerenter=move |_| notices.attended.update(|attended| attended.0 = true)
            on:pointerleave=move |_| notices.attended.update(|attended| attended.0 = false)
            on:focusin=move |_| notices.attended.update(|attended| attended.1 = true)
            on:focusout=move |_| notices.attended.update(|attended| attended.1 = false)
        >
            <p>{text}</p>
            {(!undo.is_empty()).then(|| view! { <Undo ids=undo/> })}
            <button type="button" class="button quiet square only-script" aria-label=t.dismiss on:click=move |_| notices.hush()>
                <Icon name="close"/>
            </button>
        </div>
    }
    .into_any()
}

/// Takes something back from the trash.
#[component]
fn Undo(
    /// What.
    ids: Vec<NodeId>,
) -> impl IntoView {
    let t = use_texts();
    let notices = Notices::current();
    let fields =
        ids.iter().map(|id| view! { <input type="hidden" name="ids[]" value=id.to_string()/> }.into_any());
    let fields = fields.collect::<Vec<_>>();
    let submit = move |event: leptos::ev::SubmitEvent| {
        if notices.take_back(&ids) {
            event.prevent_default();
        }
    };
    view! {
        <form method="post" action=Restore::url() on:submit=submit>
            {fields}
            <button type="submit" class="button quiet strong">{t.undo}</button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stands_still_while_somebody_reaches_for_the_bar() {
        Owner::new().with(|| {
            let notices = Notices::new();
            assert_eq!(notices.time_left(SHOWN_FOR), SHOWN_FOR - LOOK);
            for attended in [(true, false), (false, true), (true, true)] {
                notices.attended.set(attended);
                assert_eq!(notices.time_left(SHOWN_FOR), SHOWN_FOR, "{attended:?}");
            }
            notices.hush();
            assert_eq!(notices.time_left(1), 0, "what is said next has its own time");
        });
    }

    #[test]
    fn without_a_list_the_form_itself_undoes() {
        let page = Owner::new();
        page.with(|| {
            Notices::provide();
            let (notices, ids) = (Notices::current(), [NodeId::from_random([1; 16])]);
            assert!(!notices.take_back(&ids), "no list yet");
            let list = page.child();
            let undone = StoredValue::new(0);
            list.with(|| notices.undo_by(Callback::new(move |_| undone.update_value(|count| *count += 1))));
            assert!(notices.take_back(&ids));
            list.cleanup();
            assert!(!notices.take_back(&ids), "the list is gone");
            assert_eq!(undone.get_value(), 1);
        });
    }
}
