//! What administrators decide, as browsers without script and programs meet it.

use axum::body::Body;
use domain::Registration;
use drive::{Actor, Client, NewInvitation, Setting};
use storage::{ClusterState, ErrorKind};

use crate::support::{Answer, Browser, PASSWORD, Service};

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
const TYPE: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// An administrator, and a browser in which they are signed in.
async fn administrator(service: &Service) -> (Actor, Browser) {
    let account = drive::NewAccount {
        username: domain::Username::parse("admin_one").expect("a name"),
        email: domain::Email::parse("admin@example.org").expect("an address"),
        password: domain::NewPassword::parse(PASSWORD).expect("a password"),
    };
    let actor = service.drive.create_administrator(account).await.expect("an administrator");
    let browser = service.browser();
    assert_eq!(browser.sign_in("admin_one", PASSWORD).await.status, 200);
    (actor, browser)
}

async fn set(service: &Service, admin: &Actor, setting: Setting) {
    service.drive.change_setting(admin, setting, &Client::default()).await.expect("set");
}

async fn look(browser: &Browser, path: &str) -> Answer {
    browser.send("GET", path, &[HTML, ("accept-language", "en")], Body::empty()).await
}

/// Sends a form of the page at `from`, as a browser without script does.
async fn post(browser: &Browser, from: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let referer = format!("http://hayloft.test{from}");
    browser.send("POST", path, &[HTML, TYPE, ("referer", &referer), ("accept-language", "en")], form).await
}

#[tokio::test]
async fn an_announcement_is_seen_until_it_is_dismissed_and_again_when_it_changes() {
    let service = Service::start().await;
    let (admin, _) = administrator(&service).await;
    let browser = service.signed_in("lin_wei").await;
    set(&service, &admin, Setting::Announcement("Down on <b>Sunday</b>".into())).await;
    let told = "Down on &lt;b&gt;Sunday&lt;/b&gt;";
    for path in ["/", "/trash", "/settings/sessions"] {
        assert!(look(&browser, path).await.text().contains(told), "{path}");
    }
    let stranger = service.browser();
    assert!(look(&stranger, "/login").await.text().contains(told));
    for path in ["/register", "/nowhere", "/s/aaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        assert!(!look(&stranger, path).await.text().contains(told), "{path}");
    }
    let id = service.drive.rules().announcement.clone().expect("told").id;
    let answer = post(&browser, "/trash", "/form/dismiss-announcement", &[("id", &id)]).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/trash"));
    assert!(!look(&browser, "/trash").await.text().contains(told));
    assert!(look(&stranger, "/login").await.text().contains(told), "each browser for itself");
    set(&service, &admin, Setting::Announcement("Up again".into())).await;
    assert!(look(&browser, "/trash").await.text().contains("Up again"));
    for id in ["", "a; Domain=evil.example", "x\r\nset-cookie: y=z"] {
        let answer = browser.post("/form/dismiss-announcement", &[("id", id)]).await;
        assert!(!answer.has("set-cookie") || id.is_empty(), "{answer:?}");
    }
}

#[tokio::test]
async fn the_largest_file_is_what_is_set() {
    let service = Service::start().await;
    let (admin, _) = administrator(&service).await;
    let user = service.user("lin_wei").await;
    set(&service, &admin, Setting::MaxFileSize(10)).await;
    let answer = service.guest().send("OPTIONS", "/api/uploads", &[], Body::empty()).await;
    assert_eq!(answer.header("tus-max-size"), "10");
    user.create(&[("filename", "a.txt")], "12345678901").await.is_problem(413, "too-large");
    user.file("a.txt", "1234567890").await;
    let browser = service.browser();
    browser.sign_in("lin_wei", PASSWORD).await;
    let body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b.txt\"\r\n\r\n12345678901\r\n--b--\r\n";
    let kind = ("content-type", "multipart/form-data; boundary=b");
    let answer =
        browser.send("POST", "/upload", &[HTML, kind, ("referer", "http://hayloft.test/")], body).await;
    assert_eq!(answer.status, 303);
    assert!(look(&browser, "/").await.text().contains("The limit is 10 B"));
}

