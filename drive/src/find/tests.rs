//! What is found, in which order, and by which index.

mod plans;

use domain::{Category, Conflict, Field, Found, Page, SearchWords};

use super::{FilesQuery, FilesSort};
use crate::nodes::tests::{folder, put};
use crate::world::{World, name, on_both_engines};
use crate::{Actor, Error, Result};

fn words(text: &str) -> SearchWords {
    SearchWords::parse(text).expect(text)
}

fn names(page: &Page<Found>) -> Vec<&str> {
    page.items.iter().map(|found| found.node.name.as_str()).collect()
}

async fn search(world: &World, actor: &Actor, text: &str) -> Page<Found> {
    world.drive.search(actor, &words(text), None, 100).await.expect(text)
}

async fn found(world: &World, actor: &Actor, text: &str) -> Vec<String> {
    names(&search(world, actor, text).await).into_iter().map(str::to_owned).collect()
}

async fn files(world: &World, actor: &Actor, category: Option<Category>, sort: FilesSort) -> Vec<String> {
    let query = FilesQuery { category, sort, after: None };
    let page = world.drive.files(actor, &query, 100).await.expect("files");
    names(&page).into_iter().map(str::to_owned).collect()
}

async fn file(world: &World, actor: &Actor, parent: &domain::NodeId, text: &str, size: u64) -> domain::Node {
    world.wait(std::time::Duration::from_millis(1));
    put(world, actor, parent, text, Conflict::Replace, size).await.expect(text)
}

