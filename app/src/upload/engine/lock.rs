//! Tells the pages of one browser from each other: a page at work on uploads holds a shared Web Lock, and one that gets
//! it for itself alone knows that no other page is. Browsers lock only on HTTPS and on localhost; elsewhere every page
//! takes itself to be alone.
//!
//! By name instead of through `web_sys`, which counts locks among the unstable interfaces.

use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::window;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;

/// The lock's name, the same for all pages of this origin.
const NAME: &str = "hayloft-uploads";

/// A share in the lock, for as long as this lives.
pub(super) struct Lock {
    release: Option<Function>,
}

impl Lock {
    /// Takes a share; it may come a moment later.
    pub(super) fn hold() -> Self {
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        let options = [("mode", JsValue::from_str("shared"))];
        // The lock is held until the promise that the callback returns is kept.
        let granted = Closure::once_into_js(move |_: JsValue| held);
        Self { release: request(&options, &granted).and(release) }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            // Keeping a promise does not fail.
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Finds out whether any other page holds a share, and tells, never from within this call.
pub(super) fn look_around(tell: impl Fn(bool) + Copy + 'static) {
    let options = [("mode", JsValue::from_str("exclusive")), ("ifAvailable", JsValue::TRUE)];
    // Without a lock to be had, the callback gets `null`. It returns at once, and so does the lock.
    let answer = Closure::once_into_js(move |lock: JsValue| tell(!lock.is_null()));
    if request(&options, &answer).is_none() {
        spawn_local(async move { tell(true) });
    }
}

/// Asks for the lock; `None` where there are none. Refused (the page is being closed, or has no origin) it never calls.
fn request(options: &[(&str, JsValue)], granted: &JsValue) -> Option<()> {
    let locks = get(&get(&window(), "navigator")?, "locks")?;
    let request: Function = get(&locks, "request")?.dyn_into().ok()?;
    let object = Object::new();
    for (name, value) in options {
        Reflect::set(&object, &JsValue::from_str(name), value).ok()?;
    }
    request.call3(&locks, &JsValue::from_str(NAME), &object, granted).ok()?;
    Some(())
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_futures::JsFuture;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    async fn alone() -> bool {
        let promise = Promise::new(&mut |resolve, _| {
            thread_local! {
                static TELL: std::cell::RefCell<Option<Function>> = const { std::cell::RefCell::new(None) };
            }
            TELL.set(Some(resolve));
            look_around(|alone| {
                if let Some(tell) = TELL.take() {
                    tell.call1(&JsValue::UNDEFINED, &JsValue::from_bool(alone)).expect("told");
                }
            });
        });
        JsFuture::from(promise).await.expect("an answer").is_truthy()
    }

    /// Waits until nobody else holds a share; for ever if somebody never lets go.
    async fn become_alone() {
        let granted = Promise::new(&mut |resolve, _| {
            let granted = Closure::once_into_js(move |_: JsValue| {
                resolve.call0(&JsValue::UNDEFINED).expect("told");
            });
            request(&[("mode", JsValue::from_str("exclusive"))], &granted).expect("localhost has locks");
        });
        JsFuture::from(granted).await.expect("granted");
    }

    #[wasm_bindgen_test]
    async fn who_holds_a_share_is_noticed() {
        assert!(alone().await);
        let lock = Lock::hold();
        assert!(!alone().await);
        drop(lock);
        // The browser lets go some turns later.
        become_alone().await;
    }
}
