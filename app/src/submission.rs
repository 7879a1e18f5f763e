//! Forms sent by script: the same request that a browser makes by itself, but the answer comes as data.
//!
//! One function for all forms instead of a typed client for each: the forms are there anyway, for browsers without
//! script, and the typed clients were a quarter of the wasm.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FormData, Headers, HtmlButtonElement, HtmlFormElement, RequestInit, Response, UrlSearchParams,
};

use crate::Failure;
use crate::flash::Done;

/// What a form on the page is doing.
#[derive(Clone, Copy)]
pub(crate) struct Submission {
    /// The last answer; `None` until there is one.
    pub(crate) answer: RwSignal<Option<Result<Done, Failure>>>,
    /// Whether it is on its way.
    pub(crate) pending: RwSignal<bool>,
}

impl Submission {
    /// Of a form that was not sent yet.
    pub(crate) fn new() -> Self {
        Self { answer: RwSignal::new(None), pending: RwSignal::new(false) }
    }

    /// Sends the form of a `submit` event. A second press while it is on its way does nothing.
    pub(crate) fn send(self, event: &SubmitEvent) {
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else {
            return;
        };
        event.prevent_default();
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        spawn_local(async move {
            let answer = send_form(&form).await;
            self.answer.try_set(Some(answer));
            self.pending.try_set(false);
        });
    }
}

/// Sends a form of a sheet, with the button that was pressed. Whatever comes of it, the answer says where to go on.
///
/// # Errors
/// That the server was not reached, or answers something else.
pub(crate) async fn send_sheet_form(
    form: &HtmlFormElement,
    button: Option<HtmlButtonElement>,
) -> Result<Done, Failure> {
    let fields = fields_of(form, button.as_ref())?;
    let own = button.filter(|button| button.has_attribute("formaction")).map(|button| button.form_action());
    let url = own.unwrap_or_else(|| form.action());
    let (_, text) = fetch(&url, &fields, Done::OF_SHEET).await.map_err(|_| Failure::Offline)?;
    read_of_sheet(&text)
}

/// Names and values of a form, that of the button that was pressed included.
///
/// # Errors
/// [`Failure::Outdated`] when a field holds a file: such forms are the browser's to send.
pub(crate) fn fields_of(
    form: &HtmlFormElement,
    button: Option<&HtmlButtonElement>,
) -> Result<UrlSearchParams, Failure> {
    let data = FormData::new_with_form(form).map_err(|_| Failure::Outdated)?;
    // A list of pairs is what `URLSearchParams` takes, and `FormData` iterates as one.
    let fields = UrlSearchParams::new_with_str_sequence_sequence(&data).map_err(|_| Failure::Outdated)?;
    if let Some(button) = button.filter(|button| !button.name().is_empty()) {
        fields.append(&button.name(), &button.value());
    }
    Ok(fields)
}

/// Sends the fields of a form to where it leads.
async fn send_form(form: &HtmlFormElement) -> Result<Done, Failure> {
    request(&form.action(), &fields_of(form, None)?).await
}

/// Sends fields as the form at `path` would.
///
/// # Errors
/// What the server says, or that it was not reached.
pub(crate) async fn post(path: &str, fields: &[(&str, &str)]) -> Result<Done, Failure> {
    let body = UrlSearchParams::new().map_err(|_| Failure::Outdated)?;
    for (name, value) in fields {
        body.append(name, value);
    }
    request(path, &body).await
}

async fn request(url: &str, fields: &UrlSearchParams) -> Result<Done, Failure> {
    // Not a page: this is how the server knows that script asks.
    let (status, text) = fetch(url, fields, "application/json").await.map_err(|_| Failure::Offline)?;
    read(status, &text)
}

async fn fetch(url: &str, fields: &UrlSearchParams, accept: &str) -> Result<(bool, String), JsValue> {
    let headers = Headers::new()?;
    headers.set("Accept", accept)?;
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_headers(&headers);
    options.set_body(fields);
    let response: Response =
        JsFuture::from(window().fetch_with_str_and_init(url, &options)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok((response.ok(), text))
}

/// What the answer to a form of a sheet means. It always says where to go on, whatever came of the form; what does not, comes
/// from something that stands before the pages: it may be one of our errors.
fn read_of_sheet(text: &str) -> Result<Done, Failure> {
    match read(true, text) {
        Ok(done) if done.next.is_some() => Ok(done),
        _ => Err(serde_json::from_slice(text.as_bytes()).map_or(Failure::Outdated, Failure::App)),
    }
}

/// What an answer means. Read from bytes, as server functions read theirs: from text, all of it would be compiled once
/// more. What we do not understand comes from a server of another version, or from something in between.
fn read(ok: bool, text: &str) -> Result<Done, Failure> {
    if ok {
        serde_json::from_slice(text.as_bytes()).map_err(|_| Failure::Outdated)
    } else {
        Err(serde_json::from_slice(text.as_bytes()).unwrap_or(Failure::Outdated))
    }
}

#[cfg(test)]
mod tests {
    use domain::AppError;

    use super::*;

    #[test]
    fn answers_are_read_by_their_status() {
        let done = Done::go("/");
        assert_eq!(read(true, &serde_json::to_string(&done).expect("json")), Ok(done));
        let failure = Failure::App(AppError::WrongCredentials);
        assert_eq!(read(false, &serde_json::to_string(&failure).expect("json")), Err(failure));
        assert_eq!(read_of_sheet(&serde_json::to_string(&Done::go("/")).expect("json")), Ok(Done::go("/")));
        assert_eq!(read_of_sheet(r#"{"code":"busy"}"#), Err(AppError::Busy.into()));
        for foreign in [r#"{"type":"about:blank","status":503}"#, "{}", "<html>502 Bad Gateway"] {
            assert_eq!(read_of_sheet(foreign), Err(Failure::Outdated), "{foreign}");
        }
        assert_eq!(read(false, "<html>502 Bad Gateway"), Err(Failure::Outdated));
        assert_eq!(read(true, "<html>a captive portal"), Err(Failure::Outdated));
    }
}
