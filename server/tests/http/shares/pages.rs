use axum::body::Body;
use drive::ShareChange;

use super::*;
use crate::support::Answer;

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

async fn look(browser: &Browser, path: &str) -> Answer {
    browser.send("GET", path, &[HTML, ("accept-language", "en")], Body::empty()).await
}

async fn post(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let referer = ("referer", "http://hayloft.test/shares/new?nodes=x");
    let headers = [HTML, referer, ("content-type", "application/x-www-form-urlencoded")];
    browser.send("POST", path, &headers, form).await
}

#[tokio::test]
async fn visitors_without_script_open_walk_and_download() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let trip = owner.folder(&service, None, "trip").await;
    let script = owner.file_in(&trip, "<img src=x onerror=alert(1)>.html", "<script>alert(2)</script>").await;
    let share = owner.share(&service, &[&trip], Some("ab12"), None).await;
    let browser = service.browser();
    let place = address(&share);

    let asked = look(&browser, &place).await;
    assert_eq!(asked.status, 200);
    assert!(asked.text().contains("Enter the code") && !asked.text().contains("trip"), "{}", asked.text());
    let wrong = post(&browser, &format!("{place}/open"), &[("code", "0000")]).await;
    assert_eq!((wrong.status, wrong.header("location")), (303, place.as_str()));
    assert!(look(&browser, &place).await.text().contains("That is not the code"));
    let right = post(&browser, &format!("{place}/open"), &[("code", " AB12 ")]).await;
    assert_eq!((right.status, right.header("location")), (303, place.as_str()));
    let cookie = right.header("set-cookie");
    for part in ["hayloft_share=", "HttpOnly", "SameSite=Lax", &format!("Path={place};")] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("ab12"), "the code is not in it");
    let page = look(&browser, &place).await;
    assert!(
        page.text().contains("Shared by lin_wei") && page.text().contains(&format!("{place}/folder/{trip}"))
    );
    assert_eq!(page.header("vary"), "Accept");
    let inside = look(&browser, &format!("{place}/folder/{trip}")).await;
    assert_eq!(inside.status, 200);
    assert!(inside.text().contains("&lt;img src=x onerror=alert(1)"), "{}", inside.text());
    assert!(!inside.text().contains("<img"), "a name is text");
    let file = look(&browser, &format!("{place}/file/{script}?inline")).await;
    assert!(file.header("content-disposition").starts_with("attachment"), "no page of others in our origin");
    assert_eq!(file.text(), "<script>alert(2)</script>");

    // The cookie of the old code opens nothing any more.
    let code = Some(CodeChoice::Own(ShareCode::parse("cd34").expect("a code")));
    let change = ShareChange { code, ..ShareChange::default() };
    service.drive.change_share(&owner.actor, &share.id, change, &Client::default()).await.expect("changed");
    assert!(look(&browser, &place).await.text().contains("Enter the code"));
    let locked = browser.get(&format!("{place}/file/{script}")).await;
    locked.is_problem(403, "code-required");
    let sent = look(&browser, &format!("{place}/file/{script}")).await;
    assert_eq!((sent.status, sent.header("location")), (303, place.as_str()));
    let told = service.drive.share(&owner.actor, &share.id).await.expect("the share");
    assert_eq!((told.visits, told.downloads), (1, 1));
}

#[tokio::test]
async fn the_page_says_how_a_share_ended() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let node = owner.user.file("secret-name.txt", "text").await;
    let browser = service.browser();
    let told = async |share: &ShareView, status: u16, text: &str| {
        let page = look(&browser, &address(share)).await;
        assert_eq!(page.status, status, "{text}");
        assert!(page.text().contains(text) && !page.text().contains("secret-name"), "{}", page.text());
    };
    let used = owner.share(&service, &[&node], None, Some(1)).await;
    assert_eq!(browser.get(&format!("{}/file/{node}", address(&used))).await.status, 200);
    told(&used, 410, "All downloads are used up").await;
    let cancelled = owner.share(&service, &[&node], None, None).await;
    owner.cancel(&service, &cancelled).await;
    told(&cancelled, 410, "This share was cancelled").await;
    let timed = owner.share(&service, &[&node], None, None).await;
    let soon = ShareChange { expires: Some(Some(service.drive.now() + 1)), ..ShareChange::default() };
    service.drive.change_share(&owner.actor, &timed.id, soon, &Client::default()).await.expect("changed");
    service.clock.advance(std::time::Duration::from_millis(1));
    told(&timed, 410, "This share has expired").await;
    let trashed = owner.share(&service, &[&node], None, None).await;
    service.drive.trash(&owner.actor, &node.parse().expect("id")).await.expect("trashed");
    told(&trashed, 404, "What was shared was deleted").await;
    let missing = look(&browser, &format!("/s/{}", "a".repeat(26))).await;
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("There is no such share"));
    for path in ["/s/x", "/s/%0d%0aset-cookie:%20a=b", "/s/%3Cscript%3E"] {
        let page = look(&browser, path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(!page.text().contains("<script>alert") && browser.cookie("a").is_none());
    }
    // In Chinese, too.
    let chinese =
        browser.send("GET", &address(&cancelled), &[HTML, ("accept-language", "zh-CN")], Body::empty()).await;
    assert!(chinese.text().contains("分享已取消"));
}

