//! A service on SQLite or PostgreSQL and the store in memory, and the people who use it.
//!
//! Each kind of person is a type: [`Guest`] has nothing, [`TokenUser`] a bearer token, [`Browser`] a cookie jar, an origin
//! and the habits of a browser. What a test may do is what its person can do.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, header};
use drive::{Actor, Client, Clock, Config, Database, Drive, NewAccount};
use http_body_util::BodyExt;
use server::{AppState, Settings};
use sqlx::Connection;
use storage::MemoryStore;
use tempfile::TempDir;
use tower::ServiceExt;

/// A password that is taken.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A running service.
pub(crate) struct Service {
    pub(crate) router: Router,
    pub(crate) drive: Drive,
    pub(crate) store: Arc<MemoryStore>,
    /// Stands still until it is moved.
    pub(crate) clock: Clock,
    /// Where the database is.
    pub(crate) url: String,
    /// Kept for as long as the database in it is used.
    _directory: TempDir,
}

impl Service {
    /// With what an operator who sets nothing gets.
    pub(crate) async fn start() -> Self {
        Self::with(Config::default(), Settings::default()).await
    }

    pub(crate) async fn with(config: Config, settings: Settings) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite:{}", directory.path().join("test.db").display());
        Self::at(url, directory, config, settings).await
    }

    async fn at(url: String, directory: TempDir, config: Config, settings: Settings) -> Self {
        let database = Database::connect(&url).await.expect("a database");
        database.migrate().await.expect("tables");
        let store = Arc::new(MemoryStore::new());
        let clock = Clock::stopped();
        let drive = Drive::open_at(database, store.clone(), config, clock.clone()).await.expect("a drive");
        let site = directory.path().join("site");
        let pkg = site.join("pkg/snippets/dep-0123");
        std::fs::create_dir_all(&pkg).expect("pkg");
        for (name, text) in [
            ("hash.txt", "js: 1a2b\nwasm: 3c4d\ncss: 5e6f\n"),
            ("pkg/hayloft.1a2b.js", "plain"),
            ("pkg/hayloft.1a2b.js.br", "brotli"),
            ("pkg/hayloft.1a2b.js.gz", "gzip"),
            ("pkg/hayloft.3c4d.wasm", "wasm"),
            ("favicon.svg", "<svg/>"),
        ] {
            std::fs::write(site.join(name), text).expect(name);
        }
        let state = AppState::new(drive.clone(), server::site::options(&site), settings);
        Self { router: server::router(state), drive, store, clock, url, _directory: directory }
    }

    /// Changes what no use case changes.
    pub(crate) async fn sql(&self, statement: &'static str) {
        let mut connection = sqlx::AnyConnection::connect(&self.url).await.expect("a connection");
        sqlx::query(statement).execute(&mut connection).await.expect(statement);
        connection.close().await.expect("closed");
    }

    /// What no use case tells: one text.
    pub(crate) async fn text(&self, query: &'static str) -> String {
        let mut connection = sqlx::AnyConnection::connect(&self.url).await.expect("a connection");
        let text = sqlx::query_scalar(query).fetch_one(&mut connection).await.expect(query);
        connection.close().await.expect("closed");
        text
    }

    /// Somebody without an account.
    pub(crate) fn guest(&self) -> Guest {
        Guest { router: self.router.clone() }
    }

    /// An account of this name.
    pub(crate) async fn account(&self, name: &str) -> Actor {
        self.drive.register(new_account(name), &Client::default()).await.expect("an account")
    }

    /// A program with a token of a new account.
    pub(crate) async fn user(&self, name: &str) -> TokenUser {
        self.account(name).await;
        self.program_of(name).await
    }

    /// A program with a token of an account that is there.
    pub(crate) async fn program_of(&self, name: &str) -> TokenUser {
        let token = self.drive.create_token(&domain::Login::parse(name), "test").await.expect("a token");
        TokenUser { router: self.router.clone(), token }
    }

    /// A browser in which nobody is signed in.
    pub(crate) fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            jar: Mutex::default(),
            address: "198.51.100.7:4711".parse().expect("address"),
        }
    }

    /// A browser in which a new account is signed in.
    pub(crate) async fn signed_in(&self, name: &str) -> Browser {
        self.account(name).await;
        let browser = self.browser();
        let answer = browser.sign_in(name, PASSWORD).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        browser
    }

    /// The same service behind a real listener; it ends with the test's runtime.
    pub(crate) async fn listen(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(server::serve(
            listener,
            self.router.clone(),
            server::Limits::default(),
            tokio_util::sync::CancellationToken::new(),
        ));
        address
    }
}

