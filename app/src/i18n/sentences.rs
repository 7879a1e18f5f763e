//! The sentences of the pages. The tray keeps its own beside its code.

texts! {
    pub(crate) struct Texts;

    // every page
    skip_to_content = "跳到主要内容" | "Skip to content",
    close = "关闭" | "Close",

    // account menu
    account = "账号" | "Account",
    language = "语言" | "Language",
    theme = "外观" | "Appearance",
    theme_auto = "跟随系统" | "System",
    theme_light = "浅色" | "Light",
    theme_dark = "深色" | "Dark",
    administration = "管理" | "Administration",
    settings = "设置" | "Settings",
    shortcuts = "键盘快捷键" | "Keyboard shortcuts",
    sign_out = "退出登录" | "Sign out",
    administrator = "管理员" | "Administrator",
    signed_out = "已退出登录。" | "You have signed out.",

    // the drive
    my_files = "我的文件" | "My files",
    my_shares = "我的分享" | "My shares",
    share = "分享" | "Share",
    share_named = "分享“{name}”" | "Share “{name}”",
    change = "移动、复制或重命名" | "Move, copy or rename",
    change_named = "移动、复制或重命名“{name}”" | "Move, copy or rename “{name}”",
    navigation = "导航" | "Navigation",
    breadcrumb = "当前位置" | "You are here",
    upload = "上传" | "Upload",
    upload_folder = "上传文件夹" | "Upload folder",
    new_folder = "新建文件夹" | "New folder",
    folder_name = "文件夹名称" | "Folder name",
    create = "创建" | "Create",
    column_choose = "选择" | "Selected",
    column_kind = "类型" | "Kind",
    column_name = "名称" | "Name",
    column_size = "大小" | "Size",
    column_modified = "修改时间" | "Modified",
    column_actions = "操作" | "Actions",
    sort_by = "按{column}排序" | "Sort by {column}",
    file_list = "文件列表" | "Files",
    download = "下载" | "Download",
    download_zip = "打包下载" | "Download as zip",
    download_named = "下载“{name}”" | "Download “{name}”",
    trash = "移到回收站" | "Move to trash",
    trash_named = "将“{name}”移到回收站" | "Move “{name}” to trash",
    more = "加载更多" | "Show more",
    from_start = "回到列表开头" | "Back to the start",
    loading = "正在加载…" | "Loading…",
    retry = "重试" | "Try again",
    empty_title = "这里还没有文件" | "No files here yet",
    empty_hint = "点击“上传”，添加第一个文件。" | "Choose “Upload” to add your first file.",
    empty_drop = "也可以将文件或文件夹拖到这里。上传中断后可继续。" | "Or drop files and folders anywhere on this page. Interrupted uploads resume.",
    quota_used = "已用 {used}" | "{used} used",
    quota_of = "已用 {used} / {quota}" | "{used} of {quota} used",
    quota = "存储空间" | "Storage",
    kind_folder = "文件夹" | "Folder",
    kind_image = "图片" | "Image",
    kind_document = "文档" | "Document",
    kind_video = "视频" | "Video",
    kind_audio = "音频" | "Audio",
    kind_other = "文件" | "File",

    // what happened
    trashed = "“{name}”已移到回收站。" | "“{name}” moved to trash.",
    undo = "撤销" | "Undo",
    restored = "“{name}”已恢复。" | "“{name}” restored.",
    folder_created = "已创建文件夹“{name}”。" | "Folder “{name}” created.",
    account_changed = "账号“{name}”的更改已保存。" | "Changes to the account “{name}” are saved.",
    session_ended = "已结束该设备的登录。" | "That device is signed out.",
    saved = "已保存到我的文件，共 {count} 项。" | "Saved to your files. Items: {count}.",
    share_cancelled = "已取消分享，链接已失效。" | "The share is cancelled; its link no longer works.",
    share_changed = "分享设置已保存。" | "The share is changed.",
    dismiss = "关闭提示" | "Dismiss",

    // shortcuts
    key_move = "上一项 / 下一项" | "Previous / next item",
    key_ends = "第一项 / 最后一项" | "First / last item",
    key_open = "打开" | "Open",
    key_select = "选择或取消选择" | "Select or deselect",
    key_range = "选择连续的项目" | "Select a range",
    key_all = "全选" | "Select all",
    key_none = "取消选择" | "Clear selection",
    key_rename = "重命名" | "Rename",
    key_trash = "移到回收站" | "Move to trash",
    key_upload = "选择要上传的文件" | "Choose files to upload",
    key_help = "显示快捷键" | "Show shortcuts",

    // errors
    not_found_title = "页面不存在" | "Nothing here",
    fault_title = "出了点问题" | "Something went wrong",
    back_to_files = "返回我的文件" | "Back to my files",
}

impl Texts {
    /// “3 files uploaded.”
    pub(crate) fn uploaded(&self, files: u32) -> String {
        let chinese = std::ptr::eq(self, &Self::CHINESE);
        match (chinese, files) {
            (true, _) => format!("已上传 {files} 个文件。"),
            (false, 1) => "1 file uploaded.".to_owned(),
            (false, _) => format!("{files} files uploaded."),
        }
    }
}
