//! The use cases, again and again.

use std::error::Error;
use std::time::{Duration, Instant};

use domain::{Category, Conflict, FileName, Node, NodeId, SearchWords};
use drive::{Actor, Client, CodeChoice, Drive, FilesQuery, FilesSort, ListOptions, NewShare, Restore};
use serde::Serialize;
use sqlx::AnyPool;

use crate::fill::WIDE;

/// One use case.
#[derive(Serialize)]
pub(crate) struct Figure {
    what: &'static str,
    /// Milliseconds.
    p50: f64,
    p95: f64,
    /// What `p95` is to stay below.
    goal: f64,
}

/// What people wait for without noticing, and what they wait for while they type.
const GOAL: f64 = 50.0;
const TYPING: f64 = 100.0;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Measures all of them. What is changed is changed back, so that the next run finds the same.
pub(crate) async fn measure(
    drive: &Drive,
    pool: &AnyPool,
    actor: &Actor,
    runs: usize,
) -> Outcome<Vec<Figure>> {
    let mut bench = Bench { drive, actor, runs, figures: Vec::new() };
    let top = drive
        .children(actor, &actor.root, &ListOptions { limit: 1000, ..ListOptions::default() })
        .await?
        .items;
    let wide = top.iter().find(|node| node.name == WIDE).ok_or("no large folder")?.clone();
    let year = top.iter().find(|node| node.name != WIDE).ok_or("no other folder")?.clone();
    let files = bench.lists(&wide.id).await?;
    bench.changes(&files, &wide, &year).await?;
    bench.finds().await?;
    bench.shares(&files, &wide).await?;
    for statement in ["DELETE FROM share_items", "DELETE FROM shares", "DELETE FROM audit"] {
        sqlx::query(statement).execute(pool).await?;
    }
    Ok(bench.figures)
}

struct Bench<'a> {
    drive: &'a Drive,
    actor: &'a Actor,
    runs: usize,
    figures: Vec<Figure>,
}

