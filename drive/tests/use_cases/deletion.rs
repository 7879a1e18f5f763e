//! The end of an account: all of it, nothing else, and wherever it was stopped.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use domain::{Conflict, Field, Login, NodeId, Reason, Role, UploadMetadata};
use drive::{
    Actor, BodyError, Client, Config, Drive, Error, ListOptions, LogQuery, NewUpload, NewUploadKind,
    SessionRow, UserEntry, Write,
};
use futures::{StreamExt, stream};
use storage::{BlobStore, ErrorKind, Operation, StorePath, When};

use crate::shares::{bytes_of, file, folder, key, public, share};
use crate::world::{PASSWORD, World, account, name, on_both_engines};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn client() -> Client {
    Client::default()
}

async fn administrator(world: &World) -> Actor {
    world.drive.create_administrator(account("admin_one")).await.expect("administrator")
}

async fn delete(world: &World, admin: &Actor, user: &Actor, typed: &str) -> Result<(), Error> {
    world.drive.delete_account(admin, &user.user, typed, &client()).await
}

/// Begins an upload of ten bytes and sends five.
async fn unfinished(drive: &Drive, actor: &Actor, text: &str) {
    let metadata = UploadMetadata { name: Some(name(text)), ..UploadMetadata::default() };
    let new =
        NewUpload { kind: NewUploadKind::Whole, length: Some(10), metadata, raw_metadata: String::new() };
    let begun = drive.begin_upload(actor, new).await.expect("begin");
    let body = stream::iter([Ok::<_, BodyError>(Bytes::from_static(b"hello"))]);
    drive.write_upload(actor, &begun.id, Write::default(), body).await.expect("half of it");
}

/// A drive with something of everything, in which another person has a share.
async fn fill(world: &World, owner: &Actor) -> domain::ShareView {
    let drive = &world.drive;
    let trip = folder(world, owner, &owner.root, "trip").await;
    let day = folder(world, owner, &trip.id, "day").await;
    file(drive, owner, &day.id, "a.jpg", b"photo").await;
    file(drive, owner, &day.id, "a.jpg", b"better photo").await;
    let inner = file(drive, owner, &trip.id, "inner.txt", b"inner").await;
    drive.trash(owner, &inner.id).await.expect("trash");
    let old = folder(world, owner, &owner.root, "old").await;
    file(drive, owner, &old.id, "old.txt", b"old").await;
    drive.trash(owner, &old.id).await.expect("trash");
    for number in 0..5 {
        folder(world, owner, &owner.root, &format!("empty {number}")).await;
    }
    unfinished(drive, owner, "half.bin").await;
    let share = share(world, owner, public(&[&trip])).await;
    drive
        .cancel_share(owner, &self::share(world, owner, public(&[&day])).await.id, &client())
        .await
        .expect("cancel");
    share
}

/// That the drive of `other`, who saved the share and the first file in it, is whole.
async fn assert_whole(world: &World, other: &Actor) {
    let children = |id: NodeId| async move {
        world.drive.children(other, &id, &ListOptions::default()).await.expect("children").items
    };
    let trip = children(other.root.clone()).await.remove(0);
    let day = children(trip.id).await.remove(0);
    let photo = children(day.id).await.remove(0);
    let content = world.drive.open_content(other, &photo.id).await.expect("content");
    assert_eq!(bytes_of(&content).await, b"better photo");
}

/// What the doctor says of counts, in two questions.
async fn assert_counts(world: &World) {
    let references = world
        .number(
            "SELECT COUNT(*) FROM blobs b WHERE b.refs <> (SELECT COUNT(*) FROM nodes n WHERE n.blob_id = b.id) \
             + (SELECT COUNT(*) FROM versions v WHERE v.blob_id = b.id)",
        )
        .await;
    let used = world
        .number(
            "SELECT COUNT(*) FROM users u WHERE u.used <> (SELECT COALESCE(SUM(n.size), 0) FROM nodes n \
             WHERE n.owner_id = u.id) + (SELECT COALESCE(SUM(v.size), 0) FROM versions v JOIN nodes n \
             ON n.id = v.node_id WHERE n.owner_id = u.id)",
        )
        .await;
    assert_eq!((references, used), (0, 0));
}

