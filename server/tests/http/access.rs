//! Every route by everybody: its owner, another person, an administrator, somebody who is not signed in, the holder of a
//! share's link, and whoever was locked out, by cookie and by token. Which routes there are is read from the service and
//! its source, so one that `routes.txt` does not list fails.

mod line;
mod source;
#[path = "../../../drive/tests/use_cases/access/things.rs"]
mod things;

use std::collections::BTreeSet;

use axum::body::Body;
use domain::{InvitationId, NodeId};
use drive::{Actor, Client, NewInvitation};
use sqlx::AnyPool;

use crate::support::{Answer, Browser, PASSWORD, Service, TokenUser, new_account, on_both_engines};
use line::{FILE, Line, Who, lines};
use things::Things;

#[tokio::test]
async fn every_route_is_listed() {
    let service = Service::start().await;
    let routes = source::routes(&service).await;
    assert!(routes.len() > 70, "the routes were not read: {routes:?}");
    let listed: BTreeSet<_> = lines().iter().map(Line::route).collect();
    let missing: Vec<_> = routes.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "{missing:?} are not in {FILE}: say there in a line for each who may, as in `own GET /api/nodes/{{id}}` (own, mine, \
         admin, link or anybody; the file explains them)"
    );
    let gone: Vec<_> = listed.difference(&routes).collect();
    assert!(gone.is_empty(), "{FILE} lists {gone:?}, which there are not");
}

/// The addresses of all pages, with names for what varies.
pub(crate) fn pages() -> impl Iterator<Item = String> {
    lines().into_iter().filter(Line::is_page).map(|line| line.request().path)
}

/// Somebody with a browser, or with a token.
enum Person {
    Browser(Browser),
    Token(TokenUser),
}

impl Person {
    async fn send(&self, line: &Line) -> Answer {
        let request = line.request();
        let headers: Vec<(&str, &str)> =
            request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (method, path, body) = (request.method.as_str(), request.path.as_str(), Body::from(request.body));
        match self {
            Self::Browser(browser) => browser.send(method, path, &headers, body).await,
            Self::Token(user) => user.send(method, path, &headers, body).await,
        }
    }
}

/// What an answer comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Done,
    Nothing,
    SignIn,
    Code,
    Other(u16),
}

fn verdict(line: &Line, answer: &Answer) -> Verdict {
    let location = if answer.has("location") { answer.header("location") } else { "" };
    match answer.status {
        401 => Verdict::SignIn,
        404 => Verdict::Nothing,
        302 | 303 | 307 if location == "/login" => Verdict::SignIn,
        // A folder that is not there is an input that is wrong, the same for what never was.
        303 if line.is_form_of_files() && flash(answer).contains("unknown") => Verdict::Nothing,
        403 if answer.text().contains("code-required") => Verdict::Code,
        200 if line.is_page() && answer.text().contains("Enter the code") => Verdict::Code,
        200..=399 if all_refused(answer) => Verdict::Nothing,
        200..=399 => Verdict::Done,
        other => Verdict::Other(other),
    }
}

/// What the page after a form is to say.
fn flash(answer: &Answer) -> String {
    let mut cookies = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let flash = cookies.find_map(|cookie| cookie.strip_prefix("hayloft_flash=")).unwrap_or_default();
    let value = flash.split(';').next().unwrap_or_default();
    let json = data_encoding::BASE64URL_NOPAD.decode(value.as_bytes()).unwrap_or_default();
    String::from_utf8_lossy(&json).into_owned()
}

/// Whether the answer tells of several things, and of each that it is not there.
fn all_refused(answer: &Answer) -> bool {
    let Ok(serde_json::Value::Array(reports)) = serde_json::from_slice(&answer.body) else { return false };
    !reports.is_empty() && reports.iter().all(|report| report["error"]["code"] == "not-found")
}

/// A service, its people, and what the owner has.
struct Stage {
    service: std::sync::Arc<Service>,
    sql: AnyPool,
    owner: Actor,
    owner_browser: Person,
    other: Actor,
    other_browser: Person,
    admin: Actor,
    admin_browser: Person,
    guest: Person,
    invitation: InvitationId,
}

impl Stage {
    async fn set(service: &std::sync::Arc<Service>) -> Self {
        sqlx::any::install_default_drivers();
        let sql = AnyPool::connect(&service.url).await.expect("a connection");
        let admin =
            service.drive.create_administrator(new_account("admin_one")).await.expect("an administrator");
        let new = NewInvitation { note: String::new(), email: None, uses: 1, expires: None };
        let invitation = service.drive.create_invitation(&admin, &new, &Client::default()).await;
        let owner = service.account("lin_wei").await;
        let other = service.account("wang_fang").await;
        Self {
            service: service.clone(),
            sql,
            owner,
            owner_browser: browser(service, "lin_wei").await,
            other,
            other_browser: browser(service, "wang_fang").await,
            admin,
            admin_browser: browser(service, "admin_one").await,
            guest: Person::Browser(service.browser()),
            invitation: invitation.expect("an invitation"),
        }
    }

