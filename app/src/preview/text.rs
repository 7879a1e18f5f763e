//! Text with the numbers of its lines, or laid out.

use std::fmt::Write as _;

use leptos::prelude::*;

use super::{PreviewTexts, Text};

/// Lines up to which they are numbered: the numbers of a million would be larger than the text.
const NUMBERED: usize = 50_000;

pub(super) fn view(t: &'static PreviewTexts, name: &str, text: Text) -> AnyView {
    let cut = (!text.is_whole).then(|| view! { <p class="hint" role="note">{t.cut}</p> });
    let body = match text.html {
        // Made by `markdown::html`, which lets no HTML of the file through.
        Some(html) => view! { <article class="view-prose" inner_html=html></article> }.into_any(),
        None if text.content.is_empty() => {
            view! { <p class="view-stage view-quiet">{t.empty}</p> }.into_any()
        }
        None => {
            let label = crate::i18n::fill(t.text_of, &[("name", name)]);
            let numbers = numbers(&text.content);
            view! {
                <div class="view-code" tabindex="0" role="region" aria-label=label>
                    {numbers.map(|numbers| view! { <pre class="view-numbers" aria-hidden="true"><code>{numbers}</code></pre> })}
                    <pre class="view-text"><code>{text.content}</code></pre>
                </div>
            }
            .into_any()
        }
    };
    view! { {cut}{body} }.into_any()
}

/// One number in each line.
fn numbers(text: &str) -> Option<String> {
    let lines = text.lines().count();
    if lines > NUMBERED {
        return None;
    }
    let mut numbers = String::new();
    for line in 1..=lines {
        // Writing to a String cannot fail.
        let _ = writeln!(numbers, "{line}");
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered() {
        assert_eq!(numbers("a\nb\n").as_deref(), Some("1\n2\n"));
        assert_eq!(numbers("a\r\n\r\nb").as_deref(), Some("1\n2\n3\n"));
        assert_eq!(numbers(&"\n".repeat(NUMBERED + 1)), None);
    }
}
