//! What a new upload may say of its file, through `POST /api/uploads`.

use axum::body::Body;
use serde_json::Value;

use crate::support::{Service, TokenUser};

async fn names(user: &TokenUser) -> Vec<String> {
    let list = user.get("/api/nodes/root/children").await.json();
    let items = list["items"].as_array().expect("items");
    items.iter().map(|item| item["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn a_name_that_is_taken() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let first = user.file("a.txt", "first").await;

    let answer = user.create(&[("filename", "A.TXT"), ("conflict", "fail")], "second").await;
    answer.is_problem(409, "name-taken");
    assert_eq!(names(&user).await, ["a.txt"]);

    let answer = user.create(&[("filename", "a.txt"), ("conflict", "replace")], "third").await;
    assert_eq!((answer.status, answer.header("hayloft-node")), (201, first.as_str()));
    assert_eq!(user.get(&format!("/api/nodes/{first}/content")).await.body, "third");

    assert_eq!(user.create(&[("filename", "a.txt")], "fourth").await.status, 201);
    assert_eq!(names(&user).await.len(), 2, "numbered when nothing is said");
    user.create(&[("filename", "b"), ("conflict", "ask")], "x").await.is_problem(422, "invalid");
}

#[tokio::test]
async fn a_folder_that_is_not_ones_own_or_none() {
    let service = Service::start().await;
    let (user, eve) = (service.user("lin_wei").await, service.user("eve_l").await);
    let root = |of: Value| of["id"].as_str().expect("an id").to_owned();
    let own = root(user.get("/api/nodes/root").await.json());
    let foreign = root(eve.get("/api/nodes/root").await.json());
    let file = user.file("file", "x").await;
    for parent in [own.as_str(), "root", ""] {
        let answer = user.create(&[("filename", "a"), ("parent", parent)], "x").await;
        let node = user.get(&format!("/api/nodes/{}", answer.header("hayloft-node"))).await.json();
        assert_eq!(node["parent"], own, "{parent:?}");
    }
    for parent in [foreign.as_str(), &file, "aaaaaaaaaaaaaaaaaaaaaaaaaa", "../x"] {
        let answer = user.create(&[("filename", "a"), ("parent", parent)], "x").await;
        answer.is_problem(422, "invalid");
        assert_eq!(answer.json()["field"], "parent", "{parent}");
    }
    assert_eq!(names(&eve).await, [""; 0]);
}

#[tokio::test]
async fn the_date_of_the_file_is_kept() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let answer = user.create(&[("filename", "a"), ("lastmodified", "1700000000123")], "x").await;
    let node = user.get(&format!("/api/nodes/{}", answer.header("hayloft-node"))).await.json();
    assert_eq!(node["modified"], 1_700_000_000_123_i64);
    let answer = user.create(&[("filename", "b"), ("lastmodified", "yesterday")], "x").await;
    answer.is_problem(422, "invalid");
    assert_eq!(answer.json()["field"], "metadata");
}

#[tokio::test]
async fn bytes_that_are_not_those_of_the_hash_become_no_file() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    // Of "abc", from the publication.
    let hash = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85";
    user.create(&[("filename", "a"), ("blake3", hash)], "abd").await.is_problem(460, "checksum-mismatch");
    assert_eq!(names(&user).await, [""; 0]);
    let answer = user.create(&[("filename", "a"), ("blake3", &hash.to_uppercase())], "abc").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let node = user.get(&format!("/api/nodes/{}", answer.header("hayloft-node"))).await.json();
    assert_eq!(node["blake3"], hash);
}

#[tokio::test]
async fn names_that_are_taken_as_they_are_and_names_that_are_refused() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let longest = "x".repeat(255);
    for name in ["🎉 家庭.jpg", "trailing...", "...", " .hidden", "a:b*c?", "%2F", longest.as_str()] {
        let answer = user.create(&[("filename", name)], "x").await;
        assert_eq!(answer.status, 201, "{name:?}: {}", answer.text());
        let path = format!("/api/nodes/{}", answer.header("hayloft-node"));
        let kept = user.get(&path).await.json();
        let download = user.get(&format!("{path}/content")).await;
        assert_eq!((kept["name"].as_str().map(str::trim), download.status), (Some(name.trim()), 200));
        assert!(download.has("content-disposition"), "{name:?}");
    }
    let too_long = "x".repeat(300);
    for (name, reason) in [
        ("a\0b", "control-character"),
        ("a/b", "slash"),
        ("/", "slash"),
        ("a\u{202E}gpj.exe", "control-character"),
        ("a\u{2066}b", "control-character"),
        ("a\r\nb", "control-character"),
        ("..", "reserved"),
        (".", "reserved"),
        ("", "empty"),
        (too_long.as_str(), "too-long"),
    ] {
        let answer = user.create(&[("filename", name)], "x").await;
        answer.is_problem(422, "invalid");
        let problem = answer.json();
        assert_eq!((&problem["field"], &problem["reason"]), (&"name".into(), &reason.into()), "{name:?}");
    }
    let unfinished = user.send("GET", "/api/uploads", &[], Body::empty()).await.json();
    assert_eq!(unfinished, serde_json::json!([]), "nothing is left of what was refused");
}
