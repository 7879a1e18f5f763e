//! What administrators may do, and that nobody else may.

use bytes::Bytes;
use domain::{Conflict, Login, Role, UploadMetadata, UserId};
use drive::{
    Actor, Client, Config, Drive, Error, LogQuery, Machines, NewUpload, NewUploadKind, UserQuery, UserSort,
    Write,
};
use futures::stream;
use storage::{ClusterState, ErrorKind, Operation};
use tokio::sync::mpsc;

use crate::world::{PASSWORD, World, account, name, on_both_engines};

fn nowhere() -> Client {
    Client::default()
}

async fn names(drive: &Drive, admin: &Actor, search: &str, sort: UserSort) -> Vec<String> {
    let query = UserQuery { search: search.into(), sort, limit: 100, after: None };
    drive.users(admin, &query).await.expect("users").items.into_iter().map(|user| user.username).collect()
}

on_both_engines! {
    async fn an_administrator_is_left_whatever_two_of_them_do(world: World) {
        let first = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        let second = world.drive.create_administrator(account("admin_two")).await.expect("administrator");
        for outcome in [
            world.drive.lock_account(&first, &first.user, "", &nowhere()).await,
            world.drive.set_role(&first, &first.user, Role::User, &nowhere()).await,
        ] {
            assert!(matches!(outcome, Err(Error::Forbidden)), "{outcome:?}");
        }
        let client = nowhere();
        let (one, other) = tokio::join!(
            world.drive.lock_account(&first, &second.user, "", &client),
            world.drive.set_role(&second, &first.user, Role::User, &client),
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1, "{one:?} {other:?}");
        let left = world
            .number("SELECT COUNT(*) FROM users WHERE role = 'administrator' AND locked_at IS NULL")
            .await;
        assert_eq!(left, 1);
    }

    async fn accounts_are_found_and_listed_page_by_page(world: World) {
        let admin = world.drive.create_administrator(account("Admin_One")).await.expect("administrator");
        for index in 0..7 {
            world.wait(std::time::Duration::from_secs(1));
            world.user(&format!("user_{index}")).await;
        }
        world.user("李明_1").await;
        let drive = &world.drive;
        assert_eq!(names(drive, &admin, "李明", UserSort::Name).await, ["李明_1"]);
        assert_eq!(names(drive, &admin, "ADMIN", UserSort::Name).await, ["Admin_One"]);
        assert_eq!(names(drive, &admin, "user_3@", UserSort::Name).await, ["user_3"], "by mail");
        assert_eq!(names(drive, &admin, "r%3", UserSort::Name).await, [""; 0], "signs of LIKE are letters");
        assert_eq!(names(drive, &admin, "n_o", UserSort::Name).await, ["Admin_One"]);
        assert_eq!(names(drive, &admin, "nXo", UserSort::Name).await, [""; 0]);
        assert_eq!(names(drive, &admin, "\0", UserSort::Name).await.len(), 9);
        for sort in [UserSort::Name, UserSort::Used, UserSort::Created] {
            let whole = names(drive, &admin, "", sort).await;
            assert_eq!(whole.len(), 9);
            let (mut paged, mut after) = (Vec::new(), None);
            loop {
                let query = UserQuery { sort, limit: 2, after, ..UserQuery::default() };
                let page = drive.users(&admin, &query).await.expect("page");
                paged.extend(page.items.into_iter().map(|user| user.username));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(paged, whole, "{sort:?}");
        }
        let query = UserQuery { limit: 2, ..UserQuery::default() };
        let next = drive.users(&admin, &query).await.expect("page").next;
        let elsewhere = UserQuery { sort: UserSort::Used, after: next, limit: 2, ..UserQuery::default() };
        assert!(matches!(drive.users(&admin, &elsewhere).await, Err(Error::Invalid { .. })));
        for limit in [0, 1001] {
            let query = UserQuery { limit, ..UserQuery::default() };
            assert!(matches!(drive.users(&admin, &query).await, Err(Error::Invalid { .. })));
        }
    }

    async fn an_administrator_makes_accounts_also_where_registration_is_closed(world: World) {
        let drive = world.with(Config { registration: domain::Registration::Closed, ..Config::default() }).await;
        let admin = drive.create_administrator(account("admin_one")).await.expect("administrator");
        let made = drive.create_account(&admin, &account("lin_wei"), &nowhere()).await.expect("account");
        let entry = drive.user(&admin, &made).await.expect("user");
        assert_eq!((entry.username.as_str(), entry.role), ("lin_wei", Role::User));
        let actor = drive.sign_in(&Login::parse("lin_wei"), PASSWORD, &nowhere()).await.expect("signs in");
        assert_eq!(actor.user, made);
        // With a password that somebody else knows nothing can be done but to choose another.
        let token = drive.create_token(&Login::parse("lin_wei"), "backup").await.expect("token");
        let outcome = drive.token_actor(&token, drive::Access::Read).await;
        assert!(matches!(outcome, Err(Error::MustChangePassword)), "{outcome:?}");
        let again = drive.create_account(&admin, &account("lin_wei"), &nowhere()).await;
        assert!(matches!(again, Err(Error::Invalid { .. })), "{again:?}");
        drive.database().close().await;
    }

    async fn a_quota_holds_from_then_on(world: World) {
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        let user = world.user("lin_wei").await;
        world.drive.set_quota(&admin, &user.user, Some(5), &nowhere()).await.expect("quota");
        assert_eq!(world.drive.profile(&user).await.expect("profile").quota, Some(5));
        let new = drive::NewUpload {
            kind: drive::NewUploadKind::Whole,
            length: Some(6),
            metadata: domain::UploadMetadata { name: Some(name("x")), ..Default::default() },
            raw_metadata: String::new(),
        };
        let refused = world.drive.begin_upload(&user, new).await;
        assert!(matches!(refused, Err(Error::QuotaExceeded { available: 5 })), "{refused:?}");
        world.drive.set_quota(&admin, &user.user, None, &nowhere()).await.expect("no limit");
        assert_eq!(world.drive.user(&admin, &user.user).await.expect("user").quota, None);
        let nobody: UserId = "a".repeat(26).parse().expect("id");
        let outcome = world.drive.set_quota(&admin, &nobody, None, &nowhere()).await;
        assert!(matches!(outcome, Err(Error::NotFound)));
    }

    async fn the_log_tells_who_did_what_to_whom(world: World) {
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        let user = world.user("lin_wei").await;
        world.wait(std::time::Duration::from_secs(1));
        let client = Client { address: Some([192, 0, 2, 7].into()), agent: Some("curl/8".into()) };
        world.drive.lock_account(&admin, &user.user, " abuse\u{7} ", &client).await.expect("lock");
        let locked = world.drive.user(&admin, &user.user).await.expect("user");
        assert_eq!((locked.locked_at, locked.locked_reason.as_deref()), (Some(world.drive.now()), Some("abuse")));
        world.wait(std::time::Duration::from_secs(1));
        world.drive.unlock_account(&admin, &user.user, &client).await.expect("unlock");

        let all = LogQuery { limit: 100, ..LogQuery::default() };
        let entries = world.drive.log(&admin, &all).await.expect("log").items;
        let newest = &entries[0];
        assert_eq!(
            (newest.event.as_str(), newest.username.as_deref(), newest.subject.as_deref()),
            ("account.unlock", Some("admin_one"), Some("lin_wei"))
        );
        assert_eq!((newest.address.as_deref(), newest.agent.as_deref()), (Some("192.0.2.7"), Some("curl/8")));
        assert_eq!((entries[1].event.as_str(), entries[1].note.as_deref()), ("account.lock", Some("abuse")));

        let of_user = LogQuery { username: "Lin_Wei".into(), noun: "account".into(), ..all.clone() };
        let events: Vec<_> =
            world.drive.log(&admin, &of_user).await.expect("log").items.into_iter().map(|e| e.event).collect();
        assert!(events.starts_with(&["account.unlock".into(), "account.lock".into()]), "{events:?}");
        let none = LogQuery { noun: "%".into(), ..all.clone() };
        assert!(world.drive.log(&admin, &none).await.expect("log").items.is_empty());
        // Page by page it is the same.
        let (mut paged, mut after) = (Vec::new(), None);
        loop {
            let page = world.drive.log(&admin, &LogQuery { limit: 1, after, ..LogQuery::default() }).await.expect("page");
            paged.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(paged, entries);
    }

    async fn the_overview_counts_everybody(world: World) {
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        let user = world.user("lin_wei").await;
        let folder = world.drive.create_folder(&user, &user.root, &name("a"), Conflict::Fail).await.expect("folder");
        world.drive.create_folder(&user, &folder.id, &name("b"), Conflict::Fail).await.expect("folder");
        world.drive.trash(&user, &folder.id).await.expect("trash");
        world.drive.lock_account(&admin, &user.user, "", &nowhere()).await.expect("lock");
        let overview = world.drive.overview(&admin).await.expect("overview");
        assert_eq!((overview.users, overview.locked), (2, 1));
        assert_eq!((overview.files, overview.folders, overview.trashed), (0, 2, 1));
        assert_eq!((overview.logical, overview.physical, overview.uploads), (0, 0, 0));
        assert!(overview.health.is_well());
        assert_eq!((overview.deleting, overview.writing, overview.machines), (0, 0, Machines::One));
        assert!(overview.store.is_some());
    }

    async fn the_overview_counts_files_bytes_and_uploads(world: World) {
        let drive = &world.drive;
        let admin = drive.create_administrator(account("admin_one")).await.expect("administrator");
        let user = world.user("lin_wei").await;
        let begin = async |length: u64, conflict| {
            let metadata = UploadMetadata { name: Some(name("a.txt")), conflict, ..UploadMetadata::default() };
            let new = NewUpload { kind: NewUploadKind::Whole, length: Some(length), metadata, raw_metadata: String::new() };
            drive.begin_upload(&user, new).await.expect("upload").id
        };
        let upload = async |bytes: &'static [u8], conflict| {
            let id = begin(bytes.len() as u64, conflict).await;
            let body = stream::iter([Ok(Bytes::from_static(bytes))]);
            let status = drive.write_upload(&user, &id, Write::default(), body).await.expect("written");
            status.node.expect("a file")
        };
        // A file and a version of it, a copy of the file, and one whose bytes are on their way.
        upload(b"first", Conflict::Fail).await;
        let file = upload(b"the second", Conflict::Replace).await;
        drive.copy_all(&user, &[file], &user.root, Conflict::Rename).await.expect("copy");
        let id = begin(100, Conflict::Rename).await;
        let idle = drive.overview(&admin).await.expect("overview");
        assert_eq!((idle.files, idle.uploads, idle.writing), (2, 1, 0));
        assert_eq!((idle.logical, idle.physical, idle.reserved), (5 + 10 + 10, 5 + 10, 100));

        let (feed, receiver) = mpsc::channel(1);
        let body = stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) });
        let writing = tokio::spawn({
            let (drive, user) = (drive.clone(), user.clone());
            async move { drive.write_upload(&user, &id, Write::default(), body).await }
        });
        // What is taken behind the first frame shows that the first is being written.
        for _ in 0..3 {
            feed.send(Ok(Bytes::from_static(b"x"))).await.expect("taken");
        }
        let busy = drive.overview(&admin).await.expect("overview");
        assert_eq!((busy.files, busy.uploads, busy.writing), (2, 1, 1));
        drop(feed);
        writing.await.expect("a task").expect("what came is kept");
        let rest = drive.overview(&admin).await.expect("overview");
        assert_eq!((rest.uploads, rest.writing), (1, 0));
    }

    async fn the_overview_tells_how_the_store_is_or_that_nobody_knows(world: World) {
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        let state = ClusterState { live_nodes: 2, dead_nodes: 1, missing_blocks: 4, ..ClusterState::default() };
        world.store.faults().pretend_cluster(state);
        let overview = world.drive.overview(&admin).await.expect("overview");
        assert_eq!(overview.machines, Machines::Several(state));
        world.store.faults().outage(ErrorKind::Unavailable);
        let overview = world.drive.overview(&admin).await.expect("still a page");
        assert_eq!((overview.machines, overview.store), (Machines::Unknown, None));
        assert!(!overview.health.is_well());
        world.store.faults().mend();
        // One that says nothing at all is not waited for.
        let held = [world.store.faults().hold(Operation::Usage), world.store.faults().hold(Operation::Usage)];
        let overview = world.drive.overview(&admin).await.expect("still a page");
        assert_eq!((overview.machines, overview.store), (Machines::Unknown, None));
        drop(held);
    }
}
