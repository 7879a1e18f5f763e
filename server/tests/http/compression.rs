//! What is sent compressed, and what is not.

use crate::support::{Answer, Service};

const GZIP: (&str, &str) = ("accept-encoding", "br, gzip");

fn is_packed(answer: &Answer) -> bool {
    let told = answer.has("content-encoding");
    assert_eq!(told, answer.body.starts_with(&[0x1f, 0x8b]), "{answer:?}");
    told
}

#[tokio::test]
async fn pages_and_lists_come_compressed_to_who_takes_it() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    for number in 0..30 {
        user.file(&format!("paper {number}.pdf"), "x").await;
    }
    let browser = service.signed_in("chen_jie").await;
    for path in ["/", "/api/nodes/root/children", "/login"] {
        let plain = browser.send("GET", path, &[], "").await;
        let packed = browser.send("GET", path, &[GZIP], "").await;
        assert!(!is_packed(&plain), "{path}");
        assert_eq!(is_packed(&packed), plain.body.len() > 512, "{path}: {packed:?}");
        if is_packed(&packed) {
            assert!(packed.header("vary").contains("accept-encoding"), "{path}");
            assert!(packed.body.len() * 2 < plain.body.len(), "{path}: {}", packed.body.len());
        }
    }
    // Half of it are hashes and ids.
    let plain = user.get("/api/nodes/root/children").await;
    let packed = user.send("GET", "/api/nodes/root/children", &[GZIP], "").await;
    assert!(is_packed(&packed) && packed.body.len() * 2 < plain.body.len(), "{}", packed.body.len());
}

#[tokio::test]
async fn another_site_learns_nothing_from_the_length_of_a_page() {
    let service = Service::start().await;
    let browser = service.signed_in("lin_wei").await;
    let asked_by = async |site| {
        browser
            .send("GET", "/search?q=abc", &[GZIP, ("sec-fetch-site", site), ("accept", "text/html")], "")
            .await
    };
    for (site, packed) in [("cross-site", false), ("same-site", false), ("same-origin", true), ("none", true)]
    {
        assert_eq!(is_packed(&asked_by(site).await), packed, "{site}");
    }
}

#[tokio::test]
async fn a_file_that_says_it_is_a_text_comes_byte_by_byte() {
    let service = Service::start().await;
    let user = service.user("lin_wei").await;
    let text = format!("[{}0]", "1,".repeat(5_000));
    for name in ["list.json", "page.html"] {
        let path = format!("/api/nodes/{}/content", user.file(name, text.clone()).await);
        let whole = user.send("GET", &path, &[GZIP], "").await;
        assert!(!is_packed(&whole), "{name}");
        assert_eq!((whole.header("content-length"), &whole.body[..]), ("10003", text.as_bytes()));
        let part = user.send("GET", &path, &[GZIP, ("range", "bytes=1-4")], "").await;
        assert_eq!((part.status, &part.body[..]), (206, &b"1,1,"[..]));
    }
}
