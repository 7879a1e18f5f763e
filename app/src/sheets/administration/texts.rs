//! The sentences for administrators.

use crate::i18n::texts;

texts! {
    pub(super) struct AdministrationTexts;

    administration = "管理" | "Administration",
    overview = "概览" | "Overview",
    users = "用户" | "Users",
    log = "审计日志" | "Audit log",
    invitations = "邀请" | "Invitations",
    settings = "站点设置" | "Settings",
    more = "下一页" | "Next page",

    // overview
    accounts = "账号" | "Accounts",
    accounts_locked = "{users}（已锁定 {locked}，正在删除 {deleting}）" | "{users} ({locked} locked, {deleting} being deleted)",
    files = "文件" | "Files",
    folders = "文件夹" | "Folders",
    trashed = "回收站中的项目" | "Items in trash",
    logical = "用户数据" | "Data of users",
    physical = "存储的数据（不含副本）" | "Stored data (without replicas)",
    uploads = "进行中的上传" | "Unfinished uploads",
    uploads_reserved = "{uploads}（正在传输 {writing}，预留 {reserved}）" | "{uploads} ({writing} being sent now, {reserved} reserved)",
    store = "存储" | "Store",
    store_of = "已用 {used} / {capacity}，可用 {available}" | "{used} of {capacity} used, {available} free",
    store_silent = "存储未提供容量信息" | "The store does not tell its capacity",
    nodes = "数据节点" | "DataNodes",
    nodes_of = "在线 {live}，离线 {dead}" | "{live} live, {dead} dead",
    nodes_unknown = "未知：NameNode 未在规定时间内响应" | "Unknown: the NameNode did not answer in time",
    safe_mode = "安全模式" | "Safe mode",
    safe_mode_on = "已开启，只能读取" | "On: nothing can be written",
    safe_mode_off = "未开启" | "Off",
    missing_blocks = "丢失的数据块" | "Missing blocks",
    under_replicated = "副本不足的数据块" | "Under-replicated blocks",
    database = "数据库" | "Database",
    works = "正常" | "Works",
    read_only = "只读" | "Read-only",
    broken = "不可用" | "Unavailable",

    // accounts
    search = "搜索" | "Search",
    search_hint = "用户名或邮箱" | "User name or email",
    sort = "排序" | "Sort by",
    sort_name = "用户名" | "User name",
    sort_used = "已用空间" | "Space used",
    sort_created = "创建时间" | "Newest first",
    no_users = "没有符合条件的用户。" | "No user matches.",
    new_user = "新建用户" | "New user",
    new_user_quota = "新账号的存储配额：{quota}。" | "The quota of new accounts is: {quota}.",
    new_user_hint = "请将初始密码告知用户；首次登录时须修改。" | "Tell them the password; they choose another one when they first sign in.",
    create = "创建" | "Create",
    column_user = "用户" | "User",
    column_used = "已用空间" | "Space used",
    column_seen = "上次活动" | "Last seen",
    column_state = "状态" | "State",
    used_of = "{used} / {quota}" | "{used} of {quota}",
    administrator = "管理员" | "Administrator",
    locked = "已锁定" | "Locked",
    active = "正常" | "Active",
    never = "从未" | "Never",

    // one account
    email = "邮箱" | "Email",
    created = "创建时间" | "Created",
    locked_since = "锁定时间" | "Locked since",
    locked_reason = "锁定原因" | "Reason",
    quota = "存储配额" | "Quota",
    quota_title = "存储配额" | "Storage quota",
    quota_hint = "例如 500MB、20GiB；留空表示不限" | "Like 500MB or 20GiB; empty for no limit",
    no_limit = "不限" | "No limit",
    save = "保存" | "Save",
    role = "角色" | "Role",
    make_administrator = "设为管理员" | "Make administrator",
    make_user = "取消管理员权限" | "Remove admin rights",
    lock_title = "锁定" | "Lock",
    lock = "锁定账号" | "Lock account",
    lock_hint = "锁定后立即退出所有设备，文件保留。" | "The user is signed out everywhere at once. Their files stay.",
    unlock = "解除锁定" | "Unlock",
    reason = "原因（仅管理员可见）" | "Reason, seen by administrators only",
    yourself = "这是您自己的账号：不能锁定或取消自己的管理员权限。" | "This is your own account: you cannot lock it or remove its admin rights.",

    // log
    log_kind = "类别" | "Kind",
    log_all = "全部" | "All",
    log_session = "登录" | "Signing in",
    log_account = "账号" | "Accounts",
    log_token = "访问令牌" | "Tokens",
    log_share = "分享" | "Shares",
    log_setting = "站点设置" | "Settings",
    log_invitation = "邀请" | "Invitations",
    log_user = "用户名" | "User name",
    log_filter = "筛选" | "Filter",
    log_when = "时间" | "When",
    log_who = "操作者" | "Who",
    log_what = "事件" | "What",
    log_where = "来源" | "Source",
    log_empty = "没有符合条件的记录。" | "No entry matches.",
    log_nobody = "未登录" | "Not signed in",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(AdministrationTexts::ALL);
    }
}
