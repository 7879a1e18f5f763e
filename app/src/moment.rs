//! Times as people read them: "today 09:12", "11月20日 06:31".
//!
//! The server does not know the reader's time zone, so it writes the date in UTC and the browser puts the local words in
//! its place after hydration ([`When`]); the columns are wide enough for both, so nothing moves.

use domain::civil;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::Language;
use crate::i18n::use_language;

const DAY: i64 = 86_400_000;

/// A moment by the calendar and the clock of some zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    /// Days since 1970-01-01.
    day: i64,
    year: i64,
    month: u8,
    day_of_month: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

impl Moment {
    /// Reads unix milliseconds with the clock of UTC; for another zone, add its offset first.
    fn new(milliseconds: i64) -> Self {
        let day = milliseconds.div_euclid(DAY);
        let second = milliseconds.rem_euclid(DAY) / 1000;
        let (year, month, day_of_month) = civil(day);
        let part = |value: i64| u8::try_from(value).unwrap_or(0);
        Self {
            day,
            year,
            month: part(month),
            day_of_month: part(day_of_month),
            hour: part(second / 3600),
            minute: part(second / 60 % 60),
            second: part(second % 60),
        }
    }

    fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day_of_month)
    }

    /// RFC 3339, for `<time datetime>`, if it is of UTC.
    fn rfc3339(&self) -> String {
        format!("{}T{:02}:{:02}:{:02}Z", self.date(), self.hour, self.minute, self.second)
    }

    /// In words, seen from `now` in the same zone.
    fn words(&self, language: Language, now: &Self) -> String {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let clock = format!("{:02}:{:02}", self.hour, self.minute);
        let month = MONTHS.get(usize::from(self.month.saturating_sub(1))).copied().unwrap_or_default();
        let (year, day) = (self.year, self.day_of_month);
        match (language, now.day - self.day) {
            (Language::Chinese, 0) => format!("今天 {clock}"),
            (Language::English, 0) => format!("Today {clock}"),
            (Language::Chinese, 1) => format!("昨天 {clock}"),
            (Language::English, 1) => format!("Yesterday {clock}"),
            (Language::Chinese, _) if year == now.year => format!("{}月{day}日 {clock}", self.month),
            (Language::English, _) if year == now.year => format!("{month} {day}, {clock}"),
            (Language::Chinese, _) => format!("{year}年{}月{day}日", self.month),
            (Language::English, _) => format!("{month} {day}, {year}"),
        }
    }
}

/// Whether the browser has taken over, so that its clock may be used; a context made by [`provide_clock`].
#[derive(Clone, Copy)]
struct Awake(RwSignal<bool>);

/// Makes every [`When`] below turn to local time once the page is hydrated.
pub(crate) fn provide_clock() {
    let awake = RwSignal::new(false);
    provide_context(Awake(awake));
    // Effects run in the browser alone, after hydration has compared what the server wrote.
    Effect::new(move |_| {
        awake.set(true);
        // The style shows what needs script from now on; browser tests wait for it. It cannot fail: the name is valid.
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-awake", "");
        }
    });
}

/// Whether script runs, as a signal that turns after hydration; false for ever on the server.
pub(crate) fn use_awake() -> Signal<bool> {
    use_context::<Awake>().map_or_else(|| Signal::stored(false), |awake| awake.0.into())
}

/// A time of change.
#[component]
pub(crate) fn When(
    /// Unix milliseconds.
    at: i64,
) -> impl IntoView {
    let language = use_language();
    let awake = use_awake();
    let utc = Moment::new(at);
    let text = move || if awake.get() { local_words(language, at) } else { utc.date() };
    view! { <time datetime=utc.rfc3339()>{text}</time> }
}

/// Puts local words in the place of every time below `element`, which the server wrote.
pub(crate) fn localise(element: &web_sys::Element, language: Language) {
    let Ok(times) = element.query_selector_all("time[datetime]") else { return };
    for index in 0..times.length() {
        let Some(time) = times.get(index).and_then(|node| node.dyn_into::<web_sys::Element>().ok()) else {
            continue;
        };
        let at = js_sys::Date::parse(&time.get_attribute("datetime").unwrap_or_default());
        if at.is_finite() {
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a date that we wrote")]
            time.set_text_content(Some(&local_words(language, at as i64)));
        }
    }
}

/// Words by the browser's zone and clock; the zone's offset is that of the moment itself, so summer time is right.
fn local_words(language: Language, at: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of any real file fit into 53 bits")]
    let there = js_sys::Date::new(&(at as f64).into());
    let here = js_sys::Date::new_0();
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a time zone; milliseconds of now")]
    let (there_offset, here_offset, now) =
        (there.get_timezone_offset() as i64, here.get_timezone_offset() as i64, here.get_time() as i64);
    let local = Moment::new(at - there_offset * 60_000);
    local.words(language, &Moment::new(now - here_offset * 60_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_338_720_000; // 2026-11-22T09:12:00Z

    #[test]
    fn dates_of_the_calendar() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (NOW, "2026-11-22T09:12:00Z"),
        ] {
            assert_eq!(Moment::new(milliseconds).rfc3339(), text);
        }
    }

    #[test]
    fn words_grow_with_distance() {
        let now = Moment::new(NOW);
        let words = |language, at| Moment::new(at).words(language, &now);
        for (before, chinese, english) in [
            (0, "今天 09:12", "Today 09:12"),
            (10 * 3_600_000, "昨天 23:12", "Yesterday 23:12"),
            (2 * DAY, "11月20日 09:12", "Nov 20, 09:12"),
            (400 * DAY, "2025年10月18日", "Oct 18, 2025"),
            (-DAY, "11月23日 09:12", "Nov 23, 09:12"),
        ] {
            assert_eq!(words(Language::Chinese, NOW - before), chinese);
            assert_eq!(words(Language::English, NOW - before), english);
        }
    }
}
