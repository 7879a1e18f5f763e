//! Browsers by the name that people know, instead of what they say of themselves.

use super::SheetTexts;
use crate::i18n::fill;

/// Characters of what is shown as it is.
const SHOWN: usize = 60;
/// What is in it, and whose it is. All but Firefox say that they are Safari, and most of these that they are Chrome.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
];
/// The same of systems: Android says that it is Linux, and a phone that it is like a Mac.
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// What a user agent is called. One that is not known is shown as it is, as far as there is room.
pub(super) fn name_of(t: &'static SheetTexts, agent: &str) -> String {
    if agent.starts_with("curl/") {
        return "curl".to_owned();
    }
    let known = |table: &[(&str, &'static str)]| {
        table.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name)
    };
    if agent.starts_with("Mozilla/")
        && let (Some(browser), Some(system)) = (known(&BROWSERS), known(&SYSTEMS))
    {
        return fill(t.session_agent, &[("browser", browser), ("system", system)]);
    }
    match agent.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &agent[..end]),
        None => agent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn browsers_are_told_apart() {
        let t = SheetTexts::of(Language::English);
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, name) in [
            (
                format!("Mozilla/5.0 (X11; Linux x86_64) {webkit} Chrome/140.0.0.0 Safari/537.36"),
                "Chrome on Linux",
            ),
            (
                format!("Mozilla/5.0 (X11; Linux x86_64) {webkit} HeadlessChrome/140.0.0.0 Safari/537.36"),
                "Chrome on Linux",
            ),
            (
                format!("Mozilla/5.0 (Linux; Android 10; K) {webkit} Chrome/140.0.0.0 Mobile Safari/537.36"),
                "Chrome on Android",
            ),
            (
                format!(
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
                ),
                "Edge on Windows",
            ),
            (
                format!(
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {webkit} Version/18.0 Safari/605.1.15"
                ),
                "Safari on macOS",
            ),
            (
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {webkit} Version/18.0 Mobile/15E148 Safari/604.1"
                ),
                "Safari on iOS",
            ),
            (
                format!(
                    "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) {webkit} CriOS/140.0 Mobile/15E148 Safari/604.1"
                ),
                "Chrome on iOS",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0".to_owned(),
                "Firefox on Linux",
            ),
            ("curl/8.5.0".to_owned(), "curl"),
            ("rclone/v1.71.0".to_owned(), "rclone/v1.71.0"),
            ("Mozilla/5.0 (compatible; somebot)".to_owned(), "Mozilla/5.0 (compatible; somebot)"),
            (String::new(), ""),
        ] {
            assert_eq!(name_of(t, &agent), name, "{agent}");
        }
    }

    #[test]
    fn what_is_not_known_is_cut_between_characters() {
        let t = SheetTexts::of(Language::Chinese);
        assert_eq!(name_of(t, &"长".repeat(100)), format!("{}…", "长".repeat(60)));
        assert_eq!(name_of(t, &"长".repeat(60)), "长".repeat(60));
        assert_eq!(
            name_of(t, "Mozilla/5.0 (Windows NT 10.0; rv:143.0) Gecko/20100101 Firefox/143.0"),
            "Windows 上的 Firefox"
        );
    }
}
