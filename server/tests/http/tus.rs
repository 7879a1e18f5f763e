//! tus 1.0.0, sentence by sentence. Each test names what the protocol says.

use axum::body::{Body, Bytes};
use futures::StreamExt;

use crate::support::{Answer, Service, TokenUser, base64, pattern};

const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");

/// Makes an upload; its path.
async fn create(user: &TokenUser, headers: &[(&str, &str)]) -> String {
    let name = metadata("a");
    let mut all = headers.to_vec();
    if !headers.iter().any(|(header, _)| *header == "upload-metadata") {
        all.push(("upload-metadata", &name));
    }
    let answer = user.tus("POST", "/api/uploads", &all, Body::empty()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.header("location").to_owned()
}

async fn patch(user: &TokenUser, path: &str, offset: u64, bytes: impl Into<Bytes>) -> Answer {
    let offset = offset.to_string();
    user.tus("PATCH", path, &[BYTES, ("upload-offset", &offset)], bytes.into()).await
}

fn metadata(name: &str) -> String {
    format!("filename {}", base64(name))
}

#[tokio::test]
async fn options_tell_the_abilities_without_asking_who() {
    let service = Service::start().await;
    for path in ["/api/uploads", "/api/uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        let answer = service.guest().send("OPTIONS", path, &[], Body::empty()).await;
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("tus-version"), "1.0.0");
        assert_eq!(answer.header("tus-max-size"), service.drive.config().max_file_size.to_string());
        assert_eq!(answer.header("tus-checksum-algorithm"), "sha1,sha256,crc32c,blake3");
        for extension in [
            "creation",
            "creation-with-upload",
            "creation-defer-length",
            "checksum",
            "expiration",
            "termination",
            "concatenation",
        ] {
            let all: Vec<_> = answer.header("tus-extension").split(',').collect();
            assert!(all.contains(&extension), "{extension}");
        }
    }
}

#[tokio::test]
async fn another_version_is_refused_before_anything_else() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let path = create(&user, &[("upload-length", "5")]).await;
    for headers in [&[][..], &[("tus-resumable", "0.2.2")]] {
        for (method, path) in [
            ("POST", "/api/uploads"),
            ("PATCH", path.as_str()),
            ("HEAD", path.as_str()),
            ("DELETE", path.as_str()),
        ] {
            let answer = user.send(method, path, headers, Body::empty()).await;
            assert_eq!((answer.status, answer.header("tus-version")), (412, "1.0.0"), "{method}");
        }
    }
    assert_eq!(user.tus("HEAD", &path, &[], Body::empty()).await.status, 200, "nothing was processed");
}

#[tokio::test]
async fn bytes_in_several_requests_become_a_file() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let path = create(&user, &[("upload-length", "11"), ("upload-metadata", &metadata("a b.txt"))]).await;

    let answer = patch(&user, &path, 0, "hello ").await;
    assert_eq!((answer.status, answer.header("upload-offset")), (204, "6"));
    assert_eq!(answer.header("tus-resumable"), "1.0.0");
    assert!(answer.has("upload-expires") && !answer.has("hayloft-node"));

    let answer = user.tus("HEAD", &path, &[], Body::empty()).await;
    assert_eq!(
        (answer.status, answer.header("upload-offset"), answer.header("upload-length")),
        (200, "6", "11")
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("upload-metadata"), metadata("a b.txt"));
    let expires = httpdate::parse_http_date(answer.header("upload-expires")).expect("a date");
    assert!(expires > std::time::SystemTime::now());

    let answer = patch(&user, &path, 6, "world").await;
    assert_eq!((answer.status, answer.header("upload-offset")), (204, "11"));
    let node = answer.header("hayloft-node").to_owned();
    assert_eq!(user.get(&format!("/api/nodes/{node}/content")).await.body, "hello world");
    assert_eq!(user.get(&format!("/api/nodes/{node}")).await.json()["name"], "a b.txt");

    let answer = user.tus("HEAD", &path, &[], Body::empty()).await;
    assert_eq!((answer.header("upload-offset"), answer.header("hayloft-node")), ("11", node.as_str()));
}

