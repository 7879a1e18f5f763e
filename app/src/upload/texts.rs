//! What the tray says, in both languages.

use domain::ByteSize;

use super::snapshot::{Row, State, Summary};
use super::verdict::{Problem, Why};
use crate::Failure;
use crate::i18n::{Language, fill, sentence, texts};

texts! {
    pub(super) struct TrayTexts;

    tray = "上传" | "Uploads",
    drop_here = "松开即可上传到此文件夹" | "Drop to upload to this folder",
    overall = "总进度" | "Overall progress",
    progress_of = "“{name}”的上传进度" | "Progress of {name}",

    pause = "暂停" | "Pause",
    resume = "继续" | "Resume",
    retry = "重试" | "Try again",
    cancel = "取消" | "Cancel",
    pick = "重新选择“{name}”" | "Choose “{name}” again",
    pick_short = "选择文件" | "Choose file",
    pause_all = "全部暂停" | "Pause all",
    resume_all = "全部继续" | "Resume all",
    retry_failed = "重试失败项" | "Retry failed",
    copy_report = "复制错误信息" | "Copy details",
    copied = "已复制" | "Copied",
    copy_failed = "复制失败" | "Could not copy",
    collapse = "收起" | "Collapse",
    expand = "展开" | "Expand",
    close = "关闭" | "Close",
    sign_in = "登录" | "Sign in",

    head_uploading = "正在上传 {files} 项 · {percent}%" | "Uploading {files} · {percent}%",
    head_waiting = "等待中 · {percent}%" | "Waiting · {percent}%",
    head_paused = "已暂停 · {percent}%" | "Paused · {percent}%",
    head_taken = "{files} 项重名，请选择如何处理" | "{files} with a name that is taken",
    head_unfinished = "{files} 项未传完" | "{files} unfinished",
    head_failed = "{failed} 项失败，{files} 项已上传" | "{failed} failed, {files} uploaded",
    head_failed_alone = "{failed} 项失败" | "{failed} failed",
    head_done = "已上传 {files} 项" | "{files} uploaded",
    head_nothing = "没有要上传的文件" | "Nothing to upload",
    file = "1 个文件" | "1 file",
    files = "{count} 个文件" | "{count} files",
    announce_uploading = "正在上传 {files} 项" | "Uploading {files}",
    announce_waiting = "上传正在等待，稍后自动继续" | "Uploads are waiting and will resume by themselves",
    announce_paused = "上传已暂停" | "Uploads are paused",

    counts_done = "已完成 {count}" | "{count} done",
    counts_failed = "失败 {count}" | "{count} failed",
    counts_pending = "待上传 {count}" | "{count} to go",
    counts_paused = "已暂停 {count}" | "{count} paused",
    counts_taken = "重名 {count}" | "{count} taken names",
    counts_needs_file = "待选择文件 {count}" | "{count} to choose again",
    more = "还有 {count} 个文件未列出" | "{count} more not listed",
    folders = "无法读取文件夹：{names}。其余内容正常上传。" | "These folders could not be read: {names}. Everything else is uploaded.",
    reading = "正在读取文件夹…" | "Reading folders…",
    comma = "、" | ", ",
    and_others = "{names} 等 {count} 个" | "{names}, {count} in all",

    queued = "排队中 · {size}" | "Queued · {size}",
    starting = "正在开始 · {size}" | "Starting · {size}",
    sent = "{sent} / {size}" | "{sent} / {size}",
    speed = "{speed}/s" | "{speed}/s",
    left = "剩余 {time}" | "{time} left",
    finishing = "正在完成 · {size}" | "Finishing · {size}",
    saved = "已保存 {sent}" | "{sent} saved",
    paused = "已暂停 · {sent} / {size}" | "Paused · {sent} / {size}",
    needs_file = "请重新选择该文件以继续上传 · 已保存 {sent} / {size}" | "Choose this file again to resume · {sent} of {size} saved",
    taken = "此处已有同名项目" | "This name is taken here",
    all_taken = "全部 {count} 项：" | "All {count}:",
    keep_both = "保留两者" | "Keep both",
    replace = "替换" | "Replace",
    skip = "跳过" | "Skip",
    mismatch = "不是同一个文件：名称、大小或修改时间不同" | "Not the same file: its name, size or date differs",
    done = "已完成 · {size}" | "Done · {size}",

    wait_network = "无法连接服务器，{seconds} 秒后重试" | "The server is unreachable, trying again in {seconds} s",
    wait_store = "存储暂不可用，{seconds} 秒后重试" | "The store is unreachable, trying again in {seconds} s",
    wait_server = "服务器暂不可用，{seconds} 秒后重试" | "The server is unavailable, trying again in {seconds} s",
    wait_busy = "服务器正忙，{seconds} 秒后重试" | "The server is busy, trying again in {seconds} s",
    wait_sign_in = "登录已失效，重新登录后自动继续" | "You were signed out. Sign in and uploads resume",

    problem_status = "服务器拒绝了此文件（HTTP {status}）。" | "The server refused this file (HTTP {status}).",
    problem_proxy = "服务器前的代理限制了上传大小（HTTP 413），请联系管理员。" | "A proxy in front of the server refuses uploads (HTTP 413). Ask your administrator.",
    problem_unreadable = "无法读取文件，它可能已被修改、移动或删除。请重新选择。" | "The file cannot be read. It was changed, moved or deleted; choose it again.",

    seconds = "{n} 秒" | "{n} s",
    minutes = "{n} 分钟" | "{n} min",
    hours = "{h} 小时 {m} 分钟" | "{h} h {m} min",
    days = "{n} 天" | "{n} d",

    wait_other_person = "现在登录的是其他用户，换回原用户后会自动继续" | "Somebody else is signed in now; it goes on once you are again",
}

