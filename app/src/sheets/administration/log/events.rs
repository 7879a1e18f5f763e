//! What the events of the log are called.

use crate::i18n::texts;

texts! {
    pub(super) struct EventTexts;

    session_begin = "登录" | "Signed in",
    session_refuse = "登录被拒" | "Sign-in refused",
    session_throttle = "登录尝试过多" | "Too many sign-ins",
    account_create = "创建账号" | "Account created",
    account_avatar = "更改头像" | "Picture changed",
    account_profile = "修改个人资料" | "Profile changed",
    account_password = "修改密码" | "Password changed",
    account_refuse = "修改密码被拒" | "Password change refused",
    account_quota = "修改存储配额" | "Quota changed",
    account_promote = "设为管理员" | "Made administrator",
    account_demote = "取消管理员权限" | "Admin rights removed",
    account_lock = "锁定账号" | "Account locked",
    account_unlock = "解除锁定" | "Account unlocked",
    account_sign_out = "退出所有设备" | "Signed out everywhere",
    account_delete = "开始删除账号" | "Account deletion begun",
    account_gone = "账号删除完成" | "Account deleted",
    token_create = "创建令牌" | "Token created",
    token_revoke = "吊销令牌" | "Token revoked",
    share_create = "创建分享" | "Share created",
    share_change = "修改分享" | "Share changed",
    share_cancel = "取消分享" | "Share cancelled",
    share_throttle = "提取码尝试过多" | "Too many share codes tried",
    setting_change = "修改站点设置" | "Setting changed",
    invitation_create = "生成邀请" | "Invitation created",
    invitation_use = "使用邀请" | "Invitation used",
    invitation_revoke = "撤回邀请" | "Invitation revoked",
}

impl EventTexts {
    /// The name of an event; none of one that another version wrote.
    pub(super) fn name(&self, event: &str) -> Option<&'static str> {
        Some(match event {
            "session.begin" => self.session_begin,
            "session.refuse" => self.session_refuse,
            "session.throttle" => self.session_throttle,
            "account.create" => self.account_create,
            "account.avatar" => self.account_avatar,
            "account.profile" => self.account_profile,
            "account.password" => self.account_password,
            "account.refuse" => self.account_refuse,
            "account.quota" => self.account_quota,
            "account.promote" => self.account_promote,
            "account.demote" => self.account_demote,
            "account.lock" => self.account_lock,
            "account.unlock" => self.account_unlock,
            "account.sign-out" => self.account_sign_out,
            "account.delete" => self.account_delete,
            "account.gone" => self.account_gone,
            "token.create" => self.token_create,
            "token.revoke" => self.token_revoke,
            "share.create" => self.share_create,
            "share.change" => self.share_change,
            "share.cancel" => self.share_cancel,
            "share.throttle" => self.share_throttle,
            "setting.change" => self.setting_change,
            "invitation.create" => self.invitation_create,
            "invitation.use" => self.invitation_use,
            "invitation.revoke" => self.invitation_revoke,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(EventTexts::ALL);
    }

    #[test]
    fn every_event_has_a_name_of_its_own() {
        for (key, chinese, english) in EventTexts::ALL {
            // A key is the event without its dot; what is a dash in it stands in no other place.
            let event = key.replacen('_', ".", 1).replace('_', "-");
            assert_eq!(EventTexts::CHINESE.name(&event), Some(*chinese), "{event}");
            assert_eq!(EventTexts::ENGLISH.name(&event), Some(*english), "{event}");
        }
        assert_eq!(EventTexts::ENGLISH.name("account.fly"), None);
    }
}
