//! The JSON API and the document that describes it.

use std::collections::BTreeSet;

use axum::body::Body;
use serde_json::{Value, json};

use crate::support::Service;

#[tokio::test]
async fn nodes_and_children() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let node = user.file("b.txt", "hello").await;
    user.file("a.txt", "hello!").await;

    let root = user.get("/api/nodes/root").await.json();
    assert_eq!((&root["kind"], &root["parent"]), (&Value::from("folder"), &Value::Null));
    let file = user.get(&format!("/api/nodes/{node}")).await.json();
    let keys: BTreeSet<_> = file.as_object().expect("an object").keys().map(String::as_str).collect();
    let expected = ["id", "parent", "name", "kind", "size", "mime", "modified", "blake3", "thumbnail"];
    assert_eq!(keys, BTreeSet::from(expected));
    assert_eq!(
        (&file["name"], &file["size"], &file["mime"], &file["parent"]),
        (&"b.txt".into(), &5.into(), &"text/plain".into(), &root["id"])
    );

    let page = user.get("/api/nodes/root/children?limit=1").await.json();
    assert_eq!(page["items"][0]["name"], "a.txt");
    let next = page["next"].as_str().expect("more");
    let page = user.get(&format!("/api/nodes/root/children?limit=1&after={next}")).await.json();
    assert_eq!((&page["items"][0]["name"], &page["next"]), (&"b.txt".into(), &Value::Null));
    let page = user.get("/api/nodes/root/children?sort=-name").await.json();
    assert_eq!(page["items"][0]["name"], "b.txt");

    let long = user.create(&[("filename", &"x".repeat(300))], "x").await;
    assert_eq!(long.json()["detail"], "the name is refused: longer than 255");
    for query in ["limit=0", "limit=1001", "limit=x", "sort=colour", "after=nonsense"] {
        user.get(&format!("/api/nodes/root/children?{query}")).await.is_problem(422, "invalid");
    }
}

#[tokio::test]
async fn to_the_trash_and_back() {
    let service = Service::start().await;
    let (user, eve) = (service.user("lin_wei").await, service.user("eve_l").await);
    let node = user.file("a.txt", "hello").await;
    let path = format!("/api/nodes/{node}");
    let restore = format!("{path}/restore");
    eve.send("DELETE", &path, &[], Body::empty()).await.is_problem(404, "not-found");
    assert_eq!(user.send("DELETE", &path, &[], Body::empty()).await.status, 204);
    user.get(&path).await.is_problem(404, "not-found");
    user.get(&format!("{path}/content")).await.is_problem(404, "not-found");
    eve.send("POST", &restore, &[], Body::empty()).await.is_problem(404, "not-found");
    let answer = user.send("POST", &restore, &[], Body::empty()).await;
    assert_eq!((answer.status, &answer.json()["name"]), (200, &"a.txt".into()));
    assert_eq!(user.get(&format!("{path}/content")).await.body, "hello");
    let answer = user.send("DELETE", "/api/nodes/root", &[], Body::empty()).await;
    assert!((400..500).contains(&answer.status), "a root stays: {}", answer.status);
}

