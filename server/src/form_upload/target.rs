//! Where the files of a form go. Those of a folder come with paths, whose folders are made, or taken where they are there.

use std::collections::HashMap;

use domain::{AppError, Conflict, Field, FileName, NodeId};
use drive::{Actor, Drive};

use super::told;

/// The folder and the rule that a form names, and the folders below it that were seen so far.
#[derive(Default)]
pub(super) struct Target {
    /// `None` is the root.
    pub(super) folder: Option<NodeId>,
    /// For files; folders of the same name are merged.
    pub(super) conflict: Conflict,
    /// By their paths from `folder` on.
    below: HashMap<String, NodeId>,
}

impl Target {
    /// The folder of a path and the name in it.
    ///
    /// # Errors
    /// `Invalid { Name }` for any name on the way; `NameTaken` where a file has the name of a folder.
    pub(super) async fn place(
        &mut self,
        drive: &Drive,
        actor: &Actor,
        path: &str,
    ) -> Result<(Option<NodeId>, FileName), AppError> {
        let parse = |name| FileName::parse(name).map_err(|reason| AppError::invalid(Field::Name, reason));
        let (folders, name) = path.rsplit_once('/').map_or((None, path), |(way, name)| (Some(way), name));
        let folders = folders.into_iter().flat_map(|way| way.split('/'));
        // All of them before the first is made.
        let (folders, name) = (folders.map(parse).collect::<Result<Vec<_>, _>>()?, parse(name)?);
        let (mut folder, mut way) = (self.folder.clone(), String::new());
        for name in folders {
            way = format!("{way}/{}", name.as_str());
            let node = match self.below.get(&way) {
                Some(node) => node.clone(),
                None => {
                    let parent = folder.as_ref().unwrap_or(&actor.root);
                    let made = drive.create_folder(actor, parent, &name, Conflict::Replace).await;
                    made.map_err(|error| told(&error))?.id
                }
            };
            self.below.insert(way.clone(), node.clone());
            folder = Some(node);
        }
        Ok((folder, name))
    }
}
