//! Other sites, and what browsers are told of ours.

use axum::body::Body;

use crate::support::Service;

#[tokio::test]
async fn a_post_from_another_site_is_refused() {
    let service = Service::start().await;
    let browser = service.signed_in("lin_wei").await;
    let root = browser.get("/api/nodes/root").await.json();
    let node = format!("/api/nodes/{}", root["id"].as_str().expect("an id"));
    for headers in [
        &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")][..],
        // A sibling domain is another site too.
        &[("origin", "http://other.hayloft.test"), ("sec-fetch-site", "same-site")],
        // An old browser, which sends only the origin; the sandbox of an uploaded page.
        &[("origin", "https://evil.example"), ("sec-fetch-site", "")],
        &[("origin", "null"), ("sec-fetch-site", "")],
    ] {
        for (method, path) in [
            ("POST", "/form/sign-out"),
            ("POST", "/form/sign-in"),
            ("POST", "/api/uploads"),
            ("DELETE", node.as_str()),
        ] {
            let answer = browser.send(method, path, headers, Body::empty()).await;
            answer.is_problem(403, "cross-site");
        }
    }
    assert_eq!(browser.get("/api/nodes/root").await.status, 200, "still signed in");
}

#[tokio::test]
async fn programs_without_an_origin_pass() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let headers = [("upload-length", "5"), ("upload-concat", "partial")];
    let answer = user.tus("POST", "/api/uploads", &headers, Body::empty()).await;
    assert_eq!(answer.status, 201);
}

#[tokio::test]
async fn the_public_origin_is_ours_behind_a_proxy_that_rewrites_host() {
    let settings = server::Settings {
        public_url: Some("https://drive.example.org".parse().expect("a url")),
        ..server::Settings::default()
    };
    let service = Service::with(drive::Config::default(), settings).await;
    service.account("lin_wei").await;
    let form = "login=lin_wei&password=wrong";
    let headers = |origin| {
        [
            ("host", "backend:3000"),
            ("origin", origin),
            ("sec-fetch-site", ""),
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "application/json"),
        ]
    };
    let answer =
        service.browser().send("POST", "/form/sign-in", &headers("https://drive.example.org"), form).await;
    assert_eq!(answer.status, 401, "reached the form");
    let answer =
        service.browser().send("POST", "/form/sign-in", &headers("https://evil.example"), form).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let service = Service::start().await;
    for path in [
        "/login",
        "/nowhere",
        "/api/nodes/root",
        "/api/x",
        "/favicon.svg",
        "/pkg/hayloft.1a2b.js",
        "/health/live",
    ] {
        let answer = service.guest().get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("x-request-id").len(), 16, "{path}");
        assert!(!answer.has("strict-transport-security"), "{path}");
    }
    let settings = server::Settings {
        public_url: Some("https://drive.example.org".parse().expect("a url")),
        ..server::Settings::default()
    };
    let service = Service::with(drive::Config::default(), settings).await;
    assert!(service.guest().get("/login").await.header("strict-transport-security").contains("max-age="));
}

#[tokio::test]
async fn pages_run_their_own_scripts_and_no_others() {
    let service = Service::start().await;
    for path in ["/login", "/register", "/nowhere"] {
        let answer = service.guest().get(path).await;
        let policy = answer.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).expect(path).split('\'').next().expect("a nonce");
        assert!(nonce.len() >= 20 && policy.contains("'wasm-unsafe-eval'"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        let html = answer.text();
        let scripts: Vec<_> =
            html.split("<script").skip(1).map(|tag| tag.split('>').next().expect("a tag")).collect();
        assert!(!scripts.is_empty(), "{path}");
        for tag in scripts {
            assert!(tag.contains(nonce) || tag.contains("src="), "{path}: <script{tag}>");
        }
        assert!(!html.contains(" onclick=") && !html.contains(" style=\""), "{path}");
        let again = service.guest().get(path).await;
        assert!(!again.header("content-security-policy").contains(nonce), "a nonce is used once");
    }
}

#[tokio::test]
async fn what_one_person_saw_is_not_kept_for_the_next() {
    let service = Service::start().await;
    let browser = service.signed_in("lin_wei").await;
    assert_eq!(browser.get("/").await.header("cache-control"), "no-store");
    let answer = service.guest().get("/").await;
    assert!(matches!(answer.status, 302 | 303 | 307), "{}", answer.status);
    assert_eq!(answer.header("location"), "/login");
}

#[tokio::test]
async fn a_body_that_is_no_form_of_ours_is_not_read_to_its_end() {
    let service = Service::start().await;
    service.account("lin_wei").await;
    let form = format!("login=lin_wei&password={}", "x".repeat(200_000));
    let length = form.len().to_string();
    let headers =
        [("content-type", "application/x-www-form-urlencoded"), ("content-length", length.as_str())];
    assert_eq!(service.browser().send("POST", "/form/sign-in", &headers, form).await.status, 413);
}

#[tokio::test]
async fn a_form_that_cannot_be_read_leads_to_no_page_of_others() {
    let service = Service::start().await;
    for (method, path) in [("GET", "/form/setup"), ("POST", "/form/sign-in")] {
        for (referer, back) in [
            ("https://evil.example/x?y=1", "/x"),
            ("https://evil.example//evil.example/", "/evil.example/"),
            ("http://hayloft.test/login", "/login"),
        ] {
            let headers = [
                ("accept", "text/html"),
                ("referer", referer),
                ("content-type", "application/x-www-form-urlencoded"),
            ];
            let answer = service.browser().send(method, path, &headers, "").await;
            assert_eq!((answer.status, answer.header("location")), (302, back), "{method} {path} {referer}");
        }
    }
}
