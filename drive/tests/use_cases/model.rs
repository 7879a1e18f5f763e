//! Random histories of several people's drives, and of a model of them in memory: the same outcomes, trees, names, quotas,
//! shares and references, whatever two of them do at once; nothing in the store that the database does not know, and the
//! doctor finds nothing.
//!
//! Runs for some seconds, from the same seeds each time. `HAYLOFT_TEST_SECONDS=600` runs for so long from others;
//! `HAYLOFT_TEST_SEED=17` runs the one history that failed.

mod apply;
mod change;
mod check;
mod tree;

use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::{AppError, ItemReport, NodeId, Outcome, ShareId, UploadMetadata};
use drive::{Actor, Client, CodeChoice, Error, NewShare, NewUpload, NewUploadKind, Restore, ShareKey, Write};
use futures::stream;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::world::{World, name, on_both_engines};
use change::{Change, Step, USERS, changes};
use tree::{Key, Model, Refusal, Told};

/// What a test run waits for, on each engine.
const SECONDS: u64 = 10;

/// Bytes that the second person may use, so that some of what is asked for does not fit.
const QUOTA: u64 = 60;

/// The people, and the links of their shares.
struct Stage {
    world: World,
    actors: Vec<Actor>,
    links: Vec<(ShareId, ShareKey)>,
}

fn refusal(error: &Error) -> Refusal {
    match error {
        Error::NotFound => Refusal::NotFound,
        Error::NameTaken => Refusal::Taken,
        Error::Forbidden => Refusal::Forbidden,
        Error::Invalid { .. } => Refusal::Invalid,
        Error::QuotaExceeded { .. } => Refusal::Full,
        Error::ShareClosed(_) => Refusal::Closed,
        Error::Gone => Refusal::Gone,
        other => panic!("{other:?}"),
    }
}

fn single<T>(outcome: Result<T, Error>) -> Told {
    outcome.map(|_| vec![Ok(Outcome::Done)]).map_err(|error| refusal(&error))
}

fn each(outcome: Result<Vec<ItemReport>, Error>) -> Told {
    let item = |report: ItemReport| match report.error {
        None => Ok(report.outcome),
        Some(AppError::NotFound) => Err(Refusal::NotFound),
        Some(AppError::NameTaken) => Err(Refusal::Taken),
        Some(AppError::Forbidden) => Err(Refusal::Forbidden),
        Some(AppError::Invalid { .. }) => Err(Refusal::Invalid),
        Some(other) => panic!("{other:?}"),
    };
    outcome.map(|reports| reports.into_iter().map(item).collect()).map_err(|error| refusal(&error))
}

/// What one step came to, and the link of a share that it made.
type Came = (Told, Option<(ShareId, ShareKey)>);

impl Stage {
    async fn perform(&self, model: &Model, step: &Step) -> Came {
        let (drive, id) = (&self.world.drive, |key: &Key| model.ids[key].clone());
        let ids = |keys: &[Key]| keys.iter().map(id).collect::<Vec<NodeId>>();
        let actor = |by: usize| &self.actors[by];
        let told = match *step {
            Step::Folder { by, parent, name: wanted, conflict } => {
                single(drive.create_folder(actor(by), &id(&parent), &name(wanted), conflict).await)
            }
            Step::File { by, parent, name: wanted, conflict, size } => {
                let metadata = UploadMetadata {
                    name: Some(name(wanted)),
                    parent: Some(id(&parent)),
                    conflict,
                    ..UploadMetadata::default()
                };
                single(self.upload(actor(by), metadata, size).await)
            }
            Step::Rename { by, node, name: wanted } => {
                single(drive.rename(actor(by), &id(&node), &name(wanted)).await)
            }
            Step::Move { by, node, parent } => {
                single(drive.move_to(actor(by), &id(&node), &id(&parent)).await)
            }
            Step::MoveAll { by, ref nodes, parent, conflict } => {
                each(drive.move_all(actor(by), &ids(nodes), &id(&parent), conflict).await)
            }
            Step::CopyAll { by, ref nodes, parent, conflict } => {
                each(drive.copy_all(actor(by), &ids(nodes), &id(&parent), conflict).await)
            }
            Step::Trash { by, ref nodes } => each(drive.trash_all(actor(by), &ids(nodes)).await),
            Step::Restore { by, ref nodes } => {
                each(drive.restore_all(actor(by), &ids(nodes), &Restore::ToItsPlace).await)
            }
            Step::RestoreInto { by, ref nodes, parent, conflict } => {
                let to = Restore::Into { folder: id(&parent), conflict };
                each(drive.restore_all(actor(by), &ids(nodes), &to).await)
            }
            Step::Purge { by, ref nodes } => each(drive.purge_all(actor(by), &ids(nodes)).await),
            Step::Empty { by } => {
                drive.empty_trash(actor(by)).await.map(|_| Vec::new()).map_err(|error| refusal(&error))
            }
            Step::Share { by, ref nodes, most } => {
                let new = NewShare {
                    nodes: ids(nodes),
                    code: CodeChoice::Public,
                    expires: None,
                    max_downloads: most,
                };
                match drive.create_share(actor(by), new, &Client::default()).await {
                    Ok(view) => {
                        let key = ShareKey { token: view.token.clone(), proof: None };
                        return (single(Ok(())), Some((view.id, key)));
                    }
                    outcome => single(outcome),
                }
            }
            Step::Cancel { by, share } => {
                single(drive.cancel_share(actor(by), &self.links[share].0, &Client::default()).await)
            }
            Step::Save { by, share, ref nodes, parent } => {
                single(drive.save_shared(actor(by), &self.links[share].1, &ids(nodes), &id(&parent)).await)
            }
            Step::Wait { days } => {
                self.world.wait(Duration::from_secs(days * 24 * 60 * 60));
                drive.sweep_once().await;
                Ok(Vec::new())
            }
        };
        (told, None)
    }

