use axum::body::Body;
use drive::ShareChange;

use super::*;
use crate::support::{Answer, base64, pattern};

/// What `curl` sends by itself.
const CURL: (&str, &str) = ("accept", "*/*");

async fn curl(browser: &Browser, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![CURL];
    all.extend_from_slice(headers);
    browser.send("GET", path, &all, Body::empty()).await
}

#[tokio::test]
async fn a_link_to_one_file_brings_the_file() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let bytes = pattern(100_000);
    let node = owner.user.file("黄山 \"1\".jpg", bytes.clone()).await;
    let share = owner.share(&service, &[&node], None, None).await;
    let guest = service.guest();
    // wget 1.20 and older send no Accept of their own beyond this.
    for accept in [&[CURL][..], &[], &[("accept", "image/*")]] {
        let answer = guest.send("GET", &address(&share), accept, Body::empty()).await;
        assert_eq!((answer.status, answer.body.len()), (200, 100_000));
        assert_eq!(answer.body, bytes);
        assert_eq!(
            answer.header("content-disposition"),
            "attachment; filename=\"__ _1_.jpg\"; filename*=UTF-8''%E9%BB%84%E5%B1%B1%20%221%22.jpg"
        );
        assert_eq!((answer.header("vary"), answer.header("x-robots-tag")), ("Accept", "noindex, nofollow"));
        assert!(answer.header("content-security-policy").contains("sandbox"));
    }
    let head = guest.send("HEAD", &address(&share), &[CURL], Body::empty()).await;
    assert_eq!((head.status, head.header("content-length")), (200, "100000"));
    let part = guest.send("GET", &address(&share), &[("range", "bytes=99990-")], Body::empty()).await;
    assert_eq!((part.status, part.header("content-range")), (206, "bytes 99990-99999/100000"));
    let past = guest.send("GET", &address(&share), &[("range", "bytes=100000-")], Body::empty()).await;
    past.is_problem(416, "range-not-satisfiable");
    let tag = head.header("etag").to_owned();
    let same = guest.send("GET", &address(&share), &[("if-none-match", &tag)], Body::empty()).await;
    assert_eq!(same.status, 304);
    let told = service.drive.share(&owner.actor, &share.id).await.expect("the share");
    assert_eq!(told.downloads, 3, "looking, a 304, a 416 and a continuation are no downloads");
}

#[tokio::test]
async fn a_link_to_a_folder_is_a_list() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let above = owner.folder(&service, None, "above").await;
    let shared = owner.folder(&service, Some(&above), "shared").await;
    let inner = owner.folder(&service, Some(&shared), "inner").await;
    let file = owner.file_in(&inner, "a.txt", "text").await;
    let sibling = owner.file_in(&above, "sibling.txt", "sibling").await;
    let share = owner.share(&service, &[&shared], None, None).await;
    let guest = service.guest();
    let place = address(&share);
    let list = guest.get(&place).await.json();
    assert_eq!((&list["owner"], &list["items"][0]["name"]), (&"lin_wei".into(), &"shared".into()));
    assert_eq!(list["items"][0]["parent"], serde_json::Value::Null);
    let page = guest.get(&format!("{place}/folder/{inner}?limit=1")).await.json();
    assert_eq!(page["items"][0]["id"], file);
    let bytes = guest.get(&format!("{place}/file/{file}")).await;
    assert_eq!((bytes.status, bytes.text()), (200, "text".to_owned()));
    assert!(bytes.header("content-disposition").starts_with("attachment"));
    let shown = guest.get(&format!("{place}/file/{file}?inline")).await;
    assert_eq!(shown.header("content-disposition"), "inline; filename=\"a.txt\"");

    for path in [
        format!("{place}/folder/{above}"),
        format!("{place}/folder/{}", owner.actor.root),
        format!("{place}/folder/root"),
        format!("{place}/folder/..%2F{above}"),
        format!("{place}/folder/{file}"),
        format!("{place}/file/{sibling}"),
        format!("{place}/file/{inner}"),
        format!("{place}/file/%2e%2e"),
        format!("/s/{}", "a".repeat(26)),
        format!("/s/{}/folder/{inner}", share.id),
        "/s/x".to_owned(),
    ] {
        guest.get(&path).await.is_problem(404, "not-found");
    }
    service.drive.trash(&owner.actor, &inner.parse().expect("id")).await.expect("trashed");
    guest.get(&format!("{place}/folder/{inner}")).await.is_problem(404, "not-found");
    guest.get(&format!("{place}/file/{file}")).await.is_problem(404, "not-found");
}

