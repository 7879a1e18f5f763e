//! Takes over the pages of Hayloft in the browser.
// The view of a page is one type, nested as deep as its elements; the compiler's default depth is 128.
#![recursion_limit = "512"]

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's own script once the module is there. Panics go to the console with their message.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