/// What somebody of this name registers with.
pub(crate) fn new_account(name: &str) -> NewAccount {
    NewAccount {
        username: domain::Username::parse(name).expect("a name"),
        email: domain::Email::parse(&format!("{name}@example.org")).expect("an address"),
        password: domain::NewPassword::parse(PASSWORD).expect("a password"),
    }
}

/// Where the PostgreSQL is that tests make their databases on.
const POSTGRES: &str = "HAYLOFT_TEST_POSTGRES";

/// Makes a test of each engine out of `async fn name(service: Service) { … }`.
macro_rules! on_both_engines {
    ($(async fn $name:ident($service:ident: Service) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn scenario($service: std::sync::Arc<Service>) $body

            #[tokio::test]
            async fn sqlite() {
                scenario(std::sync::Arc::new(Service::start().await)).await;
            }

            #[tokio::test]
            async fn postgres() {
                $crate::support::on_postgres(scenario).await;
            }
        }
    )*};
}
pub(crate) use on_both_engines;

/// Runs a test on a new database, which goes again also when the test fails.
pub(crate) async fn on_postgres<F: Future<Output = ()> + Send + 'static>(
    test: impl FnOnce(Arc<Service>) -> F,
) {
    let server = std::env::var(POSTGRES).unwrap_or_else(|_| {
        panic!("set {POSTGRES} to the URL of a PostgreSQL whose user may create databases")
    });
    sqlx::any::install_default_drivers();
    let mut admin = sqlx::AnyConnection::connect(&server).await.expect(POSTGRES);
    let name = format!("hayloft_http_{}", domain::NodeId::from_random(rand::random()));
    let statement = |text: String| sqlx::query(sqlx::AssertSqlSafe(text));
    statement(format!("CREATE DATABASE {name} TEMPLATE template0"))
        .execute(&mut admin)
        .await
        .expect("create");
    let (base, _) = server.rsplit_once('/').expect("a URL with a path");
    let directory = tempfile::tempdir().expect("a directory");
    let url = format!("{base}/{name}");
    let service = Arc::new(Service::at(url, directory, Config::default(), Settings::default()).await);
    let outcome = tokio::spawn(test(Arc::clone(&service))).await;
    service.drive.database().close().await;
    statement(format!("DROP DATABASE {name} WITH (FORCE)")).execute(&mut admin).await.expect("drop");
    outcome.expect("the test");
}

/// An answer, its body read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A header that has to be there.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.unwrap_or_else(|| panic!("no {name} in {self:?}")).to_str().expect("ASCII")
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// That this is a problem of this status and code, of the shape that every problem has.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["type"], "about:blank", "{problem}");
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
    }
}

/// Sends a request into the router.
pub(crate) async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("infallible");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

/// A request with these headers; header values are given as text.
pub(crate) fn request(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Request<Body> {
    let mut builder =
        Request::builder().method(Method::from_bytes(method.as_bytes()).expect("a method")).uri(path);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.into()).expect("a request")
}

/// Somebody without anything.
pub(crate) struct Guest {
    router: Router,
}

impl Guest {
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        send(&self.router, request(method, path, headers, body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty()).await
    }
}

