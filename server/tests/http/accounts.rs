//! Signing in and what a session is worth, before, during and after: on both database engines, since two of our layers
//! meet in the rows of a session.

use axum::body::Body;

use crate::support::{PASSWORD, Service, on_both_engines};

on_both_engines! {
    async fn signing_in_opens_the_drive_and_signing_out_closes_it(service: Service) {
        let browser = service.signed_in("lin_wei").await;
        assert_eq!(browser.get("/api/nodes/root").await.status, 200);
        let session = browser.cookie(server::COOKIE).expect("a cookie");
        assert_eq!(browser.post("/form/sign-out", &[]).await.status, 200);
        assert_eq!(browser.cookie(server::COOKIE), None, "the browser forgets it");
        browser.set_cookie(server::COOKIE, &session);
        browser.get("/api/nodes/root").await.is_problem(401, "sign-in-required");
    }

    async fn a_wrong_password_and_an_unknown_user_are_the_same(service: Service) {
        service.account("lin_wei").await;
        let wrong = service.browser().sign_in("lin_wei", "not the password").await;
        let unknown = service.browser().sign_in("nobody_here", "not the password").await;
        assert_eq!((wrong.status, &wrong.body), (401, &unknown.body));
        assert_eq!(wrong.status, unknown.status);
        let names = |answer: &crate::support::Answer| {
            let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
            names.sort();
            names
        };
        assert_eq!(names(&wrong), names(&unknown));
        assert!(wrong.has("www-authenticate"), "as every 401");
        assert!(!wrong.has("set-cookie") && !unknown.has("set-cookie"));
    }

    async fn an_id_known_before_signing_in_is_worth_nothing_after_it(service: Service) {
        service.account("lin_wei").await;

        // An id that the attacker made up.
        let planted = "AAAAAAAAAAAAAAAAAAAAAA";
        let victim = service.browser();
        victim.set_cookie(server::COOKIE, planted);
        assert_eq!(victim.sign_in("lin_wei", PASSWORD).await.status, 200);
        let first = victim.cookie(server::COOKIE).expect("a cookie");
        assert_ne!(first, planted);

        // An id that was a session of somebody: signing in again must end it.
        assert_eq!(victim.sign_in("lin_wei", PASSWORD).await.status, 200);
        assert_ne!(victim.cookie(server::COOKIE).expect("a cookie"), first);

        for stolen in [planted, &first] {
            let attacker = service.browser();
            attacker.set_cookie(server::COOKIE, stolen);
            attacker.get("/api/nodes/root").await.is_problem(401, "sign-in-required");
        }
        assert_eq!(victim.get("/api/nodes/root").await.status, 200);
    }

    async fn a_revoked_session_is_over_at_once(service: Service) {
        let browser = service.signed_in("lin_wei").await;
        let actor = service
            .drive
            .sign_in(&domain::Login::parse("lin_wei"), PASSWORD, &drive::Client::default())
            .await
            .expect("an actor");
        let sessions = service.drive.sessions_of(&actor).await.expect("sessions");
        assert_eq!(sessions.len(), 1);
        assert_eq!(sessions[0].address.as_deref(), Some("198.51.100.7"), "it says where it was made");
        service.drive.revoke_session(&actor, &sessions[0].id).await.expect("revoked");
        browser.get("/api/nodes/root").await.is_problem(401, "sign-in-required");
    }

    async fn visitors_cost_no_session(service: Service) {
        for path in ["/login", "/register", "/api/nodes/root", "/nowhere"] {
            let answer = service.browser().get(path).await;
            let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
            assert!(cookies.is_empty(), "{path}: {cookies:?}");
        }
    }

    async fn tries_are_limited_per_account_and_network(service: Service) {
        service.account("lin_wei").await;
        let mut told = Vec::new();
        for login in ["lin_wei", "nobody_here"] {
            for nth in 0..10 {
                assert_eq!(service.browser().sign_in(login, "not the password").await.status, 401, "{login} {nth}");
            }
            let answer = service.browser().sign_in(login, PASSWORD).await;
            assert_eq!((answer.status, answer.header("retry-after")), (429, "900"), "{login}");
            told.push(answer.body);
        }
        // From elsewhere there are a hundred in all.
        for nth in 0..90 {
            let mut browser = service.browser();
            browser.address = format!("203.0.113.{nth}:4711").parse().expect("an address");
            assert_eq!(browser.sign_in("lin_wei", "not the password").await.status, 401, "{nth}");
        }
        let mut browser = service.browser();
        browser.address = "192.0.2.7:4711".parse().expect("an address");
        let answer = browser.sign_in("lin_wei", PASSWORD).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, "900"));
        assert_eq!(told[0], told[1], "nobody learns who has an account");

        let browser = service.browser();
        let form = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html"),
            ("referer", "http://hayloft.test/login"),
        ];
        let answer = browser.send("POST", "/form/sign-in", &form, "login=lin_wei&password=b").await;
        assert_eq!((answer.status, answer.header("location")), (303, "/login"), "without script: the form again");
        let page = browser.get("/login").await.text();
        assert!(page.contains("Too many") && page.contains("900"), "{page}");

        service.clock.advance(std::time::Duration::from_secs(15 * 60));
        assert_eq!(service.browser().sign_in("lin_wei", PASSWORD).await.status, 200);
    }

    async fn a_form_without_its_fields_is_the_senders_fault(service: Service) {
        let browser = service.signed_in("lin_wei").await;
        for path in ["/form/sign-in", "/form/register", "/form/set-up"] {
            let answer = browser.post(path, &[("unknown", "x")]).await;
            assert_eq!((answer.status, answer.text().as_str()), (400, "\"outdated\""), "{path}");
        }
    }

    async fn the_setup_link_works_once(service: Service) {
        let secret = service.drive.setup_link().await.expect("an answer").expect("no administrator yet");
        let browser = service.browser();
        assert_eq!(browser.get(&format!("/setup/{secret}")).await.status, 200);
        let fields = [
            ("secret", secret.as_str()),
            ("username", "admin_lin"),
            ("email", "admin@example.org"),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        let answer = browser.post("/form/set-up", &fields).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(browser.get("/api/nodes/root").await.status, 200, "and is signed in");
        let fields =
            [fields[0], ("username", "second_one"), ("email", "second@example.org"), fields[3], fields[4]];
        let answer = service.browser().post("/form/set-up", &fields).await;
        assert!((400..500).contains(&answer.status), "{}", answer.status);
        assert_eq!(service.drive.setup_link().await.expect("an answer"), None);
    }

    async fn tokens_and_cookies_are_not_mixed(service: Service) {
        let user = service.user("lin_wei").await;
        assert_eq!(user.get("/api/nodes/root").await.status, 200);
        let browser = service.signed_in("eve_l").await;
        let wrong = [("authorization", "Bearer hlt_wrong")];
        let answer = browser.send("GET", "/api/nodes/root", &wrong, Body::empty()).await;
        answer.is_problem(401, "sign-in-required");
    }
}

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_and_other_sites() {
    let service = Service::start().await;
    service.account("lin_wei").await;
    let browser = service.browser();
    let answer = browser.sign_in("lin_wei", PASSWORD).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("hayloft_session=") && cookie.contains("HttpOnly"), "{cookie}");
    assert!(cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert!(!cookie.contains("Secure") && !cookie.contains("Max-Age"), "ends with the browser: {cookie}");

    let fields = [("login", "lin_wei"), ("password", PASSWORD), ("remember", "on")];
    let answer = service.browser().post("/form/sign-in", &fields).await;
    assert!(answer.header("set-cookie").contains("Max-Age=604"), "a week: {}", answer.header("set-cookie"));

    let settings = server::Settings {
        public_url: Some("https://drive.example.org".parse().expect("a url")),
        ..server::Settings::default()
    };
    let service = Service::with(drive::Config::default(), settings).await;
    service.account("lin_wei").await;
    let answer = service.browser().sign_in("lin_wei", PASSWORD).await;
    assert!(answer.header("set-cookie").contains("Secure"));
}