#[tokio::test]
async fn several_are_moved_copied_deleted_and_restored() {
    let service = Service::start().await;
    let (user, eve) = (service.user("lin_wei").await, service.user("eve_l").await);
    let post = async |who: &crate::support::TokenUser, path: &str, body: Value| {
        who.send("POST", path, &[("content-type", "application/json")], Body::from(body.to_string())).await
    };
    let outcomes = |answer: &crate::support::Answer| -> Vec<String> {
        let reports = answer.json();
        let reports = reports.as_array().expect("a list").iter();
        reports.map(|report| report["outcome"].as_str().expect("an outcome").to_owned()).collect()
    };
    let (a, b) = (user.file("a.txt", "hello").await, user.file("b.txt", "hello!").await);
    let folder = |name: &str| json!({ "parent": "root", "name": name, "conflict": "replace" });
    let made = post(&user, "/api/folders", folder("to")).await.json();
    assert_eq!(post(&user, "/api/folders", folder("TO")).await.json(), made, "the same folder");
    let to = made["id"].as_str().expect("id");
    post(&user, "/api/folders", json!({ "parent": "root", "name": "a/b" })).await.is_problem(422, "invalid");
    post(&eve, "/api/folders", json!({ "parent": to, "name": "x" })).await.is_problem(404, "not-found");

    let both = json!({ "ids": [a, b], "parent": to });
    let answer = post(&eve, "/api/move", both.clone()).await;
    answer.is_problem(404, "not-found");
    let answer = post(&eve, "/api/copy", json!({ "ids": [a], "parent": "root" })).await;
    assert_eq!((answer.status, outcomes(&answer)), (200, vec!["refused".to_owned()]));
    assert_eq!(answer.json()[0]["error"]["code"], "not-found");
    assert_eq!(outcomes(&post(&user, "/api/copy", both.clone()).await), ["done", "done"]);
    let skip = json!({ "ids": [a], "parent": to, "conflict": "fail" });
    assert_eq!(outcomes(&post(&user, "/api/move", skip).await), ["skipped"]);
    assert_eq!(outcomes(&post(&user, "/api/move", both).await), ["renamed", "renamed"]);
    let into_itself = json!({ "ids": [to], "parent": to });
    assert_eq!(outcomes(&post(&user, "/api/move", into_itself).await), ["refused"]);

    let path = format!("/api/nodes/{a}");
    let rename = async |name: &str| {
        let body = Body::from(json!({ "name": name }).to_string());
        user.send("PATCH", &path, &[("content-type", "application/json")], body).await
    };
    assert_eq!(rename("c.txt").await.json()["name"], "c.txt");
    rename("b.txt").await.is_problem(409, "name-taken");
    rename("").await.is_problem(422, "invalid");

    let ids = json!({ "ids": [a, b, to] });
    assert_eq!(outcomes(&post(&eve, "/api/trash", ids.clone()).await), ["refused"; 3]);
    assert_eq!(outcomes(&post(&user, "/api/trash", ids.clone()).await), ["done"; 3]);
    let page = user.get("/api/trash?limit=2").await.json();
    assert_eq!(page["items"].as_array().expect("items").len(), 2);
    let next = page["next"].as_str().expect("more");
    assert_eq!(
        user.get(&format!("/api/trash?after={next}")).await.json()["items"].as_array().expect("items").len(),
        1
    );
    assert!(page["items"][0]["expires"].as_i64() > page["items"][0]["trashed"].as_i64());
    assert_eq!(eve.get("/api/trash").await.json()["items"], json!([]));
    assert_eq!(outcomes(&post(&eve, "/api/trash/restore", ids.clone()).await), ["refused"; 3]);
    assert_eq!(outcomes(&post(&eve, "/api/trash/purge", ids.clone()).await), ["refused"; 3]);
    assert_eq!(outcomes(&post(&user, "/api/trash/restore", json!({ "ids": [a, to] })).await), ["done"; 2]);
    assert_eq!(outcomes(&post(&user, "/api/trash/purge", ids).await), ["refused", "done", "refused"]);
    assert_eq!(eve.send("DELETE", "/api/trash", &[], Body::empty()).await.status, 204);
    assert_eq!(user.send("DELETE", "/api/trash", &[], Body::empty()).await.status, 204);

    for path in
        ["/api/move", "/api/copy", "/api/trash", "/api/trash/restore", "/api/trash/purge", "/api/folders"]
    {
        assert_eq!(post(&user, path, json!({ "ids": "x" })).await.status, 400, "{path}");
        service.guest().send("POST", path, &[], Body::from("{}")).await.is_problem(401, "sign-in-required");
    }
    post(&user, "/api/trash", json!({ "ids": [] })).await.is_problem(422, "invalid");
}

#[tokio::test]
async fn what_cannot_go_back_waits_for_a_folder() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let post = async |path: &str, body: Value| {
        user.send("POST", path, &[("content-type", "application/json")], Body::from(body.to_string())).await
    };
    let made = post("/api/folders", json!({ "parent": "root", "name": "gone" })).await.json();
    let gone = made["id"].as_str().expect("an id");
    let inner = user.create(&[("filename", "inner.txt"), ("parent", gone)], "inner").await;
    let (inner, taken) = (inner.header("hayloft-node").to_owned(), user.file("a.txt", "old").await);
    post("/api/trash", json!({ "ids": [inner, taken, gone] })).await;
    user.file("a.txt", "new").await;
    for (node, status, code) in [(&inner, 422, "invalid"), (&taken, 409, "name-taken")] {
        post(&format!("/api/nodes/{node}/restore"), json!(null)).await.is_problem(status, code);
    }
    let ids = json!([inner, taken]);
    let left = post("/api/trash/restore", json!({ "ids": ids })).await.json();
    let told = |number: usize| (left[number]["outcome"].as_str(), left[number]["error"]["code"].as_str());
    assert_eq!(told(0), (Some("skipped"), Some("invalid")));
    assert_eq!(told(1), (Some("skipped"), Some("name-taken")));
    post("/api/trash/restore", json!({ "ids": ids, "parent": gone })).await.is_problem(404, "not-found");
    let back = post("/api/trash/restore", json!({ "ids": ids, "parent": "root" })).await.json();
    let told = |number: usize| (back[number]["outcome"].as_str(), back[number]["node"]["name"].as_str());
    assert_eq!(told(0), (Some("done"), Some("inner.txt")));
    assert_eq!(told(1), (Some("renamed"), Some("a (1).txt")));
}