fn size(bytes: u64) -> String {
    ByteSize(bytes).to_string()
}

/// A number of files as the sentence around it needs it: Chinese puts its own measure word.
fn files(language: Language, count: usize) -> String {
    let t = TrayTexts::of(language);
    match (language, count) {
        (Language::Chinese, _) => count.to_string(),
        (Language::English, 1) => t.file.to_owned(),
        (Language::English, _) => fill(t.files, &[("count", &count.to_string())]),
    }
}

/// A time as it is said in passing: one or two units.
pub(super) fn duration(language: Language, seconds: u64) -> String {
    let t = TrayTexts::of(language);
    let one = |text, n: u64| fill(text, &[("n", &n.to_string())]);
    match seconds {
        0..60 => one(t.seconds, seconds),
        60..3_600 => one(t.minutes, seconds.div_ceil(60)),
        3_600..86_400 => {
            let (h, m) = ((seconds / 3_600).to_string(), (seconds % 3_600 / 60).to_string());
            fill(t.hours, &[("h", &h), ("m", &m)])
        }
        _ => one(t.days, seconds / 86_400),
    }
}

/// Why a file ended without one, as a sentence.
pub(super) fn problem(language: Language, problem: &Problem) -> String {
    let t = TrayTexts::of(language);
    match problem {
        Problem::App(error) => sentence(language, &Failure::App(error.clone())),
        Problem::Status(413) => t.problem_proxy.to_owned(),
        Problem::Status(status) => fill(t.problem_status, &[("status", &status.to_string())]),
        Problem::Unreadable => t.problem_unreadable.to_owned(),
    }
}

/// The line below a file's name.
pub(super) fn line(language: Language, row: &Row) -> String {
    let t = TrayTexts::of(language);
    let (sent, size) = (size(row.sent), size(row.size));
    let plain = |text| fill(text, &[("sent", &sent), ("size", &size)]);
    match &row.state {
        State::Queued => plain(t.queued),
        State::Starting => plain(t.starting),
        State::Uploading { speed, left } => uploading(language, plain(t.sent), *speed, *left),
        State::Finishing => plain(t.finishing),
        State::Waiting { why, seconds } => waiting(language, *why, *seconds, row.sent),
        State::Paused => plain(t.paused),
        State::Taken => t.taken.to_owned(),
        State::NeedsFile { mismatch: true } => t.mismatch.to_owned(),
        State::NeedsFile { mismatch: false } => plain(t.needs_file),
        State::Done { .. } => plain(t.done),
        State::Failed(reason) => problem(language, reason),
    }
}

fn uploading(language: Language, mut text: String, speed: u64, left: Option<u64>) -> String {
    let t = TrayTexts::of(language);
    if speed > 0 {
        text.push_str(" · ");
        text.push_str(&fill(t.speed, &[("speed", &size(speed))]));
    }
    if let Some(left) = left {
        text.push_str(" · ");
        text.push_str(&fill(t.left, &[("time", &duration(language, left))]));
    }
    text
}

