//! The public methods of `Drive`, read from the source.

use std::path::Path;

use syn::visit::Visit;
use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl, ReturnType, Type, TypePath, Visibility};

/// A public method of `Drive`.
#[derive(Debug)]
pub(super) struct Method {
    pub(super) name: String,
    pub(super) file: String,
    /// The types of its arguments by their last names, in order; what an `Option` holds does not count.
    arguments: Vec<String>,
    answer: Vec<String>,
}

impl Method {
    /// Whether it is for a person.
    pub(super) fn asks(&self) -> bool {
        self.takes("Actor")
    }

    pub(super) fn takes(&self, name: &str) -> bool {
        self.arguments.iter().any(|argument| argument == name)
    }

    pub(super) fn answers_an_actor(&self) -> bool {
        self.answer.iter().any(|name| name == "Actor")
    }
}

/// All of them.
pub(super) fn methods() -> Vec<Method> {
    let mut found = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

fn read(folder: &Path, found: &mut Vec<Method>) {
    for entry in std::fs::read_dir(folder).expect("the source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("the source");
            let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            Reader { file: format!("drive/{shown}"), found }.visit_file(&file);
        }
    }
}

struct Reader<'a> {
    file: String,
    found: &'a mut Vec<Method>,
}

impl Visit<'_> for Reader<'_> {
    fn visit_item_impl(&mut self, item: &ItemImpl) {
        let is_drive = matches!(&*item.self_ty, Type::Path(TypePath { path, .. }) if path.is_ident("Drive"));
        if !is_drive || item.trait_.is_some() {
            return;
        }
        for item in &item.items {
            let ImplItem::Fn(ImplItemFn { vis: Visibility::Public(_), sig, .. }) = item else { continue };
            let mut arguments = Names { names: Vec::new(), skip_options: true };
            for argument in &sig.inputs {
                if let FnArg::Typed(argument) = argument {
                    arguments.visit_type(&argument.ty);
                }
            }
            let mut answer = Names { names: Vec::new(), skip_options: false };
            if let ReturnType::Type(_, answered) = &sig.output {
                answer.visit_type(answered);
            }
            self.found.push(Method {
                name: sig.ident.to_string(),
                file: self.file.clone(),
                arguments: arguments.names,
                answer: answer.names,
            });
        }
    }
}

/// The last names of types.
struct Names {
    names: Vec<String>,
    skip_options: bool,
}

impl Visit<'_> for Names {
    fn visit_type_path(&mut self, path: &TypePath) {
        let last = path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if !(self.skip_options && last == "Option") {
            self.names.push(last);
            syn::visit::visit_type_path(self, path);
        }
    }
}
