//! The sentences of the settings.

use crate::i18n::texts;

texts! {
    pub(super) struct SettingTexts;

    intro = "修改后几秒内在所有实例上生效，无需重启。" | "Changes are in force on every instance within seconds, without a restart.",
    save = "保存" | "Save",
    save_named = "保存：{setting}" | "Save: {setting}",
    use_default = "恢复默认（{value}）" | "Use the default ({value})",
    withdraw = "移除公告" | "Remove announcement",
    from_start = "默认值（启动参数）：{value}" | "Default (from the startup options): {value}",
    nothing_announced = "当前没有公告。" | "No announcement.",
    set_by = "由 {name} 设置于" | "Set by {name},",
    somebody = "已不存在的账号" | "an account that is gone",
    instead_of = "启动参数：{value}" | "started with: {value}",

    registration = "注册" | "Registration",
    registration_hint = "管理员随时可以新建账号。" | "Administrators can always make accounts.",
    open = "开放注册" | "Open to anybody",
    invitation = "凭邀请注册" | "By invitation",
    closed = "关闭注册" | "Closed",
    quota = "新账号的存储配额" | "Quota of new accounts",
    quota_hint = "例如 500MB、20GiB；留空表示不限。已有账号不受影响。" | "Like 500MB or 20GiB; empty for no limit. Accounts that exist keep theirs.",
    no_limit = "不限" | "no limit",
    size = "单个文件大小上限" | "Largest file",
    size_hint = "例如 500MB、20GiB。已有文件不受影响。" | "Like 500MB or 20GiB. Files that exist stay.",
    retention = "回收站保留时间" | "Time in trash",
    retention_hint = "例如 7d（天）、36h（小时）；0 表示不自动删除。缩短后，超过时间的项目会在一两分钟内永久删除。" | "Like 7d or 36h; 0 keeps everything until it is deleted by hand. What is older than a shorter time is permanently deleted within minutes.",
    for_ever = "不自动删除" | "until deleted by hand",
    days = "{count} 天" | "{count} days",
    hours = "{count} 小时" | "{count} hours",
    announcement = "公告" | "Announcement",
    announcement_hint = "纯文本，最多 1000 个字符。登录页和所有已登录的用户都会看到；内容变化前可以关闭。" | "Plain text, 1000 characters at most. Seen on the sign-in page and by everybody signed in, who may dismiss it until it changes.",

    saved = "设置已保存：{setting}。" | "Saved: {setting}.",
    back_to_default = "已恢复默认：{setting}。" | "Back to the default: {setting}.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(SettingTexts::ALL);
    }
}