#[tokio::test]
async fn refusals_of_patch() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let path = create(&user, &[("upload-length", "10")]).await;
    assert_eq!(patch(&user, &path, 0, "abc").await.status, 204);

    for (offset, code) in [("0", 409), ("4", 409), ("99", 409), ("-1", 400), ("x", 400)] {
        let answer = user.tus("PATCH", &path, &[BYTES, ("upload-offset", offset)], "zzz").await;
        assert_eq!(answer.status, code, "{offset}: {}", answer.text());
        assert_eq!(answer.header("tus-resumable"), "1.0.0");
    }
    let answer = patch(&user, &path, 0, "zzz").await;
    answer.is_problem(409, "offset-mismatch");
    assert_eq!(answer.json()["offset"], 3, "says where it stands");

    user.tus("PATCH", &path, &[BYTES], "zzz").await.is_problem(400, "malformed-request");
    for kind in ["application/octet-stream", "text/plain", ""] {
        let headers = [("content-type", kind), ("upload-offset", "3")];
        user.tus("PATCH", &path, &headers, "zzz").await.is_problem(415, "unsupported-media-type");
    }
    let nobodys = "/api/uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa";
    patch(&user, nobodys, 0, "zzz").await.is_problem(404, "not-found");
    patch(&user, "/api/uploads/not-an-id", 0, "zzz").await.is_problem(404, "not-found");

    let answer = user.tus("HEAD", &path, &[], Body::empty()).await;
    assert_eq!(answer.header("upload-offset"), "3", "none of them wrote");
}

#[tokio::test]
async fn more_bytes_than_announced_are_not_taken() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let path = create(&user, &[("upload-length", "5"), ("upload-metadata", &metadata("a"))]).await;
    let answer = patch(&user, &path, 0, "far too many").await;
    assert!((400..500).contains(&answer.status), "{answer:?}");
    assert!(!answer.has("hayloft-node"));
    // Chunked, so that only the bytes themselves tell.
    let chunks = futures::stream::iter(["far ", "too ", "many"].map(Ok::<_, std::io::Error>));
    let answer = user.tus("PATCH", &path, &[BYTES, ("upload-offset", "0")], Body::from_stream(chunks)).await;
    assert!((400..500).contains(&answer.status), "{answer:?}");
    assert_eq!(user.get("/api/nodes/root/children").await.json()["items"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn a_body_that_breaks_off_may_go_on() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let path = create(&user, &[("upload-length", "10"), ("upload-metadata", &metadata("a"))]).await;
    let broken = || {
        let frames = [Ok(Bytes::from_static(b"0123")), Err(std::io::Error::other("reset"))];
        Body::from_stream(futures::stream::iter(frames))
    };
    let short = || Body::from_stream(futures::stream::iter([Ok::<_, std::io::Error>("45")]));
    // Of a checksum's body nothing is kept, since nobody can say whether what came is right.
    let checksum = ("upload-checksum", "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
    for (offset, extra, body, stands) in [
        ("0", &[][..], broken(), "4"),
        ("4", &[("content-length", "6")], short(), "6"),
        ("6", &[checksum], broken(), "6"),
        ("6", &[checksum, ("content-length", "4")], short(), "6"),
    ] {
        let mut headers = vec![BYTES, ("upload-offset", offset)];
        headers.extend_from_slice(extra);
        let answer = user.tus("PATCH", &path, &headers, body).await;
        answer.is_problem(503, "interrupted");
        assert_eq!((answer.header("retry-after"), answer.header("connection")), ("1", "close"));
        let answer = user.tus("HEAD", &path, &[], Body::empty()).await;
        assert_eq!(answer.header("upload-offset"), stands, "{extra:?}");
    }
    assert!(patch(&user, &path, 6, "6789").await.has("hayloft-node"));
}

#[tokio::test]
async fn refusals_of_creation() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let too_large = (service.drive.config().max_file_size + 1).to_string();
    let nobodys = "final;/api/uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa";
    let (named, dots) = (metadata("a"), metadata(".."));
    let name = ("upload-metadata", named.as_str());
    for (headers, status) in [
        (&[name][..], 400),
        (&[name, ("upload-length", "-5")], 400),
        (&[name, ("upload-length", "5"), ("upload-defer-length", "1")], 400),
        (&[name, ("upload-defer-length", "2")], 400),
        (&[name, ("upload-length", &too_large)], 413),
        (&[name, ("upload-length", "5"), ("upload-concat", "half")], 400),
        (&[name, ("upload-length", "5"), ("upload-concat", nobodys)], 400),
        (&[name, ("upload-concat", nobodys)], 422),
        (&[("upload-length", "5")], 422),
        (&[("upload-length", "5"), ("upload-metadata", "filename !!")], 422),
        (&[("upload-length", "5"), ("upload-metadata", &dots)], 422),
    ] {
        let answer = user.tus("POST", "/api/uploads", headers, Body::empty()).await;
        assert_eq!(answer.status, status, "{headers:?}: {}", answer.text());
        assert_eq!(answer.header("tus-resumable"), "1.0.0");
        assert!(!answer.has("location"));
    }
    assert_eq!(user.get("/api/uploads").await.json(), serde_json::json!([]), "nothing was made");
}

#[tokio::test]
async fn an_empty_file_is_complete_when_it_is_made() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let headers = [("upload-length", "0"), ("upload-metadata", &metadata("empty"))];
    let answer = user.tus("POST", "/api/uploads", &headers, Body::empty()).await;
    assert_eq!(answer.status, 201);
    let content = user.get(&format!("/api/nodes/{}/content", answer.header("hayloft-node"))).await;
    assert_eq!((content.status, content.body.len()), (200, 0));
}

