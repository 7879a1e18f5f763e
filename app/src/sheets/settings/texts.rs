//! The sentences of the settings, and of the pages before sign-in that are about the same.

use crate::i18n::texts;

texts! {
    pub(crate) struct SettingsTexts;

    settings = "设置" | "Settings",

    // passwords
    password = "修改密码" | "Password",
    password_intro = "修改后，其他设备会立即退出登录，当前设备保持登录。访问令牌仍然有效，可在“访问令牌”中吊销。" | "Changing it signs out all other devices at once. This one stays signed in. Tokens stay valid; revoke those you do not know.",
    old_password = "当前密码" | "Current password",
    new_password = "新密码" | "New password",
    new_password_again = "再次输入新密码" | "Confirm new password",
    password_hint = "至少 10 个字符，越长越安全" | "At least 10 characters; longer is safer",
    password_change = "修改密码" | "Change password",
    password_changed = "密码已修改，其他设备已退出登录。" | "Your password is changed. All other devices are signed out.",
    old_password_empty = "请输入当前密码。" | "Enter your current password.",
    old_password_wrong = "当前密码错误。" | "That is not your current password.",
    password_same = "新密码不能与当前密码相同。" | "The new password is the same as the current one. Choose another.",
    must_change = "请设置新密码" | "Choose a new password",
    must_change_intro = "您的密码由管理员设置。请先设置一个只有您知道的新密码，再继续使用。" | "An administrator has set your password. Choose one that only you know before you go on.",
    set_password = "重设密码" | "Set password",
    set_password_hint = "该用户会立即退出所有设备，下次登录后必须先设置新密码。" | "The user is signed out everywhere at once, and has to choose a new password at the next sign-in.",

    // tokens
    tokens = "访问令牌" | "API tokens",
    tokens_intro = "供程序访问您的网盘。令牌等同于密码，请勿告知他人。" | "For programs that use your drive. A token is like a password: tell it to nobody.",
    tokens_none = "您还没有访问令牌" | "You have no tokens yet",
    tokens_none_hint = "创建令牌后，程序即可访问您的网盘。" | "Create one, and a program can use your drive with it.",
    token_made = "已创建令牌“{name}”" | "Token “{name}” created",
    token_once = "令牌仅显示这一次，请立即复制并妥善保存。单击可选中全部文字。" | "It is shown this once. Copy it now and keep it safe. One click selects all of it.",
    token_read = "只读" | "Read",
    token_write = "读写" | "Read and write",
    token_read_long = "只读：查看和下载" | "Read: look and download",
    token_write_long = "读写：还可上传、修改和删除" | "Read and write: also upload, change and delete",
    token_used = "上次使用" | "Last used",
    token_unused = "从未使用" | "Never used",
    token_created = "创建于" | "Created",
    token_expires = "有效期至" | "Expires",
    token_ended = "已过期" | "Expired",
    token_endless = "永久有效" | "Never expires",
    token_revoke = "吊销" | "Revoke",
    token_revoke_named = "吊销令牌“{name}”" | "Revoke token “{name}”",
    token_revoked = "已吊销令牌，使用它的程序无法再访问。" | "The token is revoked. Programs that used it have no access any more.",
    token_new = "创建令牌" | "New token",
    token_name = "名称" | "Name",
    token_name_hint = "用于区分令牌，例如“备份脚本”" | "What it is for, like “backup script”",
    token_name_empty = "请输入名称。" | "Enter a name.",
    token_name_long = "名称太长，最多 100 个字符。" | "The name is too long: 100 characters at most.",
    token_too_many = "最多可有 100 个令牌，请先吊销不再使用的。" | "You can have 100 tokens. Revoke one that is no longer used.",
    token_access = "权限" | "Access",
    token_expiry = "有效期" | "Expires",
    token_create = "创建令牌" | "Create token",
    days_30 = "30 天" | "After 30 days",
    days_90 = "90 天" | "After 90 days",
    days_365 = "365 天" | "After 365 days",
    days_never = "永久有效" | "Never",

    // profile
    profile = "个人资料" | "Profile",
    profile_intro = "均为选填，只有您自己能看到。" | "All of it is optional, and only you see it.",
    profile_save = "保存" | "Save",
    profile_saved = "个人资料已保存。" | "Your profile is saved.",
    username = "用户名" | "User name",
    email = "邮箱" | "Email",
    display_name = "显示名称" | "Display name",
    display_name_hint = "在页面上代替用户名显示" | "Shown on the pages instead of your user name",
    gender = "性别" | "Gender",
    gender_unsaid = "不填写" | "Not said",
    gender_female = "女" | "Female",
    gender_male = "男" | "Male",
    gender_other = "其他" | "Other",
    phone = "电话" | "Phone",
    phone_malformed = "电话格式不正确，请使用数字、空格和 + - ( )。" | "That is no phone number. Use digits, spaces and + - ( ).",
    address = "地址" | "Address",
    about = "个人简介" | "About me",
    detail_long = "{field}太长，最多 {limit} 个字符。" | "{field}: {limit} characters at most.",
    detail_characters = "{field}包含不可见字符，请删除后重试。" | "{field} contains invisible characters. Remove them.",
    avatar = "头像" | "Picture",
    avatar_yours = "您的头像" | "Your picture",
    avatar_hint = "PNG、JPEG、WebP 或 GIF，不超过 5 MB；会裁剪为正方形" | "PNG, JPEG, WebP or GIF, up to 5 MB. Its middle becomes a square.",
    avatar_send = "上传头像" | "Upload picture",
    avatar_remove = "移除头像" | "Remove picture",
    avatar_saved = "头像已更新。" | "Your picture is changed.",
    avatar_removed = "头像已移除。" | "Your picture is removed.",
    avatar_missing = "请选择一张图片。" | "Choose a picture first.",
    avatar_large = "图片过大，最大 {limit}。" | "The picture is too large. The limit is {limit}.",
    avatar_wrong = "无法读取此图片，请使用 PNG、JPEG、WebP 或 GIF 格式的图片。" | "This picture cannot be read. Use a PNG, JPEG, WebP or GIF of common size.",

    // how hard a password is to guess
    strength = "密码强度：{word}。" | "Strength: {word}.",
    strength_why = "{strength}{why}" | "{strength} {why}",
    strength_0 = "极弱" | "very weak",
    strength_1 = "弱" | "weak",
    strength_2 = "中等" | "fair",
    strength_3 = "强" | "strong",
    strength_4 = "极强" | "very strong",
    weak_refused = "{strength}请换一个更长或更不常见的密码。" | "{strength} Choose a longer or less usual one.",
    weak_common = "它与常用密码相似。" | "It is similar to a very common password.",
    weak_keyboard = "键盘上相邻的按键很容易被猜到。" | "Keys beside one another are easy to guess.",
    weak_repeat = "重复的内容很容易被猜到。" | "Repeating something makes it hardly harder to guess.",
    weak_sequence = "连续的字母或数字很容易被猜到。" | "Letters or digits in a row are easy to guess.",
    weak_date = "日期和年份很容易被猜到。" | "Dates and years are easy to guess.",
    weak_word = "单个单词很容易被猜到。" | "One word by itself is easy to guess.",
    weak_name = "姓名很容易被猜到。" | "Names are easy to guess.",

    // signing in
    locked = "此账号已被锁定，请联系管理员。" | "This account is locked. Ask your administrator.",

    // captchas
    captcha = "验证码" | "Captcha",
    captcha_alt = "含有 5 个字符的验证码图片。若无法看清，可收听下方的语音。" | "A picture of five characters. If you cannot read it, listen to them below.",
    captcha_sound = "收听验证码（英文朗读）" | "Listen to the five characters",
    captcha_hint = "请输入图中的 5 个字母和数字，不区分大小写；看不清可收听语音（英文朗读）" | "Type the five letters and digits that you see or hear, in any case.",
    captcha_another = "换一张" | "Another picture",
    captcha_needed = "请输入验证码。" | "Type what the picture shows.",
    captcha_wrong = "验证码错误或已过期，请输入新的验证码。" | "That is not what the picture showed, or it came too late. Here is a new one.",
    captcha_wait = "请求的验证码过多，请 {seconds} 秒后刷新页面重试。" | "Too many pictures were asked for. Reload the page in {seconds} s.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(SettingsTexts::ALL);
    }
}
