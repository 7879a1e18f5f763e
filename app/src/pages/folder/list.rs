//! The list: heads that sort, the rows in sight, and the way to more.
//!
//! Without script all rows of a page are there and "more" is a link. With it only the rows in sight are in the document,
//! however long the list is, and the space of the others is kept by two custom properties, set from script because the
//! content security policy refuses style attributes.

use domain::{Direction, Sort, SortKey};
use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::drag;
use super::keys::watch_keys;
use super::model::{Fetching, Measure, Model};
use super::pointer;
use super::row::Row;
use crate::i18n::{fill, sentence, use_language, use_texts};
use crate::moment::use_awake;
use crate::pages::frame::Desk;
use crate::preferences::View;
use crate::ui::Icon;

/// The list of a folder, or the words for an empty one.
#[component]
pub(super) fn List(
    /// Its state.
    model: Model,
) -> impl IntoView {
    let t = use_texts();
    let scroller = NodeRef::<html::Div>::new();
    let rows = NodeRef::<html::Div>::new();
    let desk = Desk::current();
    let empty = Memo::new(move |_| model.listing.with(|l| l.items.is_empty() && l.next.is_none()));
    keep_measured(model, scroller, empty, desk.view);
    keep_space(model, rows);
    watch_keys(model, scroller);
    drag::watch_drags(model);
    let drawn = Memo::new(move |_| model.drawn());
    let items =
        move || model.listing.with(|listing| listing.items.get(drawn.get()).unwrap_or_default().to_vec());
    let choosing = Memo::new(move |_| !model.selection.read().is_empty());
    let count = move || model.listing.with(|l| if l.next.is_some() { -1 } else { l.items.len() as i64 + 1 });
    view! {
        <div class="list" class:choosing=choosing class:grid=move || desk.view.get() == View::Grid role="grid" aria-multiselectable="true" aria-label=t.file_list aria-rowcount=move || count().to_string() aria-colcount="5">
            <div class="rows-scroll" role="presentation" node_ref=scroller on:scroll=move |_| measure(model, scroller)>
                <Heads sort=model.sort/>
                <div
                    class="rows"
                    role="rowgroup"
                    node_ref=rows
                    on:click=move |event| pointer::click(model, &event)
                    on:contextmenu=move |event| pointer::menu(model, &event)
                    on:pointerdown=move |event| pointer::down(model, &event)
                    on:pointermove=move |event| pointer::moved(model, &event)
                    on:pointerup=move |_| pointer::lift(model)
                    on:pointercancel=move |_| pointer::lift(model)
                    on:dragstart=move |event| drag::start(model, &event)
                >
                    <ForEnumerate
                        each=items
                        key=|node| (node.id.clone(), node.name.clone(), node.size, node.modified, node.thumbnail)
                        children=move |index, node| {
                            let index = Signal::derive(move || drawn.read().start + index.get());
                            view! { <Row node index model/> }
                        }
                    />
                </div>
                <More model/>
                {move || empty.get().then(|| view! { <Empty/> })}
            </div>
        </div>
    }
    // Erased: nested in the types of the whole page it would pass the compiler's depth limit.
    .into_any()
}

/// The heads of the columns: links that sort.
#[component]
fn Heads(
    /// The present order.
    sort: Sort,
) -> impl IntoView {
    let t = use_texts();
    let head = move |class: &'static str, key: SortKey, name: &'static str| {
        let present = (sort.key == key).then_some(sort.direction);
        let described = match present {
            None => "none",
            Some(Direction::Ascending) => "ascending",
            Some(Direction::Descending) => "descending",
        };
        let arrow = match present {
            None => "",
            Some(Direction::Ascending) => "↑",
            Some(Direction::Descending) => "↓",
        };
        let href = format!("?sort={}", after_click(sort, key));
        view! {
            <div class=class role="columnheader" aria-sort=described>
                <a href=href aria-label=fill(t.sort_by, &[("column", name)])>{name} <span aria-hidden="true">{arrow}</span></a>
            </div>
        }
    };
    view! {
        <div class="heads" role="row" aria-rowindex="1">
            <div class="cell-icon" role="columnheader"><span class="unseen">{t.column_choose}</span></div>
            {head("cell-name", SortKey::Name, t.column_name)}
            {head("cell-kind", SortKey::Kind, t.column_kind)}
            {head("cell-size", SortKey::Size, t.column_size)}
            {head("cell-when", SortKey::Modified, t.column_modified)}
            <div class="cell-act" role="columnheader"><span class="unseen">{t.column_actions}</span></div>
        </div>
    }
}

/// The order after a click on a head: the other way if it is the present one, else what one looks for first by it (the
/// largest, the newest, the beginning of the alphabet).
fn after_click(present: Sort, key: SortKey) -> Sort {
    let direction = match (present.key == key, present.direction) {
        (true, Direction::Ascending) => Direction::Descending,
        (true, Direction::Descending) => Direction::Ascending,
        (false, _) if matches!(key, SortKey::Name | SortKey::Kind) => Direction::Ascending,
        (false, _) => Direction::Descending,
    };
    Sort { key, direction }
}

