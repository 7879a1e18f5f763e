//! The trash as a browser without script meets it, and as script does.

use axum::body::Body;
use domain::{Conflict, FileName, NodeId};

use crate::support::{Answer, Browser, PASSWORD, Service, TokenUser};

struct Stage {
    service: Service,
    user: TokenUser,
    browser: Browser,
}

impl Stage {
    async fn set() -> Self {
        let service = Service::start().await;
        let user = service.user("lin_wei").await;
        let browser = service.browser();
        assert_eq!(browser.sign_in("lin_wei", PASSWORD).await.status, 200);
        Self { service, user, browser }
    }

    /// A file in a folder, put into the trash.
    async fn trashed(&self, parent: &NodeId, name: &str) -> String {
        let id = self.file(parent, name, name).await;
        self.trash(&id).await;
        id
    }

    async fn file(&self, parent: &NodeId, name: &str, text: &str) -> String {
        let made =
            self.user.create(&[("filename", name), ("parent", parent.as_str())], text.to_owned()).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.header("hayloft-node").to_owned()
    }

    async fn root(&self) -> NodeId {
        let root = self.user.get("/api/nodes/root").await.json();
        root["id"].as_str().expect("an id").parse().expect("an id")
    }

    async fn trash(&self, id: &str) {
        let answer = self.user.send("DELETE", &format!("/api/nodes/{id}"), &[], Body::empty()).await;
        assert_eq!(answer.status, 204);
    }

    async fn folder(&self, name: &str) -> NodeId {
        let actor = self.service.drive.token_actor(&self.user.token, drive::Access::Read).await;
        let (actor, name) = (actor.expect("an actor"), FileName::parse(name).expect("a name"));
        let made = self.service.drive.create_folder(&actor, &actor.root, &name, Conflict::Fail).await;
        made.expect("a folder").id
    }

    async fn post(&self, form: &str, accept: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", accept),
            ("accept-language", "en"),
            ("referer", "http://hayloft.test/trash"),
        ];
        self.browser.send("POST", form, &headers, body).await
    }

    async fn look(&self, path: &str, language: &str) -> String {
        let headers = [("accept", "text/html"), ("accept-language", language)];
        let answer = self.browser.send("GET", path, &headers, Body::empty()).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text()
    }

    /// Names in a folder.
    async fn names(&self, folder: &str) -> Vec<String> {
        let list = self.browser.get(&format!("/api/nodes/{folder}/children")).await.json();
        let items = list["items"].as_array().expect("items");
        items.iter().map(|item| item["name"].as_str().expect("a name").to_owned()).collect()
    }
}

/// What the form of the page that asks would send under this name.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let form = page.split("action=\"/form/transfer\"").nth(1).expect("the form");
    let field = format!("name=\"{name}\" value=\"");
    let at = form.find(&field).unwrap_or_else(|| panic!("no {name} in {form}")) + field.len();
    form[at..].split('"').next().expect("an end")
}

#[tokio::test]
async fn what_leaves_its_page_says_where_to_go_on() {
    let stage = Stage::set().await;
    let root = stage.root().await;
    for (next, location) in [
        ("/view/abc?sort=-size", "/view/abc?sort=-size"),
        ("/?sort=-size", "/?sort=-size"),
        ("//evil.example", "/evil.example"),
        ("", "/trash"),
    ] {
        let id = stage.file(&root, "a.txt", "a").await;
        let answer = stage.post("/form/trash", "text/html", &[("ids[]", &id), ("next", next)]).await;
        assert_eq!((answer.status, answer.header("location")), (303, location), "{next}");
    }
    // A folder asks for no flash when script goes there, whatever its order: who sent the form shows it.
    let id = stage.file(&root, "a.txt", "a").await;
    let fields = [("ids[]", id.as_str()), ("next", "/?sort=-size")];
    let answer = stage.post("/form/trash", "application/vnd.hayloft.done+json", &fields).await.json();
    assert_eq!(answer["next"], "/?sort=-size");
    assert_eq!(answer["flash"]["trashed"]["name"], "a.txt");
}