#[tokio::test]
async fn saving_to_ones_own_drive() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let trip = owner.folder(&service, None, "trip").await;
    let file = owner.file_in(&trip, "a.txt", "text").await;
    let sibling = owner.user.file("sibling.txt", "sibling").await;
    let share = owner.share(&service, &[&trip], Some("ab12"), None).await;
    let place = address(&share);
    let stranger = service.browser();
    let sent = post(&stranger, &format!("{place}/save"), &[]).await;
    assert_eq!((sent.status, sent.header("location")), (303, "/login"));

    let visitor = service.signed_in("wang_fang").await;
    let locked = post(&visitor, &format!("{place}/save"), &[("node", &trip)]).await;
    assert_eq!((locked.status, locked.header("location")), (303, place.as_str()));
    post(&visitor, &format!("{place}/open"), &[("code", "ab12")]).await;
    assert!(look(&visitor, &place).await.text().contains("Save to my drive"));
    let saved = post(&visitor, &format!("{place}/save"), &[("folder", &trip), ("node", &file)]).await;
    assert_eq!((saved.status, saved.header("location")), (303, format!("{place}/folder/{trip}").as_str()));
    assert!(look(&visitor, &place).await.text().contains("Saved to your files. Items: 1."));
    post(&visitor, &format!("{place}/save"), &[]).await;
    post(&visitor, &format!("{place}/save"), &[("folder", &trip)]).await;
    let mine = look(&visitor, "/").await.text();
    for name in ["a.txt", "trip", "trip (1)"] {
        assert!(mine.contains(name), "{name}");
    }
    let stolen = post(&visitor, &format!("{place}/save"), &[("node", &sibling)]).await;
    assert_eq!(stolen.status, 303);
    assert!(look(&visitor, &place).await.text().contains("It is no longer there"));
    assert!(!look(&visitor, "/").await.text().contains("sibling"));

    let headers = [HTML, ("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
    let forged = visitor.send("POST", &format!("{place}/save"), &headers, Body::empty()).await;
    forged.is_problem(403, "cross-site");
}

#[tokio::test]
async fn an_owner_makes_changes_and_cancels_a_share() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let browser = service.browser();
    browser.sign_in("lin_wei", crate::support::PASSWORD).await;
    let other = service.signed_in("wang_fang").await;
    let node = owner.folder(&service, None, "<b>trip").await;
    let list = look(&browser, "/").await.text();
    assert!(list.contains(&format!("/shares/new?nodes={node}")), "a way to share it");

    let form = look(&browser, &format!("/shares/new?nodes={node}")).await;
    assert_eq!(form.status, 200);
    assert!(form.text().contains("&lt;b&gt;trip") && form.text().contains("Create link"));
    for nodes in ["", "x", &"a".repeat(26), &format!("{node},x")] {
        assert_eq!(look(&browser, &format!("/shares/new?nodes={nodes}")).await.status, 404, "{nodes}");
    }
    assert_eq!(look(&other, &format!("/shares/new?nodes={node}")).await.status, 404);
    let fields = |code: &'static str, own: &'static str, days: &'static str| {
        [("code", code), ("own", own), ("days", days), ("downloads", "3")]
    };
    let with = |name: &'static str, value: &str, rest: [(&'static str, &'static str); 4]| {
        let mut all: Vec<(String, String)> = vec![(name.to_owned(), value.to_owned())];
        all.extend(rest.map(|(name, value)| (name.to_owned(), value.to_owned())));
        all
    };
    let send = async |browser: &Browser, path: &str, fields: Vec<(String, String)>| {
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        post(browser, path, &pairs).await
    };
    let refused = send(&browser, "/form/create-share", with("nodes", &node, fields("own", "abc", "7"))).await;
    assert_eq!((refused.status, refused.header("location")), (303, "/shares/new?nodes=x"));
    let again = look(&browser, &format!("/shares/new?nodes={node}")).await;
    assert!(again.text().contains("The code is too short: 4 characters at least."), "{}", again.text());
    let stolen = send(&other, "/form/create-share", with("nodes", &node, fields("drawn", "", "7"))).await;
    assert_eq!(stolen.header("location"), "/shares/new?nodes=x");

    let made = send(&browser, "/form/create-share", with("nodes", &node, fields("drawn", "", "7"))).await;
    let place = made.header("location").to_owned();
    assert!(place.starts_with("/shares/") && place.len() == 8 + 26, "{place}");
    let page = look(&browser, &place).await.text();
    let link = page.split("Link: http://hayloft.test/s/").nth(1).expect("the link");
    let (token, rest) = link.split_at(26);
    let code = rest.strip_prefix(" Code: ").expect("the code beside it")[..4].to_owned();
    assert!(page.contains("aria-label=\"QR code of the link\"") && page.contains("0 / 3"), "{page}");
    let visitor = browser_at(&service, "203.0.113.9");
    post(&visitor, &format!("/s/{token}/open"), &[("code", &code)]).await;
    let shown = look(&visitor, &format!("/s/{token}")).await.text();
    assert!(shown.contains("&lt;b&gt;trip") && !shown.contains("<b>trip"));

    let id = &place["/shares/".len()..];
    for (path, fields) in [
        ("/form/change-share", with("id", id, fields("public", "", "never"))),
        ("/form/cancel-share", vec![("id".to_owned(), id.to_owned())]),
    ] {
        send(&other, path, fields).await;
    }
    assert_eq!(look(&other, &place).await.status, 404);
    assert!(look(&other, "/shares").await.text().contains("You have not shared anything yet"));
    assert!(look(&browser, &place).await.text().contains("Active"), "nothing of it was done");
    send(&browser, "/form/change-share", with("id", id, fields("public", "", "never"))).await;
    assert_eq!(look(&visitor, &format!("/s/{token}")).await.status, 200);
    assert!(!look(&browser, &place).await.text().contains(" Code: "));
    send(&browser, "/form/cancel-share", vec![("id".to_owned(), id.to_owned())]).await;
    assert_eq!(look(&visitor, &format!("/s/{token}")).await.status, 410);
    let list = look(&browser, "/shares").await.text();
    assert!(list.contains("Cancelled") && list.contains("&lt;b&gt;trip"), "{list}");
    assert_eq!(look(&service.browser(), "/shares").await.header("location"), "/login");
}