    async fn upload(&self, actor: &Actor, metadata: UploadMetadata, size: u64) -> Result<(), Error> {
        let drive = &self.world.drive;
        let new = NewUpload {
            kind: NewUploadKind::Whole,
            length: Some(size),
            metadata,
            raw_metadata: String::new(),
        };
        let status = drive.begin_upload(actor, new).await?;
        if size > 0 {
            let write = Write { content_length: Some(size), ..Write::default() };
            let bytes = Bytes::from(vec![b'x'; usize::try_from(size).expect("small")]);
            drive.write_upload(actor, &status.id, write, stream::iter([Ok(bytes)])).await?;
        }
        Ok(())
    }

    /// One step after another, or two at once, which must come to what they would in one order or the other.
    async fn play(&mut self, model: &mut Model, steps: &[Step]) {
        let (came, orders): (Vec<Came>, &[&[usize]]) = match steps {
            [one, other] => {
                let both = tokio::join!(self.perform(model, one), self.perform(model, other));
                (vec![both.0, both.1], &[&[0, 1], &[1, 0]])
            }
            [one] => (vec![self.perform(model, one).await], &[&[0]]),
            _ => return,
        };
        self.links.extend(came.iter().filter_map(|(_, link)| link.clone()));
        let mut differences = Vec::new();
        for order in orders {
            let mut next = model.clone();
            let mut told = vec![Ok(Vec::new()); steps.len()];
            for index in *order {
                told[*index] = next.apply(&steps[*index]);
            }
            let same = told.iter().zip(&came).all(|(told, (came, _))| told == came);
            let difference = if same {
                match check::compare(&self.world, &self.actors, &mut next).await {
                    Ok(()) => {
                        *model = next;
                        return;
                    }
                    Err(difference) => difference,
                }
            } else {
                format!("told {:?}, expected {told:?}", came.iter().map(|(told, _)| told).collect::<Vec<_>>())
            };
            differences.push(difference);
        }
        panic!("{steps:?}: {differences:#?}\n{:?}", model.entries);
    }

    /// A history from the beginning to the end, and everything swept away for the next one.
    async fn history(&mut self, changes: &[Change]) {
        self.clear().await;
        let mut model = Model { now: self.world.drive.now(), ..Model::default() };
        for (owner, actor) in self.actors.iter().enumerate() {
            model.add_root(owner, actor.root.clone(), (owner == 1).then_some(QUOTA));
        }
        for change in changes {
            let steps = change.resolve(&model);
            self.play(&mut model, &steps).await;
        }
        check::examine(&self.world, &self.actors, &mut model).await;
    }

    async fn clear(&mut self) {
        self.links.clear();
        for statement in [
            "DELETE FROM share_downloads",
            "DELETE FROM share_items",
            "DELETE FROM shares",
            "DELETE FROM versions",
            "UPDATE nodes SET parent_id = NULL",
            "DELETE FROM nodes WHERE id NOT IN (SELECT root_id FROM users)",
            "DELETE FROM name_pages",
            "DELETE FROM blobs",
            "DELETE FROM segments",
            "DELETE FROM uploads",
            "DELETE FROM audit",
            "UPDATE users SET used = 0, reserved = 0",
        ] {
            sqlx::query(statement).execute(&self.world.sql).await.expect(statement);
        }
        for (path, _) in self.world.store.files() {
            self.world.drive.store().delete(&path).await.expect("deleted");
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is no number")))
}

/// The history of a seed, and where it fails, a shorter one that fails as well.
fn run(seed: u64, mut play: impl FnMut(Vec<Change>) -> Result<(), String>) {
    let bytes = blake3::hash(&seed.to_le_bytes());
    let config = ProptestConfig {
        cases: 1,
        failure_persistence: None,
        max_shrink_iters: 300,
        ..ProptestConfig::default()
    };
    let play = std::cell::RefCell::new(&mut play);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, bytes.as_bytes());
    let outcome = TestRunner::new_with_rng(config, rng)
        .run(&changes(), |changes| (play.borrow_mut())(changes).map_err(TestCaseError::fail));
    if let Err(failure) = outcome {
        panic!("HAYLOFT_TEST_SEED={seed} fails: {failure}");
    }
}

on_both_engines! {
    async fn drives_behave_like_a_model(world: World) {
        let mut actors = Vec::new();
        for user in 0..USERS {
            actors.push(world.user(&format!("user_{user}")).await);
        }
        sqlx::query("UPDATE users SET quota = $1 WHERE id = $2")
            .bind(i64::try_from(QUOTA).expect("small"))
            .bind(actors[1].user.as_str())
            .execute(&world.sql)
            .await
            .expect("quota");
        let runtime = tokio::runtime::Handle::current();
        let histories = tokio::task::spawn_blocking(move || {
            // A task, so that a failed assertion is a failed history and can be made shorter.
            let play = |changes: Vec<Change>| {
                let mut stage = Stage { world: world.clone(), actors: actors.clone(), links: Vec::new() };
                let task = runtime.spawn(async move { stage.history(&changes).await });
                runtime.block_on(task).map_err(|panic| panic.to_string())
            };
            if let Some(seed) = number("HAYLOFT_TEST_SEED") {
                run(seed, play);
                return 1;
            }
            let seconds = number("HAYLOFT_TEST_SECONDS");
            let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(SECONDS));
            let first = if seconds.is_some() { u64::from(rand::random::<u32>()) << 20 } else { 0 };
            let mut seed = first;
            while Instant::now() < until {
                run(seed, play);
                seed += 1;
            }
            seed - first
        });
        let count = histories.await.expect("every history");
        assert!(count > 0);
    }
}