    async fn things(&self, label: &str) -> Things {
        let mut things = Things::of(&self.service.drive, &self.owner, label).await;
        things.invitation = self.invitation.clone();
        things
    }

    /// A line with everything that it names put in; `by` is who asks.
    async fn fill(&self, line: &Line, things: &Things, by: &Actor) -> Line {
        let mut line = line.clone();
        for what in ["file", "picture", "trashed"] {
            line = line.about(what, things.node_called(what).as_str());
        }
        for (what, value) in [
            ("folder", things.node.as_str()),
            ("share", things.share.as_str()),
            ("upload", things.upload.as_str()),
            ("session", things.session.as_str()),
            ("user", things.user.as_str()),
            ("username", &things.username),
            ("password", PASSWORD),
            ("avatar", &things.avatar),
            ("api-token", things.api_token.as_str()),
            ("category", "image"),
            ("invitation", things.invitation.as_str()),
            ("token", things.key.token.as_str()),
            ("code", things.code.as_str()),
            ("root", by.root.as_str()),
        ] {
            line = line.about(what, value);
        }
        if line.names("own") {
            let name = domain::FileName::parse("own").expect("a name");
            let own = self.service.drive.create_folder(by, &by.root, &name, domain::Conflict::Rename).await;
            line = line.about("own", own.expect("a folder").id.as_str());
        }
        line
    }
}

async fn browser(service: &Service, name: &str) -> Person {
    let browser = service.browser();
    let answer = browser.sign_in(name, PASSWORD).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    Person::Browser(browser)
}

#[track_caller]
fn assert_verdict(line: &Line, who: &str, answer: &Answer, expected: Verdict) {
    let found = verdict(line, answer);
    assert_eq!(
        found,
        expected,
        "{} {} by {who}: {}{}",
        line.method,
        line.route().1,
        flash(answer),
        answer.text()
    );
}

#[track_caller]
fn assert_tells_nothing(line: &Line, who: &str, answer: &Answer, things: &Things) {
    for secret in things.secrets() {
        // What was asked for may be repeated.
        let asked = line.request();
        if !asked.path.contains(&secret) && !String::from_utf8_lossy(&asked.body).contains(&secret) {
            let text = answer.text();
            assert!(
                !text.contains(&secret),
                "{} {} tells {who} {secret}: {text}",
                line.method,
                line.route().1
            );
        }
    }
}