#[tokio::test]
async fn what_has_no_place_any_more_is_asked_about_and_the_rest_goes_back() {
    let stage = Stage::set().await;
    let (root, gone) = (stage.root().await, stage.folder("gone").await);
    let homeless = stage.trashed(&gone, "homeless.txt").await;
    let (taken, free) = (stage.trashed(&root, "taken.txt").await, stage.trashed(&root, "free.txt").await);
    stage.trash(gone.as_str()).await;
    stage.user.file("Taken.txt", "another").await;
    let to = stage.folder("to").await;

    let ids = [("ids[]", homeless.as_str()), ("ids[]", &taken), ("ids[]", &free)];
    let answer = stage.post("/form/restore", "text/html", &ids).await;
    let question = answer.header("location").to_owned();
    assert_eq!((answer.status, question.contains(&free)), (303, false), "{question}");
    assert_eq!(stage.names("root").await, ["to", "free.txt", "Taken.txt"], "the others wait");
    let page = stage.look(&question, "en").await;
    for text in [
        "“free.txt” restored.",
        "homeless.txt, taken.txt",
        "Items whose folder is gone or in the trash: 1.",
        "Items whose name is now used by something else in their folder: 1.",
        "Keep both",
        "Skip",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(stage.look(&question, "zh-CN").await.contains("1 项的原文件夹已不存在，或在回收站中。"));
    assert_eq!(hidden(&page, "parent"), root.as_str(), "the places differ");

    // Another folder, by the link that the page has for it.
    let place = format!("to={to}&amp;how=restore");
    let link = page.split("href=\"").find(|link| link.contains(&place)).expect("a link to the folder");
    let link = link.split('"').next().expect("an end").replace("&amp;", "&");
    let page = stage.look(&link, "en").await;
    let fields = [
        ("ids", hidden(&page, "ids")),
        ("parent", hidden(&page, "parent")),
        ("back", hidden(&page, "back")),
        ("conflict", "rename"),
        ("how", "restore"),
    ];
    let answer = stage.post("/form/transfer", "text/html", &fields).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/trash"));
    assert!(stage.look("/trash", "en").await.contains("Items restored: 2."));
    assert_eq!(stage.names(to.as_str()).await, ["homeless.txt", "taken.txt"]);
}

#[tokio::test]
async fn a_name_that_is_taken_is_kept_replaced_or_left_in_the_trash() {
    let stage = Stage::set().await;
    for (conflict, names) in
        [("fail", &["a.txt"][..]), ("rename", &["a (1).txt", "a.txt"]), ("replace", &["a.txt"])]
    {
        let inner = stage.folder(conflict).await;
        let old = stage.trashed(&inner, "a.txt").await;
        let there = stage.file(&inner, "a.txt", "new").await;
        let answer = stage.post("/form/restore", "text/html", &[("ids[]", &old)]).await;
        assert!(!answer.has("set-cookie"), "nothing was done yet");
        let page = stage.look(answer.header("location"), "en").await;
        assert_eq!(hidden(&page, "parent"), inner.as_str(), "its own place is proposed");
        let fields = [
            ("ids", old.as_str()),
            ("parent", inner.as_str()),
            ("back", "/trash"),
            ("conflict", conflict),
            ("how", "restore"),
        ];
        assert_eq!(stage.post("/form/transfer", "text/html", &fields).await.status, 303);
        let mut found = stage.names(inner.as_str()).await;
        found.sort();
        assert_eq!(found, names, "{conflict}");
        let left = stage.browser.get("/api/trash").await.json();
        assert_eq!(left["items"].as_array().expect("items").is_empty(), conflict != "fail");
        stage.browser.send("DELETE", "/api/trash", &[], Body::empty()).await;
        let content = stage.browser.get(&format!("/api/nodes/{there}/content")).await.text();
        assert_eq!(content, if conflict == "replace" { "a.txt" } else { "new" });
    }
}

#[tokio::test]
async fn script_is_told_where_to_go_on() {
    let stage = Stage::set().await;
    let root = stage.root().await;
    let (taken, free) = (stage.trashed(&root, "taken.txt").await, stage.trashed(&root, "free.txt").await);
    stage.user.file("taken.txt", "another").await;
    let answer = stage.post("/form/restore", "application/json", &[("ids[]", &free)]).await.json();
    assert_eq!(
        (&answer["next"], &answer["flash"]["restored"]["name"]),
        (&serde_json::Value::Null, &"free.txt".into())
    );
    stage.trash(&free).await;
    let answer =
        stage.post("/form/restore", "application/json", &[("ids[]", &taken), ("ids[]", &free)]).await.json();
    let question = format!("/move?ids={taken}&from=%2Ftrash&how=restore");
    assert_eq!(
        (&answer["next"], &answer["flash"]["restored"]["name"]),
        (&question.into(), &"free.txt".into())
    );
    // What is not in the trash is not there.
    let answer = stage
        .browser
        .send("GET", &format!("/move?ids={free}&how=restore"), &[("accept", "text/html")], Body::empty())
        .await;
    assert_eq!(answer.status, 404);
}
