//! What is found in the whole drive: `/search?q=`, `/category/{kind}`, `/recent`, `/largest`.

mod list;
mod texts;

use domain::{AppError, Category, Field, Found, Page, Reason, SearchWords};
use drive::{FilesQuery, FilesSort};
use leptos::prelude::*;

use super::Content;
use super::parts::{blank, tabs};
use super::request::Request;
use crate::i18n::fill;
use list::List;
pub(crate) use texts::FindTexts;

/// Items of one page.
const PAGE: u32 = 50;

/// `/search?q=…`. Nothing typed is no error: the page says what can be.
pub(super) async fn search(request: &Request) -> Result<Content, AppError> {
    let t = FindTexts::of(request.language);
    let typed = request.query("q").unwrap_or_default().trim().to_owned();
    let words = match SearchWords::parse(&typed) {
        Ok(words) => words,
        Err(Reason::Empty) => return Ok(plain(t.search, t.search.to_owned(), t.search_hint.to_owned())),
        Err(reason) => {
            let why = match reason {
                Reason::TooLong { limit } => fill(t.search_long, &[("limit", &limit.to_string())]),
                _ => t.search_character.to_owned(),
            };
            return Ok(plain(t.search, t.search.to_owned(), why));
        }
    };
    let drive = &request.context.drive;
    let page = drive.search(&request.actor, &words, request.query("after"), PAGE).await;
    let page = page.map_err(|error| said(&error))?;
    let title = fill(t.results, &[("words", &typed)]);
    let is_none = page.items.is_empty() && page.next.is_none();
    if is_none {
        let none = fill(t.search_none, &[("words", &typed)]);
        return Ok(Content::new(title.clone(), move || {
            view! { <div class="sheet wide"><h1>{title}</h1>{blank("search", none, t.search_none_hint)}</div> }
                .into_any()
        }));
    }
    let list = List { t, path: "/search".to_owned(), query: vec![("q", typed)], page };
    Ok(Content::new(title.clone(), move || {
        view! { <div class="sheet wide"><h1>{title}</h1>{list.view()}</div> }.into_any()
    }))
}

/// A page with a sentence in the place of a list.
fn plain(title: impl Into<String>, heading: String, text: String) -> Content {
    Content::new(title, move || {
        view! { <div class="sheet wide"><h1>{heading}</h1><p class="lead">{text}</p></div> }.into_any()
    })
}

/// `/recent`: the files that came or changed last.
pub(super) async fn recent(request: &Request) -> Result<Content, AppError> {
    let t = FindTexts::of(request.language);
    let page = files(request, None, FilesSort::Recent).await?;
    let intro = above(t, &page, "wait", t.recent_intro);
    let list = List { t, path: "/recent".to_owned(), query: vec![], page };
    Ok(Content::new(t.recent, move || {
        view! { <div class="sheet wide"><h1>{t.recent}</h1>{intro()}{list.view()}</div> }.into_any()
    }))
}

/// `/largest`: the files that take the most room.
pub(super) async fn largest(request: &Request) -> Result<Content, AppError> {
    let t = FindTexts::of(request.language);
    let page = files(request, None, FilesSort::Largest).await?;
    let intro = above(t, &page, "gauge", t.largest_intro);
    let list = List { t, path: "/largest".to_owned(), query: vec![], page };
    Ok(Content::new(t.largest, move || {
        view! { <div class="sheet wide"><h1>{t.largest}</h1>{intro()}{list.view()}</div> }.into_any()
    }))
}

/// `/category/{kind}`, and `?sort=largest` of it.
pub(super) async fn category(request: &Request, name: &str) -> Result<Content, AppError> {
    let t = FindTexts::of(request.language);
    let category = Category::of_name(name).ok_or(AppError::NotFound)?;
    let by_size = request.query("sort") == Some("largest");
    let sort = if by_size { FilesSort::Largest } else { FilesSort::Recent };
    let page = files(request, Some(category), sort).await?;
    let title = title_of(t, category);
    let (path, largest) = addresses(category);
    let is_empty = is_empty(&page);
    let query = if by_size { vec![("sort", "largest".to_owned())] } else { vec![] };
    let list = List { t, path: path.to_owned(), query, page };
    Ok(Content::new(title, move || {
        let here = if by_size { largest } else { path };
        let orders = tabs(t.order, &[(path, t.by_time), (largest, t.by_size)], here);
        view! {
            <div class="sheet wide">
                <h1>{title}</h1>
                {if is_empty {
                    blank(category.name(), t.category_none, t.none_hint)
                } else {
                    orders.into_any()
                }}
                {list.view()}
            </div>
        }
        .into_any()
    }))
}

/// The addresses of a category, the newest first and the largest first.
const fn addresses(category: Category) -> (&'static str, &'static str) {
    match category {
        Category::Image => ("/category/image", "/category/image?sort=largest"),
        Category::Document => ("/category/document", "/category/document?sort=largest"),
        Category::Video => ("/category/video", "/category/video?sort=largest"),
        Category::Audio => ("/category/audio", "/category/audio?sort=largest"),
        Category::Other => ("/category/other", "/category/other?sort=largest"),
    }
}

/// What people call a category.
pub(crate) const fn title_of(t: &'static FindTexts, category: Category) -> &'static str {
    match category {
        Category::Image => t.images,
        Category::Document => t.documents,
        Category::Video => t.videos,
        Category::Audio => t.audio,
        Category::Other => t.others,
    }
}

/// What stands above a list of files, or in its place.
fn above(
    t: &'static FindTexts,
    page: &Page<Found>,
    icon: &'static str,
    intro: &'static str,
) -> impl FnOnce() -> AnyView + use<> {
    let is_empty = is_empty(page);
    move || {
        if is_empty {
            return blank(icon, t.none, t.none_hint);
        }
        view! { <p class="lead">{intro}</p> }.into_any()
    }
}

/// Whether there is nothing in a whole list.
fn is_empty(page: &Page<Found>) -> bool {
    page.items.is_empty() && page.next.is_none()
}

async fn files(
    request: &Request,
    category: Option<Category>,
    sort: FilesSort,
) -> Result<Page<Found>, AppError> {
    let query = FilesQuery { category, sort, after: request.query("after").map(str::to_owned) };
    let page = request.context.drive.files(&request.actor, &query, PAGE).await;
    page.map_err(|error| said(&error))
}

fn said(error: &drive::Error) -> AppError {
    match error.to_app_error() {
        // An address that was edited, or kept from another drive.
        AppError::Invalid { field: Field::Cursor, .. } => AppError::NotFound,
        other => other,
    }
}