/// A program that carries a token.
pub(crate) struct TokenUser {
    router: Router,
    pub(crate) token: String,
}

impl TokenUser {
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = request(method, path, headers, body);
        request
            .headers_mut()
            .insert(header::AUTHORIZATION, format!("Bearer {}", self.token).parse().expect("a value"));
        send(&self.router, request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty()).await
    }

    /// A request that speaks tus.
    pub(crate) async fn tus(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut all = vec![("tus-resumable", "1.0.0")];
        all.extend_from_slice(headers);
        self.send(method, path, &all, body).await
    }

    /// Makes an upload with this metadata and sends all of it along.
    pub(crate) async fn create(&self, metadata: &[(&str, &str)], bytes: impl Into<Bytes>) -> Answer {
        let bytes = bytes.into();
        let length = bytes.len().to_string();
        let headers = [
            ("upload-length", length.as_str()),
            ("upload-metadata", &upload_metadata(metadata)),
            ("content-type", "application/offset+octet-stream"),
        ];
        self.tus("POST", "/api/uploads", &headers, bytes).await
    }

    /// A file of this name and these bytes; its node's id.
    pub(crate) async fn file(&self, name: &str, bytes: impl Into<Bytes>) -> String {
        let answer = self.create(&[("filename", name)], bytes).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.header("hayloft-node").to_owned()
    }
}

/// A browser with a page of ours open.
pub(crate) struct Browser {
    router: Router,
    jar: Mutex<Vec<(String, String)>>,
    pub(crate) address: SocketAddr,
}

impl Browser {
    /// Sends what a browser would, and keeps the cookies of the answer.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = request(method, path, headers, body);
        let map = request.headers_mut();
        map.entry(header::HOST).or_insert("hayloft.test".parse().expect("a host"));
        if method != "GET" {
            map.entry("sec-fetch-site").or_insert("same-origin".parse().expect("a value"));
            map.entry(header::ORIGIN).or_insert("http://hayloft.test".parse().expect("an origin"));
        }
        let cookies: Vec<_> =
            self.jar.lock().expect("the jar").iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            map.insert(header::COOKIE, cookies.join("; ").parse().expect("cookies"));
        }
        request.extensions_mut().insert(ConnectInfo(self.address));
        let answer = send(&self.router, request).await;
        for value in answer.headers.get_all(header::SET_COOKIE) {
            self.keep(value.to_str().expect("ASCII"));
        }
        answer
    }

    fn keep(&self, set_cookie: &str) {
        let pair = set_cookie.split(';').next().expect("a pair");
        let (name, value) = pair.split_once('=').expect("a pair");
        let mut jar = self.jar.lock().expect("the jar");
        jar.retain(|(kept, _)| kept != name);
        if !set_cookie.to_ascii_lowercase().contains("max-age=0") {
            jar.push((name.to_owned(), value.to_owned()));
        }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let jar = self.jar.lock().expect("the jar");
        jar.iter().find(|(kept, _)| kept == name).map(|(_, value)| value.clone())
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.keep(&format!("{name}={value}"));
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty()).await
    }

    /// Posts a form as a script of ours does.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
        self.send("POST", path, &headers, form).await
    }

    pub(crate) async fn sign_in(&self, login: &str, password: &str) -> Answer {
        self.post("/form/sign-in", &[("login", login), ("password", password)]).await
    }
}

pub(crate) fn base64(text: &str) -> String {
    data_encoding::BASE64.encode(text.as_bytes())
}

/// The header that says this of an upload.
pub(crate) fn upload_metadata(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(key, value)| format!("{key} {}", base64(value))).collect::<Vec<_>>().join(",")
}

/// Bytes that differ at every place.
pub(crate) fn pattern(length: usize) -> Bytes {
    (0..length).map(|n| u8::try_from((n * 7 + n / 251) % 256).expect("a byte")).collect()
}