#[tokio::test]
async fn creation_with_upload() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let name = metadata("a");
    let headers = [("upload-length", "10"), ("upload-metadata", name.as_str()), BYTES];
    let answer = user.tus("POST", "/api/uploads", &headers, "01234").await;
    assert_eq!((answer.status, answer.header("upload-offset")), (201, "5"));
    let path = answer.header("location").to_owned();
    assert!(patch(&user, &path, 5, "56789").await.has("hayloft-node"));

    let answer = user.tus("POST", "/api/uploads", &headers[..2], "01234").await;
    assert_eq!(answer.status, 415, "bytes without their content type would be lost");

    // Of the empty file, too: "the Server MUST include the Upload-Offset header".
    for extra in [&[][..], &[("upload-concat", "partial")]] {
        let headers = [&[("upload-length", "0"), ("upload-metadata", name.as_str()), BYTES], extra].concat();
        let answer = user.tus("POST", "/api/uploads", &headers, Body::empty()).await;
        assert_eq!((answer.status, answer.header("upload-offset")), (201, "0"), "{extra:?}");
        assert_eq!(answer.has("hayloft-node"), extra.is_empty());
    }
}

#[tokio::test]
async fn the_bytes_of_a_creation_are_held_against_their_checksum() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let name = metadata("a");
    let send = async |checksum| {
        let headers = [
            ("upload-length", "3"),
            ("upload-metadata", name.as_str()),
            BYTES,
            ("upload-checksum", checksum),
        ];
        user.tus("POST", "/api/uploads", &headers, "abc").await
    };
    // Of "abd", and of nothing we know.
    send("sha1 y0zCjfD9vg7PnZZi4pSxGAkqVzU=").await.is_problem(460, "checksum-mismatch");
    send("md5 kAFQmDzST7DWlj99KOF/cg==").await.is_problem(400, "unsupported-checksum");
    // The empty file is complete before its bytes come.
    let headers = [
        ("upload-length", "0"),
        BYTES,
        ("upload-metadata", name.as_str()),
        ("upload-checksum", "sha1 y0zCjfD9vg7PnZZi4pSxGAkqVzU="),
    ];
    user.tus("POST", "/api/uploads", &headers, "").await.is_problem(460, "checksum-mismatch");
    assert_eq!(user.get("/api/uploads").await.json(), serde_json::json!([]), "nothing was made");
    assert_eq!(user.get("/api/nodes/root/children").await.json()["items"], serde_json::json!([]));
    assert!(service.store.files().is_empty());
    let answer = send("sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=").await;
    assert_eq!((answer.status, answer.header("upload-offset")), (201, "3"));
    assert!(answer.has("hayloft-node"));
}

