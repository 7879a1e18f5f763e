//! The plain form for uploads: browsers without script.

use axum::body::Body;

use crate::support::{Answer, Browser, Service};

const BOUNDARY: &str = "----hayloft-test";

/// A multipart body: fields are text, files have a name.
fn form(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .as_bytes(),
        );
    }
    for (name, bytes) in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn post(browser: &Browser, body: impl Into<Body>) -> Answer {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = [
        ("content-type", kind.as_str()),
        ("referer", "http://hayloft.test/?sort=size"),
        ("accept", "text/html"),
    ];
    browser.send("POST", "/upload", &headers, body).await
}

/// What the next page is told.
fn flash(answer: &Answer) -> serde_json::Value {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("ASCII"));
    let value = cookies.filter_map(|cookie| cookie.strip_prefix("hayloft_flash=")).next().expect("a flash");
    let value = value.split(';').next().expect("a value");
    let json = data_encoding::BASE64URL_NOPAD.decode(value.as_bytes()).expect("base64");
    serde_json::from_slice(&json).expect("json")
}

async fn names(browser: &Browser) -> Vec<String> {
    let list = browser.get("/api/nodes/root/children").await.json();
    let items = list["items"].as_array().expect("items");
    items.iter().map(|item| item["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn several_files_arrive_whole() {
    let service = Service::start().await;
    let browser = service.signed_in("lin_wei").await;
    let large = crate::support::pattern(5_000_000);
    let files = [("黄山.jpg", &large[..]), ("empty.txt", b""), ("b.txt", b"hello\r\n--not the boundary")];
    let answer = post(&browser, form(&[("parent", "")], &files)).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/?sort=size"), "back to the list");
    assert_eq!(flash(&answer), serde_json::json!({"uploaded": {"files": 3}}));
    assert_eq!(names(&browser).await, ["b.txt", "empty.txt", "黄山.jpg"]);
    let list = browser.get("/api/nodes/root/children").await.json();
    for (item, expected) in
        list["items"].as_array().expect("items").iter().zip([files[2].1, files[1].1, files[0].1])
    {
        let content =
            browser.get(&format!("/api/nodes/{}/content", item["id"].as_str().expect("an id"))).await;
        assert_eq!(&content.body[..], expected, "{}", item["name"]);
    }
}

#[tokio::test]
async fn what_came_before_a_refused_file_stays() {
    let service = Service::start().await;
    let browser = service.signed_in("lin_wei").await;
    let answer = post(&browser, form(&[], &[("a.txt", b"hello"), ("../b.txt", b"x"), ("c.txt", b"x")])).await;
    assert_eq!(answer.status, 303);
    let told = flash(&answer);
    assert_eq!(told["failed"]["app"]["code"], "invalid", "{told}");
    assert_eq!(names(&browser).await, ["a.txt"]);
    assert_eq!(browser.get("/api/uploads").await.json(), serde_json::json!([]), "nothing is left half done");
}

#[tokio::test]
async fn a_taken_name_is_kept_beside_replaced_or_skipped_as_the_form_says() {
    let service = Service::start().await;
    let browser = service.signed_in("lin_wei").await;
    post(&browser, form(&[], &[("a.txt", b"first")])).await;
    for (conflict, files, told) in [
        (
            "fail",
            vec!["a.txt"],
            serde_json::json!("Files uploaded: 0. Skipped, since their names are taken: 1."),
        ),
        ("replace", vec!["a.txt"], serde_json::Value::Null),
        ("rename", vec!["a (1).txt", "a.txt"], serde_json::Value::Null),
    ] {
        let answer = post(&browser, form(&[("conflict", conflict)], &[("a.txt", conflict.as_bytes())])).await;
        assert_eq!(flash(&answer)["said"]["text"], told, "{conflict}");
        assert_eq!(names(&browser).await, files, "{conflict}");
    }
    let list = browser.get("/api/nodes/root/children").await.json();
    for (item, content) in list["items"].as_array().expect("items").iter().zip(["rename", "replace"]) {
        let id = item["id"].as_str().expect("an id");
        assert_eq!(&browser.get(&format!("/api/nodes/{id}/content")).await.body[..], content.as_bytes());
    }
    let answer = post(&browser, form(&[("conflict", "whatever")], &[("b.txt", b"x")])).await;
    assert_eq!(flash(&answer)["failed"]["app"]["code"], "invalid");
}

#[tokio::test]
async fn a_folder_comes_with_its_folders_and_joins_the_one_that_is_there() {
    let service = Service::start().await;
    let browser = service.signed_in("lin_wei").await;
    let first = [("旅行/a.txt", &b"a"[..]), ("旅行/黄山/b.txt", b"b"), ("旅行/黄山/c.txt", b"c")];
    post(&browser, form(&[], &first)).await;
    post(&browser, form(&[("conflict", "fail")], &[("旅行/黄山/b.txt", b"other"), ("旅行/d.txt", b"d")]))
        .await;
    assert_eq!(names(&browser).await, ["旅行"]);
    let children = async |id: &str| {
        let list = browser.get(&format!("/api/nodes/{id}/children")).await.json();
        list["items"].as_array().expect("items").clone()
    };
    let text = |node: &serde_json::Value, key: &str| node[key].as_str().expect(key).to_owned();
    let trip = children(&text(&children("root").await[0], "id")).await;
    assert_eq!(trip.iter().map(|node| text(node, "name")).collect::<Vec<_>>(), ["黄山", "a.txt", "d.txt"]);
    let inner = children(&text(&trip[0], "id")).await;
    assert_eq!(inner.iter().map(|node| text(node, "name")).collect::<Vec<_>>(), ["b.txt", "c.txt"]);
    // A way that leads out of the folder, or through a file, makes nothing.
    for path in ["../x/y.txt", "x/../y.txt", "/etc/y.txt", "x//y.txt", "旅行/a.txt/y.txt"] {
        let answer = post(&browser, form(&[], &[(path, b"x")])).await;
        assert!(flash(&answer)["failed"]["app"].is_object(), "{path}");
    }
    assert_eq!(names(&browser).await, ["旅行"]);
}

#[tokio::test]
async fn nothing_picked_a_strange_parent_or_no_form() {
    let service = Service::start().await;
    let browser = service.signed_in("lin_wei").await;
    for body in [
        form(&[], &[("", b"")]),
        form(&[("parent", "../../etc")], &[("a.txt", b"x")]),
        form(&[("parent", "aaaaaaaaaaaaaaaaaaaaaaaaaa")], &[("a.txt", b"x")]),
        b"no form at all".to_vec(),
        form(&[], &[("a.txt", b"cut off")])[..150].to_vec(),
    ] {
        let answer = post(&browser, body).await;
        assert_eq!(answer.status, 303);
        assert!(flash(&answer)["failed"]["app"].is_object(), "{}", flash(&answer));
    }
    assert!(names(&browser).await.is_empty());
}

#[tokio::test]
async fn a_service_that_is_down_sends_nobody_to_sign_in() {
    let service = Service::start().await;
    let browser = service.signed_in("lin_wei").await;
    service.drive.database().close().await;
    let answer = post(&browser, form(&[], &[("a.txt", b"x")])).await;
    assert!(answer.status >= 500 && !answer.has("location"), "{answer:?}");
}

#[tokio::test]
async fn a_full_drive_is_told() {
    let config = drive::Config { default_quota: Some(100_000), ..drive::Config::default() };
    let service = Service::with(config, server::Settings::default()).await;
    let browser = service.signed_in("lin_wei").await;
    let answer = post(&browser, form(&[], &[("a.bin", &crate::support::pattern(200_000)[..])])).await;
    assert_eq!(answer.status, 303);
    assert_eq!(flash(&answer)["failed"]["app"]["code"], "quota-exceeded", "{}", flash(&answer));
    assert!(names(&browser).await.is_empty());
}

#[tokio::test]
async fn a_stranger_is_sent_to_sign_in_and_a_foreign_page_refused() {
    let service = Service::start().await;
    let answer = post(&service.browser(), form(&[], &[("a.txt", b"x")])).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/login"));

    let browser = service.signed_in("lin_wei").await;
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = [
        ("content-type", kind.as_str()),
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    let answer = browser.send("POST", "/upload", &headers, form(&[], &[("a.txt", b"x")])).await;
    answer.is_problem(403, "cross-site");
    assert!(names(&browser).await.is_empty());
}
