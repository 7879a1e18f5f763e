//! Search, categories, the newest and the largest: as JSON and as pages.

use serde_json::Value;

use crate::support::{Answer, Service};

fn names(answer: &Answer) -> Vec<String> {
    let page = answer.json();
    let items = page["items"].as_array().expect("items").iter();
    items.map(|item| item["node"]["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn a_program_finds_files_by_name_by_kind_by_time_and_by_size() {
    let service = Service::start().await;
    let (user, eve) = (service.user("lin_wei").await, service.user("eve_l").await);
    for (name, content) in [("毕业设计.docx", "hello"), ("IMG 1.JPG", "hello, hello"), ("img 2.png", "h")]
    {
        service.clock.advance(std::time::Duration::from_secs(1));
        user.file(name, content).await;
    }
    eve.file("img of eve.jpg", "x").await;

    let found = user.get("/api/search?q=%E4%B8%9A").await;
    let item = found.json()["items"][0].clone();
    assert_eq!((&item["node"]["name"], &item["place"]), (&"毕业设计.docx".into(), &Value::Array(vec![])));
    assert!(item["arrived"].as_i64().is_some());
    assert_eq!(names(&user.get("/api/search?q=img").await), ["img 2.png", "IMG 1.JPG"]);
    let page = user.get("/api/search?q=img&limit=1").await.json();
    let next = page["next"].as_str().expect("more");
    let rest = user.get(&format!("/api/search?q=img&limit=1&after={next}")).await;
    assert_eq!((names(&rest), &rest.json()["next"]), (vec!["IMG 1.JPG".to_owned()], &Value::Null));

    assert_eq!(names(&user.get("/api/nodes?category=image").await), ["img 2.png", "IMG 1.JPG"]);
    assert_eq!(
        names(&user.get("/api/nodes?sort=largest").await),
        ["IMG 1.JPG", "毕业设计.docx", "img 2.png"]
    );
    assert_eq!(names(&user.get("/api/nodes?category=image&sort=largest&limit=1").await), ["IMG 1.JPG"]);
    assert_eq!(names(&user.get("/api/nodes").await)[0], "img 2.png");

    for query in [
        "search?q=",
        "search?q=%00",
        "search?q=a&limit=0",
        "search?q=a&after=x",
        "nodes?limit=x",
        "nodes?after=x",
    ] {
        user.get(&format!("/api/{query}")).await.is_problem(422, "invalid");
    }
    user.get(&format!("/api/search?q=a&after={next}")).await.is_problem(422, "invalid");
    for query in ["search", "nodes?category=colour", "nodes?sort=name"] {
        assert_eq!(user.get(&format!("/api/{query}")).await.status, 400, "{query}");
    }
    for path in ["/api/search?q=a", "/api/nodes"] {
        service.guest().get(path).await.is_problem(401, "sign-in-required");
    }
}

#[tokio::test]
async fn pages_without_script_find_and_act() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let image = user.file("<b>图.jpg", "hello").await;
    user.file("b.md", "hello, hello").await;
    let browser = service.browser();
    browser.sign_in("lin_wei", "correct horse battery").await;
    let page = async |path: &str| {
        let headers = [("accept", "text/html"), ("accept-language", "en")];
        let answer = browser.send("GET", path, &headers, axum::body::Body::empty()).await;
        (answer.status, answer.text())
    };

    let (status, text) = page("/search?q=%E5%9B%BE").await;
    assert_eq!(status, 200);
    for part in [
        "Results for “图”",
        "&lt;b&gt;图.jpg",
        &format!("href=\"/view/{image}\""),
        &format!("/api/nodes/{image}/content"),
        &format!("/rename/{image}?back=%2Fsearch%3Fq%3D%25E5%259B%25BE"),
        &format!("/shares/new?nodes={image}"),
        "value=\"图\"",
        "href=\"/category/video\"",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("b.md"));
    for (path, shown, hidden) in [
        ("/search", "Type any part of a name", "b.md"),
        ("/search?q=nothing+at+all", "Nothing has “nothing at all” in its name", "b.md"),
        ("/search?q=%00", "There is a character", "b.md"),
        ("/category/image", "图.jpg", "b.md"),
        ("/category/document?sort=largest", "b.md", "图.jpg"),
        ("/category/audio", "No files of this kind yet", "b.md"),
        ("/recent", "b.md", "No files yet"),
        ("/largest", "b.md", "No files yet"),
    ] {
        let (status, text) = page(path).await;
        assert!(status == 200 && text.contains(shown) && !text.contains(hidden), "{path}: {text}");
    }
    for path in ["/category/colour", "/recent?after=nonsense", "/search?q=b&after=nonsense"] {
        assert_eq!(page(path).await.0, 404, "{path}");
    }
    let guest = service.browser();
    assert_eq!(guest.get("/recent").await.header("location"), "/login");
}
