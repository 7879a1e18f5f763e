//! How one reader wants the pages: language, colours, and how folders are shown. Kept in cookies, so that they hold before sign-in too.

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

/// How a folder is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// A line for each, with columns.
    #[default]
    List,
    /// A card for each, with a picture where there is one.
    Grid,
}

impl View {
    /// Its name: the value of `<html data-view>` and of the cookie.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Grid => "grid",
        }
    }

    /// The view of that name; anything unknown is [`View::List`].
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        if name == Self::Grid.name() { Self::Grid } else { Self::List }
    }
}

/// What a page is rendered with; a context on both sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// Language of every sentence.
    pub language: Language,
    /// Colours.
    pub theme: Theme,
    /// How folders are shown.
    pub view: View,
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
            view: View::of_name(&attribute("data-view")),
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
        for view in [View::List, View::Grid] {
            assert_eq!(View::of_name(view.name()), view);
        }
        assert_eq!(View::of_name("<script>"), View::List);
    }
}
