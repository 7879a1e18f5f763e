//! How one reader wants the pages: language and colours. Kept in cookies, so that they hold before sign-in too.

use leptos::prelude::*;

use crate::Language;

/// Which colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// Its name: the value of `<html data-theme>` and of the cookie.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that name; anything unknown is [`Theme::Auto`].
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or_default()
    }
}

/// What a page is rendered with; a context on both sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// Language of every sentence.
    pub language: Language,
    /// Colours.
    pub theme: Theme,
}

impl Preferences {
    /// What the server rendered this document with: the attributes of `<html>`. Only in a browser.
    pub(crate) fn of_document() -> Self {
        let root = document().document_element();
        let attribute =
            |name| root.as_ref().and_then(|element| element.get_attribute(name)).unwrap_or_default();
        Self {
            language: Language::of_tag(&attribute("lang")).unwrap_or_default(),
            theme: Theme::of_name(&attribute("data-theme")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_theme() {
        for theme in Theme::ALL {
            assert_eq!(Theme::of_name(theme.name()), theme);
        }
        assert_eq!(Theme::of_name("<script>"), Theme::Auto);
    }
}
