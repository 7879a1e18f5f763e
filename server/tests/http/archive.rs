//! Zips over HTTP: who gets one, under which headers, and what a failure in the middle looks like.

use axum::body::Body;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::support::{Service, pattern, request};

/// Names in a zip, by the records of its directory.
fn names(zip: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = zip;
    while let Some(at) = rest.windows(4).position(|window| window == b"PK\x01\x02") {
        let record = &rest[at..];
        let length = usize::from(u16::from_le_bytes([record[28], record[29]]));
        names.push(String::from_utf8(record[46..46 + length].to_vec()).expect("UTF-8"));
        rest = &record[46 + length..];
    }
    names
}

#[tokio::test]
async fn a_selection_and_its_headers() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let (one, two) = (user.file("黄山.txt", "one").await, user.file("b.txt", "two").await);
    let address = format!("/api/zip?id={one}&id={two}");
    let answer = user.get(&address).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/zip"));
    assert_eq!(names(&answer.body), ["黄山.txt", "b.txt"]);
    let disposition =
        "attachment; filename=\"__.txt +1.zip\"; filename*=UTF-8''%E9%BB%84%E5%B1%B1.txt%20+1.zip";
    assert_eq!(answer.header("content-disposition"), disposition);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let head = user.send("HEAD", &address, &[], Body::empty()).await;
    assert_eq!((head.status, head.body.len(), head.header("content-disposition")), (200, 0, disposition));
    // A form names more than an address can.
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = user.send("POST", "/api/zip", &form, format!("ids%5B%5D={one}&ids%5B%5D={two}")).await;
    assert_eq!(names(&answer.body), ["黄山.txt", "b.txt"]);
    assert_eq!(names(&user.get("/api/zip?id=root").await.body).len(), 2);
}

#[tokio::test]
async fn nobody_gets_what_is_not_theirs() {
    let service = Service::start().await;
    let (lin, eve) = (service.user("lin_wei").await, service.user("eve_l").await);
    let node = lin.file("secret.txt", "secret").await;
    let own = eve.file("own.txt", "own").await;
    eve.get(&format!("/api/zip?id={node}")).await.is_problem(404, "not-found");
    eve.get(&format!("/api/zip?id={own}&id={node}")).await.is_problem(404, "not-found");
    eve.get("/api/zip?id=..%2F..").await.is_problem(404, "not-found");
    eve.get("/api/zip").await.is_problem(422, "invalid");
    let many = format!("/api/zip?ids={}", vec![own.as_str(); 1001].join("."));
    eve.get(&many).await.is_problem(422, "invalid");
    service.guest().get(&format!("/api/zip?id={node}")).await.is_problem(401, "sign-in-required");
}

#[tokio::test]
async fn a_store_that_breaks_off_never_ends_a_zip_cleanly() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let node = user.file("a.bin", pattern(1_000_000)).await;
    service.store.faults().break_reads_after(300_000);
    let mut asked = request("GET", &format!("/api/zip?id={node}"), &[], Body::empty());
    asked.headers_mut().insert("authorization", format!("Bearer {}", user.token).parse().expect("a value"));
    let response = service.router.clone().oneshot(asked).await.expect("infallible");
    assert!(response.status().is_success());
    assert!(response.into_body().collect().await.is_err(), "an error, not a short body");
    service.store.faults().mend();
    service.store.faults().outage(storage::ErrorKind::Unavailable);
    let answer = user.get(&format!("/api/zip?id={node}")).await;
    answer.is_problem(503, "store-unavailable");
}
