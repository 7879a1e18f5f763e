//! What people can put into names, looked at in every page and every header.

use axum::body::Body;

use crate::support::{Browser, Service};

/// Names that would be markup, or end an attribute, a string of script, or a header, if somebody forgot what they are.
const NAMES: [&str; 4] = [
    "<img src=x onerror=alert(1)>",
    "\"><script>alert(1)",
    "';alert(1);'<!--<script>",
    "a\"; filename=evil.exe; x=%22.txt",
];

async fn look(browser: &Browser, path: &str) -> String {
    let headers = [("accept", "text/html"), ("accept-language", "en")];
    let answer = browser.send("GET", path, &headers, Body::empty()).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.text()
}

/// Whether markup of a name is markup of the page.
#[track_caller]
fn assert_text(path: &str, html: &str) {
    for markup in ["<img src=x", "<script>alert", "<!--<script>", "';alert(1);'<"] {
        assert!(!html.contains(markup), "{path}: {markup} in {html}");
    }
}

#[tokio::test]
async fn names_are_text_in_every_page() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let owner = service.drive.token_actor(&user.token, drive::Access::Read).await.expect("an actor");
    service.sql("UPDATE users SET role = 'administrator'").await;
    let browser = service.browser();
    assert_eq!(browser.sign_in("lin_wei", crate::support::PASSWORD).await.status, 200);
    for hostile in NAMES {
        let name = domain::FileName::parse(hostile).expect("a name");
        let create = async |parent: &domain::NodeId| {
            let made = service.drive.create_folder(&owner, parent, &name, domain::Conflict::Rename).await;
            made.expect("a folder").id
        };
        let folder = create(&owner.root).await;
        let (inner, trashed) = (create(&folder).await, create(&folder).await);
        let file = user.create(&[("filename", hostile), ("parent", folder.as_str())], "text").await;
        let file = file.header("hayloft-node").to_owned();
        service.drive.trash(&owner, &trashed).await.expect("trash");
        let new = drive::NewShare {
            nodes: vec![folder.clone()],
            code: drive::CodeChoice::Public,
            expires: None,
            max_downloads: None,
        };
        let share =
            service.drive.create_share(&owner, new, &drive::Client::default()).await.expect("a share");
        let headers = [("accept", "text/html"), ("user-agent", hostile)];
        browser.send("GET", "/", &headers, Body::empty()).await;
        let other = service.browser();
        let form = "login=lin_wei&password=correct+horse+battery";
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("user-agent", hostile)];
        assert!(other.send("POST", "/form/sign-in", &headers, form).await.status < 400);

        let things = [
            ("folder", folder.as_str()),
            ("file", file.as_str()),
            ("trashed", trashed.as_str()),
            ("share", share.id.as_str()),
            ("token", share.token.as_str()),
            ("user", owner.user.as_str()),
            ("picture", file.as_str()),
            ("category", "image"),
        ];
        let mut looked = 0;
        for line in crate::access::pages() {
            let path = things.iter().fold(line, |path, (what, id)| path.replace(&format!("{{{what}}}"), id));
            let answer = browser.send("GET", &path, &[("accept", "text/html")], Body::empty()).await;
            // Who is signed in needs no page to sign in on, and a link to set up was never given.
            assert!(answer.status < 400 || path.starts_with("/setup/"), "{path}: {}", answer.text());
            let html = answer.text();
            assert_text(&path, &html);
            looked +=
                usize::from(html.contains("&lt;") || html.contains("&quot;") || html.contains("alert(1)"));
        }
        assert!(looked >= 5, "pages that show {hostile}: {looked}");
        for path in [format!("/folder/{inner}"), format!("/s/{}/folder/{inner}", share.token)] {
            assert_text(&path, &look(&browser, &path).await);
        }
        // What is typed into an address comes back as text as well.
        let typed: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
        let (to, from) = (format!("/move?ids={file}&to="), format!("/move?ids={file}&to=&from="));
        for (path, is_page) in [
            ("/login?next=", false),
            ("/admin/users?q=", true),
            ("/admin/log?user=", true),
            ("/?sort=", true),
            ("/shares/new?nodes=", false),
            ("/search?q=", true),
            ("/category/", false),
            ("/move?ids=", false),
            (&to, false),
            (&from, true),
            ("/x/", false),
        ] {
            let answer = browser
                .send("GET", &format!("{path}{typed}"), &[("accept", "text/html")], Body::empty())
                .await;
            assert!(answer.status < 500 && (!is_page || answer.status == 200), "{path}: {}", answer.status);
            assert_text(path, &answer.text());
        }
    }
}

