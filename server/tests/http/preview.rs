//! Pages of files: what they show of bytes that mean harm, whose they are, and what they count as.

use axum::body::Body;

use crate::shares::{Owner, address};
use crate::support::{Answer, Browser, PASSWORD, Service};

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

async fn look(browser: &Browser, path: &str) -> Answer {
    browser.send("GET", path, &[HTML, ("accept-language", "en")], Body::empty()).await
}

/// Files that would run script if they became part of a page.
const EVIL: [(&str, &str); 6] = [
    ("page.html", "<script>alert('x')</script><img src=x onerror=alert('x')>"),
    ("picture.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert('x')</script></svg>"),
    (
        "notes.md",
        "# Hi\n\n<script>alert('x')</script>\n\n<img src=x onerror=alert('x')>\n\n[a](javascript:alert('x'))",
    ),
    ("code.js", "</code></pre><script>alert('x')</script>"),
    ("<img src=x onerror=alert('x')>.txt", "text"),
    (
        "data.xml",
        "<?xml version='1.0'?><x xmlns='http://www.w3.org/1999/xhtml'><script>alert('x')</script></x>",
    ),
];

/// Nothing of a file is an element or an attribute of the page.
#[track_caller]
fn is_harmless(page: &Answer, what: &str) {
    assert_eq!(page.status, 200, "{what}: {}", page.text());
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'")
            && policy
                .split(';')
                .map(str::trim)
                .any(|part| part.starts_with("script-src ") && !part.contains("'unsafe-inline'")),
        "{policy}"
    );
    let text = page.text();
    for sign in ["<script>alert", "<img src=x", "href=\"javascript", "<svg xmlns='http"] {
        assert!(!text.contains(sign), "{what} has {sign}: {text}");
    }
}

#[tokio::test]
async fn what_means_harm_is_text_or_a_picture() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let browser = service.browser();
    assert_eq!(browser.sign_in("lin_wei", PASSWORD).await.status, 200);
    for (name, content) in EVIL {
        let node = owner.user.file(name, content).await;
        is_harmless(&look(&browser, &format!("/view/{node}")).await, name);
        is_harmless(&look(&browser, &format!("/view/{node}?as=text")).await, name);
        // As a script asks for it: the HTML within JSON.
        let sheet = browser.get(&format!("/form/sheet?path=%2Fview%2F{node}&query=")).await;
        let html = sheet.json()["html"].as_str().expect("a sheet").to_owned();
        assert!(!html.contains("<script") && !html.contains("<img src=x"), "{html}");
        let share = owner.share(&service, &[&node], None, None).await;
        is_harmless(&look(&service.browser(), &format!("{}/view/{node}", address(&share))).await, name);
    }
}

#[tokio::test]
async fn a_pdf_is_given_to_the_viewer_of_the_browser() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let node = owner.user.file("a.pdf", "%PDF-1.4 /JavaScript").await;
    let html = owner.user.file("a.html", "<script>alert(1)</script>").await;
    let share = owner.share(&service, &[&node, &html], None, None).await;
    let browser = service.browser();
    assert_eq!(browser.sign_in("lin_wei", PASSWORD).await.status, 200);
    let page = look(&browser, &format!("/view/{node}")).await.text();
    assert!(page.contains(&format!("/api/nodes/{node}/content?view")), "{page}");
    for path in [format!("/api/nodes/{node}/content?view"), format!("{}/file/{node}?view", address(&share))] {
        let answer = look(&browser, &path).await;
        assert_eq!(answer.header("content-disposition"), "inline; filename=\"a.pdf\"");
        assert_eq!(answer.header("content-type"), "application/pdf");
        // Safari shows nothing of a PDF whose policy says `sandbox`.
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "form-action 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("sandbox") && !policy.contains("script-src"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        let kept = [("if-none-match", answer.header("etag"))];
        let again = browser.send("GET", &path, &kept, Body::empty()).await;
        assert_eq!((again.status, again.header("content-security-policy")), (304, policy));
        // Saved, or as a part of a page.
        for path in [path.replace("?view", ""), path.replace("?view", "?inline")] {
            let answer = look(&browser, &path).await;
            assert!(answer.header("content-disposition").starts_with("attachment"), "{path}");
            assert!(answer.header("content-security-policy").ends_with("sandbox"), "{path}");
        }
    }
    for path in [format!("/api/nodes/{html}/content?view"), format!("{}/file/{html}?view", address(&share))] {
        let answer = look(&browser, &path).await;
        assert!(answer.header("content-disposition").starts_with("attachment"), "{path}");
        assert!(answer.header("content-security-policy").ends_with("sandbox"), "{path}");
    }
}

