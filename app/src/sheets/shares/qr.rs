//! A link as a QR code, drawn as SVG: black on white in any theme, since that is what cameras expect.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};
use leptos::prelude::*;

/// Modules of empty space around the code (ISO/IEC 18004 wants four).
const QUIET: usize = 4;

/// The picture; nothing for a text that is too long for one.
pub(super) fn picture(text: &str, label: &'static str) -> Option<AnyView> {
    let (path, side) = draw(text)?;
    let view = view! {
        <svg class="qr" role="img" aria-label=label viewBox=format!("0 0 {side} {side}") shape-rendering="crispEdges">
            <rect width=side height=side fill="#fff"></rect>
            <path d=path fill="#000"></path>
        </svg>
    };
    Some(view.into_any())
}

/// The dark modules as one path, a run of a row at a time, and the side of the picture in modules.
fn draw(text: &str) -> Option<(String, usize)> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let mut path = String::new();
    for y in 0..code.size {
        let row = &code[y];
        let mut x = 0;
        while x < code.size {
            let run = row[x..code.size].iter().take_while(|module| module.value()).count();
            if run > 0 {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    Some((path, code.size + 2 * QUIET))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corners_are_what_a_camera_looks_for() {
        let (path, side) = draw("https://files.example/s/aaaaaaaaaaaaaaaaaaaaaaaaaa").expect("a code");
        // Version 4 has 33 modules.
        assert_eq!(side, 33 + 2 * QUIET);
        assert!(path.starts_with("M4 4h7v1h-7z"), "the first row of the first corner: {}", &path[..40]);
        assert!(path.contains(&format!("M{} 4h7v1h-7z", 4 + 33 - 7)));
        assert!(path.contains(&format!("M4 {}h7v1h-7z", 4 + 33 - 1)));
        assert_eq!(draw(&"x".repeat(10_000)), None);
    }
}
