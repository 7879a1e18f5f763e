//! What a token is good for, on every route that there is.

use axum::body::Body;
use domain::Login;
use drive::{Access, NewToken};

use crate::support::{Service, on_both_engines};

/// Keys of a path in the description that change nothing.
const SAFE: [&str; 4] = ["get", "head", "options", "parameters"];

async fn bearer(service: &Service, access: Access) -> String {
    let token = NewToken { name: "x".to_owned(), access, expires: None };
    let secret = service.drive.create_token_for(&Login::parse("lin_wei"), &token).await.expect("a token");
    format!("Bearer {secret}")
}

on_both_engines! {
    async fn a_token_to_read_changes_nothing_on_any_route(service: Service) {
        let user = service.user("lin_wei").await;
        let node = user.file("a.txt", "abc").await;
        let upload = user.tus("POST", "/api/uploads", &[("upload-length", "3"), ("upload-metadata", "filename YS50eHQ=")], Body::empty()).await;
        let upload = upload.header("location").rsplit('/').next().expect("an id").to_owned();
        let read = bearer(&service, Access::Read).await;

        // Every path and method of the description, so that a route that is added is tried.
        let document = user.get("/api/openapi.json").await.json();
        let mut tried = 0;
        for (path, item) in document["paths"].as_object().expect("paths") {
            for method in item.as_object().expect("methods").keys().filter(|method| !SAFE.contains(&method.as_str())) {
                let path = path.replace("{id}", if path.contains("uploads") { &upload } else { &node });
                let headers = [
                    ("authorization", read.as_str()), ("tus-resumable", "1.0.0"), ("x-http-method-override", "PATCH"),
                    ("content-type", "application/offset+octet-stream"), ("upload-offset", "0"), ("upload-length", "3"),
                ];
                let answer = service.guest().send(&method.to_uppercase(), &path, &headers, "{}").await;
                answer.is_problem(403, "read-only-token");
                tried += 1;
            }
        }
        assert!(tried >= 12, "{tried}");
        let answer = service.guest().send("POST", &format!("/api/uploads/{upload}"), &[("authorization", &read), ("tus-resumable", "1.0.0"), ("x-http-method-override", "HEAD")], Body::empty()).await;
        answer.is_problem(403, "read-only-token");
        let form = [("authorization", read.as_str()), ("content-type", "multipart/form-data; boundary=x")];
        service.guest().send("POST", "/upload", &form, "--x--\r\n").await.is_problem(403, "read-only-token");

        for path in ["/api/nodes/root", "/api/nodes/root/children", "/api/uploads", "/api/trash", &format!("/api/nodes/{node}/content")] {
            let answer = service.guest().send("GET", path, &[("authorization", &read)], Body::empty()).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        }
        let answer = service.guest().send("HEAD", &format!("/api/uploads/{upload}"), &[("authorization", &read), ("tus-resumable", "1.0.0")], Body::empty()).await;
        assert_eq!((answer.status, answer.header("upload-offset")), (200, "0"), "nothing was written");
        let list = user.get("/api/nodes/root/children").await.json();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{list}");
    }

    async fn a_token_to_write_does_both(service: Service) {
        service.account("lin_wei").await;
        let write = bearer(&service, Access::Write).await;
        let headers = [("authorization", write.as_str()), ("content-type", "application/json")];
        let answer = service.guest().send("POST", "/api/folders", &headers, r#"{"parent":"root","name":"x"}"#).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(service.guest().send("GET", "/api/nodes/root", &headers, Body::empty()).await.status, 200);
    }

    async fn a_token_is_made_in_the_settings_and_shown_once(service: Service) {
        let browser = service.signed_in("lin_wei").await;
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html"), ("referer", "http://hayloft.test/settings/tokens")];
        let answer = browser.send("POST", "/form/create-token", &headers, "name=%3Cb%3Ebackup%3C%2Fb%3E&access=read&days=30").await;
        assert_eq!((answer.status, answer.header("location")), (303, "/settings/tokens"));
        let page = browser.get("/settings/tokens").await;
        assert_eq!(page.header("cache-control"), "no-store");
        let page = page.text();
        assert!(!page.contains("<b>backup"), "a name is text: {page}");
        let at = page.find("hlt_").unwrap_or_else(|| panic!("no token in {page}"));
        let secret = format!("Bearer {}", &page[at..at + 56]);
        assert!(!browser.get("/settings/tokens").await.text().contains("hlt_"), "once");
        assert_eq!(service.guest().send("GET", "/api/nodes/root", &[("authorization", &secret)], Body::empty()).await.status, 200);
        service.guest().send("POST", "/api/folders", &[("authorization", &secret)], "{}").await.is_problem(403, "read-only-token");

        let answer = browser.send("POST", "/form/create-token", &headers, "name=+&access=write&days=never").await;
        assert_eq!(answer.status, 303);
        let page = browser.get("/settings/tokens").await.text();
        assert!(page.contains("Enter a name.") && !page.contains("hlt_"), "{page}");
        for (fields, status) in [("name=x&access=write&days=0", 422), ("name=x&access=write&days=never", 200)] {
            let script = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
            let answer = browser.send("POST", "/form/create-token", &script, fields).await;
            assert_eq!(answer.status, status, "{fields}: {}", answer.text());
            assert!(!answer.text().contains("hlt_"));
        }
        assert_eq!(service.browser().post("/form/create-token", &[("name", "x"), ("access", "read"), ("days", "1")]).await.status, 401);
    }
}
