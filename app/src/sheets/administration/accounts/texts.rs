//! The sentences about one account: what there is of it, and its end.

use crate::i18n::texts;

texts! {
    pub(super) struct AccountTexts;

    files = "文件" | "Files",
    folders = "文件夹" | "Folders",
    trashed = "回收站中的项目" | "Items in trash",
    uploads = "未完成的上传" | "Unfinished uploads",
    shares = "分享" | "Shares",
    shares_of = "有效 {open} 个，共 {all} 个" | "{open} open of {all}",
    tokens = "访问令牌" | "API tokens",
    signed_in = "上次登录" | "Last sign-in",

    sessions = "登录设备" | "Signed-in devices",
    sessions_none = "当前没有登录的设备。" | "Not signed in anywhere.",
    sessions_end = "全部退出登录" | "Sign out everywhere",
    session_unknown = "未知浏览器" | "Unknown browser",
    session_seen = "上次活动" | "Last seen",

    delete = "删除账号" | "Delete account",
    delete_what = "账号将立即锁定，所有设备退出登录，分享关闭，上传取消。随后其全部文件、历史版本和回收站内容会在后台永久删除，无法恢复。他人已保存的副本不受影响。全部删除完成后，用户名才可再次使用。" | "The account is locked at once, signed out everywhere, its shares are closed and its uploads cancelled. Then all of its files, versions and trash are permanently deleted in the background. What others saved from it stays theirs. The user name is free when everything is gone.",
    delete_type = "输入用户名“{name}”以确认" | "Type the user name “{name}” to confirm",
    delete_yes = "永久删除此账号" | "Delete this account permanently",
    delete_wrong = "输入的内容与用户名“{name}”不一致。" | "That is not the user name “{name}”.",
    deleting = "正在删除" | "Being deleted",
    deleting_since = "开始删除于" | "Being deleted since",
    deleting_progress = "已删除 {done} / {all}" | "{done} of {all} deleted",
    deleting_hint = "在后台进行。全部完成后此账号会从列表中消失，用户名可再次使用。" | "This goes on in the background. When it is done the account leaves this list, and its name is free.",
    begun = "账号“{name}”已锁定，正在删除。" | "The account “{name}” is locked and being deleted.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(AccountTexts::ALL);
    }
}