/// That nothing of the account is left, in the database and in the store, and that its name is free.
async fn assert_gone(world: &World, owner: &Actor) {
    for table in [
        "SELECT COUNT(*) FROM uploads",
        "SELECT COUNT(*) FROM segments",
        "SELECT COUNT(*) FROM shares",
        "SELECT COUNT(*) FROM share_items",
        "SELECT COUNT(*) FROM tokens",
        "SELECT COUNT(*) FROM users WHERE deleted_at IS NOT NULL",
    ] {
        assert_eq!(world.number(table).await, 0, "{table}");
    }
    let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM nodes WHERE owner_id = $1")
        .bind(owner.user.as_str())
        .fetch_one(&world.sql)
        .await
        .expect("count");
    assert_eq!(left, 0);
    let staging = StorePath::parse(format!("staging/{}", owner.user)).expect("path");
    assert_eq!(world.store.list(&staging).await.expect("list"), []);
    // The bytes that nobody else refers to follow when downloads may have ended.
    world.wait(DAY);
    world.drive.sweep_once().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM blobs WHERE refs <= 0").await, 0);
    let mut findings = Vec::new();
    world.drive.examine(false, &mut |finding, _| findings.push(finding.clone())).await.expect("examine");
    assert_eq!(findings, []);
    world.user("lin_wei").await;
}

async fn entry(world: &World, admin: &Actor, user: &Actor) -> UserEntry {
    world.drive.user(admin, &user.user).await.expect("user")
}

/// Drops a future after it was polled some times, as a process that is killed does.
struct Stopped<F> {
    work: Pin<Box<F>>,
    polls: usize,
}

impl<F: Future> Future for Stopped<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.work.as_mut().poll(cx).map(Some)
    }
}