#[tokio::test]
async fn tries_are_limited_per_address() {
    let attempts_per_minute = std::num::NonZeroU32::new(5).expect("not zero");
    let settings = server::Settings { attempts_per_minute, ..server::Settings::default() };
    let service = Service::with(drive::Config::default(), settings).await;
    service.account("lin_wei").await;
    let browser = service.browser();
    let mut refused = None;
    for _ in 0..10 {
        let answer = browser.sign_in("nobody_here", "not the password").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status, 401);
    }
    let refused = refused.expect("a limit");
    assert!(refused.header("retry-after").parse::<u64>().expect("seconds") > 0);
    assert!(refused.text().contains("too-many-requests"), "{}", refused.text());
    assert_eq!(browser.sign_in("lin_wei", PASSWORD).await.status, 429, "also the right one, from there");

    let form = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];
    let answer = browser.send("POST", "/form/sign-in", &form, "login=a&password=b").await;
    assert_eq!((answer.status, answer.header("location")), (303, "/login"), "without script: the form again");
    // A set-up link has its secret in the path: who loses it cannot go on.
    let form = [form[0], form[1], ("referer", "http://hayloft.test/setup/abc")];
    let answer = browser.send("POST", "/form/set-up", &form, "secret=abc").await;
    assert_eq!((answer.status, answer.header("location")), (303, "/setup/abc"));

    let fields =
        [("username", "new"), ("email", "n@example.org"), ("password", PASSWORD), ("again", PASSWORD)];
    let answer = browser.post("/form/register", &fields).await;
    assert_eq!(answer.status, 429, "registering is a try like any other");
    assert!(answer.header("retry-after").parse::<u64>().expect("seconds") > 0);
    let form = [form[0], form[1], ("referer", "http://hayloft.test/register?invitation=abc")];
    let answer = browser.send("POST", "/form/register", &form, "username=new").await;
    assert_eq!((answer.status, answer.header("location")), (303, "/register?invitation=abc"));
    assert!(answer.header("retry-after").parse::<u64>().expect("seconds") > 0);

    let mut elsewhere = service.browser();
    elsewhere.address = "198.51.100.8:4711".parse().expect("an address");
    assert_eq!(elsewhere.sign_in("lin_wei", PASSWORD).await.status, 200);
}
