//! Markdown as HTML of ours alone: none that the file brings along, no pictures, and links that lead out of our site without
//! telling where from.

use pulldown_cmark::{Alignment, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use url::Url;

/// Quotes and lists within one another, beyond which a text is made for something else than reading.
const DEEPEST: usize = 40;
/// Bytes of HTML of one page.
const MOST: usize = 2 << 20;

/// The HTML of a text. Safe to be put into a page. `None` where it would be more than a page can be.
pub(super) fn html(text: &str) -> Option<String> {
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let mut is_link = false;
    let (mut depth, mut is_too_deep) = (0_usize, false);
    let parser = parser.take_while(|event| {
        match event {
            Event::Start(Tag::BlockQuote(_) | Tag::List(_)) => depth += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_)) => depth = depth.saturating_sub(1),
            _ => {}
        }
        is_too_deep |= depth > DEEPEST;
        !is_too_deep
    });
    let events = parser.filter_map(|event| match event {
        // Whatever HTML comes from here on is made below.
        Event::Html(_) | Event::InlineHtml(_) => None,
        Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => None,
        Event::Start(Tag::Link { dest_url, .. }) => {
            let target = target(&dest_url);
            is_link = target.is_some();
            target.map(|target| {
                tag(format!(
                    "<a href=\"{target}\" rel=\"nofollow noopener noreferrer external\" target=\"_blank\">"
                ))
            })
        }
        Event::End(TagEnd::Link) => std::mem::take(&mut is_link).then(|| tag("</a>".to_owned())),
        // A picture would be fetched by whoever looks. Its words are shown.
        Event::Start(Tag::Image { .. }) => Some(tag("<span class=\"view-picture\">".to_owned())),
        Event::End(TagEnd::Image) => Some(tag("</span>".to_owned())),
        // Alignment would be a style attribute, which our policy refuses.
        Event::Start(Tag::Table(columns)) => {
            Some(Event::Start(Tag::Table(vec![Alignment::None; columns.len()])))
        }
        // The name of the file is the first heading.
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level: below(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(below(level)))),
        other => Some(other),
    });
    let mut out = String::with_capacity(text.len() * 3 / 2);
    // By and by, so that it ends where there is too much of it.
    let mut events = events.peekable();
    while events.peek().is_some() && out.len() <= MOST {
        html::push_html(&mut out, events.by_ref().take(512));
    }
    drop(events);
    (!is_too_deep && out.len() <= MOST).then_some(out)
}

fn tag(text: String) -> Event<'static> {
    Event::InlineHtml(CowStr::from(text))
}

/// Where a link may lead, as it stands in an attribute: the web and mail. What is relative has no place here.
fn target(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "mailto"))?;
    let mut target = String::new();
    for c in url.as_str().chars() {
        match c {
            '&' => target.push_str("&amp;"),
            '"' => target.push_str("&quot;"),
            '\'' => target.push_str("&#39;"),
            '<' => target.push_str("&lt;"),
            '>' => target.push_str("&gt;"),
            other => target.push(other),
        }
    }
    Some(target)
}

const fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    /// Of what is no more than a page can be.
    fn laid_out(text: &str) -> String {
        html(text).expect("laid out")
    }

    use super::*;

    #[test]
    fn what_people_write() {
        let out =
            laid_out("# 标题\n\nA **b** `c<d`\n\n| x |\n|---|\n| y |\n\n[web](https://a.example/?q=1&r=2)");
        assert!(out.contains("<h2>标题</h2>"), "{out}");
        assert!(out.contains("<strong>b</strong> <code>c&lt;d</code>"), "{out}");
        assert!(out.contains("<td>y</td>"), "{out}");
        assert!(!laid_out("| x |\n|--:|\n| y |").contains("style"), "no attribute that our policy refuses");
        let link = "<a href=\"https://a.example/?q=1&amp;r=2\" rel=\"nofollow noopener noreferrer external\" target=\"_blank\">web</a>";
        assert!(out.contains(link), "{out}");
    }

    #[test]
    fn what_is_made_to_be_hard_stays_as_it_is_written() {
        assert!(html(&"> ".repeat(200_000)).is_none(), "too deep");
        assert!(html(&"1. ".repeat(1000)).is_none(), "too deep");
        let cell = "|a";
        let table = format!(
            "{}|\n{}|\n{}",
            cell.repeat(500),
            "|-".repeat(500),
            format!("{}|\n", cell.repeat(500)).repeat(1000)
        );
        assert!(html(&table).is_none(), "too much");
        assert!(html(&"> - ".repeat(15)).is_some(), "as people nest");
    }

    #[test]
    fn nothing_of_the_file_is_html() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<div onclick=\"alert(1)\">\n\n<b>x</b>\n</div>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](&#106;avascript:alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "[x](vbscript:x)",
            "<javascript:alert(1)>",
            "[x]: javascript:alert(1)\n\n[x]",
            "![x](https://spy.example/a.png)",
            "![x](/api/nodes/y/content)",
            "[x](/login)",
            "[x](//evil.example)",
            "[x](\\\\evil.example)",
            "```\" onload=alert(1) x=\"\ncode\n```",
        ] {
            let out = laid_out(text);
            for evil in [
                "<script",
                "<img",
                "onclick=\"",
                "href=\"j",
                "href=\"d",
                "href=\"v",
                "href=\"/",
                "src=",
                "<div",
                "<b>",
            ] {
                assert!(!out.to_lowercase().contains(evil), "{text:?} became {out:?}");
            }
        }
        let out = laid_out("[x](mailto:a@b.example?subject=\"onmouseover=alert(1)//)");
        assert!(!out.contains("\"onmouseover"), "{out}");
        assert!(
            laid_out("![a picture](https://x.example/y)")
                .contains("<span class=\"view-picture\">a picture</span>")
        );
    }

    /// Tags of a text with what is in them, by a reading that knows quotes.
    fn tags(html: &str) -> Vec<&str> {
        html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag).collect()
    }

    proptest! {
        #[test]
        fn only_tags_of_ours(text in "(<|>|\\[|\\]|\\(|\\)|!|`|\"|'|&|;|#|-|\\||\n| |a|https://x|javascript:|onload=|<script>|<a href=){0,40}") {
            for tag in tags(&laid_out(&text)) {
                let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
                prop_assert!(
                    ["p", "h2", "h3", "h4", "h5", "h6", "strong", "em", "del", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "br", "a", "span", "table", "thead", "tbody", "tr", "th", "td"].contains(&name),
                    "{tag:?} of {text:?}"
                );
                let rest = &tag[name.len().min(tag.len())..];
                if let Some(link) = tag.strip_prefix("a href=\"") {
                    prop_assert!(link.starts_with("http") || link.starts_with("mailto:"), "{link}");
                } else {
                    prop_assert!(!rest.contains("on") || name == "code", "{tag:?}");
                }
            }
        }
    }
}