fn waiting(language: Language, why: Why, seconds: u64, sent: u64) -> String {
    let t = TrayTexts::of(language);
    let text = match why {
        Why::Network => t.wait_network,
        Why::Store => t.wait_store,
        Why::Server | Why::Publishing => t.wait_server,
        Why::Busy => t.wait_busy,
        Why::SignIn => t.wait_sign_in,
        Why::OtherPerson => t.wait_other_person,
    };
    let mut text = fill(text, &[("seconds", &seconds.to_string())]);
    if sent > 0 {
        text.push_str(" · ");
        text.push_str(&fill(t.saved, &[("sent", &size(sent))]));
    }
    text
}

/// The tray's heading.
pub(super) fn head(language: Language, sum: &Summary) -> String {
    let t = TrayTexts::of(language);
    let percent = sum.percent.to_string();
    let say = |text, count: usize| {
        let values = [("files", files(language, count)), ("failed", sum.failed.to_string())];
        fill(text, &[("percent", percent.as_str()), ("files", &values[0].1), ("failed", &values[1].1)])
    };
    if sum.pending > 0 && sum.waiting == sum.pending {
        say(t.head_waiting, 0)
    } else if sum.pending > 0 {
        say(t.head_uploading, sum.pending)
    } else if sum.taken > 0 {
        say(t.head_taken, sum.taken)
    } else if sum.paused > 0 {
        say(t.head_paused, 0)
    } else if sum.needs_file > 0 {
        say(t.head_unfinished, sum.needs_file)
    } else if sum.failed > 0 && sum.done == 0 {
        say(t.head_failed_alone, 0)
    } else if sum.failed > 0 {
        say(t.head_failed, sum.done)
    } else if sum.done > 0 {
        say(t.head_done, sum.done)
    } else {
        t.head_nothing.to_owned()
    }
}

/// What a screen reader is told: the same for as long as nothing of note happens, so that it is not told every tick.
pub(super) fn announcement(language: Language, sum: &Summary) -> String {
    let t = TrayTexts::of(language);
    if sum.pending > 0 && sum.waiting == sum.pending {
        t.announce_waiting.to_owned()
    } else if sum.pending > 0 {
        let count = sum.files - sum.failed - sum.needs_file;
        fill(t.announce_uploading, &[("files", &files(language, count))])
    } else if sum.taken > 0 {
        head(language, sum)
    } else if sum.paused > 0 {
        t.announce_paused.to_owned()
    } else if sum.files == 0 {
        String::new()
    } else {
        head(language, sum)
    }
}

/// How many files stand where, when there is more than one kind of them.
pub(super) fn counts(language: Language, sum: &Summary) -> Option<String> {
    let t = TrayTexts::of(language);
    let kinds = [
        (t.counts_done, sum.done),
        (t.counts_failed, sum.failed),
        (t.counts_taken, sum.taken),
        (t.counts_pending, sum.pending),
        (t.counts_paused, sum.paused),
        (t.counts_needs_file, sum.needs_file),
    ];
    let said = kinds.iter().filter(|(_, count)| *count > 0);
    let mut said: Vec<String> =
        said.map(|(text, count)| fill(text, &[("count", &count.to_string())])).collect();
    if said.len() < 2 {
        return None;
    }
    if let Some(left) = sum.left.filter(|_| sum.pending > 0) {
        said.push(fill(t.left, &[("time", &duration(language, left))]));
    }
    Some(said.join(" · "))
}

/// That folders could not be read, with the names of the first few.
pub(super) fn folders(language: Language, names: &[String]) -> String {
    let t = TrayTexts::of(language);
    let shown = names.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(t.comma);
    let shown = if names.len() > 3 {
        fill(t.and_others, &[("names", &shown), ("count", &names.len().to_string())])
    } else {
        shown
    };
    fill(t.folders, &[("names", &shown)])
}