#[tokio::test]
async fn settings_are_changed_without_script_and_a_wrong_one_is_told_beside_it() {
    let service = Service::start().await;
    let (_, browser) = administrator(&service).await;
    let change = async |name, value| {
        let fields = [("name", name), ("value", value)];
        let answer = post(&browser, "/admin/settings", "/form/change-setting", &fields).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/admin/settings"));
        look(&browser, "/admin/settings").await.text()
    };
    let page = look(&browser, "/admin/settings").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Default (from the startup options): 7 days"), "{}", page.text());
    let page = change("trash-retention", "a fortnight").await;
    assert!(page.contains("The input is not valid.") && page.contains("value=\"a fortnight\""), "{page}");
    assert_eq!(service.drive.rules().trash_retention, Some(std::time::Duration::from_secs(7 * 86_400)));
    let page = change("trash-retention", "14d").await;
    assert!(page.contains("Set by admin_one,") && page.contains("Use the default (7 days)"), "{page}");
    let page = change("max-file-size", "0").await;
    assert!(page.contains("The file size is not valid."), "{page}");
    let page = change("announcement", "</textarea><script>alert(1)</script>").await;
    assert!(
        page.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)") && !page.contains("<script>alert"),
        "{page}"
    );
    let reset = [("name", "trash-retention"), ("value", "14d"), ("reset", "1")];
    post(&browser, "/admin/settings", "/form/change-setting", &reset).await;
    assert!(
        look(&browser, "/admin/settings").await.text().contains("Default (from the startup options): 7 days")
    );
    let log = look(&browser, "/admin/log?kind=setting").await.text();
    assert!(log.contains("604800 (default) → 1209600") && log.contains("trash-retention"), "{log}");
    let other = service.signed_in("lin_wei").await;
    for path in ["/admin/settings", "/admin/invitations"] {
        assert_eq!(look(&other, path).await.status, 404, "{path}");
    }
    let answer = other.post("/form/change-setting", &[("name", "max-file-size"), ("value", "1")]).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn an_invitation_leads_to_an_account_and_says_when_it_has_ended() {
    let service = Service::start().await;
    let (admin, _) = administrator(&service).await;
    set(&service, &admin, Setting::Registration(Registration::Invitation)).await;
    let new = |uses, expires| NewInvitation { note: String::new(), email: None, uses, expires };
    let invite = async |new| {
        let id = service.drive.create_invitation(&admin, &new, &Client::default()).await.expect("made");
        let all = service.drive.invitations(&admin, None, 100).await.expect("all").items;
        all.into_iter().find(|entry| entry.id == id).expect("there")
    };
    let once = invite(new(1, None)).await;
    let place = format!("/register?invitation={}", once.code);
    let browser = service.browser();
    let bare = look(&browser, "/register").await.text();
    assert!(bare.contains("You need an invitation") && bare.contains("name=\"invitation\""), "{bare}");
    assert!(
        look(&browser, "/register?invitation=nonsense").await.text().contains("There is no such invitation")
    );
    assert!(look(&browser, "/login").await.text().contains("Were you invited?"));
    let page = look(&browser, &place).await.text();
    assert!(page.contains("You are invited") && page.contains(once.code.as_str()), "{page}");

    let code = once.code.to_string();
    let account = |name: &'static str, code: &'static str| {
        [
            ("username", name),
            ("email", "l@example.org"),
            ("password", PASSWORD),
            ("again", PASSWORD),
            ("invitation", code),
        ]
    };
    let answer = post(&browser, "/register", "/form/register", &account("lin_wei", "")).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/register"));
    let page = look(&browser, "/register").await.text();
    assert!(page.contains("Enter the invitation") && page.contains("value=\"lin_wei\""), "{page}");
    let mut fields = account("lin_wei", "");
    fields[4].1 = &code;
    let answer = post(&browser, &place, "/form/register", &fields).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/"));
    let stranger = service.browser();
    assert!(look(&stranger, &place).await.text().contains("has been used up"));
    (fields[0].1, fields[1].1) = ("wang_fang", "w@example.org");
    let answer = post(&stranger, &place, "/form/register", &fields).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, place.as_str()),
        "back to where it says why"
    );

    let short = invite(new(1, Some(service.drive.now() + 1000))).await;
    service.clock.advance(std::time::Duration::from_secs(2));
    let place = format!("/register?invitation={}", short.code);
    assert!(look(&stranger, &place).await.text().contains("has expired"));
    let revoked = invite(new(1, None)).await;
    service.drive.revoke_invitation(&admin, &revoked.id, &Client::default()).await.expect("revoked");
    let place = format!("/register?invitation={}", revoked.code);
    assert!(look(&stranger, &place).await.text().contains("was taken back"));
}

