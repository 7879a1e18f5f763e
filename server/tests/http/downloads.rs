//! Downloads: conditions, ranges, names, types, and what happens when the store breaks off.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::support::{Service, TokenUser, pattern, request};

async fn content(user: &TokenUser, node: &str, headers: &[(&str, &str)]) -> crate::support::Answer {
    user.send("GET", &format!("/api/nodes/{node}/content"), headers, Body::empty()).await
}

#[tokio::test]
async fn a_whole_file_and_its_headers() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let bytes = pattern(300_000);
    let node = user.file("黄山 \"1\".bin", bytes.clone()).await;
    let answer = content(&user, &node, &[]).await;
    assert_eq!((answer.status, answer.body.len()), (200, 300_000));
    assert_eq!(answer.body, bytes);
    assert_eq!(answer.header("content-length"), "300000");
    assert_eq!(answer.header("accept-ranges"), "bytes");
    assert!(answer.header("etag").starts_with('"') && answer.header("etag").ends_with('"'));
    assert!(httpdate::parse_http_date(answer.header("last-modified")).is_ok());
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"__ _1_.bin\"; filename*=UTF-8''%E9%BB%84%E5%B1%B1%20%221%22.bin"
    );
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("content-security-policy").contains("sandbox"));

    let head = user
        .send("HEAD", &format!("/api/nodes/{node}/content"), &[("range", "bytes=0-9")], Body::empty())
        .await;
    assert_eq!((head.status, head.body.len(), head.header("content-length")), (200, 0, "300000"));
    for name in ["etag", "last-modified", "content-type", "content-disposition", "accept-ranges"] {
        assert_eq!(head.header(name), answer.header(name));
    }
}

#[tokio::test]
async fn ranges() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let bytes = pattern(1000);
    let node = user.file("a.bin", bytes.clone()).await;
    for (range, status, content_range, part) in [
        ("bytes=0-0", 206, "bytes 0-0/1000", 0..1),
        ("bytes=990-", 206, "bytes 990-999/1000", 990..1000),
        ("bytes=-5", 206, "bytes 995-999/1000", 995..1000),
        ("bytes=500-99999", 206, "bytes 500-999/1000", 500..1000),
        ("bytes=0-9,5-19", 206, "bytes 0-19/1000", 0..20),
        ("bytes=1000-", 416, "bytes */1000", 0..0),
        ("bytes=-0", 416, "bytes */1000", 0..0),
        ("bytes=9-1", 200, "", 0..1000),
        ("lines=1-2", 200, "", 0..1000),
    ] {
        let answer = content(&user, &node, &[("range", range)]).await;
        assert_eq!(answer.status, status, "{range}");
        if status == 416 {
            answer.is_problem(416, "range-not-satisfiable");
        } else {
            assert_eq!(answer.body, bytes.slice(part.clone()), "{range}");
            assert_eq!(answer.header("content-length"), part.len().to_string());
        }
        if !content_range.is_empty() {
            assert_eq!(answer.header("content-range"), content_range);
        }
    }
}

#[tokio::test]
async fn several_ranges_are_parts_of_known_length() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let bytes = pattern(1000);
    let node = user.file("a.bin", bytes.clone()).await;
    let answer = content(&user, &node, &[("range", "bytes=0-9,500-509,-3")]).await;
    assert_eq!(answer.status, 206);
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    let boundary =
        answer.header("content-type").strip_prefix("multipart/byteranges; boundary=").expect("parts");
    let mut expected = Vec::new();
    for (range, part) in [("0-9", 0..10), ("500-509", 500..510), ("997-999", 997..1000)] {
        if !expected.is_empty() {
            expected.extend_from_slice(b"\r\n");
        }
        expected.extend_from_slice(
            format!("--{boundary}\r\nContent-Type: application/octet-stream\r\n").as_bytes(),
        );
        expected.extend_from_slice(format!("Content-Range: bytes {range}/1000\r\n\r\n").as_bytes());
        expected.extend_from_slice(&bytes[part]);
    }
    expected.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    assert_eq!(answer.body, expected);
}