on_both_engines! {
    async fn parts_of_names_are_found_with_their_place(world: World) {
        let (actor, eve) = (world.user("lin_wei").await, world.user("eve_l").await);
        let papers = folder(&world, &actor, &actor.root, "论文").await;
        let drafts = folder(&world, &actor, &papers.id, "Drafts").await;
        file(&world, &actor, &drafts.id, "毕业设计.docx", 1).await;
        file(&world, &actor, &actor.root, "IMG_2043.JPG", 2).await;
        file(&world, &actor, &actor.root, "100%_done\\.txt", 3).await;
        file(&world, &eve, &eve.root, "毕业照.jpg", 4).await;
        for (typed, expected) in [
            ("业", &["毕业设计.docx"][..]),
            ("设计", &["毕业设计.docx"]),
            ("计设", &[]),
            ("img_20", &["IMG_2043.JPG"]),
            ("ｉｍｇ", &["IMG_2043.JPG"]),
            ("jpg 43", &["IMG_2043.JPG"]),
            ("0%_d", &["100%_done\\.txt"]),
            ("%", &["100%_done\\.txt"]),
            ("e\\", &["100%_done\\.txt"]),
            ("d_ne", &[]),
            ("论", &["论文"]),
            ("/", &[]),
            ("d", &["100%_done\\.txt", "毕业设计.docx", "Drafts"]),
        ] {
            assert_eq!(found(&world, &actor, typed).await, expected, "{typed}");
        }
        let hit = &search(&world, &actor, "设计").await.items[0];
        assert_eq!((&hit.node.parent, &hit.place[..]), (&Some(drafts.id), &["论文".to_owned(), "Drafts".to_owned()][..]));
        assert_eq!(found(&world, &eve, "毕业").await, ["毕业照.jpg"]);
    }

    async fn what_happens_to_a_node_happens_to_what_is_found(world: World) {
        let actor = world.user("lin_wei").await;
        let (top, other) = (folder(&world, &actor, &actor.root, "top").await, folder(&world, &actor, &actor.root, "other").await);
        let inner = folder(&world, &actor, &top.id, "inner").await;
        let deep = file(&world, &actor, &inner.id, "deep.txt", 1).await;
        world.drive.rename(&actor, &deep.id, &name("深 deep.md")).await.expect("rename");
        assert_eq!(found(&world, &actor, "txt").await, [""; 0]);
        assert_eq!(found(&world, &actor, "深").await, ["深 deep.md"]);
        world.drive.move_to(&actor, &inner.id, &other.id).await.expect("move");
        assert_eq!(search(&world, &actor, "深").await.items[0].place, ["other", "inner"]);
        world.drive.copy_all(&actor, std::slice::from_ref(&inner.id), &top.id, Conflict::Fail).await.expect("copy");
        assert_eq!(search(&world, &actor, "深").await.items.len(), 2);
        world.drive.trash(&actor, &other.id).await.expect("trash");
        assert_eq!(search(&world, &actor, "深").await.items[0].place, ["top", "inner"]);
        assert_eq!(found(&world, &actor, "inner").await, ["inner"]);
        assert_eq!(files(&world, &actor, None, FilesSort::Recent).await.len(), 1);
        world.drive.restore(&actor, &other.id).await.expect("restore");
        assert_eq!(search(&world, &actor, "深").await.items.len(), 2);
        world.drive.trash(&actor, &other.id).await.expect("trash");
        world.drive.purge(&actor, &other.id).await.expect("purge");
        world.drive.trash(&actor, &top.id).await.expect("trash");
        assert_eq!(found(&world, &actor, "e").await, [""; 0]);
        world.drive.empty_trash(&actor).await.expect("empty");
        assert_eq!(world.number("SELECT COUNT(*) FROM name_pages").await, 0, "nothing is left of the register");
    }

    async fn pages_of_a_search_are_the_whole_of_it(world: World) {
        let actor = world.user("lin_wei").await;
        let trash = folder(&world, &actor, &actor.root, "old").await;
        for number in 0..300 {
            let parent = if number % 3 == 0 { &trash.id } else { &actor.root };
            put(&world, &actor, parent, &format!("a long name of a photo {number}.jpg"), Conflict::Fail, 1).await.expect("put");
        }
        world.drive.trash(&actor, &trash.id).await.expect("trash");
        let (mut all, mut after): (Vec<String>, Option<String>) = (Vec::new(), None);
        loop {
            let page = world.drive.search(&actor, &words("photo jpg"), after.as_deref(), 7).await.expect("page");
            assert!(page.items.len() == 7 || page.next.is_none());
            all.extend(names(&page).into_iter().map(str::to_owned));
            let Some(next) = page.next else { break };
            for other in ["photo", "jpg"] {
                let refused = world.drive.search(&actor, &words(other), Some(&next), 7).await;
                assert!(matches!(refused, Err(Error::Invalid { field: Field::Cursor, .. })), "another search");
            }
            after = Some(next);
        }
        let expected: Vec<_> =
            (0..300).rev().filter(|number| number % 3 != 0).map(|number| format!("a long name of a photo {number}.jpg")).collect();
        assert_eq!(all, expected, "the newest first");
        assert!(world.number("SELECT COUNT(*) FROM name_pages").await > 3);
        for limit in [0, 1001] {
            let refused = world.drive.search(&actor, &words("photo"), None, limit).await;
            assert!(matches!(refused, Err(Error::Invalid { field: Field::Limit, .. })));
        }
    }

    async fn files_by_category_by_time_and_by_size(world: World) {
        let (actor, eve) = (world.user("lin_wei").await, world.user("eve_l").await);
        let sub = folder(&world, &actor, &actor.root, "sub").await;
        for (parent, text, size) in [
            (&actor.root, "a.jpg", 5), (&sub.id, "b.png", 50), (&sub.id, "c.mp4", 500), (&actor.root, "d.bin", 50), (&sub.id, "e.md", 1),
        ] {
            file(&world, &actor, parent, text, size).await;
        }
        file(&world, &eve, &eve.root, "eve.jpg", 9).await;
        let recent = |category| files(&world, &actor, category, FilesSort::Recent);
        let largest = |category| files(&world, &actor, category, FilesSort::Largest);
        assert_eq!(recent(None).await, ["e.md", "d.bin", "c.mp4", "b.png", "a.jpg"]);
        assert_eq!(recent(Some(Category::Image)).await, ["b.png", "a.jpg"]);
        assert_eq!(recent(Some(Category::Audio)).await, [""; 0]);
        let all = largest(None).await;
        assert_eq!((&all[0][..], &all[3..]), ("c.mp4", &["a.jpg".to_owned(), "e.md".to_owned()][..]));
        assert_eq!(largest(Some(Category::Other)).await, ["d.bin"]);
        // A new version, another name, the trash.
        let a = file(&world, &actor, &actor.root, "a.jpg", 60).await;
        assert_eq!(recent(None).await[0], "a.jpg");
        assert_eq!(largest(Some(Category::Image)).await, ["a.jpg", "b.png"]);
        world.drive.rename(&actor, &a.id, &name("a.mp3")).await.expect("rename");
        assert_eq!(recent(Some(Category::Image)).await, ["b.png"]);
        assert_eq!(recent(Some(Category::Audio)).await, ["a.mp3"]);
        world.drive.trash(&actor, &sub.id).await.expect("trash");
        assert_eq!(recent(None).await, ["a.mp3", "d.bin"]);
        assert_eq!(files(&world, &eve, None, FilesSort::Recent).await, ["eve.jpg"]);
    }

    async fn pages_of_files_together_are_all_of_them(world: World) {
        let actor = world.user("lin_wei").await;
        let trash = folder(&world, &actor, &actor.root, "old").await;
        let endings = ["jpg", "md", "mp4", "mp3", "bin"];
        for number in 0..60_usize {
            let parent = if number.is_multiple_of(4) { &trash.id } else { &actor.root };
            // Sizes and times repeat, so that pages end among equals.
            put(&world, &actor, parent, &format!("{number}.{}", endings[number % 5]), Conflict::Fail, number as u64 % 3).await.expect("put");
        }
        world.drive.trash(&actor, &trash.id).await.expect("trash");
        for sort in [FilesSort::Recent, FilesSort::Largest] {
            for (category, count) in [(None, 45), (Some(Category::Image), 9)] {
                let (mut all, mut after) = (Vec::new(), None);
                loop {
                    let query = FilesQuery { category, sort, after };
                    let page = world.drive.files(&actor, &query, 4).await.expect("page");
                    all.extend(page.items);
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                let by = |found: &Found| if sort == FilesSort::Recent { found.arrived } else { found.node.size as i64 };
                let order: Vec<_> = all.iter().map(|found| (by(found), found.node.id.clone())).collect();
                let mut expected = order.clone();
                expected.sort_by(|a, b| b.cmp(a));
                expected.dedup();
                assert_eq!((order.len(), &order), (count, &expected), "{sort:?} {category:?}");
            }
        }
        let page = world.drive.files(&actor, &FilesQuery::default(), 4).await.expect("page");
        let other = FilesQuery { sort: FilesSort::Largest, after: page.next, ..FilesQuery::default() };
        assert!(matches!(world.drive.files(&actor, &other, 4).await, Err(Error::Invalid { field: Field::Cursor, .. })));
    }

    async fn what_was_never_entered_is_entered_by_migrating_and_by_the_doctor(world: World) {
        let actor = world.user("lin_wei").await;
        let mut nodes = Vec::new();
        for text in ["北京.jpg", "上海.jpg", "x.txt"] {
            nodes.push(file(&world, &actor, &actor.root, text, 1).await);
        }
        let execute = async |statement: &'static str| {
            sqlx::query(statement).execute(&world.sql).await.expect(statement);
        };
        let examine = async |repair| -> Result<Vec<u64>> {
            let mut wrong = Vec::new();
            let mut report = |finding: &crate::Finding, _| {
                if let crate::Finding::Names { count, .. } = finding {
                    wrong.push(*count);
                }
            };
            world.drive.examine(repair, &mut report).await?;
            Ok(wrong)
        };
        assert_eq!(examine(false).await.expect("well"), [0; 0]);
        // As an older release left it.
        execute("UPDATE nodes SET name_line = NULL, category = NULL, sort_key = 'old' WHERE kind = 1").await;
        execute("DELETE FROM name_pages").await;
        assert_eq!(found(&world, &actor, "jpg").await, [""; 0]);
        world.database.migrate().await.expect("migrate");
        assert_eq!(examine(false).await.expect("well"), [0; 0]);
        assert_eq!(found(&world, &actor, "京").await, ["北京.jpg"]);
        assert_eq!(files(&world, &actor, Some(Category::Image), FilesSort::Recent).await.len(), 2);
        let page = world.drive.children(&actor, &actor.root, &crate::ListOptions::default()).await.expect("list");
        let sorted: Vec<_> = page.items.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(sorted, ["x.txt", "北京.jpg", "上海.jpg"], "by pinyin");
        // A name, a category, a line without a node, a node without a page.
        for (statement, count) in [
            ("UPDATE nodes SET name = 'y.txt' WHERE name = 'x.txt'", 1),
            ("UPDATE nodes SET category = 3 WHERE name = 'y.txt'", 1),
            ("UPDATE name_pages SET names = names || '\nghost.txt\n'", 1),
            ("DELETE FROM name_pages", 3),
        ] {
            execute(statement).await;
            assert_eq!(examine(false).await.expect("unwell"), [count], "{statement}");
            assert_eq!(examine(true).await.expect("mended"), [count], "{statement}");
            assert_eq!(examine(false).await.expect("well"), [0; 0], "{statement}");
            assert_eq!(found(&world, &actor, "t").await, ["y.txt"], "{statement}");
        }
    }

    async fn of_a_deep_place_the_nearest_is_told_and_what_is_there_is_found(world: World) {
        let actor = world.user("lin_wei").await;
        let mut ids = vec![actor.root.clone()];
        for level in 0..300 {
            let parent = ids.last().expect("the root").clone();
            ids.push(folder(&world, &actor, &parent, &format!("level {level}")).await.id);
        }
        let page = world.drive.search(&actor, &words("level"), None, 1000).await.expect("page");
        assert_eq!(page.items.len(), 300);
        let place = |name: &str| page.items.iter().find(|found| found.node.name == name).expect(name).place.clone();
        assert_eq!(place("level 2"), ["level 0", "level 1"]);
        assert_eq!(place("level 16").len(), 16);
        let deep = place("level 299");
        assert_eq!((deep.len(), deep[0].as_str(), deep[16].as_str()), (17, "…", "level 298"));
        world.drive.trash(&actor, &ids[101]).await.expect("trash");
        assert_eq!(search(&world, &actor, "level").await.items.len(), 100, "what is below something in the trash is not there");
    }

    async fn the_names_of_an_account_that_is_being_deleted_hold_nobody_up(world: World) {
        let (going, staying) = (world.user("lin_wei").await, world.user("wang_fang").await);
        folder(&world, &going, &going.root, "going").await;
        folder(&world, &staying, &staying.root, "staying").await;
        for statement in ["UPDATE users SET deleted_at = 1 WHERE username = 'lin_wei'", "UPDATE nodes SET name_line = NULL"] {
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&world.sql).await.expect(statement);
        }
        world.database.migrate().await.expect("a start");
        assert_eq!(found(&world, &staying, "staying").await, ["staying"]);
        let diagnosis = world.drive.examine(true, &mut |_, _| {}).await.expect("examined");
        assert_eq!(diagnosis.accounts, 2);
    }
}
