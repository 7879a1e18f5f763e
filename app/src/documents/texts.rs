//! The sentences of the documents. Apart from those of the drive, since the wasm holds all of that table.

use crate::i18n::{texts, use_language};

texts! {
    pub(super) struct DocumentTexts;

    // around every document
    tagline = "自己掌控的私有网盘" | "Your own cloud drive",

    // sign in, register, set up
    sign_in = "登录" | "Sign in",
    login = "用户名或邮箱" | "User name or email",
    password = "密码" | "Password",
    password_again = "确认密码" | "Confirm password",
    remember = "7 天内自动登录" | "Keep me signed in for 7 days",
    have_invitation = "收到了邀请？" | "Were you invited?",
    no_account = "还没有账号？" | "No account yet?",
    register = "注册" | "Register",
    create_account = "创建账号" | "Create your account",
    username = "用户名" | "User name",
    username_hint = "4–20 个字符，可使用汉字、假名、韩文、字母、数字、_ 和 -" | "4–20 characters: letters (also Chinese, Japanese and Korean), digits, _ or -",
    email = "邮箱" | "Email",
    password_hint = "至少 10 个字符，越长越安全" | "At least 10 characters; longer is safer",
    have_account = "已有账号？" | "Already have an account?",
    registration_closed = "此站点未开放注册，请联系管理员开通账号。" | "Registration is closed. Ask your administrator for an account.",
    set_up = "初始化 Hayloft" | "Set up Hayloft",
    set_up_intro = "创建首个管理员账号。此链接只能使用一次。" | "Create the first administrator. This link works once.",
    set_up_button = "创建管理员账号" | "Create administrator",

    // a share
    share_title = "{owner} 的分享" | "Shared by {owner}",
    share_until = "有效期至" | "Open until",
    share_left = "剩余下载次数：{count}" | "Downloads left: {count}",
    share_all = "全部内容" | "Everything shared",
    share_empty = "此文件夹为空。" | "This folder is empty.",
    share_choose = "选择“{name}”" | "Choose “{name}”",
    share_save = "保存到我的网盘" | "Save to my drive",
    share_save_to = "选择保存位置…" | "Save to a folder…",
    share_save_here = "保存到此处" | "Save here",
    share_save_count = "已选 {count} 项。请选择保存位置。" | "Items chosen: {count}. Choose where they go.",
    share_save_all = "将保存全部内容，请选择保存位置。" | "Everything will be saved. Choose where.",
    share_save_way = "保存位置" | "Where to save",
    share_back = "返回分享" | "Back to the share",
    share_save_hint = "未勾选时保存此处的全部内容。" | "Saves all that is shown here unless you choose some of it.",
    share_save_sign_in = "后可将内容保存到您的网盘。" | " to save this to a drive of your own.",
    share_code_title = "请输入提取码" | "Enter the code",
    share_code_hint = "分享者为此链接设置了提取码。" | "Whoever shared this link has set a code.",
    share_code = "提取码" | "Code",
    share_code_wrong = "提取码错误，请核对后重试。" | "That is not the code. Check it and try again.",
    share_open = "查看内容" | "Open",
    share_cancelled = "分享已取消" | "This share was cancelled",
    share_cancelled_hint = "分享者已取消此分享。如仍需要，请联系分享者。" | "Whoever shared it has ended it. Ask them for a new link.",
    share_expired = "分享已过期" | "This share has expired",
    share_expired_hint = "链接已超过有效期。如仍需要，请联系分享者延长。" | "The link has expired. Ask for a new one.",
    share_used_up = "下载次数已用完" | "All downloads are used up",
    share_used_up_hint = "此分享的下载次数已达上限。如仍需要，请联系分享者。" | "The download limit has been reached. Ask the person who shared it.",
    share_trashed = "内容已被删除" | "What was shared was deleted",
    share_trashed_hint = "分享的内容已被移到回收站或删除。恢复后链接可再次使用。" | "It is in the trash or gone. The link works again once it is restored.",
    share_missing = "分享不存在" | "There is no such share",
    share_trouble = "暂时无法打开" | "This cannot be opened now",

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
