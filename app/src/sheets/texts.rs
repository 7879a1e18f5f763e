//! The sentences of the sheets. Apart from those of the drive, since the wasm holds all of that table.

use crate::i18n::texts;

texts! {
    pub(crate) struct SheetTexts;

    // signed-in devices
    sessions = "登录设备" | "Signed-in devices",
    sessions_intro = "账号在以下浏览器中处于登录状态。若有不认识的设备，请结束其登录。" | "These browsers are signed in to your account. End any that you do not recognise.",
    session_agent = "{system} 上的 {browser}" | "{browser} on {system}",
    session_unknown = "未知浏览器" | "Unknown browser",
    session_seen = "上次活动" | "Last seen",
    session_began = "登录时间" | "Signed in",
    session_here = "当前设备" | "This device",
    session_end = "结束登录" | "Sign out",
    // shares
    shares = "我的分享" | "My shares",
    shares_intro = "通过链接分享的文件和文件夹。取消后链接立即失效。" | "Files and folders that others open by a link. A cancelled link stops working at once.",
    shares_none = "您还没有分享任何内容" | "You have not shared anything yet",
    shares_none_hint = "在文件列表中选择“分享”即可创建链接。" | "Choose “Share” beside a file or folder to make a link.",
    shares_more = "更多" | "Show more",
    shares_back = "查看全部分享" | "All shares",
    share_new = "创建分享" | "Share",
    share_more = "另外 {count} 项" | "+{count} more",
    share_several = "“{name}”及另外 {count} 项" | "{name} and {count} more",
    share_create = "创建链接" | "Create link",
    share_active = "分享中" | "Active",
    share_expired = "已过期" | "Expired",
    share_used_up = "次数已用完" | "Used up",
    share_cancelled = "已取消" | "Cancelled",
    share_trashed = "内容已删除" | "Deleted",
    share_state = "状态" | "State",
    share_visits = "访问 {count} 次" | "Visits: {count}",
    share_visited = "访问次数" | "Visits",
    share_downloads = "下载 {count} 次" | "Downloads: {count}",
    share_downloads_of = "下载 {count} / {most} 次" | "Downloads: {count} of {most}",
    share_downloaded = "下载次数" | "Downloads",
    share_created = "创建于" | "Created",
    share_cancel = "取消分享" | "Cancel share",
    share_cancel_named = "取消分享“{name}”" | "Cancel share “{name}”",
    share_code = "提取码" | "Code",
    share_code_drawn = "随机生成 4 位提取码" | "A random code of 4 characters",
    share_code_public = "公开，无需提取码" | "Public, without a code",
    share_code_own = "自定义提取码" | "A code of your own",
    share_code_own_label = "自定义提取码（4–32 个字符）" | "Your code (4–32 characters)",
    share_code_hint = "提取码会以明文保存，以便日后复制，请勿使用您的密码。" | "A code is kept readable so that you can copy it later. Never use a password of yours.",
    share_keep = "保持不变" | "Leave as it is",
    share_expiry = "有效期" | "Expires",
    share_day = "1 天" | "After 1 day",
    share_week = "7 天" | "After 7 days",
    share_month = "30 天" | "After 30 days",
    share_never = "永久有效" | "Never",
    share_limit = "下载次数上限" | "Download limit",
    share_limit_hint = "留空表示不限次数。每个文件从头开始下载计一次，续传不重复计数。" | "Empty for no limit. Each file that is downloaded from its beginning counts once; continuing one does not.",
    share_limit_keep = "留空表示保持不变，0 表示不限次数。" | "Empty leaves it as it is; 0 lifts the limit.",
    share_limit_wrong = "请输入不小于 1 的整数，或留空。" | "Enter a whole number of 1 or more, or nothing.",
    share_link = "分享链接" | "Link",
    share_text = "链接：{link}" | "Link: {link}",
    share_text_code = "链接：{link} 提取码：{code}" | "Link: {link} Code: {code}",
    copy = "复制" | "Copy",
    copied = "已复制" | "Copied",
    share_look = "查看访问者看到的页面" | "See what visitors see",
    share_qr = "分享链接的二维码" | "QR code of the link",
    share_change = "修改分享" | "Change this share",
    share_apply = "保存修改" | "Save changes",

    session_end_named = "结束“{agent}”的登录" | "Sign out “{agent}”",

    // the trash
    trash = "回收站" | "Trash",
    trash_keeps = "项目保留 {days} 天，之后永久删除。回收站内的文件占用存储空间。" | "Items are kept for {days} days, then permanently deleted. They count towards your storage.",
    trash_keeps_all = "项目会一直保留，直到您将其永久删除。回收站内的文件占用存储空间。" | "Items are kept until you delete them permanently. They count towards your storage.",
    trash_empty = "回收站是空的" | "The trash is empty",
    trash_choose = "选择“{name}”" | "Choose “{name}”",
    trash_choose_all = "选择本页全部" | "Choose all on this page",
    trash_column_choose = "选择" | "Choose",
    trash_column_name = "名称" | "Name",
    trash_column_place = "原位置" | "Was in",
    trash_column_size = "大小" | "Size",
    trash_column_when = "删除时间" | "Deleted",
    trash_column_left = "剩余时间" | "Left",
    trash_place_gone = "原位置已不存在" | "No longer there",
    trash_days = "{count} 天" | "{count} d",
    trash_today = "不足 1 天" | "Less than a day",
    trash_ever = "不限" | "Kept",
    restore = "恢复" | "Restore",
    restore_all = "恢复本页全部" | "Restore all on this page",
    purge = "永久删除…" | "Delete permanently…",
    purge_ask = "所选项目将被永久删除，且无法恢复。" | "The chosen items will be permanently deleted. This cannot be undone.",
    purge_yes = "永久删除" | "Delete permanently",
    empty = "清空回收站…" | "Empty trash…",
    empty_ask = "回收站中的所有项目将被永久删除，且无法恢复。" | "Everything in the trash will be permanently deleted. This cannot be undone.",
    empty_yes = "清空回收站" | "Empty trash",
    more = "下一页" | "Next page",
    my_files = "我的文件" | "My files",

    // the plain form for uploads
    upload_files = "选择要上传的文件" | "Choose files to upload",
    upload_folder = "或选择一个文件夹" | "Or choose a folder",
    upload_send = "开始上传" | "Start upload",
    upload_skipped = "已上传 {files} 个文件，跳过 {skipped} 个同名文件。" | "Files uploaded: {files}. Skipped, since their names are taken: {skipped}.",

    // what cannot go back to where it was
    restore_title = "恢复到" | "Restore to",
    restore_gone = "{count} 项的原文件夹已不存在，或在回收站中。" | "Items whose folder is gone or in the trash: {count}.",
    restore_taken = "{count} 项的名称已被原文件夹中的其他项目使用。" | "Items whose name is now used by something else in their folder: {count}.",
    restore_choose = "请选择要恢复到的文件夹。在您选择之前，这些项目会留在回收站中。" | "Choose the folder to restore to. Until then they stay in the trash.",
    restore_here = "恢复到此处" | "Restore here",

    // move and copy
    transfer = "移动或复制" | "Move or copy",
    transfer_more = "{names} 等，另有 {count} 项" | "{names} and {count} more",
    transfer_choose = "请选择目标文件夹。" | "Choose the folder to go to.",
    comma = "、" | ", ",
    transfer_into = "子文件夹" | "Subfolders",
    transfer_no_folders = "此处没有子文件夹。" | "No subfolders here.",
    transfer_way = "目标文件夹" | "Target folder",
    taken = "遇到同名项目时" | "Where a name is taken",
    taken_rename = "保留两者" | "Keep both",
    taken_replace = "替换（文件保留旧版本，文件夹合并）" | "Replace (files keep their old version, folders are merged)",
    taken_skip = "跳过" | "Skip",
    transfer_move = "移动到此处" | "Move here",
    transfer_copy = "复制到此处" | "Copy here",
    cancel = "取消" | "Cancel",

    // what happened
    many_trashed = "已将 {count} 项移到回收站。" | "Items moved to trash: {count}.",
    many_restored = "已恢复 {count} 项。" | "Items restored: {count}.",
    many_purged = "已永久删除 {count} 项。" | "Items permanently deleted: {count}.",
    many_moved = "已移动 {count} 项。" | "Items moved: {count}.",
    many_copied = "已复制 {count} 项。" | "Items copied: {count}.",
    many_left = "已跳过 {count} 项（已有同名项目，或已不存在）。" | "{count} skipped: name already taken, or no longer there.",
    nothing_chosen = "请先选择文件或文件夹。" | "Choose files or folders first.",
    renamed = "已重命名为“{name}”。" | "Renamed to “{name}”.",

    // another name
    rename = "重命名" | "Rename",
    rename_named = "重命名“{name}”" | "Rename “{name}”",
    rename_label = "新名称" | "New name",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(SheetTexts::ALL);
    }
}
