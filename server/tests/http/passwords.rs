//! Changing a password, and what somebody can do who has to.

use domain::{Login, NewPassword};

use crate::support::{Answer, Browser, PASSWORD, Service, on_both_engines};

const NEW: &str = "another horse battery";
const TOLD: &str = "told by telephone 7";

async fn change(browser: &Browser, old: &str, new: &str, again: &str) -> Answer {
    browser.post("/form/change-password", &[("old", old), ("password", new), ("again", again)]).await
}

/// The same as a browser without script sends it.
async fn send(browser: &Browser, old: &str, new: &str) -> Answer {
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "text/html"),
        ("referer", "http://hayloft.test/settings/password"),
    ];
    let fields = [("old", old), ("password", new), ("again", new)];
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    browser.send("POST", "/form/change-password", &headers, form).await
}

/// An administrator sets the password of a new account; its token and a browser in which it signed in with that.
async fn told(service: &Service) -> (String, Browser) {
    let actor = service.account("lin_wei").await;
    let admin = drive::NewAccount {
        username: domain::Username::parse("admin_one").expect("a name"),
        email: domain::Email::parse("a@example.org").expect("mail"),
        password: NewPassword::parse(PASSWORD).expect("a password"),
    };
    let admin = service.drive.create_administrator(admin).await.expect("an administrator");
    let password = NewPassword::parse(TOLD).expect("a password");
    service.drive.set_password(&admin, &actor.user, &password, &drive::Client::default()).await.expect("set");
    let token = service.drive.create_token(&Login::parse("lin_wei"), "x").await.expect("a token");
    let browser = service.browser();
    assert_eq!(browser.sign_in("lin_wei", TOLD).await.status, 200);
    (token, browser)
}

on_both_engines! {
    async fn a_new_password_ends_other_sessions_and_renews_this_one(service: Service) {
        let browser = service.signed_in("lin_wei").await;
        let other = service.browser();
        other.sign_in("lin_wei", PASSWORD).await;
        let before = browser.cookie(server::COOKIE).expect("a cookie");
        let answer = change(&browser, PASSWORD, NEW, NEW).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(browser.get("/api/nodes/root").await.status, 200, "this one goes on");
        assert_ne!(browser.cookie(server::COOKIE).expect("a cookie"), before);
        other.get("/api/nodes/root").await.is_problem(401, "sign-in-required");
        let stolen = service.browser();
        stolen.set_cookie(server::COOKIE, &before);
        stolen.get("/api/nodes/root").await.is_problem(401, "sign-in-required");
        assert_eq!(service.browser().sign_in("lin_wei", PASSWORD).await.status, 401);
        assert_eq!(service.browser().sign_in("lin_wei", NEW).await.status, 200);
    }

    async fn a_refused_change_says_where(service: Service) {
        let browser = service.signed_in("lin_wei").await;
        for (old, new, again, status) in [
            ("", NEW, NEW, 401),
            ("not my password", NEW, NEW, 401),
            (PASSWORD, "short", "short", 422),
            (PASSWORD, NEW, "something else", 422),
            (PASSWORD, PASSWORD, PASSWORD, 422),
        ] {
            let answer = change(&browser, old, new, again).await;
            assert_eq!(answer.status, status, "{old:?} {new:?}: {}", answer.text());
        }
        let answer = send(&browser, "not my <b>password", NEW).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/settings/password"));
        let page = browser.get("/settings/password").await.text();
        assert!(page.contains("That is not your current password."), "{page}");
        assert!(!page.contains("my <b>") && !page.contains(NEW), "what was typed is not shown again");
        let page = browser.get("/settings/password").await.text();
        assert!(!page.contains("That is not your current password."), "said once");
        service.browser().post("/form/change-password", &[("old", "x"), ("password", NEW), ("again", NEW)]).await;
        assert_eq!(service.browser().sign_in("lin_wei", PASSWORD).await.status, 200, "nothing was changed");
    }

    async fn who_has_to_choose_a_password_does_nothing_before(service: Service) {
        let (token, browser) = told(&service).await;
        browser.get("/api/nodes/root").await.is_problem(403, "password-change-required");
        let bearer = format!("Bearer {token}");
        for (method, path) in [("GET", "/api/nodes/root"), ("POST", "/api/folders"), ("GET", "/api/uploads")] {
            let answer = service.guest().send(method, path, &[("authorization", &bearer)], axum::body::Body::empty()).await;
            answer.is_problem(403, "password-change-required");
        }
        for path in ["/", "/settings/password", "/settings/sessions", "/shares", "/trash", "/admin", "/login"] {
            let answer = browser.get(path).await;
            assert_eq!((answer.status, answer.header("location")), (303, "/password"), "{path}");
        }
        let parent = "a".repeat(26);
        assert_eq!(browser.post("/form/create-folder", &[("name", "x"), ("parent", &parent)]).await.status, 401);
        let page = browser.get("/password").await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("Choose a new password"), "{}", page.text());
        assert_eq!(page.header("cache-control"), "no-store");

        assert_eq!(change(&browser, TOLD, TOLD, TOLD).await.status, 422, "a new one");
        let answer = change(&browser, TOLD, NEW, NEW).await;
        assert_eq!((answer.status, answer.json()["next"].as_str()), (200, Some("/")), "{}", answer.text());
        assert_eq!(browser.get("/api/nodes/root").await.status, 200);
        let answer = service.guest().send("GET", "/api/nodes/root", &[("authorization", &bearer)], axum::body::Body::empty()).await;
        assert_eq!(answer.status, 200);
        assert_eq!(browser.get("/password").await.header("location"), "/", "nothing to choose");
    }
}