#[tokio::test]
async fn conditions() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let node = user.file("a.bin", "0123456789").await;
    service.clock.advance(Duration::from_secs(5));
    let first = content(&user, &node, &[]).await;
    let (etag, date) = (first.header("etag").to_owned(), first.header("last-modified").to_owned());
    let old = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (headers, status) in [
        (&[("if-none-match", etag.as_str())][..], 304),
        (&[("if-none-match", "\"other\"")], 200),
        (&[("if-modified-since", &date)], 304),
        (&[("if-modified-since", old)], 200),
        (&[("if-match", &etag)], 200),
        (&[("if-match", "\"other\"")], 412),
        (&[("if-unmodified-since", &date)], 200),
        (&[("if-unmodified-since", old)], 412),
        (&[("range", "bytes=0-1"), ("if-range", &etag)], 206),
        (&[("range", "bytes=0-1"), ("if-range", "\"other\"")], 200),
        (&[("range", "bytes=0-1"), ("if-range", &date)], 200),
        (&[("range", "bytes=0-1"), ("if-range", old)], 200),
    ] {
        let answer = content(&user, &node, headers).await;
        assert_eq!(answer.status, status, "{headers:?}");
        match status {
            304 => {
                assert!(answer.body.is_empty());
                assert_eq!((answer.header("etag"), answer.header("last-modified")), (&*etag, &*date));
                for name in ["content-security-policy", "x-content-type-options"] {
                    assert_eq!(
                        answer.header(name),
                        first.header(name),
                        "what a cache has kept stays harmless"
                    );
                }
            }
            412 => answer.is_problem(412, "precondition-failed"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_date_that_a_client_made_up_harms_nobody() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    for (date, status) in [
        ("253402300799999", 201),
        ("253402300800000", 422),
        ("9223372036854775807", 422),
        ("-1", 201),
        ("-62135596800000", 201),
        ("-62135596800001", 422),
    ] {
        let answer = user.create(&[("filename", "a"), ("lastmodified", date)], "x").await;
        assert_eq!(answer.status, status, "{date}: {}", answer.text());
        if status == 422 {
            assert_eq!(answer.json()["field"], "metadata");
            continue;
        }
        let node = answer.header("hayloft-node");
        assert_eq!(user.get(&format!("/api/nodes/{node}")).await.json()["modified"].to_string(), date);
        let answer = content(&user, node, &[]).await;
        assert_eq!(answer.status, 200, "{date}");
        let told = httpdate::parse_http_date(answer.header("last-modified")).expect("a date");
        assert!(told <= std::time::SystemTime::now(), "{date}");
    }
}

#[tokio::test]
async fn new_bytes_of_an_old_date_are_new() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let pairs = [("filename", "a"), ("lastmodified", "784111777000"), ("conflict", "replace")];
    let node = user.create(&pairs, "first").await.header("hayloft-node").to_owned();
    let first = content(&user, &node, &[]).await;
    assert_eq!(user.create(&pairs, "other").await.header("hayloft-node"), node, "the same file");
    service.clock.advance(Duration::from_secs(5));
    let since = [("if-modified-since", first.header("last-modified"))];
    let answer = content(&user, &node, &since).await;
    assert_eq!((answer.status, &answer.body[..]), (200, &b"other"[..]));
    let range = [("range", "bytes=2-"), ("if-range", first.header("last-modified"))];
    assert_eq!(content(&user, &node, &range).await.body, "other", "never joined to what it was");
    assert_ne!(answer.header("etag"), first.header("etag"));
}

#[tokio::test]
async fn the_tag_stays_when_the_hash_becomes_known() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let node = user.file("a.bin", pattern(100_000)).await;
    let hash = || async { user.get(&format!("/api/nodes/{node}")).await.json()["blake3"].clone() };
    let known = hash().await;
    let before = content(&user, &node, &[]).await.header("etag").to_owned();
    // As after an upload whose hash was left to the background.
    service.sql("UPDATE blobs SET blake3 = NULL").await;
    assert!(hash().await.is_null());
    assert_eq!(content(&user, &node, &[]).await.header("etag"), before);
    service.drive.sweep_once().await;
    assert_eq!(hash().await, known);
    assert_eq!(content(&user, &node, &[("if-none-match", &before)]).await.status, 304);
}

