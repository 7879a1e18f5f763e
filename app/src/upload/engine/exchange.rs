//! One request by XMLHttpRequest, which tells how much of a body has left, as `fetch` does not.

use gloo_file::Blob;
use gloo_file::futures::read_as_bytes;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{ProgressEvent, XmlHttpRequest};

use super::{ended, happen};
use crate::upload::piece::Ticket;
use crate::upload::queue::Event;
use crate::upload::wire::{Answer, Request, Slice};

/// A request in flight, with what is called about it. It has to be kept until it ended.
pub(super) struct Exchange {
    request: Option<XmlHttpRequest>,
    _progress: Closure<dyn FnMut(ProgressEvent)>,
    _end: Closure<dyn FnMut()>,
}

impl Exchange {
    /// Sends `request`; the body is a slice of `file`, which the browser reads by itself while it sends. How it ends is
    /// told as an event, never from within this call.
    pub(super) fn begin(ticket: Ticket, request: &Request, file: Option<&web_sys::File>) -> Self {
        let progress = Closure::new(move |event: ProgressEvent| {
            happen(Event::Progress { ticket, sent: whole(event.loaded()) });
        });
        let body = request.body.and_then(|slice| cut(file?, slice));
        let sent = if body.is_some() == request.body.is_some() { open(request) } else { None };
        let end = {
            let (sent, body, is_head) = (sent.clone(), body.clone(), request.method == "HEAD");
            Closure::new(move || {
                if let Some(sent) = &sent {
                    end(ticket, sent, body.clone(), is_head);
                }
            })
        };
        let exchange = Self { request: sent, _progress: progress, _end: end };
        if exchange.send(body.as_ref(), request.json.as_deref()).is_none() {
            spawn_local(async move { ended(ticket, Event::Unreadable { ticket }) });
        }
        exchange
    }

    fn send(&self, body: Option<&web_sys::Blob>, json: Option<&str>) -> Option<()> {
        let request = self.request.as_ref()?;
        request.set_onloadend(Some(self._end.as_ref().unchecked_ref()));
        if body.is_some() {
            request.upload().ok()?.set_onprogress(Some(self._progress.as_ref().unchecked_ref()));
        }
        match json {
            Some(_) => request.send_with_opt_str(json).ok(),
            None => request.send_with_opt_blob(body).ok(),
        }
    }

    /// Ends it without a word: aborting calls its listeners at once, while the engine is at work.
    pub(super) fn abort(&self) {
        let Some(request) = &self.request else { return };
        request.set_onloadend(None);
        if let Ok(upload) = request.upload() {
            upload.set_onprogress(None);
        }
        // It fails only for a request that was never opened.
        let _ = request.abort();
    }
}

fn open(request: &Request) -> Option<XmlHttpRequest> {
    let xhr = XmlHttpRequest::new().ok()?;
    xhr.open_with_async(request.method, &request.path, true).ok()?;
    for (name, value) in &request.headers {
        xhr.set_request_header(name, value).ok()?;
    }
    Some(xhr)
}

/// The bytes of a slice, unread. A slice without a type leaves the `Content-Type` to us.
#[expect(clippy::cast_precision_loss, reason = "JavaScript has no other numbers; positions are below 2^53")]
fn cut(file: &web_sys::File, slice: Slice) -> Option<web_sys::Blob> {
    file.slice_with_f64_and_f64(slice.start as f64, slice.end as f64).ok()
}

fn end(ticket: Ticket, request: &XmlHttpRequest, body: Option<web_sys::Blob>, is_head: bool) {
    let status = request.status().unwrap_or(0);
    if status != 0 {
        let text =
            if is_head { String::new() } else { request.response_text().ok().flatten().unwrap_or_default() };
        let header = |name: &str| request.get_response_header(name).ok().flatten();
        return ended(ticket, Event::Answered { ticket, answer: Answer::read(status, header, text) });
    }
    // A file that was changed or deleted on the disk looks like a broken connection: reading one byte tells which it is.
    let first = body.and_then(|body| body.slice_with_i32_and_i32(0, 1).ok());
    spawn_local(async move {
        let readable = match first {
            Some(first) => read_as_bytes(&Blob::from(first)).await.is_ok(),
            None => true,
        };
        ended(ticket, if readable { Event::Lost { ticket } } else { Event::Unreadable { ticket } });
    });
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of bytes, whole and below 2^53"
)]
const fn whole(number: f64) -> u64 {
    number as u64
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;
    use crate::upload::entry::FileKey;

    wasm_bindgen_test_configure!(run_in_browser);

    fn file(bytes: &[u8]) -> web_sys::File {
        let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
        web_sys::File::new_with_u8_array_sequence(&parts, "file").expect("a file")
    }

    async fn slice(file: &web_sys::File, start: u64, end: u64) -> (Vec<u8>, String) {
        let blob = cut(file, Slice { file: FileKey(0), start, end }).expect("a slice");
        let kind = blob.type_();
        (read_as_bytes(&Blob::from(blob)).await.expect("bytes"), kind)
    }

    #[wasm_bindgen_test]
    async fn a_slice_is_the_bytes_between_its_positions_and_has_no_type() {
        let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        let file = file(&bytes);
        for (start, end) in [(0, 0), (0, 1), (99_999, 100_000), (31_337, 66_000), (0, 100_000)] {
            let (read, kind) = slice(&file, start, end).await;
            assert_eq!(read, bytes[start as usize..end as usize]);
            assert_eq!(kind, "", "a type would go out as the Content-Type of the request");
        }
    }

    #[wasm_bindgen_test]
    fn positions_beyond_four_gigabytes_are_numbers_of_javascript() {
        let (below, large) = (whole(4_294_967_295.0), whole(5_000_000_000.0));
        assert_eq!((below, large), (4_294_967_295, 5_000_000_000));
    }
}
