//! Captchas as a browser meets them, without script.

use drive::Config;
use server::Settings;

use crate::support::{Answer, Browser, PASSWORD, Service};

async fn service() -> Service {
    Service::with(Config { captcha: true, ..Config::default() }, Settings::default()).await
}

/// Sends a form as a browser without script does.
async fn send(browser: &Browser, page: &str, form: &str, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let referer = format!("http://hayloft.test{page}");
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "text/html"),
        ("referer", referer.as_str()),
    ];
    browser.send("POST", form, &headers, body).await
}

/// The challenge of a page, if it has one.
fn challenge(page: &str) -> Option<String> {
    let at = page.find("src=\"/captcha/")? + "src=\"/captcha/".len();
    Some(page[at..].split('"').next().expect("an end").to_owned())
}

async fn register(browser: &Browser, id: &str, text: &str) -> Answer {
    let fields = [
        ("username", "lin_wei"),
        ("email", "lin@example.org"),
        ("password", PASSWORD),
        ("again", PASSWORD),
        ("captcha_id", id),
        ("captcha", text),
    ];
    send(browser, "/register", "/form/register", &fields).await
}

#[tokio::test]
async fn registering_takes_what_the_picture_says() {
    let service = service().await;
    let browser = service.browser();
    let page = browser.get("/register").await;
    assert_eq!(page.status, 200);
    let id = challenge(&page.text()).expect("a challenge");
    let cookie = browser.cookie("hayloft_browser").expect("a cookie");
    let set = page.headers.get_all("set-cookie").iter().find_map(|value| {
        let text = value.to_str().expect("ASCII");
        text.starts_with("hayloft_browser=").then(|| text.to_owned())
    });
    let set = set.expect("set");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Max-Age"), "{set}");
    let picture = browser.get(&format!("/captcha/{id}")).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/png"));
    assert_eq!(
        (picture.header("cache-control"), picture.header("x-content-type-options")),
        ("no-store", "nosniff")
    );
    let sound = browser.get(&format!("/captcha/{id}/sound")).await;
    assert_eq!((sound.status, sound.header("content-type")), (200, "audio/wav"));
    service.browser().get(&format!("/captcha/{id}")).await.is_problem(404, "not-found");

    // A wrong answer: the form again, with what had been typed, and another challenge.
    let answer = register(&browser, &id, "00000").await;
    assert_eq!((answer.status, answer.header("location")), (303, "/register"));
    let page = browser.get("/register").await.text();
    assert!(page.contains("not what the picture showed") && page.contains("lin@example.org"), "{page}");
    assert_eq!(browser.cookie("hayloft_browser").as_deref(), Some(cookie.as_str()), "the same browser");
    let second = challenge(&page).expect("a challenge");
    assert_ne!(second, id);

    // The right answer in another browser is worth nothing, and neither is none at all.
    service.sql("UPDATE captchas SET answer = 'right'").await;
    let thief = service.browser();
    assert_eq!(register(&thief, &second, "right").await.header("location"), "/register");
    let bare =
        [("username", "lin_wei"), ("email", "l@example.org"), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(browser.post("/form/register", &bare).await.status, 403);
    assert_eq!(register(&browser, &second, " RIGHT ").await.header("location"), "/");
    assert_eq!(browser.get("/api/nodes/root").await.status, 200);

    // Used once.
    let fields = [
        ("username", "wang_fang"),
        ("email", "w@example.org"),
        ("password", PASSWORD),
        ("again", PASSWORD),
        ("captcha_id", second.as_str()),
        ("captcha", "right"),
    ];
    assert_eq!(browser.post("/form/register", &fields).await.status, 403, "a replay");
}

#[tokio::test]
async fn what_costs_a_processor_something_is_limited_per_address() {
    let questions_per_minute = std::num::NonZeroU32::new(3).expect("not zero");
    let settings = Settings { questions_per_minute, ..Settings::default() };
    let service = Service::with(Config { captcha: true, ..Config::default() }, settings).await;
    let browser = service.browser();
    let id = challenge(&browser.get("/register").await.text()).expect("a challenge");
    let (picture, sound) = (format!("/captcha/{id}"), format!("/captcha/{id}/sound"));
    let strength = [("password", "correct"), ("username", ""), ("email", "")];
    assert_eq!(browser.get(&picture).await.status, 200);
    assert_eq!(browser.get(&sound).await.status, 200);
    assert_eq!(browser.post("/form/strength", &strength).await.status, 200);
    for refused in [
        browser.get(&picture).await,
        browser.get(&sound).await,
        browser.post("/form/strength", &strength).await,
    ] {
        refused.is_problem(429, "too-many-requests");
        assert!(refused.header("retry-after").parse::<u64>().expect("seconds") > 0);
    }
    assert_eq!(browser.get("/register").await.status, 200, "the page itself comes");
    let mut elsewhere = service.browser();
    elsewhere.address = "198.51.100.8:4711".parse().expect("an address");
    assert_eq!(elsewhere.post("/form/strength", &strength).await.status, 200);
}

#[tokio::test]
async fn another_picture_comes_without_losing_what_was_typed() {
    let service = service().await;
    let browser = service.browser();
    let id = challenge(&browser.get("/register").await.text()).expect("a challenge");
    let fields =
        [("form", "register"), ("username", "lin_wei"), ("email", "lin@example.org"), ("password", PASSWORD)];
    let answer = send(&browser, "/register", "/form/another-captcha", &fields).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/register"));
    let page = browser.get("/register").await.text();
    assert!(page.contains("lin@example.org") && !page.contains(PASSWORD), "{page}");
    assert_ne!(challenge(&page).expect("a challenge"), id);
}

#[tokio::test]
async fn signing_in_asks_after_three_tries_that_went_wrong() {
    let service = Service::with(Config { captcha: true, ..Config::default() }, Settings::default()).await;
    let account = drive::NewAccount {
        username: domain::Username::parse("lin_wei").expect("a name"),
        email: domain::Email::parse("lin@example.org").expect("mail"),
        password: domain::NewPassword::parse(PASSWORD).expect("a password"),
    };
    service.drive.create_administrator(account).await.expect("an account");
    let browser = service.browser();
    assert_eq!(challenge(&browser.get("/login").await.text()), None);
    assert_eq!(browser.cookie("hayloft_browser"), None, "who only looks costs no row and no cookie");
    for _ in 0..3 {
        let answer =
            send(&browser, "/login", "/form/sign-in", &[("login", "lin_wei"), ("password", "a guess")]).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/login"));
        assert!(browser.get("/login").await.text().contains("Wrong user name or password."));
    }
    let right = [("login", "lin_wei"), ("password", PASSWORD)];
    assert_eq!(browser.post("/form/sign-in", &right).await.status, 403, "the right password is not enough");
    assert_eq!(send(&browser, "/login", "/form/sign-in", &right).await.header("location"), "/login");
    let page = browser.get("/login").await.text();
    assert!(page.contains("Type what the picture shows."), "{page}");
    let id = challenge(&page).expect("a challenge");
    service.sql("UPDATE captchas SET answer = 'right'").await;
    let solved =
        [("login", "lin_wei"), ("password", PASSWORD), ("captcha_id", id.as_str()), ("captcha", "right")];
    assert_eq!(send(&browser, "/login", "/form/sign-in", &solved).await.header("location"), "/");
    assert_eq!(browser.get("/api/nodes/root").await.status, 200);

    // A browser elsewhere that asks for the same name is asked as well once it said the name, and not before.
    let mut other = service.browser();
    other.address = "203.0.113.9:4711".parse().expect("an address");
    assert_eq!(challenge(&other.get("/login").await.text()), None);
}