#[tokio::test]
async fn only_harmless_types_are_shown_inline() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    for (name, kind, disposition) in [
        ("a.png", "image/png", "inline"),
        ("a.mp4", "video/mp4", "inline"),
        ("a.html", "text/html", "attachment"),
        ("a.svg", "image/svg+xml", "attachment"),
        ("a.pdf", "application/pdf", "attachment"),
        ("a.js", "application/octet-stream", "attachment"),
        ("a.mjs", "application/octet-stream", "attachment"),
        ("a.xhtml", "application/xhtml+xml", "attachment"),
        ("a.php", "text/plain; charset=utf-8", "inline"),
        ("a.ts", "text/plain; charset=utf-8", "inline"),
        ("a.vue", "text/plain; charset=utf-8", "inline"),
        ("a.css", "application/octet-stream", "attachment"),
        ("a.wasm", "application/octet-stream", "attachment"),
        ("a", "application/octet-stream", "attachment"),
    ] {
        let node = user.file(name, "<script>alert(1)</script>").await;
        let answer = user.get(&format!("/api/nodes/{node}/content?inline")).await;
        assert_eq!(answer.header("content-type"), kind, "{name}");
        assert!(answer.header("content-disposition").starts_with(disposition), "{name}");
        assert!(answer.header("content-security-policy").contains("sandbox"), "{name}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name}");
        let answer = user.get(&format!("/api/nodes/{node}/content")).await;
        assert!(answer.header("content-disposition").starts_with("attachment"), "{name}");
    }
}

#[tokio::test]
async fn a_claimed_type_counts_where_the_name_tells_none() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    for (name, claimed, kind, disposition) in [
        ("photo", "image/jpeg", "image/jpeg", "inline"),
        ("photo.png", "text/html", "image/png", "inline"),
        ("page", "text/html", "text/html", "attachment"),
        ("code", "text/javascript", "application/octet-stream", "attachment"),
        ("odd", "no type", "application/octet-stream", "attachment"),
    ] {
        let answer = user.create(&[("filename", name), ("filetype", claimed)], "x").await;
        let path = format!("/api/nodes/{}/content?inline", answer.header("hayloft-node"));
        let answer = user.get(&path).await;
        assert_eq!(answer.header("content-type"), kind, "{name}");
        assert!(answer.header("content-disposition").starts_with(disposition), "{name}");
        assert!(answer.header("content-security-policy").contains("sandbox"), "{name}");
    }
    let replaced = [("filename", "photo"), ("filetype", "image/webp"), ("conflict", "replace")];
    let answer = user.create(&replaced, "y").await;
    let node = user.get(&format!("/api/nodes/{}", answer.header("hayloft-node"))).await.json();
    assert_eq!(node["mime"], "image/webp");
}

#[tokio::test]
async fn nothing_is_found_where_nothing_is_ones_own() {
    let service = Service::start().await;
    let (lin, eve) = (service.user("lin_wei").await, service.user("eve_l").await);
    let node = lin.file("secret.txt", "secret").await;
    content(&eve, &node, &[]).await.is_problem(404, "not-found");
    content(&lin, "root", &[]).await.is_problem(404, "not-found");
    content(&lin, "..%2F..%2Fetc%2Fpasswd", &[]).await.is_problem(404, "not-found");
    service.guest().get(&format!("/api/nodes/{node}/content")).await.is_problem(401, "sign-in-required");
}

#[tokio::test]
async fn a_store_that_breaks_off_never_ends_a_body_cleanly() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let node = user.file("a.bin", pattern(1_000_000)).await;
    for range in ["", "bytes=0-799999", "bytes=0-599999,700000-999999"] {
        service.store.faults().break_reads_after(300_000);
        let mut request = request("GET", &format!("/api/nodes/{node}/content"), &[], Body::empty());
        let headers = request.headers_mut();
        headers.insert("authorization", format!("Bearer {}", user.token).parse().expect("a value"));
        if !range.is_empty() {
            headers.insert("range", range.parse().expect("a value"));
        }
        let response = service.router.clone().oneshot(request).await.expect("infallible");
        assert!(response.status().is_success(), "{range}");
        assert!(response.into_body().collect().await.is_err(), "{range}: an error, not a short body");
        service.store.faults().mend();
    }
    service.store.faults().outage(storage::ErrorKind::Unavailable);
    let answer = content(&user, &node, &[]).await;
    answer.is_problem(503, "store-unavailable");
    assert!(answer.has("retry-after"));
}