#[tokio::test]
async fn programs_are_told_what_ended() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let node = owner.user.file("a.txt", "text").await;
    let share = owner.share(&service, &[&node], None, None).await;
    let guest = service.guest();
    let id = node.parse().expect("an id");
    service.drive.trash(&owner.actor, &id).await.expect("trashed");
    guest.get(&address(&share)).await.is_problem(404, "not-found");
    service.drive.restore(&owner.actor, &id).await.expect("restored");
    assert_eq!(guest.get(&address(&share)).await.status, 200);
    let change = ShareChange { expires: Some(Some(service.drive.now() + 60_000)), ..ShareChange::default() };
    service.drive.change_share(&owner.actor, &share.id, change, &Client::default()).await.expect("changed");
    assert_eq!(guest.get(&address(&share)).await.status, 200);
    service.sql("UPDATE shares SET expires_at = 1").await;
    guest.get(&address(&share)).await.is_problem(410, "gone");
    guest.get(&format!("{}/file/{node}", address(&share))).await.is_problem(410, "gone");
    let change = ShareChange { expires: Some(None), ..ShareChange::default() };
    service.drive.change_share(&owner.actor, &share.id, change, &Client::default()).await.expect("changed");
    assert_eq!(guest.get(&address(&share)).await.status, 200, "it opens again");
    owner.cancel(&service, &share).await;
    guest.get(&address(&share)).await.is_problem(410, "gone");
    guest.get(&format!("{}/file/{node}", address(&share))).await.is_problem(410, "gone");
}

#[tokio::test]
async fn a_code_comes_as_a_password_of_basic_authentication() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let node = owner.user.file("a.txt", "text").await;
    let share = owner.share(&service, &[&node], Some("芝麻开门"), None).await;
    let browser = browser_at(&service, "203.0.113.9");
    let refused = curl(&browser, &address(&share), &[]).await;
    refused.is_problem(403, "code-required");
    assert!(!refused.has("www-authenticate"), "browsers show their form and no dialog");
    let basic = |code: &str| format!("Basic {}", base64(&format!(":{code}")));
    let answer = curl(&browser, &address(&share), &[("authorization", &basic("芝麻开门"))]).await;
    assert_eq!((answer.status, answer.text()), (200, "text".to_owned()));
    for _ in 0..10 {
        curl(&browser, &address(&share), &[("authorization", &basic("0000"))])
            .await
            .is_problem(403, "code-required");
    }
    for code in ["0000", "芝麻开门"] {
        let refused = curl(&browser, &address(&share), &[("authorization", &basic(code))]).await;
        refused.is_problem(429, "too-many-requests");
        assert!(refused.has("retry-after"));
    }
    let other = browser_at(&service, "203.0.113.10");
    assert_eq!(curl(&other, &address(&share), &[("authorization", &basic("芝麻开门"))]).await.status, 200);
}

#[tokio::test]
async fn the_limit_holds_and_what_was_begun_is_finished() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let node = owner.user.file("a.bin", pattern(1000)).await;
    let share = owner.share(&service, &[&node], None, Some(2)).await;
    let browsers: Vec<_> = (1..=8).map(|n| browser_at(&service, &format!("203.0.113.{n}"))).collect();
    let place = address(&share);
    let answers = futures::future::join_all(browsers.iter().map(|browser| curl(browser, &place, &[]))).await;
    let through: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(through.iter().filter(|status| **status == 200).count(), 2, "{through:?}");
    assert_eq!(through.iter().filter(|status| **status == 410).count(), 6, "{through:?}");
    let lucky = through.iter().position(|status| *status == 200).expect("one");
    let other = through.iter().position(|status| *status == 410).expect("one");
    let rest = curl(&browsers[lucky], &place, &[("range", "bytes=400-")]).await;
    assert_eq!((rest.status, rest.body.len()), (206, 600));
    for range in ["bytes=1-", "bytes=0-", "bytes=1-1,500-", "bytes=-999"] {
        curl(&browsers[other], &place, &[("range", range)]).await.is_problem(410, "gone");
    }
    curl(&browsers[lucky], &place, &[("range", "bytes=1-")]).await.is_problem(410, "gone");
    let file = format!("{place}/file/{node}");
    let followed = browsers[other].send("GET", &file, &[("accept", "text/html,*/*")], Body::empty()).await;
    assert_eq!((followed.status, followed.header("location")), (303, place.as_str()));
}