#[tokio::test]
async fn texts_are_read_and_named() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let browser = service.browser();
    assert_eq!(browser.sign_in("lin_wei", PASSWORD).await.status, 200);
    // 你好，世界 in GBK.
    let gbk = b"\xC4\xE3\xBA\xC3\xA3\xAC\xCA\xC0\xBD\xE7\n\xD5\xE2\xCA\xC7\xD2\xBB\xB8\xF6\xCE\xC4\xBC\xFE\n"
        .to_vec();
    let node = owner.user.file("旧文件.txt", gbk).await;
    let page = look(&browser, &format!("/view/{node}")).await.text();
    assert!(page.contains("你好，世界") && page.contains("GBK"), "{page}");
    let long = owner.user.file("long.log", "0123456789abcde\n".repeat(200_000)).await;
    let page = look(&browser, &format!("/view/{long}")).await;
    assert!(
        page.text().contains("only its first 2 MB are shown") && page.body.len() < 6 << 20,
        "{}",
        page.body.len()
    );
    let empty = owner.user.file("empty.txt", "").await;
    assert!(look(&browser, &format!("/view/{empty}")).await.text().contains("This file is empty"));
    let other = owner.user.file("a.zip", b"PK\x03\x04\0\0\0".to_vec()).await;
    let page = look(&browser, &format!("/view/{other}")).await.text();
    assert!(page.contains("are not shown here") && page.contains("BLAKE3"), "{page}");
    let folder = owner.folder(&service, None, "folder").await;
    let page = look(&browser, &format!("/view/{folder}")).await.text();
    assert!(page.contains(&format!("/api/zip?id={folder}")), "{page}");
}

#[tokio::test]
async fn nobody_looks_at_what_is_not_theirs() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let eve = service.signed_in("eve_l").await;
    let folder = owner.folder(&service, None, "folder").await;
    let inner = owner.folder(&service, Some(&folder), "inner").await;
    let node = owner.file_in(&inner, "secret-name.txt", "secret-text").await;
    let beside = owner.file_in(&folder, "beside-name.txt", "beside-text").await;
    let root = owner.actor.root.to_string();
    for id in [&node, &folder, &root, &"a".repeat(26), &"..".to_owned()] {
        let page = look(&eve, &format!("/view/{id}")).await;
        assert_eq!(page.status, 404, "{}", page.text());
        assert!(!page.text().contains("secret"), "{}", page.text());
    }
    let page = look(&service.browser(), &format!("/view/{node}")).await;
    assert_eq!((page.status, page.header("location")), (303, "/login"));

    let share = owner.share(&service, &[&inner], None, None).await;
    let place = address(&share);
    let page = look(&eve, &format!("{place}/view/{node}")).await;
    assert!(page.status == 200 && page.text().contains("secret-text"), "{}", page.text());
    assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
    assert!(
        !page.text().contains("beside") && !page.text().contains(&folder),
        "nothing of what is around it"
    );
    for id in [&beside, &folder, &inner, &root] {
        let page = look(&eve, &format!("{place}/view/{id}")).await;
        assert_eq!(page.status, 404, "{}", page.text());
        assert!(!page.text().contains("beside"), "{}", page.text());
    }
    let coded = owner.share(&service, &[&inner], Some("ab12"), None).await;
    let page = look(&eve, &format!("{}/view/{node}", address(&coded))).await;
    assert!(page.text().contains("Enter the code") && !page.text().contains("secret"), "{}", page.text());
    // Who fetches and does not look gets the file.
    let bytes = eve.send("GET", &format!("{place}/view/{node}"), &[("accept", "*/*")], Body::empty()).await;
    assert_eq!(bytes.text(), "secret-text");
}

#[tokio::test]
async fn looking_counts_where_downloads_are_counted() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let node = owner.user.file("a.txt", "the-text").await;
    let share = owner.share(&service, &[&node], None, Some(1)).await;
    let (browser, place) = (service.browser(), format!("{}/view/{node}", address(&share)));
    let downloads = async || service.drive.share(&owner.actor, &share.id).await.expect("the share").downloads;
    let page = look(&browser, &place).await.text();
    assert!(page.contains("Showing it counts as a download") && !page.contains("the-text"), "{page}");
    assert_eq!(downloads().await, 0);
    let page = look(&browser, &format!("{place}?show")).await.text();
    assert!(page.contains("the-text"), "{page}");
    assert_eq!(downloads().await, 1);
    let page = look(&browser, &format!("{place}?show")).await;
    assert!(page.status == 410 && !page.text().contains("the-text"), "{}", page.text());
}

#[tokio::test]
async fn a_share_is_taken_along_as_a_zip() {
    let service = Service::start().await;
    let owner = Owner::new(&service).await;
    let folder = owner.folder(&service, None, "folder").await;
    let outside = owner.folder(&service, None, "outside").await;
    owner.file_in(&folder, "a.txt", "text").await;
    let share = owner.share(&service, &[&folder], None, Some(1)).await;
    let (browser, place) = (service.browser(), address(&share));
    let page = look(&browser, &place).await.text();
    assert!(page.contains(&format!("{place}/zip")), "{page}");
    assert_eq!(browser.send("HEAD", &format!("{place}/zip"), &[], Body::empty()).await.status, 200);
    let refused = look(&browser, &format!("{place}/zip?id={outside}")).await;
    assert_eq!((refused.status, refused.header("location")), (303, place.as_str()));
    browser.get(&format!("{place}/zip?id={outside}")).await.is_problem(404, "not-found");
    let zip = browser.get(&format!("{place}/zip?id={folder}")).await;
    assert_eq!((zip.status, zip.header("content-type")), (200, "application/zip"));
    browser.get(&format!("{place}/zip")).await.is_problem(410, "gone");
}
