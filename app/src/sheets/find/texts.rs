//! The sentences of what is found, and of the part of the frame that only the server renders.

use crate::i18n::texts;

texts! {
    pub(crate) struct FindTexts;

    // the frame
    my_files = "我的文件" | "My files",
    recent = "最近" | "Recent",
    largest = "大文件" | "Largest files",
    categories = "分类" | "Categories",
    images = "图片" | "Images",
    documents = "文档" | "Documents",
    videos = "视频" | "Videos",
    audio = "音频" | "Audio",
    others = "其他" | "Other files",
    my_shares = "我的分享" | "My shares",
    trash = "回收站" | "Trash",
    search = "搜索" | "Search",
    search_field = "按名称搜索文件和文件夹" | "Search files and folders by name",
    search_short = "搜索文件" | "Search files",

    // above the lists
    results = "“{words}”的搜索结果" | "Results for “{words}”",
    search_hint = "输入名称中的任意部分，例如一个汉字、几个字母或扩展名。多个词以空格分隔，须全部出现在名称中。" | "Type any part of a name: a few letters, a single Chinese character, an extension. Several words, with spaces between them, must all be in the name.",
    search_none = "没有找到名称包含“{words}”的文件或文件夹" | "Nothing has “{words}” in its name",
    search_none_hint = "请检查拼写，或换用更短的词。回收站中的项目不会出现在此处。" | "Check the spelling, or try a shorter word. What is in the trash is not searched.",
    search_long = "搜索内容过长，最多 {limit} 字节。" | "That is too long to search for: {limit} bytes at most.",
    search_character = "搜索内容包含不可用的字符。" | "There is a character in it that no name has.",
    recent_intro = "整个网盘中最近上传或更新的文件。" | "What was uploaded or changed last, wherever it is in your drive.",
    none = "还没有文件" | "No files yet",
    none_hint = "上传的文件会显示在此处。" | "What you upload is shown here.",
    largest_intro = "整个网盘中占用空间最多的文件。" | "The files that take the most room, wherever they are in your drive.",
    category_none = "此分类中还没有文件" | "No files of this kind yet",
    by_time = "按时间" | "Newest first",
    by_size = "按大小" | "Largest first",
    order = "排序" | "Order",
    more = "下一页" | "Next page",
    go_on = "继续查找" | "Look further",

    // a row
    in_folder = "打开所在文件夹“{place}”" | "Open the folder “{place}”",
    time = "添加时间" | "Added",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(FindTexts::ALL);
    }
}
