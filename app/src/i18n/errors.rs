//! Errors as sentences that say what to do.

use domain::{AppError, ByteSize, Field, Reason};

use super::{Language, fill};
use crate::Failure;

texts! {
    struct ErrorTexts;

    sign_in_required = "请先登录。" | "Sign in first.",
    wrong_credentials = "用户名或密码错误。" | "Wrong user name or password.",
    forbidden = "没有权限执行此操作。" | "You do not have permission to do this.",
    code_required = "请输入正确的提取码。" | "Enter the right code.",
    not_found = "文件或文件夹不存在，可能已被移动或删除。请刷新列表。" | "It is no longer there. Reload the list.",
    gone = "已过期，请重新开始。" | "This has expired. Start again.",
    name_taken = "此处已有同名文件或文件夹，请换一个名称。" | "Something here has this name already. Choose another.",
    offset_mismatch = "上传进度与服务器不一致，请重试。" | "Browser and server disagree about the progress. Try again.",
    checksum_mismatch = "文件在传输中损坏，请重新上传。" | "The data was damaged on the way. Upload it again.",
    busy = "正在处理中，请稍后重试。" | "This is still being worked on. Try again in a moment.",
    too_large = "文件过大，单个文件最大 {limit}。" | "The file is too large. The limit is {limit}.",
    quota_exceeded = "空间不足，仅剩 {available}。请清理文件后重试。" | "Not enough space: {available} left. Delete something and try again.",
    too_many = "尝试次数过多，请 {seconds} 秒后重试。" | "Too many attempts. Try again in {seconds} s.",
    store_unavailable = "存储暂不可用，数据没有丢失，请 {seconds} 秒后重试。" | "The store is unreachable; nothing is lost. Try again in {seconds} s.",
    store_full = "服务器存储空间已满，请联系管理员扩容。" | "The server is out of space. Ask your administrator to make room.",
    unavailable = "服务暂不可用，请 {seconds} 秒后重试。" | "The service is unavailable. Try again in {seconds} s.",
    internal = "服务器出错了。请将编号 {incident} 告知管理员。" | "Something went wrong. Give your administrator this number: {incident}",
    offline = "无法连接服务器，请检查网络后重试。" | "Cannot reach the server. Check your connection and try again.",
    outdated = "页面已过期，请刷新后重试。" | "This page is out of date. Reload it and try again.",

    empty = "请输入{field}。" | "Enter {field}.",
    too_long = "{field}太长，最多 {limit} 个字符。" | "{Field} is too long: {limit} characters at most.",
    too_long_name = "名称太长，最多 {limit} 字节（约 {characters} 个汉字）。" | "The name is too long: {limit} bytes at most (about {characters} Chinese characters).",
    too_many_at_once = "一次最多处理 {limit} 个文件和文件夹，请分批选择。" | "More than {limit} files and folders at once. Choose fewer, or smaller folders.",
    too_short = "{field}太短，至少 {limit} 个字符。" | "{Field} is too short: {limit} characters at least.",
    slash = "名称不能包含“/”。" | "A name cannot contain “/”.",
    control_character = "名称包含不可见字符，请删除后重试。" | "The name contains invisible characters. Remove them.",
    reserved = "该名称由系统保留，请换一个。" | "This name is reserved. Choose another.",
    character = "{field}包含不支持的字符。" | "{Field} contains a character that is not allowed.",
    taken = "{field}已被使用，请换一个。" | "{Field} is taken. Choose another.",
    different = "两次输入的密码不一致。" | "The passwords do not match.",
    common = "密码过于常见，容易被猜到，请换一个。" | "This password is too easy to guess. Choose another.",
    malformed = "{field}格式不正确。" | "{Field} is not valid.",
    unknown = "找不到{field}，请刷新页面。" | "{Field} is no longer there. Reload the page.",
    expired = "{field}已失效，请向管理员索取新的。" | "{Field} has been used or has expired. Ask your administrator for a new one.",
    contradiction = "{field}与之前不一致，请重新开始。" | "{Field} does not match what was sent before. Start again.",
    into_itself = "不能将文件夹移入或复制到其自身，也不能替换其所在的文件夹。" | "A folder cannot be moved or copied into itself, or replace a folder that it is in.",

    field_username = "用户名" | "the user name",
    field_email = "邮箱" | "the email",
    field_login = "用户名或邮箱" | "the user name or email",
    field_password = "密码" | "the password",
    field_name = "名称" | "the name",
    field_parent = "目标文件夹" | "the folder",
    field_length = "文件大小" | "the file size",
    field_setup_link = "初始化链接" | "the setup link",
    field_quota = "存储配额" | "the quota",
    field_share_code = "提取码" | "the code",
    field_expiry = "有效期" | "the expiry",
    field_other = "输入" | "the input",
    field_invitation = "邀请" | "the invitation",
}