on_both_engines! {
    async fn nobody_reaches_what_is_anothers(service: Service) {
        let stage = Stage::set(&service).await;
        let things = stage.things("secret").await;
        let before = things::state(&stage.sql, &stage.owner).await;
        let token = Person::Token(service.program_of("wang_fang").await);
        for line in lines() {
            let expected = match line.who {
                Who::Own | Who::Admin => Verdict::Nothing,
                Who::Mine => Verdict::Done,
                Who::Link | Who::Anybody => continue,
            };
            let asked = stage.fill(&line, &things, &stage.other).await;
            let is_api = line.route().1.starts_with("/api");
            let people = [("another person", &stage.other_browser), ("a program of another person", &token)];
            for (who, person) in people.into_iter().take(if is_api { 2 } else { 1 }) {
                let answer = person.send(&asked).await;
                assert_verdict(&asked, who, &answer, expected);
                assert_tells_nothing(&asked, who, &answer, &things);
            }
            if line.who != Who::Admin {
                let answer = stage.admin_browser.send(&asked).await;
                assert_verdict(&asked, "an administrator", &answer, expected);
                assert_tells_nothing(&asked, "an administrator", &answer, &things);
            }
            let answer = stage.guest.send(&asked).await;
            assert_verdict(&asked, "nobody", &answer, if asked.route().1 == "/form/who" { Verdict::Done } else { Verdict::SignIn });
            assert_tells_nothing(&asked, "nobody", &answer, &things);
        }
        assert_eq!(things::state(&stage.sql, &stage.owner).await, before, "somebody else changed something");
    }

    async fn whoever_may_can(service: Service) {
        let stage = Stage::set(&service).await;
        for (number, line) in lines().into_iter().enumerate() {
            let things = stage.things(&format!("secret {number}")).await;
            match line.who {
                Who::Own | Who::Mine => {
                    let asked = stage.fill(&line, &things, &stage.owner).await;
                    assert_verdict(&asked, "its owner", &stage.owner_browser.send(&asked).await, Verdict::Done);
                }
                Who::Admin => {
                    let name = format!("target_{number}");
                    let user = service.account(&name).await.user;
                    let about = line.about("user", user.as_str()).about("username", &name);
                    let asked = stage.fill(&about, &things, &stage.owner).await;
                    assert_verdict(&asked, "an administrator", &stage.admin_browser.send(&asked).await, Verdict::Done);
                }
                Who::Anybody => {
                    let asked = stage.fill(&line, &things, &stage.owner).await;
                    for (who, person) in [("nobody", &stage.guest), ("another person", &Person::Token(service.user(&format!("user_{number}")).await))] {
                        let answer = person.send(&asked).await;
                        assert!(answer.status < 500, "{} {}: {}", line.method, line.route().1, answer.text());
                        assert_tells_nothing(&asked, who, &answer, &things);
                    }
                }
                Who::Link => {}
            }
        }
    }

    async fn a_link_leads_to_what_it_shares_and_nowhere_else(service: Service) {
        let stage = Stage::set(&service).await;
        let things = stage.things("secret").await;
        let before = things::state(&stage.sql, &stage.owner).await;
        let Person::Browser(holder) = browser(&service, "wang_fang").await else { unreachable!() };
        holder.set_cookie("hayloft_share", things.key.proof.as_deref().expect("a proof"));
        let holder = Person::Browser(holder);
        for line in lines().into_iter().filter(|line| line.who == Who::Link) {
            let asked = stage.fill(&line, &things, &stage.other).await;
            assert_verdict(&asked, "the holder", &holder.send(&asked).await, Verdict::Done);
            // Without the code, and with a wrong one.
            let bare = stage.fill(&line.about("code", "zz99"), &things, &stage.other).await;
            let answer = stage.other_browser.send(&bare).await;
            assert_verdict(&bare, "somebody without the code", &answer, Verdict::Code);
            assert_tells_nothing(&bare, "somebody without the code", &answer, &things);
            let elsewhere = stage.fill(&line.about("token", &format!("b{}", "a".repeat(25))), &things, &stage.other).await;
            assert_verdict(&elsewhere, "somebody with another link", &holder.send(&elsewhere).await, Verdict::Nothing);
            let own: NodeId = stage.other.root.clone();
            let shared = ["folder", "inner", "file", "picture"];
            let outside = things.every_node().filter(|(what, _)| !shared.contains(what)).chain([("one's own", &own)]);
            for (what, node) in outside {
                for named in ["file", "picture", "folder"].into_iter().filter(|named| line.names(named)) {
                    let asked = stage.fill(&line.about(named, node.as_str()), &things, &stage.other).await;
                    assert_verdict(&asked, what, &holder.send(&asked).await, Verdict::Nothing);
                }
            }
        }
        assert_eq!(things::state(&stage.sql, &stage.owner).await, before, "a visitor changed something");
        service.drive.lock_account(&stage.admin, &stage.owner.user, "", &Client::default()).await.expect("locked");
        for line in lines().into_iter().filter(|line| line.who == Who::Link) {
            let asked = stage.fill(&line, &things, &stage.other).await;
            assert_verdict(&asked, "the holder, of a locked account", &holder.send(&asked).await, Verdict::Nothing);
        }
    }

    async fn whoever_is_locked_out_is_nobody(service: Service) {
        let stage = Stage::set(&service).await;
        let things = stage.things("secret").await;
        let token = Person::Token(service.program_of("lin_wei").await);
        let me = lines().into_iter().find(|line| line.route().1 == "/api/uploads").expect("a line");
        assert_verdict(&me, "its owner", &token.send(&me).await, Verdict::Done);
        service.drive.lock_account(&stage.admin, &stage.owner.user, "", &Client::default()).await.expect("locked");
        let before = things::state(&stage.sql, &stage.owner).await;
        for line in lines().into_iter().filter(|line| matches!(line.who, Who::Own | Who::Mine | Who::Admin)) {
            let asked = stage.fill(&line, &things, &stage.other).await;
            let is_api = line.route().1.starts_with("/api");
            let people = [("a locked person", &stage.owner_browser), ("a program of a locked person", &token)];
            for (who, person) in people.into_iter().take(if is_api { 2 } else { 1 }) {
                let answer = person.send(&asked).await;
                let is_open = asked.route().1 == "/form/who";
                assert_verdict(&asked, who, &answer, if is_open { Verdict::Done } else { Verdict::SignIn });
                assert_tells_nothing(&asked, who, &answer, &things);
            }
        }
        assert_eq!(things::state(&stage.sql, &stage.owner).await, before, "a locked person changed something");
    }
}
