//! A bar that shows a share of a whole.

use leptos::prelude::*;

/// How much of `whole` is `part`, in thousandths: `<progress>` needs no style of its own, which the content security
/// policy would refuse.
#[component]
pub(crate) fn Meter(
    /// What there is.
    part: u64,
    /// What there could be; 0 is taken as full.
    whole: u64,
    /// What it means, for screen readers.
    label: &'static str,
) -> impl IntoView {
    let share = thousandths(part, whole);
    let class = if share >= 950 { "meter full" } else { "meter" };
    view! { <progress class=class max="1000" value=share.to_string() aria-label=label></progress> }
}

fn thousandths(part: u64, whole: u64) -> u64 {
    if whole == 0 {
        return 1000;
    }
    let share = u128::from(part) * 1000 / u128::from(whole);
    u64::try_from(share).unwrap_or(1000).min(1000)
}

#[cfg(test)]
mod tests {
    use super::thousandths;

    #[test]
    fn shares() {
        assert_eq!(thousandths(41, 100), 410);
        assert_eq!(thousandths(u64::MAX, u64::MAX), 1000);
        assert_eq!(thousandths(200, 100), 1000);
        assert_eq!(thousandths(0, 0), 1000);
    }
}