/// The sentence for a failure, where no input stands beside it.
pub(crate) fn sentence(language: Language, failure: &Failure) -> String {
    let t = ErrorTexts::of(language);
    let error = match failure {
        Failure::App(error) => error,
        Failure::Offline => return t.offline.to_owned(),
        Failure::Outdated => return t.outdated.to_owned(),
    };
    let seconds = error.retry_after().unwrap_or_default().to_string();
    let plain = match error {
        AppError::SignInRequired => t.sign_in_required,
        AppError::WrongCredentials => t.wrong_credentials,
        AppError::Forbidden => t.forbidden,
        AppError::CodeRequired => t.code_required,
        AppError::NotFound => t.not_found,
        AppError::Gone => t.gone,
        AppError::NameTaken => t.name_taken,
        AppError::OffsetMismatch { .. } => t.offset_mismatch,
        AppError::ChecksumMismatch => t.checksum_mismatch,
        AppError::Busy => t.busy,
        AppError::StoreFull => t.store_full,
        AppError::TooManyRequests { .. } => return fill(t.too_many, &[("seconds", &seconds)]),
        AppError::StoreUnavailable { .. } => return fill(t.store_unavailable, &[("seconds", &seconds)]),
        AppError::Unavailable { .. } => return fill(t.unavailable, &[("seconds", &seconds)]),
        AppError::TooLarge { limit } => {
            return fill(t.too_large, &[("limit", &ByteSize(*limit).to_string())]);
        }
        AppError::QuotaExceeded { available } => {
            return fill(t.quota_exceeded, &[("available", &ByteSize(*available).to_string())]);
        }
        AppError::Internal { incident } => return fill(t.internal, &[("incident", incident)]),
        AppError::Invalid { field, reason } => return field_sentence(language, *field, *reason),
    };
    plain.to_owned()
}

/// The sentence for a refused input.
pub(crate) fn field_sentence(language: Language, field: Field, reason: Reason) -> String {
    let t = ErrorTexts::of(language);
    let (pattern, limit) = match reason {
        Reason::Empty => (t.empty, 0),
        Reason::TooLong { limit } if field == Field::Name => (t.too_long_name, limit),
        Reason::TooLong { limit } if field == Field::Limit => (t.too_many_at_once, limit),
        Reason::TooLong { limit } => (t.too_long, limit),
        Reason::TooShort { limit } => (t.too_short, limit),
        Reason::Slash => (t.slash, 0),
        Reason::ControlCharacter => (t.control_character, 0),
        Reason::Reserved => (t.reserved, 0),
        Reason::Character => (t.character, 0),
        Reason::Taken => (t.taken, 0),
        Reason::Different => (t.different, 0),
        Reason::Common => (t.common, 0),
        Reason::Malformed => (t.malformed, 0),
        Reason::Unknown => (t.unknown, 0),
        Reason::Expired => (t.expired, 0),
        Reason::Contradiction if field == Field::Parent => (t.into_itself, 0),
        Reason::Contradiction => (t.contradiction, 0),
    };
    let name = field_name(t, field);
    let values = [
        ("field", name),
        ("Field", &capitalised(name)),
        ("limit", &limit.to_string()),
        // A Chinese character is three bytes of UTF-8.
        ("characters", &(limit / 3).to_string()),
    ];
    fill(pattern, &values)
}