on_both_engines! {
    async fn an_account_goes_with_all_that_is_in_it(world: World) {
        let (drive, admin) = (&world.drive, administrator(&world).await);
        let (owner, other) = (world.user("lin_wei").await, world.user("wang_fang").await);
        let opened = fill(&world, &owner).await;
        drive.save_shared(&other, &key(&opened), &[], &other.root).await.expect("save");
        let token = drive.create_token(&Login::parse("lin_wei"), "test").await.expect("token");
        let row = SessionRow { data: vec![], user: Some(owner.user.clone()), epoch: 0, expires_at: world.drive.now() + 99_999 };
        drive.session_create("cookie", &row, &client()).await.expect("session");
        let before = entry(&world, &admin, &owner).await;
        assert_eq!((before.used, before.deletion), (5 + 12 + 5 + 3, None));

        world.wait(Duration::from_secs(1));
        delete(&world, &admin, &owner, " lin_wei ").await.expect("delete");

        // At once:
        let begun = entry(&world, &admin, &owner).await;
        let deletion = begun.deletion.expect("being deleted");
        assert_eq!((deletion.used, deletion.since, begun.used), (before.used, drive.now(), before.used));
        let signed_in = drive.sign_in(&Login::parse("lin_wei"), PASSWORD, &client()).await;
        assert!(matches!(signed_in, Err(Error::Forbidden)), "{signed_in:?}");
        assert!(matches!(drive.session_actor(&owner.user, "cookie").await, Err(Error::SignInRequired)));
        assert!(matches!(drive.token_actor(&token, drive::Access::Read).await, Err(Error::SignInRequired)));
        assert!(matches!(drive.open_share(&key(&opened)).await, Err(Error::NotFound)));
        let late = drive.create_folder(&owner, &owner.root, &name("late"), Conflict::Fail).await;
        assert!(matches!(late, Err(Error::NotFound)), "who was let in before adds nothing: {late:?}");
        let taken = drive.register(account("lin_wei"), &client()).await;
        assert!(matches!(taken, Err(Error::Invalid { reason: Reason::Taken, .. })), "{taken:?}");
        for outcome in [
            drive.unlock_account(&admin, &owner.user, &client()).await,
            drive.set_role(&admin, &owner.user, Role::Administrator, &client()).await,
        ] {
            assert!(matches!(outcome, Err(Error::NotFound)), "nothing brings it back: {outcome:?}");
        }
        delete(&world, &admin, &owner, "lin_wei").await.expect("once more does no harm");

        world.wait(Duration::from_secs(1));
        drive.sweep_once().await;
        assert!(matches!(drive.user(&admin, &owner.user).await, Err(Error::NotFound)));
        assert_whole(&world, &other).await;
        let log = drive.log(&admin, &LogQuery { username: "lin_wei".into(), limit: 100, ..LogQuery::default() }).await;
        let log = log.expect("log").items;
        let told: Vec<_> = log.iter().map(|e| (e.event.as_str(), e.subject.as_deref())).collect();
        assert_eq!(told[0], ("account.gone", Some("lin_wei")), "{told:?}");
        assert!(told.contains(&("account.delete", Some("lin_wei"))), "{told:?}");
        assert!(log.iter().any(|e| e.event == "share.create" && e.username.as_deref() == Some("lin_wei")));
        assert_gone(&world, &owner).await;
        assert_whole(&world, &other).await;
    }

    async fn stopped_anywhere_it_goes_on(world: World) {
        let admin = administrator(&world).await;
        let (owner, other) = (world.user("lin_wei").await, world.user("wang_fang").await);
        let opened = fill(&world, &owner).await;
        world.drive.save_shared(&other, &key(&opened), &[], &other.root).await.expect("save");
        delete(&world, &admin, &owner, "lin_wei").await.expect("delete");
        let (mut polls, mut stops) = (1, 0);
        while world.number("SELECT COUNT(*) FROM users WHERE deleted_at IS NOT NULL").await == 1 {
            let work = Box::pin(world.drive.sweep_once());
            stops += u32::from(Stopped { work, polls }.await.is_none());
            polls += 5;
            assert_counts(&world).await;
            assert!(polls < 10_000, "it comes to an end");
        }
        assert!(stops > 10, "{stops}");
        assert_whole(&world, &other).await;
        assert_gone(&world, &owner).await;
        assert_whole(&world, &other).await;
    }

    async fn two_instances_delete_the_same_account(world: World) {
        let admin = administrator(&world).await;
        let (owner, other) = (world.user("lin_wei").await, world.user("wang_fang").await);
        let opened = fill(&world, &owner).await;
        world.drive.save_shared(&other, &key(&opened), &[], &other.root).await.expect("save");
        let second = world.with(Config::default()).await;
        delete(&world, &admin, &owner, "lin_wei").await.expect("delete");
        tokio::join!(world.drive.sweep_once(), second.sweep_once());
        world.drive.sweep_once().await;
        assert_counts(&world).await;
        assert_gone(&world, &owner).await;
        assert_whole(&world, &other).await;
        second.database().close().await;
    }

    async fn what_cannot_go_keeps_the_account_and_nothing_else(world: World) {
        let admin = administrator(&world).await;
        let (owner, next) = (world.user("lin_wei").await, world.user("wang_fang").await);
        fill(&world, &owner).await;
        unfinished(&world.drive, &owner, "another.bin").await;
        file(&world.drive, &next, &next.root, "x", b"x").await;
        sqlx::query("CREATE TABLE clings (node_id TEXT NOT NULL REFERENCES nodes (id))").execute(&world.sql).await.expect("table");
        sqlx::query("INSERT INTO clings SELECT id FROM nodes WHERE name = 'old.txt'").execute(&world.sql).await.expect("cling");
        delete(&world, &admin, &owner, "lin_wei").await.expect("delete");
        delete(&world, &admin, &next, "wang_fang").await.expect("delete");
        world.store.faults().fail(Operation::Delete, u64::MAX, ErrorKind::Unavailable, When::Before);
        world.drive.sweep_once().await;
        let left = entry(&world, &admin, &owner).await;
        assert_eq!((left.used, left.deletion.expect("still").used), (3, 25), "one file of four is left");
        assert!(matches!(world.drive.user(&admin, &next.user).await, Err(Error::NotFound)), "nobody waits for it");
        sqlx::query("DELETE FROM clings").execute(&world.sql).await.expect("let go");
        world.drive.sweep_once().await;
        assert_eq!(entry(&world, &admin, &owner).await.used, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM uploads").await, 2, "their bytes are in the store");
        world.store.faults().mend();
        world.drive.sweep_once().await;
        sqlx::query("DROP TABLE clings").execute(&world.sql).await.expect("table");
        assert_gone(&world, &owner).await;
    }

    async fn an_upload_under_way_becomes_no_file(world: World) {
        let admin = administrator(&world).await;
        let owner = world.user("lin_wei").await;
        let metadata = UploadMetadata { name: Some(name("x")), ..UploadMetadata::default() };
        let new = NewUpload { kind: NewUploadKind::Whole, length: Some(10), metadata, raw_metadata: String::new() };
        let begun = world.drive.begin_upload(&owner, new).await.expect("begin");
        let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, BodyError>>(1);
        let body = stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) });
        let (drive, actor) = (world.drive.clone(), owner.clone());
        let writing =
            tokio::spawn(async move { drive.write_upload(&actor, &begun.id, Write::default(), body.boxed()).await });
        sender.send(Ok(Bytes::from_static(b"hello"))).await.expect("read");
        sender.send(Ok(Bytes::from_static(b" "))).await.expect("read");
        delete(&world, &admin, &owner, "lin_wei").await.expect("delete");
        world.drive.sweep_once().await;
        let rest = sender.send(Ok(Bytes::from_static(b"you."))).await;
        drop(sender);
        let outcome = writing.await.expect("task");
        assert!(outcome.is_err(), "{rest:?} {outcome:?}");
        world.drive.sweep_once().await;
        assert_gone(&world, &owner).await;
    }

    async fn never_oneself_never_the_last_and_only_who_means_it(world: World) {
        let first = administrator(&world).await;
        let second = world.drive.create_administrator(account("admin_two")).await.expect("administrator");
        let user = world.user("lin_wei").await;
        for typed in ["", "lin-wei", "Lin_Wei", "admin_one"] {
            let refused = delete(&world, &first, &user, typed).await;
            let is_named = matches!(refused, Err(Error::Invalid { field: Field::Confirmation, reason: Reason::Different }));
            assert!(is_named, "{typed}: {refused:?}");
        }
        assert_eq!(entry(&world, &first, &user).await.deletion, None);
        assert_eq!(entry(&world, &first, &user).await.locked_at, None);
        let own = delete(&world, &first, &first, "admin_one").await;
        assert!(matches!(own, Err(Error::Forbidden)), "{own:?}");
        let mut nobody = user.clone();
        nobody.user = "a".repeat(26).parse().expect("id");
        assert!(matches!(delete(&world, &first, &nobody, "lin_wei").await, Err(Error::NotFound)));
        let (one, other) = tokio::join!(
            delete(&world, &first, &second, "admin_two"),
            delete(&world, &second, &first, "admin_one"),
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1, "{one:?} {other:?}");
        world.drive.sweep_once().await;
        let left = world.number("SELECT COUNT(*) FROM users WHERE role = 'administrator' AND locked_at IS NULL").await;
        assert_eq!(left, 1);
    }
}
