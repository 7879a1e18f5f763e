//! The sentences of the sheets. Apart from those of the drive, since the wasm holds all of that table.

use crate::i18n::texts;

texts! {
    pub(super) struct SheetTexts;

    // signed-in devices
    sessions = "登录设备" | "Signed-in devices",
    sessions_intro = "账号在以下浏览器中处于登录状态。若有不认识的设备，请结束其登录。" | "These browsers are signed in to your account. End any that you do not recognise.",
    session_unknown = "未知浏览器" | "Unknown browser",
    session_seen = "上次活动" | "Last seen",
    session_began = "登录时间" | "Signed in",
    session_end = "结束登录" | "Sign out",
    session_end_named = "结束“{agent}”的登录" | "Sign out “{agent}”",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(SheetTexts::ALL);
    }
}
