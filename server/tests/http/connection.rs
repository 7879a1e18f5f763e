//! What only a real connection shows: clients that stop in the middle, refusals to clients that are still sending,
//! answers that break off.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Service, TokenUser, base64, pattern};

/// Longer than any of these takes; a test that hangs fails.
const DEADLINE: Duration = Duration::from_secs(30);

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("a connection")
}

/// The head of a request that carries the user's token; `extra` are whole lines.
fn head(user: &TokenUser, method: &str, path: &str, extra: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n{extra}\r\n",
        user.token
    )
}

fn patch_head(user: &TokenUser, path: &str, offset: usize, length: usize, extra: &str) -> String {
    let extra = format!(
        "Content-Type: application/offset+octet-stream\r\nUpload-Offset: {offset}\r\nContent-Length: {length}\r\n{extra}"
    );
    head(user, "PATCH", path, &extra)
}

/// Reads the head of an answer; what follows it stays unread.
async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let reading = async {
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("an answer, not a reset"));
        }
    };
    tokio::time::timeout(DEADLINE, reading).await.expect("an answer in time");
    String::from_utf8(head).expect("text").to_ascii_lowercase()
}

async fn create(user: &TokenUser, length: usize) -> String {
    let metadata = format!("filename {}", base64("a.bin"));
    let headers = [("upload-length", length.to_string()), ("upload-metadata", metadata)];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = user.tus("POST", "/api/uploads", &headers, Body::empty()).await;
    assert_eq!(answer.status, 201);
    answer.header("location").to_owned()
}

/// Ends the sending side in the middle of a body and waits until the server has ended its own.
async fn break_off(mut stream: TcpStream) {
    stream.shutdown().await.expect("an end");
    // Whether it says something before that or resets does not matter.
    let _ =
        tokio::time::timeout(DEADLINE, stream.read_to_end(&mut Vec::new())).await.expect("an end in time");
}

