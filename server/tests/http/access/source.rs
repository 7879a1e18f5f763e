//! Which routes there are: from the OpenAPI document, from the registered server functions, and from the source where
//! neither tells of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use syn::visit::Visit;
use syn::{Arm, Expr, ExprMethodCall, Lit, Pat};

use crate::support::Service;

/// A method and a path, what varies in the path written as `{}`.
pub(super) type Route = (String, String);

/// `GET /api/nodes/{id}?x` as a [`Route`].
pub(super) fn route(method: &str, path: &str) -> Route {
    let path = path.split('?').next().unwrap_or_default();
    let varies = |segment: &str| segment.starts_with(['{', ':', '*']);
    let segments = path.split('/').map(|segment| if varies(segment) { "{}" } else { segment });
    (method.to_uppercase(), segments.collect::<Vec<_>>().join("/"))
}

/// All of them.
pub(super) async fn routes(service: &Service) -> BTreeSet<Route> {
    let mut routes = BTreeSet::new();
    let document = service.guest().get("/api/openapi.json").await.json();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        routes.extend(methods.as_object().expect("methods").keys().map(|method| route(method, path)));
    }
    routes.extend(
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| route(method.as_str(), path)),
    );
    for (path, file) in sources("server/src") {
        let mut reader = Routes { path, found: Vec::new() };
        reader.visit_file(&file);
        routes.extend(reader.found);
    }
    for text in texts("app/src") {
        // A sheet's own address is told by `sheets`.
        let pages = text.split("path=path!(\"").skip(1).filter_map(|rest| rest.split('"').next());
        routes.extend(
            pages.filter(|path| !path.is_empty() && !path.contains('*')).map(|path| route("GET", path)),
        );
    }
    routes.extend(app::server::FOLDERS.map(|path| route("GET", path)));
    routes.extend(sheets("", &app().join("sheets.rs")));
    routes
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn app() -> PathBuf {
    root().join("app/src")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn texts(folder: &str) -> impl Iterator<Item = String> {
    let mut found = Vec::new();
    files(&root().join(folder), &mut found);
    found.into_iter().map(|path| std::fs::read_to_string(path).expect("the source"))
}

fn sources(folder: &str) -> impl Iterator<Item = (PathBuf, syn::File)> {
    let mut found = Vec::new();
    files(&root().join(folder), &mut found);
    found.into_iter().map(|path| {
        let file = parse(&path);
        (path, file)
    })
}

fn parse(path: &Path) -> syn::File {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Calls of `.route("…", get(…).post(…))`.
struct Routes {
    path: PathBuf,
    found: Vec<Route>,
}

impl Visit<'_> for Routes {
    fn visit_item_mod(&mut self, module: &syn::ItemMod) {
        let is_test = |attribute: &syn::Attribute| match &attribute.meta {
            syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
            _ => false,
        };
        if !module.attrs.iter().any(is_test) {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_expr_method_call(&mut self, call: &ExprMethodCall) {
        syn::visit::visit_expr_method_call(self, call);
        let mut arguments = call.args.iter();
        let (true, Some(path), Some(handlers)) = (call.method == "route", arguments.next(), arguments.next())
        else {
            return;
        };
        let path = literal(path).unwrap_or_else(|| {
            panic!("{}: write the address of a route where it is made", self.path.display())
        });
        let mut methods = Vec::new();
        methods_of(handlers, &mut methods);
        assert!(!methods.is_empty(), "{}: {path} has no method that can be read", self.path.display());
        self.found.extend(methods.iter().map(|method| route(method, &path)));
    }
}

fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

fn methods_of(handlers: &Expr, methods: &mut Vec<String>) {
    const METHODS: [&str; 8] = ["get", "head", "post", "put", "patch", "delete", "options", "any"];
    let mut take = |name: &syn::Ident| {
        let name = name.to_string();
        if METHODS.contains(&name.as_str()) {
            methods.push(name);
        }
    };
    match handlers {
        Expr::Call(call) => {
            if let Expr::Path(path) = &*call.func {
                path.path.segments.last().map(|segment| &segment.ident).into_iter().for_each(&mut take);
            }
        }
        Expr::MethodCall(call) => {
            take(&call.method);
            methods_of(&call.receiver, methods);
        }
        _ => {}
    }
}

/// The addresses that the `match` of a file of sheets takes; where it hands the rest on, those of the other file.
fn sheets(above: &str, file: &Path) -> Vec<Route> {
    struct Arms(Vec<Arm>);
    impl Visit<'_> for Arms {
        fn visit_arm(&mut self, arm: &Arm) {
            if matches!(arm.pat, Pat::Slice(_)) {
                self.0.push(arm.clone());
            }
        }
    }
    let mut arms = Arms(Vec::new());
    arms.visit_file(&parse(file));
    assert!(!arms.0.is_empty(), "{}: no sheet can be read", file.display());
    let mut found = Vec::new();
    for arm in arms.0 {
        let Pat::Slice(pattern) = &arm.pat else { continue };
        let (mut address, mut goes_on) = (above.to_owned(), false);
        for element in &pattern.elems {
            match element {
                Pat::Lit(syn::PatLit { lit: Lit::Str(text), .. }) => {
                    address.push_str(&format!("/{}", text.value()));
                }
                Pat::Ident(syn::PatIdent { subpat: None, .. }) => address.push_str("/{}"),
                _ => goes_on = true,
            }
        }
        if goes_on {
            let module =
                module_of(&arm).unwrap_or_else(|| panic!("{}: {address} goes on nowhere", file.display()));
            found.extend(sheets(&address, &app().join("sheets").join(format!("{module}.rs"))));
        } else {
            found.push(route("GET", &address));
        }
    }
    found
}

/// The module whose function an arm calls.
fn module_of(arm: &Arm) -> Option<String> {
    struct Module(Option<String>);
    impl Visit<'_> for Module {
        fn visit_expr_path(&mut self, path: &syn::ExprPath) {
            let segments = &path.path.segments;
            if segments.len() == 2 && segments[1].ident == "content" {
                self.0 = Some(segments[0].ident.to_string());
            }
        }
    }
    let mut module = Module(None);
    module.visit_expr(&arm.body);
    module.0
}