#[tokio::test]
async fn the_length_may_come_later_and_once() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let path = create(&user, &[("upload-defer-length", "1"), ("upload-metadata", &metadata("a"))]).await;
    assert_eq!(patch(&user, &path, 0, "abc").await.status, 204);
    let answer = user.tus("HEAD", &path, &[], Body::empty()).await;
    assert_eq!((answer.header("upload-defer-length"), answer.has("upload-length")), ("1", false));

    let headers = [BYTES, ("upload-offset", "3"), ("upload-length", "8")];
    assert_eq!(user.tus("PATCH", &path, &headers, "de").await.header("upload-offset"), "5");
    let answer = user.tus("HEAD", &path, &[], Body::empty()).await;
    assert_eq!((answer.header("upload-length"), answer.has("upload-defer-length")), ("8", false));

    let headers = [BYTES, ("upload-offset", "5"), ("upload-length", "9")];
    assert_eq!(user.tus("PATCH", &path, &headers, "fgh").await.status, 422, "once known it stays");
    assert!(patch(&user, &path, 5, "fgh").await.has("hayloft-node"));
}

#[tokio::test]
async fn checksums_of_every_kind() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    // Of "abc", from the publications of each.
    for value in [
        "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
        "sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
        "crc32c Nks/tw==",
        "blake3 ZDezrDhGUTP/tjt1JzqNtUjFWEZdedsD/TWcbNW9nYU=",
    ] {
        let path = create(&user, &[("upload-length", "3"), ("upload-metadata", &metadata("a"))]).await;
        let headers = [BYTES, ("upload-offset", "0"), ("upload-checksum", value)];
        user.tus("PATCH", &path, &headers, "abd").await.is_problem(460, "checksum-mismatch");
        let answer = user.tus("PATCH", &path, &headers, "abc").await;
        assert_eq!(answer.status, 204, "{value}: {}", answer.text());
        assert!(answer.has("hayloft-node"));
    }
}

#[tokio::test]
async fn bytes_that_do_not_match_are_discarded() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let path = create(&user, &[("upload-length", "6"), ("upload-metadata", &metadata("a"))]).await;
    assert_eq!(patch(&user, &path, 0, "xyz").await.status, 204);
    let headers = [BYTES, ("upload-offset", "3"), ("upload-checksum", "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=")];
    user.tus("PATCH", &path, &headers, "abd").await.is_problem(460, "checksum-mismatch");
    assert_eq!(user.tus("HEAD", &path, &[], Body::empty()).await.header("upload-offset"), "3");
    let answer = user.tus("PATCH", &path, &headers, "abc").await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    let node = answer.header("hayloft-node");
    assert_eq!(user.get(&format!("/api/nodes/{node}/content")).await.body, "xyzabc");

    let path = create(&user, &[("upload-length", "3")]).await;
    for wrong in ["md5 kAFQmDzST7DWlj99KOF/cg==", "sha1", "sha1 AAAA"] {
        let headers = [BYTES, ("upload-offset", "0"), ("upload-checksum", wrong)];
        assert_eq!(user.tus("PATCH", &path, &headers, "abc").await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn termination() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let path = create(&user, &[("upload-length", "6")]).await;
    assert_eq!(patch(&user, &path, 0, "xyz").await.status, 204);
    assert_eq!(user.tus("DELETE", &path, &[], Body::empty()).await.status, 204);
    for (method, headers) in [("HEAD", &[][..]), ("PATCH", &[BYTES, ("upload-offset", "3")]), ("DELETE", &[])]
    {
        let answer = user.tus(method, &path, headers, Body::empty()).await;
        assert_eq!(answer.status, 410, "{method}");
        assert!(!answer.has("upload-offset"));
    }
}

#[tokio::test]
async fn expiration() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let (name, week) = (metadata("a"), std::time::Duration::from_secs(7 * 24 * 60 * 60));
    let headers = [("upload-length", "6"), ("upload-metadata", name.as_str()), BYTES];
    let answer = user.tus("POST", "/api/uploads", &headers, "abc").await;
    let path = answer.header("location").to_owned();
    let told = httpdate::parse_http_date(answer.header("upload-expires")).expect("a date");
    let now = std::time::Duration::from_millis(service.clock.now_ms().unsigned_abs());
    // To the second, as dates of HTTP are.
    let until = (std::time::SystemTime::UNIX_EPOCH + now + week).duration_since(told).expect("not later");
    assert!(until < std::time::Duration::from_secs(1), "{until:?}");

    service.clock.advance(week + std::time::Duration::from_secs(24 * 60 * 60));
    // Before anybody has swept, and afterwards.
    for _ in 0..2 {
        for (method, headers) in [("HEAD", &[][..]), ("PATCH", &[BYTES, ("upload-offset", "3")])] {
            let answer = user.tus(method, &path, headers, Body::empty()).await;
            assert_eq!(answer.status, 410, "{method}");
            assert!(!answer.has("upload-offset"), "{method}");
        }
        service.drive.sweep_once().await;
    }
    assert!(service.store.files().is_empty());
}

