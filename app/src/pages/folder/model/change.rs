//! What is done with the items of a list: at once on the page, then on the server, and taken back where it refuses.

use domain::{AppError, Node, NodeId};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;

use super::{MOST, Model};
use crate::actions::nodes::{Restore, Transfer, Trash};
use crate::flash::Done;
use crate::i18n::fill;
use crate::submission::post;
use crate::{Failure, Flash};

impl Model {
    /// Moves what keys act on to the trash.
    pub(in crate::pages::folder) fn trash_targets(self) {
        if self.is_selection_here() {
            self.trash(&self.targets());
        }
    }

    /// Moves rows to the trash: they go at once, and come back if the server refuses, unless they are not there any more.
    /// The server takes a thousand in one go; more are told to it one thousand after the other.
    pub(in crate::pages::folder) fn trash(self, ids: &[NodeId]) {
        let taken = self.listing.try_update(|listing| listing.take(ids)).unwrap_or_default();
        let Some((first, _)) = taken.first() else { return };
        let neighbour = self.listing.with_untracked(|listing| {
            let at = (*first).min(listing.items.len().saturating_sub(1));
            listing.items.get(at).map(|node| node.id.clone())
        });
        self.active.set(neighbour);
        self.taken.update_value(|marked| taken.iter().for_each(|(_, node)| marked.take(&node.id)));
        spawn_local(async move {
            let mut trashed = Vec::new();
            let mut last = None;
            let whole = taken.len() <= MOST as usize;
            for some in taken.chunks(MOST as usize) {
                match send(Trash::url(), some.iter().map(|(_, node)| &node.id)).await {
                    Ok(Done { flash, .. }) => {
                        self.trashed(some, &gone(flash.as_ref()));
                        trashed.extend(gone(flash.as_ref()));
                        last = flash;
                    }
                    Err(failure) => {
                        self.not_trashed(some, &failure);
                        last = Some(Flash::Failed(failure));
                        break;
                    }
                }
            }
            match last {
                Some(flash @ Flash::Failed(_)) => self.notices.say(flash),
                Some(_) if !whole => {
                    let text = self.counted(|t| t.trashed_many, trashed.len());
                    self.notices.say(Flash::TrashedMany { ids: trashed, text });
                }
                Some(flash) => self.notices.say(flash),
                None => {}
            }
            self.usage.refresh();
        });
    }

    /// The server did it, but for those that stay as they were.
    fn trashed(self, some: &[(usize, Node)], gone: &[NodeId]) {
        let stay = |id: &NodeId| !gone.contains(id);
        self.taken.try_update_value(|marked| {
            for (_, node) in some {
                if stay(&node.id) { marked.give_back(&node.id) } else { marked.settle(&node.id) }
            }
        });
        if some.iter().any(|(_, node)| stay(&node.id)) {
            self.reload();
        }
    }

    fn not_trashed(self, some: &[(usize, Node)], failure: &Failure) {
        if matches!((failure, some), (Failure::App(AppError::NotFound), [_])) {
            self.taken.try_update_value(|marked| some.iter().for_each(|(_, node)| marked.settle(&node.id)));
            return self.reload();
        }
        self.taken.try_update_value(|marked| some.iter().for_each(|(_, node)| marked.give_back(&node.id)));
        self.listing.try_update(|listing| {
            for (index, node) in some {
                listing.put_back(*index, node.clone());
            }
        });
    }

    /// Takes things back from the trash; where some have no place there any more, the page that asks for one is next.
    pub(in crate::pages::folder) fn restore(self, ids: Vec<NodeId>) {
        spawn_local(async move {
            let (mut last, mut next) = (None, None);
            for some in ids.chunks(MOST as usize) {
                match send(Restore::url(), some.iter()).await {
                    Ok(done) => {
                        self.taken.try_update_value(|marked| some.iter().for_each(|id| marked.give_back(id)));
                        last = done.flash;
                        next = done.next.or(next);
                    }
                    Err(failure) => {
                        last = Some(Flash::Failed(failure));
                        break;
                    }
                }
            }
            match last {
                Some(Flash::Said { .. }) if ids.len() > MOST as usize => {
                    let text = self.counted(|t| t.restored_many, ids.len());
                    self.notices.say(Flash::Said { text });
                }
                Some(flash) => self.notices.say(flash),
                None => {}
            }
            if let Some(next) = next {
                return self.address.go(&next);
            }
            self.active.try_set(ids.into_iter().next());
            self.reload();
        });
    }

    /// Moves rows into another folder. Where names are taken there, the page that asks about these comes up.
    pub(in crate::pages::folder) fn move_into(self, ids: Vec<NodeId>, into: NodeId) {
        if ids.contains(&into) {
            let text = self.texts.get_value().into_itself.to_owned();
            return self.notices.say(Flash::Said { text });
        }
        spawn_local(async move {
            let (mut last, mut question) = (None, None);
            for some in ids.chunks(MOST as usize) {
                let joined = some.iter().map(NodeId::as_str).collect::<Vec<_>>().join(".");
                let fields = [
                    ("ids", joined.as_str()),
                    ("parent", into.as_str()),
                    ("conflict", "fail"),
                    ("how", "ask"),
                    ("back", ""),
                ];
                match post(Transfer::url(), &fields).await {
                    Ok(done) => {
                        question = question.or(done.next);
                        last = done.flash.or(last);
                    }
                    Err(failure) => {
                        last = Some(Flash::Failed(failure));
                        break;
                    }
                }
            }
            if let Some(flash) = last {
                self.notices.say(flash);
            }
            self.reload();
            if let Some(question) = question {
                self.address.go(&question);
            }
        });
    }

    fn counted(self, sentence: fn(&super::ListTexts) -> &'static str, count: usize) -> String {
        let sentence = self.texts.try_get_value().map(sentence).unwrap_or_default();
        fill(sentence, &[("count", &count.to_string())])
    }
}

/// The nodes that went, as the server tells it.
fn gone(flash: Option<&Flash>) -> Vec<NodeId> {
    match flash {
        Some(Flash::Trashed { id, .. }) => vec![id.clone()],
        Some(Flash::TrashedMany { ids, .. }) => ids.clone(),
        _ => Vec::new(),
    }
}

async fn send(path: &str, ids: impl Iterator<Item = &NodeId>) -> Result<Done, Failure> {
    let fields: Vec<_> = ids.map(|id| ("ids[]", id.as_str())).collect();
    post(path, &fields).await
}