impl Bench<'_> {
    /// Takes down how long each run took.
    #[expect(clippy::print_stderr, reason = "says how far it is")]
    fn tell(&mut self, what: &'static str, goal: f64, mut times: Vec<Duration>) {
        times.sort_unstable();
        let at = |hundredths: usize| {
            let rank = (times.len() * hundredths).div_ceil(100);
            times[rank.clamp(1, times.len()) - 1].as_secs_f64() * 1000.0
        };
        let figure = Figure { what, p50: at(50), p95: at(95), goal };
        eprintln!("{what}: p50 {:.2} ms, p95 {:.2} ms", figure.p50, figure.p95);
        self.figures.push(figure);
    }

    /// Runs something for each number.
    async fn time<T>(
        &mut self,
        what: &'static str,
        mut work: impl AsyncFnMut(usize) -> drive::Result<T>,
    ) -> Outcome<Vec<T>> {
        let (mut times, mut answers) = (Vec::with_capacity(self.runs), Vec::with_capacity(self.runs));
        for run in 0..self.runs {
            let begin = Instant::now();
            answers.push(work(run).await?);
            times.push(begin.elapsed());
        }
        self.tell(what, GOAL, times);
        Ok(answers)
    }

    /// The lists; answers files from all over the folder.
    async fn lists(&mut self, folder: &NodeId) -> Outcome<Vec<Node>> {
        let (drive, actor) = (self.drive, self.actor);
        let options =
            |sort: &str| ListOptions { sort: sort.parse().unwrap_or_default(), ..ListOptions::default() };
        for (what, sort) in
            [("first page", "name"), ("first page by size", "-size"), ("first page by time", "-modified")]
        {
            self.time(what, async |_| drive.children(actor, folder, &options(sort)).await).await?;
        }
        let mut files = Vec::new();
        for (what, sort) in
            [("next page", "name"), ("next page by size", "-size"), ("next page by time", "-modified")]
        {
            let mut after = None;
            let pages = self
                .time(what, async |_| {
                    let page = drive
                        .children(actor, folder, &ListOptions { after: after.take(), ..options(sort) })
                        .await?;
                    after.clone_from(&page.next);
                    Ok(page)
                })
                .await?;
            files = pages.into_iter().filter_map(|page| page.items.into_iter().next()).collect();
        }
        let file = files.first().ok_or("an empty folder")?.id.clone();
        self.time("the folders above a file", async |_| drive.ancestors(actor, &file).await).await?;
        self.time("what is used", async |_| drive.profile(actor).await).await?;
        // Reads every row of some tables, for a page that somebody looks at now and then.
        self.time("the site's overview", async |_| drive.overview(actor).await).await?;
        Ok(files)
    }

    async fn changes(&mut self, files: &[Node], wide: &Node, other: &Node) -> Outcome<()> {
        let (drive, actor) = (self.drive, self.actor);
        let file = |run: usize| &files[run % files.len()];
        let name = |text: String| FileName::parse(&text).map_err(|reason| format!("{reason:?}"));
        let mut names = Vec::new();
        for run in 0..self.runs {
            names.push((name(format!("renamed {run}"))?, name(file(run).name.clone())?));
        }
        self.time("rename", async |run| drive.rename(actor, &file(run).id, &names[run].0).await).await?;
        for (run, (_, former)) in names.iter().enumerate() {
            drive.rename(actor, &file(run).id, former).await?;
        }
        self.time("move", async |run| {
            // There and back.
            let to = if (run / files.len()).is_multiple_of(2) { other } else { wide };
            drive.move_all(actor, std::slice::from_ref(&file(run).id), &to.id, Conflict::Rename).await
        })
        .await?;
        for file in files {
            drive.move_all(actor, std::slice::from_ref(&file.id), &wide.id, Conflict::Rename).await?;
        }
        self.time("move the folder of 100,000", async |run| {
            let to = if run.is_multiple_of(2) { &other.id } else { &actor.root };
            drive.move_to(actor, &wide.id, to).await
        })
        .await?;
        if !self.runs.is_multiple_of(2) {
            drive.move_to(actor, &wide.id, &actor.root).await?;
        }
        let copies = self
            .time("copy", async |run| {
                drive.copy_all(actor, std::slice::from_ref(&file(run).id), &other.id, Conflict::Rename).await
            })
            .await?;
        for report in copies.into_iter().flatten() {
            let copy = report.node.ok_or("no copy")?.id;
            drive.trash(actor, &copy).await?;
            drive.purge(actor, &copy).await?;
        }
        self.trash(files, wide).await
    }

    async fn trash(&mut self, files: &[Node], wide: &Node) -> Outcome<()> {
        let (drive, actor) = (self.drive, self.actor);
        let file = |run: usize| &files[run % files.len()].id;
        let all: Vec<NodeId> = files.iter().take(200).map(|file| file.id.clone()).collect();
        let (mut there, mut back) = (Vec::new(), Vec::new());
        for run in 0..self.runs {
            let begin = Instant::now();
            drive.trash(actor, file(run)).await?;
            there.push(begin.elapsed());
            let begin = Instant::now();
            drive.restore(actor, file(run)).await?;
            back.push(begin.elapsed());
        }
        self.tell("delete to trash", GOAL, there);
        self.tell("restore", GOAL, back);
        let (mut there, mut back) = (Vec::new(), Vec::new());
        for _ in 0..self.runs {
            let begin = Instant::now();
            drive.trash(actor, &wide.id).await?;
            there.push(begin.elapsed());
            let begin = Instant::now();
            drive.restore(actor, &wide.id).await?;
            back.push(begin.elapsed());
        }
        self.tell("delete the folder of 100,000 to trash", GOAL, there);
        self.tell("restore it", GOAL, back);
        drive.trash_all(actor, &all).await?;
        self.time("the trash", async |_| drive.trashed(actor, None, 200).await).await?;
        drive.restore_all(actor, &all, &Restore::ToItsPlace).await?;
        Ok(())
    }

    /// What is looked for over the whole drive.
    async fn finds(&mut self) -> Outcome<()> {
        let (drive, actor) = (self.drive, self.actor);
        for (what, typed) in [
            ("search for one Chinese character", "的"),
            ("search for two", "国的"),
            ("search for a letter", "g"),
            ("search for what a handful of names have", "123456"),
            ("search for several words", "final client 77"),
            ("search for what no name has", "zzqq"),
        ] {
            let words = SearchWords::parse(typed).map_err(|reason| format!("{reason:?}"))?;
            let mut times = Vec::with_capacity(self.runs);
            for _ in 0..self.runs {
                let begin = Instant::now();
                drive.search(actor, &words, None, 50).await?;
                times.push(begin.elapsed());
            }
            self.tell(what, TYPING, times);
        }
        for (what, sort, category) in [
            ("the newest files", FilesSort::Recent, None),
            ("the largest files", FilesSort::Largest, None),
            ("the newest pictures", FilesSort::Recent, Some(Category::Image)),
        ] {
            let query = FilesQuery { category, sort, after: None };
            self.time(what, async |_| drive.files(actor, &query, 100).await).await?;
        }
        Ok(())
    }

    async fn shares(&mut self, files: &[Node], wide: &Node) -> Outcome<()> {
        let (drive, actor, nowhere) = (self.drive, self.actor, Client::default());
        let made = self
            .time("share", async |run| {
                let nodes = vec![files[run % files.len()].id.clone(), wide.id.clone()];
                let new = NewShare { nodes, code: CodeChoice::Drawn, expires: None, max_downloads: None };
                drive.create_share(actor, new, &nowhere).await
            })
            .await?;
        self.time("one's shares", async |_| drive.shares(actor, None, 100).await).await?;
        let share = made.first().ok_or("no share")?;
        let code = share.code.as_ref().ok_or("no code")?;
        let proof = drive.unlock_share(&share.token, code, &nowhere).await?;
        let key = drive::ShareKey { token: share.token.clone(), proof: Some(proof) };
        self.time("a visitor's first page", async |_| {
            drive.shared_children(&key, &wide.id, &ListOptions::default()).await
        })
        .await?;
        Ok(())
    }
}