#[tokio::test]
async fn a_file_outlives_the_upload_it_came_by() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let path = create(&user, &[("upload-length", "3"), ("upload-metadata", &metadata("a"))]).await;
    let node = patch(&user, &path, 0, "abc").await.header("hayloft-node").to_owned();
    assert_eq!(user.tus("DELETE", &path, &[], Body::empty()).await.status, 204);
    for method in ["HEAD", "DELETE"] {
        assert_eq!(user.tus(method, &path, &[], Body::empty()).await.status, 404, "{method}");
    }
    service.drive.sweep_once().await;
    assert_eq!(user.get(&format!("/api/nodes/{node}/content")).await.body, "abc");
}

#[tokio::test]
async fn no_byte_of_a_creation_is_lost_silently() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let chunks = |texts: &[&'static str]| {
        let chunks: Vec<_> = texts.iter().map(|text| Ok::<_, std::io::Error>(*text)).collect();
        Body::from_stream(futures::stream::iter(chunks))
    };
    let name = metadata("a");
    let headers = |length| [("upload-metadata", name.as_str()), ("upload-length", length), BYTES];
    // Chunked, so that no length tells that there is a body.
    let answer = user.tus("POST", "/api/uploads", &headers("5")[..2], chunks(&["abc"])).await;
    answer.is_problem(415, "unsupported-media-type");
    for body in [chunks(&["", "abc"]), Body::from("abc")] {
        let answer = user.tus("POST", "/api/uploads", &headers("0"), body).await;
        answer.is_problem(422, "invalid");
        assert_eq!(answer.json()["field"], "length");
    }
    let items = user.get("/api/nodes/root/children").await.json();
    assert_eq!(items["items"], serde_json::json!([]), "and nothing was made");
    let answer = user.tus("POST", "/api/uploads", &headers("0"), chunks(&[""])).await;
    assert_eq!(answer.status, 201, "no bytes are no bytes, however they are framed");
}

#[tokio::test]
async fn every_answer_names_the_version() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let path = create(&user, &[("upload-length", "3")]).await;
    let guest = service.guest();
    let foreign =
        [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("host", "hayloft.test")];
    for answer in [
        guest.send("PATCH", &path, &[], Body::empty()).await,
        guest.send("HEAD", &path, &[("tus-resumable", "1.0.0")], Body::empty()).await,
        guest.send("POST", "/api/uploads", &foreign, Body::empty()).await,
        user.tus("PUT", &path, &[], Body::empty()).await,
        user.tus("PATCH", "/api/uploads", &[], Body::empty()).await,
        user.tus("HEAD", "/api/uploads/%FF", &[], Body::empty()).await,
        user.tus("POST", &path, &[], Body::empty()).await,
    ] {
        assert!(answer.status >= 400, "{answer:?}");
        assert_eq!(answer.header("tus-resumable"), "1.0.0");
        assert_eq!(answer.has("allow"), answer.status == 405, "{answer:?}");
    }
}