const fn field_name(t: &ErrorTexts, field: Field) -> &'static str {
    match field {
        Field::Username | Field::Confirmation => t.field_username,
        Field::Email => t.field_email,
        Field::Login => t.field_login,
        Field::Password | Field::PasswordAgain => t.field_password,
        Field::Name => t.field_name,
        Field::Parent => t.field_parent,
        Field::Length => t.field_length,
        Field::SetupLink => t.field_setup_link,
        Field::Quota => t.field_quota,
        Field::ShareCode => t.field_share_code,
        Field::Expiry => t.field_expiry,
        // What only programs send, and what only administrators do.
        Field::Metadata
        | Field::Parts
        | Field::Checksum
        | Field::Cursor
        | Field::Limit
        | Field::Registration
        | Field::Retention
        | Field::Announcement => t.field_other,
        Field::Invitation => t.field_invitation,
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::check_table;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        // A sentence may begin with the field in English and not in Chinese; it is the same value.
        let table: Vec<_> = ErrorTexts::ALL
            .iter()
            .map(|(key, chinese, english)| {
                (*key, (*chinese).to_owned(), english.replace("{Field}", "{field}"))
            })
            .collect();
        let table: Vec<_> = table.iter().map(|(k, c, e)| (*k, c.as_str(), e.as_str())).collect();
        check_table(&table);
    }

    #[test]
    fn no_placeholder_is_left_in_any_error() {
        let errors = [
            AppError::SignInRequired,
            AppError::WrongCredentials,
            AppError::Forbidden,
            AppError::CodeRequired,
            AppError::NotFound,
            AppError::Gone,
            AppError::NameTaken,
            AppError::OffsetMismatch { offset: 3 },
            AppError::ChecksumMismatch,
            AppError::Busy,
            AppError::TooLarge { limit: 10 },
            AppError::QuotaExceeded { available: 10 },
            AppError::TooManyRequests { retry_after: 8 },
            AppError::StoreUnavailable { retry_after: 8 },
            AppError::StoreFull,
            AppError::Unavailable { retry_after: 8 },
            AppError::Internal { incident: "abc".into() },
        ];
        let reasons = [
            Reason::Empty,
            Reason::TooLong { limit: 255 },
            Reason::TooShort { limit: 4 },
            Reason::Slash,
            Reason::ControlCharacter,
            Reason::Reserved,
            Reason::Character,
            Reason::Taken,
            Reason::Different,
            Reason::Common,
            Reason::Malformed,
            Reason::Unknown,
            Reason::Expired,
            Reason::Contradiction,
        ];
        let fields = [
            Field::Username,
            Field::Email,
            Field::Login,
            Field::Password,
            Field::PasswordAgain,
            Field::Name,
            Field::Parent,
            Field::Length,
            Field::Metadata,
            Field::Parts,
            Field::Checksum,
            Field::Cursor,
            Field::Limit,
            Field::SetupLink,
            Field::Quota,
            Field::ShareCode,
            Field::Expiry,
            Field::Registration,
            Field::Retention,
            Field::Announcement,
            Field::Invitation,
            Field::Confirmation,
        ];
        let invalid = fields
            .into_iter()
            .flat_map(|field| reasons.into_iter().map(move |reason| AppError::invalid(field, reason)));
        for error in errors.into_iter().chain(invalid) {
            for language in Language::ALL {
                let text = sentence(language, &error.clone().into());
                assert!(!text.contains(['{', '}']), "{error:?}: {text}");
                assert!(text.len() > 5, "{error:?}: {text}");
            }
        }
    }

    #[test]
    fn what_to_do_is_said() {
        let error = AppError::QuotaExceeded { available: 1_500_000 }.into();
        assert_eq!(
            sentence(Language::English, &error),
            "Not enough space: 1.5 MB left. Delete something and try again."
        );
        assert_eq!(
            field_sentence(Language::Chinese, Field::Username, Reason::TooShort { limit: 4 }),
            "用户名太短，至少 4 个字符。"
        );
        assert_eq!(
            field_sentence(Language::English, Field::Username, Reason::Taken),
            "The user name is taken. Choose another."
        );
    }

    #[test]
    fn too_many_items_are_not_told_as_characters() {
        let sentence = |language| field_sentence(language, Field::Limit, Reason::TooLong { limit: 20_000 });
        assert_eq!(
            sentence(Language::English),
            "More than 20000 files and folders at once. Choose fewer, or smaller folders."
        );
        assert_eq!(sentence(Language::Chinese), "一次最多处理 20000 个文件和文件夹，请分批选择。");
    }

    #[test]
    fn a_folder_in_itself_has_its_own_sentence() {
        let sentence = |language, field| field_sentence(language, field, Reason::Contradiction);
        assert_eq!(
            sentence(Language::English, Field::Parent),
            "A folder cannot be moved or copied into itself, or replace a folder that it is in."
        );
        assert_eq!(
            sentence(Language::Chinese, Field::Parent),
            "不能将文件夹移入或复制到其自身，也不能替换其所在的文件夹。"
        );
        assert_eq!(
            sentence(Language::English, Field::Length),
            "The file size does not match what was sent before. Start again."
        );
    }
}
