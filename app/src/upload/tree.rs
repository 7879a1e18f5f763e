//! Folders of the person's disk, dropped or picked, as files with the folders that they came in. They are read a part at a time
//! and handed to the queue at once, so that thousands of files neither hold the page up nor wait for the last of them.

use domain::NodeId;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Promise};
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry,
};

use super::engine;

/// Files that are handed on at once.
const SOME: usize = 250;

/// Files, and folders: a folder's `File` looks like a file that cannot be read. Only within the event of the drop.
pub(super) fn sort(data: &DataTransfer) -> (Vec<File>, Vec<FileSystemDirectoryEntry>) {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    let items = data.items();
    for item in (0..items.length()).filter_map(|index| items.get(index)).filter(|item| item.kind() == "file")
    {
        let entry = item.webkit_get_as_entry().ok().flatten();
        match entry.filter(|entry| entry.is_directory()) {
            Some(entry) => folders.push(entry.unchecked_into()),
            None => files.extend(item.get_as_file().ok().flatten()),
        }
    }
    (files, folders)
}

/// Adds a picked folder: the browser has read it, and each file says where it was.
pub(super) fn picked(files: Vec<File>, parent: Option<NodeId>) {
    if files.is_empty() {
        return;
    }
    engine::reading();
    spawn_local(async move {
        for some in files.chunks(SOME) {
            let placed = some.iter().map(|file| (file.clone(), folder_of(&relative_path(file)).to_owned()));
            engine::add(placed.collect(), parent.clone());
            // The page has its turn.
            TimeoutFuture::new(0).await;
        }
        engine::read(Vec::new());
    });
}

/// Reads dropped folders with all that is in them, and adds what is found.
pub(super) fn read(folders: Vec<FileSystemDirectoryEntry>, parent: Option<NodeId>) {
    engine::reading();
    spawn_local(async move {
        let mut unread = Vec::new();
        // Not by calling itself: a tree may be deeper than the stack.
        let mut left: Vec<(FileSystemDirectoryEntry, String)> = folders
            .into_iter()
            .rev()
            .map(|folder| {
                let name = folder.name();
                (folder, name)
            })
            .collect();
        while let Some((folder, path)) = left.pop() {
            engine::add_folders(vec![path.clone()], parent.clone());
            match read_one(&folder, &path, parent.as_ref()).await {
                Ok(within) => left.extend(within.into_iter().rev()),
                Err(_) => unread.push(path),
            }
        }
        engine::read(unread);
    });
}

/// Adds the files of a folder and answers the folders in it. The browser gives entries in parts, the last of them empty.
async fn read_one(
    folder: &FileSystemDirectoryEntry,
    path: &str,
    parent: Option<&NodeId>,
) -> Result<Vec<(FileSystemDirectoryEntry, String)>, JsValue> {
    let reader = folder.create_reader();
    let mut folders = Vec::new();
    loop {
        let part = entries(&reader).await?;
        if part.length() == 0 {
            return Ok(folders);
        }
        let mut files = Vec::new();
        for entry in part.iter().map(|entry| entry.unchecked_into::<FileSystemEntry>()) {
            if entry.is_directory() {
                let path = format!("{path}/{}", entry.name());
                folders.push((entry.unchecked_into(), path));
            } else {
                files.push(entry.unchecked_into::<FileSystemFileEntry>());
            }
        }
        for some in files.chunks(SOME) {
            let asked: Array = some.iter().map(file).collect();
            let found: Array = JsFuture::from(Promise::all(&asked)).await?.unchecked_into();
            let placed = found.iter().map(|file| (file.unchecked_into::<File>(), path.to_owned()));
            engine::add(placed.collect(), parent.cloned());
        }
    }
}

async fn entries(reader: &FileSystemDirectoryReader) -> Result<Array, JsValue> {
    let asked = Promise::new(&mut |found, failed| {
        // What it throws, it throws when it is read twice at once.
        let _ = reader.read_entries_with_callback_and_callback(&found, &failed);
    });
    Ok(JsFuture::from(asked).await?.unchecked_into())
}

fn file(entry: &FileSystemFileEntry) -> Promise {
    Promise::new(&mut |found, failed| entry.file_with_callback_and_callback(&found, &failed))
}

/// `webkitRelativePath`: the path from the folder that was picked on, that folder first.
fn relative_path(file: &File) -> String {
    js_sys::Reflect::get(file, &"webkitRelativePath".into())
        .ok()
        .and_then(|path| path.as_string())
        .unwrap_or_default()
}

/// The folders of a path, without the file's own name.
fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folders, _)| folders)
}

#[cfg(test)]
mod tests {
    use super::folder_of;

    #[test]
    fn the_folders_of_a_path_are_what_is_before_its_last_slash() {
        for (path, folders) in
            [("photos/2024/a.jpg", "photos/2024"), ("photos/a", "photos"), ("a", ""), ("", "")]
        {
            assert_eq!(folder_of(path), folders, "{path}");
        }
    }
}