/// Asks until the upload stands there. By the list, since a HEAD takes an upload over from whoever still writes it.
async fn stands_at(user: &TokenUser, path: &str, offset: usize) {
    let asking = async {
        loop {
            let list = user.get("/api/uploads").await.json();
            let upload = list
                .as_array()
                .expect("a list")
                .iter()
                .find(|upload| upload["id"].as_str().is_some_and(|id| path.ends_with(id)));
            if upload.expect("the upload")["offset"] == offset {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, asking).await.expect("the offset that was sent");
    let head = user.tus("HEAD", path, &[], Body::empty()).await;
    assert_eq!(head.header("upload-offset"), offset.to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn half_a_body_is_kept() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let address = service.listen().await;
    let bytes = pattern(500_000);
    let path = create(&user, bytes.len()).await;

    let mut stream = connect(address).await;
    stream.write_all(patch_head(&user, &path, 0, bytes.len(), "").as_bytes()).await.expect("sent");
    stream.write_all(&bytes[..200_000]).await.expect("sent");
    stream.flush().await.expect("sent");
    break_off(stream).await;
    stands_at(&user, &path, 200_000).await;

    let mut stream = connect(address).await;
    stream.write_all(patch_head(&user, &path, 200_000, 300_000, "").as_bytes()).await.expect("sent");
    stream.write_all(&bytes[200_000..]).await.expect("sent");
    let head = read_head(&mut stream).await;
    assert!(head.starts_with("http/1.1 204"), "{head}");
    let node =
        head.split("hayloft-node: ").nth(1).expect("complete").lines().next().expect("an id").to_owned();
    assert_eq!(user.get(&format!("/api/nodes/{node}/content")).await.body, bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_head_and_no_body_changes_nothing() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let address = service.listen().await;
    let path = create(&user, 1000).await;
    let mut stream = connect(address).await;
    stream.write_all(patch_head(&user, &path, 0, 1000, "").as_bytes()).await.expect("sent");
    break_off(stream).await;
    stands_at(&user, &path, 0).await;
    let headers = [("content-type", "application/offset+octet-stream"), ("upload-offset", "0")];
    assert_eq!(user.tus("PATCH", &path, &headers, pattern(1000)).await.status, 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_chunked_body_that_breaks_off_is_kept_up_to_there() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let address = service.listen().await;
    let path = create(&user, 1000).await;
    let extra =
        "Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nTransfer-Encoding: chunked\r\n";
    let mut stream = connect(address).await;
    stream.write_all(head(&user, "PATCH", &path, extra).as_bytes()).await.expect("sent");
    stream.write_all(b"5\r\nhello\r\nff\r\nhalf").await.expect("sent");
    break_off(stream).await;
    stands_at(&user, &path, 9).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refusal_reaches_a_client_that_is_still_sending() {
    let config = drive::Config { default_quota: Some(100_000_000), ..drive::Config::default() };
    let service = Service::with(config, server::Settings::default()).await;
    let user = service.user("lin_wei").await;
    let address = service.listen().await;
    let path = create(&user, 1000).await;
    // More than every buffer between the two ends holds.
    let body = vec![7_u8; 40 << 20];
    let length = body.len();
    let creation = |upload_length: u64, token: &TokenUser| {
        let extra = format!(
            "Content-Type: application/offset+octet-stream\r\nUpload-Concat: partial\r\n\
             Upload-Length: {upload_length}\r\nContent-Length: {length}\r\n"
        );
        head(token, "POST", "/api/uploads", &extra)
    };
    let mut stranger = service.user("eve_l").await;
    stranger.token = "hlt_wrong".to_owned();
    for (head, status) in [
        (patch_head(&user, &path, 5, length, ""), "409"),
        (creation(1 << 50, &user), "413"),
        (creation(200_000_000, &user), "507"),
        (creation(1000, &stranger), "401"),
        (patch_head(&user, "/api/uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa", 0, length, ""), "404"),
        (head(&user, "PUT", &path, &format!("Content-Length: {length}\r\n")), "405"),
    ] {
        let mut stream = connect(address).await;
        stream.write_all(head.as_bytes()).await.expect("sent");
        tokio::time::timeout(DEADLINE, stream.write_all(&body)).await.expect("in time").expect("no reset");
        let answer = read_head(&mut stream).await;
        assert!(answer.starts_with(&format!("http/1.1 {status}")), "{status}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_that_asks_first_is_refused_before_it_sends() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let address = service.listen().await;
    let path = create(&user, 1000).await;
    let mut stream = connect(address).await;
    let head = patch_head(&user, &path, 5, 1000, "Expect: 100-continue\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let answer = read_head(&mut stream).await;
    assert!(answer.starts_with("http/1.1 409"), "no 100: {answer}");

    let mut stream = connect(address).await;
    let head = patch_head(&user, &path, 0, 1000, "Expect: 100-continue\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    assert!(read_head(&mut stream).await.starts_with("http/1.1 100"));
    stream.write_all(&pattern(1000)).await.expect("sent");
    assert!(read_head(&mut stream).await.starts_with("http/1.1 204"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_connection_goes_on_after_a_small_refusal() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let address = service.listen().await;
    let path = create(&user, 1000).await;
    let mut stream = connect(address).await;
    stream.write_all(patch_head(&user, &path, 5, 1000, "").as_bytes()).await.expect("sent");
    stream.write_all(&pattern(1000)).await.expect("sent");
    let answer = read_head(&mut stream).await;
    assert!(answer.starts_with("http/1.1 409"), "{answer}");
    let length: usize = answer
        .split("content-length: ")
        .nth(1)
        .expect("a length")
        .lines()
        .next()
        .expect("a line")
        .parse()
        .expect("a number");
    stream.read_exact(&mut vec![0; length]).await.expect("the problem");
    stream.write_all(patch_head(&user, &path, 0, 1000, "").as_bytes()).await.expect("sent");
    stream.write_all(&pattern(1000)).await.expect("sent");
    assert!(read_head(&mut stream).await.starts_with("http/1.1 204"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_download_that_breaks_off_is_shorter_than_it_said() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let address = service.listen().await;
    let node = user.file("a.bin", pattern(2_000_000)).await;
    service.store.faults().break_reads_after(600_000);
    let mut stream = connect(address).await;
    let path = format!("/api/nodes/{node}/content");
    stream.write_all(head(&user, "GET", &path, "").as_bytes()).await.expect("sent");
    let answer = read_head(&mut stream).await;
    assert!(answer.contains("content-length: 2000000"), "{answer}");
    let mut body = Vec::new();
    // The end of the connection, by a reset or not, is what tells.
    let _ = tokio::time::timeout(DEADLINE, stream.read_to_end(&mut body)).await.expect("an end");
    assert!(body.len() < 2_000_000, "{}", body.len());
    assert_eq!(body, pattern(2_000_000)[..body.len()]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_that_leaves_in_the_middle_of_a_download_frees_it() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let address = service.listen().await;
    // More than the buffers between the two ends take.
    let node = user.file("a.bin", pattern(30_000_000)).await;
    let path = format!("/api/nodes/{node}/content");
    let before = service.store.faults().handles();
    let mut streams = Vec::new();
    for _ in 0..5 {
        let mut stream = connect(address).await;
        stream.write_all(head(&user, "GET", &path, "").as_bytes()).await.expect("sent");
        read_head(&mut stream).await;
        streams.push(stream);
    }
    assert_eq!(service.store.faults().handles(), before + 5, "all are being read");
    drop(streams);
    let ending = async {
        while service.store.faults().handles() > before {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, ending).await.expect("the store's streams end");
}