#[tokio::test]
async fn an_account_is_deleted_by_who_types_its_name() {
    let service = Service::start().await;
    let (_, browser) = administrator(&service).await;
    let user = service.account("lin_wei").await;
    let theirs = service.browser();
    theirs.sign_in("lin_wei", PASSWORD).await;
    let place = format!("/admin/users/{}", user.user);
    let page = look(&browser, &place).await.text();
    assert!(
        page.contains("Sign out everywhere") && page.contains("Delete this account permanently"),
        "{page}"
    );
    let id = user.user.to_string();
    post(&browser, &place, "/form/end-sessions", &[("id", &id)]).await;
    assert!(look(&browser, &place).await.text().contains("Not signed in anywhere."));
    assert_eq!(look(&theirs, "/").await.status, 303, "signed out");
    theirs.sign_in("lin_wei", PASSWORD).await;

    let wrong = [("id", id.as_str()), ("confirmation", "lin_wie")];
    let answer = post(&browser, &place, "/form/delete-account", &wrong).await;
    assert_eq!((answer.status, answer.header("location")), (303, place.as_str()));
    let page = look(&browser, &place).await.text();
    assert!(
        page.contains("That is not the user name “lin_wei”") && page.contains("value=\"lin_wie\""),
        "{page}"
    );
    let right = [("id", id.as_str()), ("confirmation", "lin_wei")];
    let answer = post(&browser, &place, "/form/delete-account", &right).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/admin/users"));
    assert!(look(&browser, "/admin/users").await.text().contains("Being deleted"));
    let page = look(&browser, &place).await.text();
    assert!(page.contains("deleted") && !page.contains("Delete this account permanently"), "{page}");
    assert_eq!(look(&theirs, "/").await.status, 303, "signed out");
    service.drive.sweep_once().await;
    assert_eq!(look(&browser, &place).await.status, 404);
    service.account("lin_wei").await;
}

#[tokio::test]
async fn the_overview_and_the_metrics_tell_how_the_store_is() {
    let settings = server::Settings {
        metrics_token: Some("0123456789abcdef".to_owned()),
        ..server::Settings::default()
    };
    let service = Service::with(drive::Config::default(), settings).await;
    let (_, browser) = administrator(&service).await;
    assert!(!look(&browser, "/admin").await.text().contains("DataNodes"), "there are none");
    let state = ClusterState { live_nodes: 2, dead_nodes: 1, missing_blocks: 4, ..ClusterState::default() };
    service.store.faults().pretend_cluster(state);
    let page = look(&browser, "/admin").await.text();
    assert!(page.contains("2 live, 1 dead") && page.contains("Missing blocks"), "{page}");
    let metrics = async || {
        let token = [("authorization", "Bearer 0123456789abcdef")];
        service.guest().send("GET", "/metrics", &token, Body::empty()).await.text()
    };
    let text = metrics().await;
    for line in [
        "hayloft_store_up ",
        "hayloft_store_capacity_bytes ",
        "hayloft_logical_bytes ",
        "hayloft_store_datanodes{state=\"live\"} 2",
        "hayloft_store_datanodes{state=\"dead\"} 1",
        "hayloft_store_blocks{state=\"missing\"} 4",
        "hayloft_store_safe_mode 0",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    service.store.faults().outage(ErrorKind::Unavailable);
    assert!(look(&browser, "/admin").await.text().contains("Unknown: the NameNode did not answer in time"));
    service.clock.advance(std::time::Duration::from_secs(20));
    let text = metrics().await;
    // The recorder is the process's: only what no other test shows is looked at.
    for line in ["hayloft_store_datanodes{state=\"live\"} NaN", "hayloft_store_safe_mode NaN"] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
}

#[tokio::test]
async fn who_is_not_signed_in_learns_nothing_of_administration() {
    let service = Service::start().await;
    // What there is, and what there is not: as every address of the drive (docs/adr/0020).
    for path in ["/admin", "/admin/users/x", "/admin/nowhere", "/trash", "/trash/nowhere"] {
        let stranger = service.browser();
        let answer = look(&stranger, path).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/login"), "{path}");
        assert!(stranger.cookie("hayloft_next").is_some(), "{path}: the way back");
    }
    let browser = service.signed_in("lin_wei").await;
    for path in ["/admin", "/admin/users/x", "/admin/nowhere", "/trash/nowhere"] {
        assert_eq!(look(&browser, path).await.status, 404, "{path}");
    }
}
