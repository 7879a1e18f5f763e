//! What a file looks like, for its page in the drive and in a share: one set of views for both.
//!
//! Nothing of a file becomes part of our pages but text, which is escaped, and pictures, films and sound, which a browser
//! shows without running anything. HTML is shown as its source, SVG as a picture (in which no script runs), Markdown
//! without the HTML in it. A PDF is a link: the browser's own viewer shows it, on a page of its own.

mod kind;
mod markdown;
mod media;
mod text;
mod texts;

use std::sync::Arc;

use domain::{ByteSize, Category, Node};
use drive::{Content, Neighbours};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

pub(crate) use kind::Kind;
pub(crate) use texts::PreviewTexts;

use crate::moment::When;
use crate::sheets::fact;
use crate::ui::Icon;

/// Bytes of text up to which Markdown is laid out; beyond it is shown as it is written.
const LAID_OUT: usize = 512 << 10;

/// A file as it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Preview {
    kind: Kind,
    /// Where its bytes are.
    source: String,
    name: String,
    text: Option<Text>,
}

/// The beginning of a file that is a text.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Text {
    content: String,
    encoding: String,
    is_whole: bool,
    /// Of Markdown: laid out.
    html: Option<String>,
}

impl Preview {
    /// Of what is shown from its address alone, or not at all.
    pub(crate) fn by_address(node: &Node, source: String) -> Self {
        let kind = Kind::of(node);
        let kind = if kind.is_read() { Kind::Nothing } else { kind };
        Self { kind, source, name: node.name.clone(), text: None }
    }

    /// Of a file that is read for it. `as_written`: Markdown too.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) async fn read(content: &Content, source: String, as_written: bool) -> drive::Result<Self> {
        let node = content.node();
        let kind = Kind::of(node);
        let name = node.name.clone();
        let Some(excerpt) = content.excerpt().await? else {
            return Ok(Self { kind: Kind::Nothing, source, name, text: None });
        };
        let (encoding, is_whole) = (excerpt.encoding.to_owned(), excerpt.is_whole);
        let (content, html) = if kind == Kind::Markdown && !as_written && excerpt.text.len() <= LAID_OUT {
            lay_out(excerpt.text).await
        } else {
            (excerpt.text, None)
        };
        Ok(Self { kind, source, name, text: Some(Text { content, encoding, is_whole, html }) })
    }

    /// What it is written in.
    pub(crate) fn encoding(&self) -> Option<&str> {
        self.text.as_ref().map(|text| &*text.encoding)
    }

    /// Whether it is laid out, and could be shown as it is written.
    pub(crate) fn is_laid_out(&self) -> bool {
        self.text.as_ref().is_some_and(|text| text.html.is_some())
    }

    /// The view.
    pub(crate) fn view(self, t: &'static PreviewTexts) -> AnyView {
        let Self { kind, source, name, text } = self;
        match (kind, text) {
            (_, Some(text)) => text::view(t, &name, text),
            (Kind::Image, _) => media::image(&source, &name),
            (Kind::Video, _) => media::video(t, &source, &name),
            (Kind::Audio, _) => media::audio(t, &source, &name),
            (Kind::Pdf, _) => media::pdf(t, &source),
            _ => media::nothing(t),
        }
    }
}

/// Lays Markdown out, off the threads that answer everybody: what is made to be hard takes a processor for seconds. What
/// cannot be laid out stays as it is written.
async fn lay_out(text: String) -> (String, Option<String>) {
    static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);
    let permit = ONE_AT_A_TIME.acquire().await;
    let text: Arc<str> = text.into();
    let given = Arc::clone(&text);
    let html = tokio::task::spawn_blocking(move || markdown::html(&given)).await.unwrap_or_else(|error| {
        tracing::error!(%error, "Markdown could not be laid out");
        None
    });
    drop(permit);
    if html.is_some() { (String::new(), html) } else { (text.to_string(), None) }
}

/// Icon of a file or folder, and the class that colours it.
pub(crate) fn icon_of(node: &Node) -> &'static str {
    match node.category() {
        None => "folder",
        Some(Category::Image) => "image",
        Some(Category::Document) => "document",
        Some(Category::Video) => "video",
        Some(Category::Audio) => "audio",
        Some(Category::Other) => "other",
    }
}

/// A small picture where there is one, at this address; else the icon.
pub(crate) fn small_picture(node: &Node, address: impl FnOnce() -> String) -> AnyView {
    if node.thumbnail {
        view! { <img class="small-picture" src=address() alt="" loading="lazy"/> }.into_any()
    } else {
        view! { <Icon name=icon_of(node)/> }.into_any()
    }
}

/// What is known of a file or folder, as rows of a description list.
pub(crate) fn facts(t: &'static PreviewTexts, node: &Node, encoding: Option<&str>) -> impl IntoView + use<> {
    let hash = node.mime.is_some().then(|| match &node.blake3 {
        Some(hash) => view! { <code class="view-hash">{hash.clone()}</code> }.into_any(),
        None => t.hash_unknown.into_any(),
    });
    let size = node.mime.is_some().then(|| exact(t, node.size));
    let kind = node.mime.clone().unwrap_or_else(|| t.folder.to_owned());
    view! {
        {fact(t.kind, kind)}
        {size.map(|size| fact(t.size, size))}
        {fact(t.modified, view! { <When at=node.modified/> })}
        {encoding.map(|encoding| fact(t.encoding, encoding.to_owned()))}
        {hash.map(|hash| view! { <div class="view-hash-row"><dt>{t.hash}</dt><dd>{hash}</dd></div> })}
    }
}

/// As people read it, and every byte where that is not the same.
fn exact(t: &'static PreviewTexts, size: u64) -> String {
    let short = ByteSize(size).to_string();
    if size < 1000 {
        return short;
    }
    let digits = size.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{short} ({})", crate::i18n::fill(t.bytes, &[("count", &grouped)]))
}

/// Links to the file before and the one after, which the keys of the browser follow, too (`accesskey`).
pub(crate) fn way_on(
    t: &'static PreviewTexts,
    around: &Neighbours,
    address: impl Fn(&Node) -> String,
) -> AnyView {
    let link = |node: Option<&Node>, rel: &'static str, key: &'static str, text: &'static str| {
        match node {
        Some(node) => view! {
            <a class=format!("button view-{rel}") href=address(node) rel=rel accesskey=key title=node.name.clone()>
                <Icon name="chevron"/><span>{text}</span>
            </a>
        }
        .into_any(),
        None => ().into_any(),
    }
    };
    view! {
        <nav class="view-way" aria-label=t.way_on>
            {link(around.before.last(), "prev", "p", t.previous)}
            {link(around.after.first(), "next", "n", t.next)}
        </nav>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_said() {
        let t = PreviewTexts::of(crate::Language::English);
        for (size, text) in
            [(999, "999 B"), (1000, "1 kB (1,000 bytes)"), (1_234_567, "1.23 MB (1,234,567 bytes)")]
        {
            assert_eq!(exact(t, size), text);
        }
    }
}
