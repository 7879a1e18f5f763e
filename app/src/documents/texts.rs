//! The sentences of the documents. Apart from those of the drive, since the wasm holds all of that table.

use crate::i18n::{texts, use_language};

texts! {
    pub(super) struct DocumentTexts;

    // around every document
    tagline = "运行在自有集群上的私有网盘" | "Your cloud drive, on your own cluster",

    // sign in, register, set up
    sign_in = "登录" | "Sign in",
    login = "用户名或邮箱" | "User name or email",
    password = "密码" | "Password",
    password_again = "确认密码" | "Confirm password",
    remember = "7 天内自动登录" | "Keep me signed in for 7 days",
    no_account = "还没有账号？" | "No account yet?",
    register = "注册" | "Register",
    create_account = "创建账号" | "Create your account",
    username = "用户名" | "User name",
    username_hint = "4–20 个字符，可使用汉字、字母、数字、_ 和 -" | "4–20 characters: letters, digits, _ or -",
    email = "邮箱" | "Email",
    password_hint = "至少 10 个字符，越长越安全" | "At least 10 characters; longer is safer",
    have_account = "已有账号？" | "Already have an account?",
    registration_closed = "此站点未开放注册，请联系管理员开通账号。" | "Registration is closed. Ask your administrator for an account.",
    set_up = "初始化 Hayloft" | "Set up Hayloft",
    set_up_intro = "创建首个管理员账号。此链接只能使用一次。" | "Create the first administrator. This link works once.",
    set_up_button = "创建管理员账号" | "Create administrator",

    // nothing is there
    not_found_hint = "链接可能有误，或内容已被移动或删除。" | "The link may be wrong, or what it led to was moved or deleted.",
}

/// The sentences of this document.
pub(super) fn use_document_texts() -> &'static DocumentTexts {
    DocumentTexts::of(use_language())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(DocumentTexts::ALL);
    }
}