#[tokio::test]
async fn a_page_does_not_grow_with_the_depth_of_a_tree() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let owner = service.drive.token_actor(&user.token, drive::Access::Read).await.expect("an actor");
    let browser = service.browser();
    assert_eq!(browser.sign_in("lin_wei", crate::support::PASSWORD).await.status, 200);
    let mut way = vec![owner.root.clone()];
    for level in 1..=200 {
        let name = domain::FileName::parse(&format!("level {level}")).expect("a name");
        let parent = way.last().expect("a folder");
        let made = service.drive.create_folder(&owner, parent, &name, domain::Conflict::Fail).await;
        way.push(made.expect("a folder").id);
    }
    let bottom = &way[200];
    let new = drive::NewShare {
        nodes: vec![way[1].clone()],
        code: drive::CodeChoice::Public,
        expires: None,
        max_downloads: None,
    };
    let share = service.drive.create_share(&owner, new, &drive::Client::default()).await.expect("a share");
    for (path, page) in [
        (format!("/folder/{bottom}"), "/folder/"),
        (format!("/move?ids={}&to={bottom}", way[1]), "to="),
        (format!("/s/{}/folder/{bottom}", share.token), "/folder/"),
    ] {
        let html = look(&browser, &path).await;
        for (level, is_shown) in [(200, true), (195, true), (194, false), (100, false), (2, false)] {
            assert_eq!(html.contains(&format!(">level {level}<")), is_shown, "{path}: level {level}");
        }
        // The ellipsis leads to where the way is left out.
        assert!(html.contains(&format!("{page}{}", way[194])) && html.contains(">…<"), "{path}: {html}");
    }
    // A short way is shown whole.
    let html = look(&browser, &format!("/folder/{}", way[7])).await;
    assert!((1..=7).all(|level| html.contains(&format!(">level {level}<"))) && !html.contains(">…<"));
}

#[tokio::test]
async fn a_name_adds_nothing_to_a_header() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    for name in
        NAMES.into_iter().chain(["报告 \u{e9}.txt", "%0d%0aset-cookie: a=b", "a\\\".txt", "x;y=z,w.txt"])
    {
        let file = user.file(name, "text").await;
        for query in ["", "?inline"] {
            let answer = user.get(&format!("/api/nodes/{file}/content{query}")).await;
            assert_eq!(answer.status, 200);
            assert!(!answer.has("set-cookie"), "{name}");
            let bytes = answer.headers.get("content-disposition").expect("a disposition").as_bytes();
            assert!(bytes.iter().all(|byte| (0x20..0x7f).contains(byte)), "{name}: {bytes:?}");
            let kind = answer.header("content-type").split(';').next().unwrap_or_default().trim();
            let is_shown = !query.is_empty() && domain::is_inline_safe(kind);
            let expected = if is_shown { "inline" } else { "attachment" };
            assert!(answer.header("content-disposition").starts_with(expected), "{name}{query}");
            // One name in quotation marks, which nothing in it ends, and one in the extended form.
            let value = answer.header("content-disposition").to_owned();
            let quoted = value.replace("\\\\", "").replace("\\\"", "");
            assert!(quoted.matches('"').count() == 2, "{value}");
            let (before, rest) = quoted.split_once('"').expect("a quotation");
            let (_, after) = rest.split_once('"').expect("its end");
            assert!(!format!("{before}{after}").contains("evil.exe;"), "{value}");
        }
    }
    // Those that could end a line are no names at all.
    for name in ["a\r\nset-cookie: a=b", "a\nb", "a\0b", "../a", "a/b", "/etc/passwd", "..", "."] {
        let answer = user.create(&[("filename", name)], "text").await;
        assert_eq!(answer.status, 422, "{name:?}: {}", answer.text());
    }
}