/// All failures as lines of name, bytes and reason, separated by tabs: for a mail to the operator or a table.
pub(super) fn report(language: Language, failures: &[(String, u64, Problem)]) -> String {
    let lines = failures.iter().map(|(name, bytes, reason)| {
        let name = name.replace(['\t', '\n', '\r'], " ");
        format!("{name}\t{bytes}\t{}\n", problem(language, reason))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use domain::{AppError, Category, NodeId};

    use super::*;
    use crate::i18n::check_table;
    use crate::upload::entry::FileKey;

    fn row(state: State) -> Row {
        let (size, sent) = (3_100_000_000, 1_900_000_000);
        Row {
            key: FileKey(0),
            name: "a".into(),
            category: Category::Video,
            size,
            sent,
            state,
            may_retry: true,
        }
    }

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        check_table(TrayTexts::ALL);
    }

    #[test]
    fn a_row_says_how_far_how_fast_and_how_long() {
        for (state, chinese, english) in [
            (
                State::Uploading { speed: 118_000_000, left: Some(11) },
                "1.9 GB / 3.1 GB · 118 MB/s · 剩余 11 秒",
                "1.9 GB / 3.1 GB · 118 MB/s · 11 s left",
            ),
            (State::Uploading { speed: 0, left: None }, "1.9 GB / 3.1 GB", "1.9 GB / 3.1 GB"),
            (
                State::Waiting { why: Why::Store, seconds: 8 },
                "存储暂不可用，8 秒后重试 · 已保存 1.9 GB",
                "The store is unreachable, trying again in 8 s · 1.9 GB saved",
            ),
            (State::Done { node: NodeId::from_random([1; 16]) }, "已完成 · 3.1 GB", "Done · 3.1 GB"),
        ] {
            assert_eq!(line(Language::Chinese, &row(state.clone())), chinese);
            assert_eq!(line(Language::English, &row(state)), english);
        }
    }

    #[test]
    fn times_are_short() {
        for (seconds, english) in [
            (0, "0 s"),
            (59, "59 s"),
            (61, "2 min"),
            (3_599, "60 min"),
            (7_500, "2 h 5 min"),
            (200_000, "2 d"),
        ] {
            assert_eq!(duration(Language::English, seconds), english);
        }
    }

    #[test]
    fn the_heading_follows_what_matters_most() {
        let sum = Summary { files: 3, pending: 1, done: 2, percent: 61, ..Summary::default() };
        assert_eq!(head(Language::Chinese, &sum), "正在上传 1 项 · 61%");
        assert_eq!(head(Language::English, &sum), "Uploading 1 file · 61%");
        let sum = Summary { waiting: 1, ..sum };
        assert_eq!(head(Language::English, &sum), "Waiting · 61%");
        let sum = Summary { files: 4, done: 3, failed: 1, ..Summary::default() };
        assert_eq!(head(Language::English, &sum), "1 failed, 3 files uploaded");
        assert_eq!(counts(Language::English, &sum).as_deref(), Some("3 done · 1 failed"));
        let sum = Summary { files: 1, done: 0, ..sum };
        assert_eq!(head(Language::English, &sum), "1 failed");
        assert_eq!(head(Language::Chinese, &sum), "1 项失败");
    }

    #[test]
    fn what_is_announced_does_not_change_with_every_tick() {
        let mut sum =
            Summary { files: 3, pending: 3, percent: 1, speed: 5, left: Some(9), ..Summary::default() };
        let before = announcement(Language::English, &sum);
        (sum.percent, sum.speed, sum.left) = (2, 6, Some(8));
        (sum.pending, sum.done) = (2, 1);
        assert_eq!(announcement(Language::English, &sum), before);
        (sum.pending, sum.done) = (0, 3);
        assert_eq!(announcement(Language::English, &sum), "3 files uploaded");
    }

    #[test]
    fn folders_are_listed_as_each_language_lists() {
        let names = ["照片".to_owned(), "music".to_owned(), "c".to_owned(), "d".to_owned()];
        assert_eq!(
            folders(Language::Chinese, &names),
            "无法读取文件夹：照片、music、c 等 4 个。其余内容正常上传。"
        );
        assert_eq!(
            folders(Language::English, &names[1..3]),
            "These folders could not be read: music, c. Everything else is uploaded."
        );
    }

    #[test]
    fn a_report_is_a_table() {
        let failures = [("a\tb".to_owned(), 5, Problem::App(AppError::QuotaExceeded { available: 3 }))];
        let report = report(Language::English, &failures);
        assert_eq!(report, "a b\t5\tNot enough space: 3 B left. Delete something and try again.\n");
    }
}