/// The way to the rest of the list.
#[component]
fn More(
    /// The list.
    model: Model,
) -> impl IntoView {
    let t = use_texts();
    let language = use_language();
    let awake = use_awake();
    let next = move || model.listing.with(|listing| listing.next.clone());
    move || {
        let after = next()?;
        let content = match (awake.get(), model.fetching.get()) {
            (true, Fetching::Failed(failure)) => view! {
                <p role="alert">{sentence(language, &failure)}</p>
                <button type="button" class="button" on:click=move |_| model.fetch_more()>{t.retry}</button>
            }
            .into_any(),
            (true, _) => view! { <p>{t.loading}</p> }.into_any(),
            (false, _) => {
                let href = format!("?sort={}&after={after}", model.sort);
                view! { <a class="button" href=href>{t.more}</a> }.into_any()
            }
        };
        // A grid may hold rows only.
        Some(
            view! { <div class="more" role="row"><div class="whole-cell" role="gridcell">{content}</div></div> },
        )
    }
}

/// An empty folder says what to do.
#[component]
fn Empty() -> impl IntoView {
    let t = use_texts();
    view! {
        <div class="blank" role="row">
            <div class="whole-cell" role="gridcell">
                <Icon name="drop"/>
                <h2>{t.empty_title}</h2>
                <p>{t.empty_hint}</p>
                // Below, so that nothing moves when script brings it.
                <p class="only-script only-mouse">{t.empty_drop}</p>
            </div>
        </div>
    }
}

/// Measures when the list appears, when it gets its first row, and when the window or the view changes.
fn keep_measured(model: Model, scroller: NodeRef<html::Div>, empty: Memo<bool>, view: RwSignal<View>) {
    Effect::new(move |_| {
        empty.track();
        view.track();
        if scroller.get().is_none() {
            return;
        }
        // A first row is in the document only after this round of effects.
        request_animation_frame(move || measure(model, scroller));
        let listener = window_event_listener(ev::resize, move |_| measure(model, scroller));
        on_cleanup(move || listener.remove());
    });
}

/// Reads the sizes of the list off the screen. Without a row there is nothing to measure yet.
fn measure(model: Model, scroller: NodeRef<html::Div>) {
    let Some(element) = scroller.try_get_untracked().flatten() else { return };
    // The selector is ours and valid.
    let row = element.query_selector(".row").ok().flatten().map(|row| row.get_bounding_client_rect());
    let before = model.measure.get_untracked();
    let height = row.as_ref().map(web_sys::DomRect::height).or_else(|| before.map(|before| before.row));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few; saturates")]
    let columns = row
        .filter(|row| row.width() > 0.0)
        .map(|row| (f64::from(element.client_width()) / row.width()).floor() as usize)
        .or_else(|| before.map(|before| before.columns));
    // The heads stay on top of the rows while these scroll below them.
    let heads = element
        .query_selector(".heads")
        .ok()
        .flatten()
        .map_or(0.0, |heads| heads.get_bounding_client_rect().height());
    let measure = Measure {
        scroll: f64::from(element.scroll_top()),
        height: (f64::from(element.client_height()) - heads).max(0.0),
        row: height.unwrap_or(0.0),
        columns: columns.unwrap_or(1).max(1),
    };
    if model.measure.get_untracked() != Some(measure) {
        model.measure.set(Some(measure));
    }
}

/// Keeps the space of the rows that are not drawn.
fn keep_space(model: Model, rows: NodeRef<html::Div>) {
    Effect::new(move |_| {
        let (Some(element), Some(measure)) = (rows.get(), model.measure.get()) else { return };
        let drawn = model.drawn();
        let total = model.listing.read().items.len();
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rows of a list, far below 2^53"
        )]
        let space = |count: usize| format!("{}px", (count as f64 * measure.row).round() as u64);
        let style = web_sys::HtmlElement::style(&element);
        // They fail on a name that is no property only.
        let lines = |rows: usize| rows.div_ceil(measure.columns);
        let _ = style.set_property("--above", &space(lines(drawn.start)));
        let _ = style.set_property("--below", &space(lines(total) - lines(drawn.end)));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_turns_the_order() {
        let by = |text: &str| text.parse::<Sort>().expect(text);
        for (present, key, after) in [
            ("name", SortKey::Name, "-name"),
            ("-name", SortKey::Name, "name"),
            ("name", SortKey::Size, "-size"),
            ("-size", SortKey::Size, "size"),
            ("size", SortKey::Modified, "-modified"),
            ("size", SortKey::Kind, "kind"),
            ("kind", SortKey::Kind, "-kind"),
            ("-modified", SortKey::Name, "name"),
        ] {
            assert_eq!(after_click(by(present), key).to_string(), after, "{present}");
        }
    }
}
