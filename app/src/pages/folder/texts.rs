//! The sentences of the list that only a browser with script says, and those of the selection.

use crate::i18n::texts;

texts! {
    pub(super) struct ListTexts;

    // selection
    choose = "选择“{name}”" | "Select “{name}”",
    chosen = "已选 {count} 项" | "{count} selected",
    chosen_size = "已选 {count} 项 · {size}" | "{count} selected · {size}",
    chosen_files = "已选 {count} 项 · 文件共 {size}" | "{count} selected · {size} in files",
    chosen_actions = "对所选项目的操作" | "Actions for what is selected",
    chosen_all = "全选" | "Select all",
    chosen_clear = "取消选择" | "Clear selection",
    open = "打开" | "Open",
    rename = "重命名" | "Rename",
    move_to = "移动到…" | "Move to…",
    copy_to = "复制到…" | "Copy to…",
    details = "详细信息" | "Details",
    details_none = "选择一个项目以查看其详细信息。" | "Select an item to see its details.",
    details_place = "位置" | "In",
    view_grid = "网格视图" | "Grid view",
    view_list = "列表视图" | "List view",
    into_itself = "文件夹不能移动到自身之内。" | "A folder cannot be moved into itself.",
    transfer = "移动或复制" | "Move or copy",
    delete = "移到回收站" | "Move to trash",
    trashed_many = "已将 {count} 项移到回收站。" | "Items moved to trash: {count}.",
    restored_many = "已恢复 {count} 项。" | "Items restored: {count}.",
    loading = "列表仍在加载，请稍后再试。" | "The list is still loading. Try again in a moment.",
    too_many = "一次最多可对 {count} 项执行此操作。请减少所选项目，或对其所在文件夹操作。" | "This works for at most {count} items at once. Select fewer, or the folder they are in.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(ListTexts::ALL);
    }
}
