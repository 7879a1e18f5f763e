//! Profile and picture, from the forms of the settings.

use crate::support::{Answer, Browser, Service, on_both_engines};

const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg==";

fn pixel() -> Vec<u8> {
    data_encoding::BASE64.decode(PIXEL.as_bytes()).expect("base64")
}

async fn send(browser: &Browser, name: &str, file: &[u8]) -> Answer {
    let mut body = format!("--b\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n").into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--b--\r\n");
    browser.send("POST", "/avatar", &[("content-type", "multipart/form-data; boundary=b")], body).await
}

/// The address of the picture that a page shows.
fn address(page: &str) -> Option<String> {
    let at = page.find("/avatar/")?;
    Some(page[at..].split('"').next().expect("an end").to_owned())
}

on_both_engines! {
    async fn a_picture_is_shown_to_its_owner_alone(service: Service) {
        let browser = service.signed_in("lin_wei").await;
        let other = service.signed_in("wang_fang").await;
        assert_eq!(address(&browser.get("/").await.text()), None);
        let answer = send(&browser, "me.png", &pixel()).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/settings/profile"));
        let page = browser.get("/settings/profile").await.text();
        assert!(page.contains("Your picture is changed."), "{page}");
        let address = address(&browser.get("/").await.text()).expect("in the account menu");
        let image = browser.get(&address).await;
        assert_eq!((image.status, image.header("content-type")), (200, "image/png"));
        assert_eq!(image.header("x-content-type-options"), "nosniff");
        assert_eq!(image.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
        assert!(image.header("cache-control").contains("private"));
        other.get(&address).await.is_problem(404, "not-found");
        service.browser().get(&address).await.is_problem(401, "sign-in-required");
        assert_eq!(browser.post("/form/remove-avatar", &[]).await.status, 200);
        browser.get(&address).await.is_problem(404, "not-found");
    }

    async fn what_is_no_picture_is_refused_with_a_reason(service: Service) {
        let browser = service.signed_in("lin_wei").await;
        let large = vec![0; 5_000_001];
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
        for (name, file, words) in [
            ("", &b""[..], "Choose a picture first."),
            ("x.png", &svg[..], "This picture cannot be read."),
            ("x.png", &b""[..], "This picture cannot be read."),
            ("x.png", &large[..], "The picture is too large. The limit is 5 MB."),
        ] {
            assert_eq!(send(&browser, name, file).await.status, 303);
            let page = browser.get("/settings/profile").await.text();
            assert!(page.contains(words), "{words}: {page}");
        }
        assert_eq!(browser.send("POST", "/avatar", &[("content-type", "text/plain")], "x").await.status, 303);
        assert_eq!(address(&browser.get("/").await.text()), None);
        assert_eq!(send(&service.browser(), "x.png", &pixel()).await.header("location"), "/login");
    }

    async fn script_in_a_profile_is_shown_as_text(service: Service) {
        let browser = service.signed_in("lin_wei").await;
        let script = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
        let answer = browser.post("/form/save-profile", &[
            ("display_name", "<img src=x onerror=alert(1)>"), ("phone", ""), ("gender", "\"><script>"),
            ("address", script), ("about", script),
        ]).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        for path in ["/", "/settings/profile"] {
            let page = browser.get(path).await.text();
            assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{path}: {page}");
        }
        let page = browser.get("/settings/profile").await.text();
        assert!(page.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)"), "{page}");

        // A refused form shows the same again.
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html"), ("referer", "http://hayloft.test/settings/profile")];
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("display_name", "x"), ("phone", "<script>alert(1)</script>"), ("gender", ""), ("address", ""), ("about", script)]).finish();
        assert_eq!(browser.send("POST", "/form/save-profile", &headers, form).await.status, 303);
        let page = browser.get("/settings/profile").await.text();
        assert!(page.contains("That is no phone number."), "{page}");
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{page}");
    }
}