#[tokio::test]
async fn who_signs_in_to_save_comes_back_to_save() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let trip = owner.folder(&service, None, "trip").await;
    let share = owner.share(&service, &[&trip], None, None).await;
    service.account("wang_fang").await;
    let browser = service.browser();
    let save = format!("{}/save", address(&share));
    assert!(look(&browser, &address(&share)).await.text().contains(&format!("href=\"{save}\"")));
    let wanted = format!("{save}?node={trip}");
    assert_eq!(look(&browser, &wanted).await.header("location"), "/login");
    let sign_in = async |password| {
        post(&browser, "/form/sign-in", &[("login", "wang_fang"), ("password", password)]).await
    };
    let wrong = sign_in("a wrong password").await;
    assert_ne!(wrong.header("location"), wanted);
    assert_eq!(sign_in(crate::support::PASSWORD).await.header("location"), wanted, "also after a wrong one");
    assert_eq!(look(&browser, &wanted).await.status, 200);
    // Once: whoever signs in later is not taken to a page of before.
    assert_eq!(sign_in(crate::support::PASSWORD).await.header("location"), "/");

    // A page of the drive is come back to as well, what a browser makes up is not gone to, and the form without a choice
    // leads to choosing.
    let guest = service.browser();
    assert_eq!(look(&guest, "/shares?x=1").await.header("location"), "/login");
    assert_eq!(guest.cookie("hayloft_next"), Some(data_encoding::BASE64URL_NOPAD.encode(b"/shares?x=1")));
    guest.set_cookie("hayloft_next", &data_encoding::BASE64URL_NOPAD.encode(b"//evil.example/"));
    let form = [("login", "wang_fang"), ("password", crate::support::PASSWORD)];
    assert_eq!(post(&guest, "/form/sign-in", &form).await.header("location"), "/evil.example/");
    let guest = service.browser();
    assert_eq!(post(&guest, &save, &[("node", trip.as_str())]).await.header("location"), "/login");
    assert_eq!(post(&guest, "/form/sign-in", &form).await.header("location"), save);
}

#[tokio::test]
async fn who_guesses_at_a_code_is_told_when_to_come_back() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let node = owner.user.file("a.txt", "text").await;
    let share = owner.share(&service, &[&node], Some("ab12"), None).await;
    let (browser, place) = (browser_at(&service, "203.0.113.9"), address(&share));
    let open = format!("{place}/open");
    for _ in 0..10 {
        let wrong = post(&browser, &open, &[("code", "0000")]).await;
        assert_eq!((wrong.status, wrong.has("retry-after")), (303, false));
    }
    let refused = post(&browser, &open, &[("code", "ab12")]).await;
    assert_eq!((refused.status, refused.header("location")), (303, place.as_str()));
    assert!(refused.header("retry-after").parse::<u64>().expect("seconds") > 0);
    assert!(look(&browser, &place).await.text().contains("Too many"), "the page says so as well");
}