#[tokio::test]
async fn partial_uploads_become_one_file() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let mut parts = Vec::new();
    for bytes in ["hello ", "wide ", "world"] {
        let length = bytes.len().to_string();
        let headers = [("upload-length", length.as_str()), ("upload-concat", "partial"), BYTES];
        let answer = user.tus("POST", "/api/uploads", &headers, bytes).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert!(!answer.has("hayloft-node"), "a part is no file");
        let path = answer.header("location").to_owned();
        assert_eq!(user.tus("HEAD", &path, &[], Body::empty()).await.header("upload-concat"), "partial");
        parts.push(path);
    }
    // Some as paths, one as a URL: both are allowed.
    let concat = format!("final;{} https://drive.example{} {}", parts[0], parts[1], parts[2]);
    let headers = [("upload-concat", concat.as_str()), ("upload-metadata", &metadata("joined.txt"))];
    let answer = user.tus("POST", "/api/uploads", &headers, Body::empty()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let (path, node) = (answer.header("location").to_owned(), answer.header("hayloft-node").to_owned());
    assert_eq!(user.get(&format!("/api/nodes/{node}/content")).await.body, "hello wide world");

    let answer = user.tus("HEAD", &path, &[], Body::empty()).await;
    assert_eq!(answer.header("upload-concat"), concat, "as received");
    assert_eq!((answer.header("upload-length"), answer.header("upload-offset")), ("16", "16"));
    assert_eq!(patch(&user, &path, 16, "!").await.status, 403, "a final upload takes no bytes");

    // As a version before this one left it.
    service.sql("UPDATE uploads SET raw_parts = NULL").await;
    let answer = user.tus("HEAD", &path, &[], Body::empty()).await;
    assert_eq!(answer.header("upload-concat"), format!("final;{}", parts.join(" ")));
}

#[tokio::test]
async fn a_final_upload_that_is_no_file_yet_tells_its_parts_and_no_offset() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let headers = [("upload-length", "3"), ("upload-concat", "partial"), BYTES];
    let part = user.tus("POST", "/api/uploads", &headers, "abc").await.header("location").to_owned();
    let concat = format!("final;https://drive.example{part}");
    let named = metadata("a") + ",conflict " + &base64("fail");
    let headers = [("upload-concat", concat.as_str()), ("upload-metadata", &named)];
    // The server dies, and somebody takes the name before it goes on.
    service.drive.stop_publishing_after(Some(drive::Step::Received));
    assert_eq!(user.tus("POST", "/api/uploads", &headers, Body::empty()).await.status, 503);
    service.drive.stop_publishing_after(None);
    service.clock.advance(std::time::Duration::from_secs(60));
    user.file("a", "other").await;
    user.tus("POST", "/api/uploads", &headers, Body::empty()).await.is_problem(409, "name-taken");

    let path = format!("/api/uploads/{}", service.text("SELECT id FROM uploads WHERE kind = 'final'").await);
    for raw in [concat, format!("final;{part}")] {
        let answer = user.tus("HEAD", &path, &[], Body::empty()).await;
        assert_eq!((answer.status, answer.header("upload-length")), (200, "3"));
        assert_eq!(answer.header("upload-concat"), raw);
        assert!(!answer.has("upload-offset") && !answer.has("hayloft-node"), "{answer:?}");
        service.sql("UPDATE uploads SET raw_parts = NULL").await;
    }
}

#[tokio::test]
async fn post_may_stand_for_other_methods() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let path = create(&user, &[("upload-length", "6"), ("upload-metadata", &metadata("a"))]).await;
    let headers = [BYTES, ("upload-offset", "0"), ("x-http-method-override", "PATCH")];
    assert_eq!(user.tus("POST", &path, &headers, "abc").await.header("upload-offset"), "3");
    let answer = user.tus("POST", &path, &[("x-http-method-override", "HEAD")], Body::empty()).await;
    assert_eq!((answer.status, answer.header("upload-offset")), (200, "3"));
    user.tus("POST", &path, &[], Body::empty()).await.is_problem(405, "method-not-allowed");
    for path in [&path, "/api/uploads"] {
        let answer =
            service.guest().send("POST", path, &[("x-http-method-override", "OPTIONS")], Body::empty()).await;
        assert_eq!((answer.status, answer.header("tus-version")), (204, "1.0.0"), "{path}");
    }
    let answer = user.tus("POST", &path, &[("x-http-method-override", "DELETE")], Body::empty()).await;
    assert_eq!(answer.status, 204);
}

