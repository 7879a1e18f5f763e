//! The sentences of previews.

use crate::i18n::texts;

texts! {
    pub(crate) struct PreviewTexts;

    way_on = "浏览此文件夹" | "Go through this folder",
    previous = "上一个" | "Previous",
    next = "下一个" | "Next",
    back = "返回文件夹" | "Back to the folder",
    download = "下载" | "Download",
    download_zip = "打包下载" | "Download as zip",
    share = "分享" | "Share",
    details = "详细信息" | "Details",
    kind = "类型" | "Type",
    folder = "文件夹" | "Folder",
    size = "大小" | "Size",
    bytes = "{count} 字节" | "{count} bytes",
    modified = "修改时间" | "Modified",
    encoding = "文字编码" | "Encoding",
    place = "位置" | "In",
    my_files = "我的文件" | "My files",
    hash = "BLAKE3 校验值" | "BLAKE3",
    hash_unknown = "正在计算" | "being computed",
    shares = "分享情况" | "Shared in",
    shares_none = "未分享" | "Not shared",
    share_entry = "{title}（下载 {count} 次）" | "{title} (downloads: {count})",
    not_shown = "此类文件暂不支持预览，请下载后查看。" | "Files of this kind are not shown here. Download it to open it.",
    not_played = "如果无法播放，请下载后用播放器打开。" | "If it does not play here, download it and open it with a player.",
    open_pdf = "在浏览器中打开 PDF" | "Open the PDF in the browser",
    cut = "文件较大，此处仅显示前 2 MB。" | "This is a large file: only its first 2 MB are shown.",
    empty = "空文件" | "This file is empty.",
    text_of = "“{name}”的内容" | "Content of “{name}”",
    as_written = "查看源文本" | "Show source",
    laid_out = "查看排版" | "Show formatted",
    around = "同一文件夹中的文件" | "Files in this folder",
    counts = "预览会计入下载次数。" | "Showing it counts as a download.",
    show = "预览" | "Show it",
    all_shared = "返回列表" | "Back to the list",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(PreviewTexts::ALL);
    }
}
