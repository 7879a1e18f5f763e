//! The sentences about invitations.

use crate::i18n::texts;

texts! {
    pub(super) struct InvitationTexts;

    needed = "当前凭邀请注册：收到链接的人可以创建账号。" | "Registration takes an invitation: whoever has a link can make an account.",
    not_needed = "当前开放注册：任何人无需邀请即可注册，邀请不计使用次数。" | "Registration is open: nobody needs an invitation, and none is counted.",
    closed = "当前关闭注册：邀请链接暂不可用。" | "Registration is closed: no invitation works now.",
    new = "新建邀请" | "New invitation",
    uses = "可注册的账号数" | "Accounts it can make",
    uses_wrong = "请输入 1 到 10000 之间的整数。" | "Enter a whole number from 1 to 10,000.",
    expiry = "有效期" | "Expires",
    day = "1 天" | "After 1 day",
    week = "7 天" | "After 7 days",
    month = "30 天" | "After 30 days",
    never = "永久有效" | "Never expires",
    email = "邮箱（可选）" | "Email, if only one may use it",
    email_hint = "填写后仅限此邮箱注册，并会预先填入。" | "Only this address can register with it; it is filled in.",
    note = "备注（可选）" | "Note",
    note_hint = "仅管理员可见，例如给谁使用。" | "Seen by administrators only: whom it is for.",
    make = "生成邀请链接" | "Make invitation",

    all = "全部邀请" | "All invitations",
    none = "还没有邀请。" | "There is no invitation yet.",
    no_note = "无备注" | "Without a note",
    open = "有效" | "Open",
    used_up = "已用完" | "Used up",
    expired = "已过期" | "Expired",
    revoked = "已撤回" | "Revoked",
    used_of = "已注册 {uses} / {most}" | "{uses} of {most} used",
    until = "有效期至" | "until",
    created = "创建于" | "Made",
    revoke = "撤回" | "Revoke",
    revoke_named = "撤回邀请：{note}" | "Revoke invitation: {note}",
    made = "邀请已生成，单击链接可选中并复制。" | "The invitation is made. Click its link to select and copy it.",
    was_revoked = "邀请已撤回，链接不再可用。" | "The invitation is revoked. Its link no longer works.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(InvitationTexts::ALL);
    }
}