#[tokio::test]
async fn uploads_are_their_owners() {
    let service = Service::start().await;
    let (lin, eve) = (service.user("lin_wei").await, service.user("eve_l").await);
    let path = create(&lin, &[("upload-length", "6")]).await;
    patch(&eve, &path, 0, "abc").await.is_problem(404, "not-found");
    assert_eq!(eve.tus("HEAD", &path, &[], Body::empty()).await.status, 404);
    eve.tus("DELETE", &path, &[], Body::empty()).await.is_problem(404, "not-found");
    let guest = service.guest().send("HEAD", &path, &[("tus-resumable", "1.0.0")], Body::empty()).await;
    assert_eq!(guest.status, 401);
    assert_eq!(eve.get("/api/uploads").await.json(), serde_json::json!([]));
    let own = lin.get("/api/uploads").await.json();
    assert!(path.ends_with(own[0]["id"].as_str().expect("an id")), "{own}");
}

#[tokio::test]
async fn a_public_url_makes_locations_absolute() {
    let settings = server::Settings {
        public_url: Some("https://drive.example.org".parse().expect("a url")),
        ..server::Settings::default()
    };
    let service = Service::with(drive::Config::default(), settings).await;
    let user = service.user("lin_wei").await;
    let path = create(&user, &[("upload-length", "6")]).await;
    assert!(path.starts_with("https://drive.example.org/api/uploads/"), "{path}");
}

#[tokio::test]
async fn a_store_that_is_down_says_when_to_try_again_and_loses_nothing() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let bytes = pattern(100_000);
    let path = create(&user, &[("upload-length", "100000"), ("upload-metadata", &metadata("a"))]).await;
    assert_eq!(patch(&user, &path, 0, bytes.slice(..40_000)).await.status, 204);
    let mut stands: usize = 40_000;
    for (kind, status, code) in [
        (storage::ErrorKind::Unavailable, 503, "store-unavailable"),
        (storage::ErrorKind::SafeMode, 503, "store-unavailable"),
        (storage::ErrorKind::Full, 507, "store-full"),
    ] {
        // In the middle of a body.
        let (store, bytes) = (service.store.clone(), bytes.clone());
        let frames = futures::stream::iter(0..2).map(move |nth| {
            if nth == 1 {
                store.faults().outage(kind);
            }
            Ok::<_, std::io::Error>(bytes.slice(stands + nth * 10_000..stands + (nth + 1) * 10_000))
        });
        let headers = [BYTES, ("upload-offset", &stands.to_string())];
        let answer = user.tus("PATCH", &path, &headers, Body::from_stream(frames)).await;
        answer.is_problem(status, code);
        // Time alone makes no room.
        assert_eq!(answer.has("retry-after"), status == 503, "{kind:?}");
        if status == 503 {
            assert!(answer.header("retry-after").parse::<u64>().expect("seconds") > 0);
        }
        service.store.faults().mend();
        stands += 10_000;
        let answer = user.tus("HEAD", &path, &[], Body::empty()).await;
        assert_eq!(answer.header("upload-offset"), stands.to_string(), "{kind:?}");
    }
    let answer = patch(&user, &path, stands as u64, bytes.slice(stands..)).await;
    let node = answer.header("hayloft-node");
    assert_eq!(user.get(&format!("/api/nodes/{node}/content")).await.body, bytes);
}

#[tokio::test]
async fn a_full_drive_is_said_before_bytes_flow() {
    let config = drive::Config { default_quota: Some(1000), ..drive::Config::default() };
    let service = Service::with(config, server::Settings::default()).await;
    let user = service.user("lin_wei").await;
    let headers = [("upload-length", "1001"), ("upload-metadata", &metadata("a"))];
    let answer = user.tus("POST", "/api/uploads", &headers, Body::empty()).await;
    answer.is_problem(507, "quota-exceeded");
    assert_eq!(answer.json()["available"], 1000);
}