#[tokio::test]
async fn every_error_below_api_is_a_problem() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    service.guest().get("/api/nodes/root").await.is_problem(401, "sign-in-required");
    assert!(service.guest().get("/api/uploads").await.has("www-authenticate"));
    user.get("/api").await.is_problem(404, "not-found");
    user.get("/api/whatever/else").await.is_problem(404, "not-found");
    user.get("/api/nodes/nonsense").await.is_problem(404, "not-found");
    for (method, path) in
        [("PUT", "/api/nodes/root"), ("PATCH", "/api/uploads"), ("POST", "/api/nodes/root/children")]
    {
        let answer = user.send(method, path, &[], Body::empty()).await;
        answer.is_problem(405, "method-not-allowed");
        assert!(answer.has("allow"), "{method} {path}");
    }
    let node = user.file("a.txt", "x").await;
    for path in [
        format!("/api/nodes/{node}/content?inline=1&inline=2"),
        "/api/nodes/root/children?limit=1&limit=2".to_owned(),
    ] {
        user.get(&path).await.is_problem(400, "malformed-request");
    }
    for path in ["/api/nodes/%FF", "/api/nodes/%FF/content", "/api/nodes/%FF/children"] {
        user.get(path).await.is_problem(404, "not-found");
    }
    user.tus("DELETE", "/api/uploads/%FF", &[], Body::empty()).await.is_problem(404, "not-found");
    let wrong = [("authorization", "Bearer hlt_wrong")];
    service
        .guest()
        .send("GET", "/api/nodes/root", &wrong, Body::empty())
        .await
        .is_problem(401, "sign-in-required");
    let wrong = [("authorization", "Basic bGluOndlaQ==")];
    service
        .guest()
        .send("GET", "/api/nodes/root", &wrong, Body::empty())
        .await
        .is_problem(401, "sign-in-required");
}

/// Paths below `/api` that the router knows. axum has no list of them, but says them when it is printed for debugging; a
/// version that stops doing so fails here.
fn routed(service: &Service) -> BTreeSet<String> {
    let printed = format!("{:?}", service.router);
    printed.split('"').filter(|text| text.starts_with("/api/")).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_route_is_described_and_every_description_has_a_route() {
    let service = Service::start().await;
    let answer = service.guest().get("/api/openapi.json").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    let document = answer.json();
    assert!(
        document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")),
        "{}",
        document["openapi"]
    );

    let paths = document["paths"].as_object().expect("paths");
    let mut described: BTreeSet<String> = paths.keys().cloned().collect();
    // What catches the rest is no route of the API.
    described.insert("/api/{*path}".to_owned());
    assert_eq!(routed(&service), described);

    let user = service.user("lin_wei").await;
    for (path, item) in paths {
        let item = item.as_object().expect("operations");
        let real = path.replace("{id}", "aaaaaaaaaaaaaaaaaaaaaaaaaa");
        for method in ["get", "head", "post", "put", "patch", "delete", "options"] {
            // axum answers HEAD wherever there is GET.
            let known = item.contains_key(method) || method == "head" && item.contains_key("get");
            let upper = method.to_uppercase();
            let headers = [("tus-resumable", "1.0.0"), ("x-http-method-override", "HEAD")];
            let answer = user.send(&upper, &real, &headers, Body::empty()).await;
            assert_eq!(answer.status != 405, known, "{method} {path}: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own_and_says_what_can_go_wrong() {
    let service = Service::start().await;
    let document = service.guest().get("/api/openapi.json").await.json();
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let name = operation["operationId"].as_str().expect("a name");
            assert!(names.insert(name.to_owned()), "{method} {path}: another one is called {name}");
            let is_public = operation["security"] == serde_json::json!([{}]);
            assert_eq!(is_public, method == "options" || path == "/api/openapi.json", "{method} {path}");
            if is_public {
                continue;
            }
            let known = operation["responses"].as_object().expect("responses");
            let mut wanted = vec!["401", "500", "503"];
            if !matches!(method.as_str(), "get" | "head") {
                wanted.push("403");
            }
            if path.starts_with("/api/uploads") && !matches!(method.as_str(), "get" | "post") {
                wanted.extend(["404", "410", "412", "423"]);
            }
            for status in wanted {
                assert!(known.contains_key(status), "{method} {path}: {status}");
            }
        }
    }
}

#[tokio::test]
async fn what_the_document_refers_to_is_in_it() {
    let service = Service::start().await;
    let document = service.guest().get("/api/openapi.json").await.json();
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("inside of the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let properties = document
        .pointer("/components/schemas/Node/properties")
        .expect("Node")
        .as_object()
        .expect("properties");
    assert_eq!(properties.len(), 9, "{properties:?}");
}

#[tokio::test]
async fn unfinished_uploads_are_described_as_they_are() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let headers = [("upload-length", "6"), ("upload-concat", "partial")];
    assert_eq!(user.tus("POST", "/api/uploads", &headers, Body::empty()).await.status, 201);
    let document = service.guest().get("/api/openapi.json").await.json();
    let described = document.pointer("/components/schemas/UnfinishedUpload/properties").expect("a schema");
    let described: BTreeSet<_> = described.as_object().expect("properties").keys().cloned().collect();
    let sent = user.get("/api/uploads").await.json();
    let sent: BTreeSet<_> = sent[0].as_object().expect("an upload").keys().cloned().collect();
    assert_eq!(sent, described);
}
