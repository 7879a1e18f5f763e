//! What administrators decide for the whole site.

use std::time::Duration;

use domain::{Conflict, Field, Registration};
use drive::{Actor, Client, Config, Drive, Error, LogQuery, NewUpload, NewUploadKind, Setting, SettingName};
use tokio_util::sync::CancellationToken;

use crate::world::{World, account, name, on_both_engines};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn administrator(world: &World) -> Actor {
    world.drive.create_administrator(account("admin_one")).await.expect("administrator")
}

async fn set(drive: &Drive, admin: &Actor, setting: Setting) {
    drive.change_setting(admin, setting, &Client::default()).await.expect("set");
}

fn file(length: u64) -> NewUpload {
    NewUpload {
        kind: NewUploadKind::Whole,
        length: Some(length),
        metadata: domain::UploadMetadata { name: Some(name("x")), ..Default::default() },
        raw_metadata: String::new(),
    }
}

on_both_engines! {
    async fn a_setting_overrides_the_option_until_it_is_taken_back(world: World) {
        let admin = administrator(&world).await;
        let drive = world.with(Config { default_quota: Some(5), ..Config::default() }).await;
        let entry = |entries: Vec<drive::SettingEntry>| {
            entries.into_iter().find(|entry| entry.value.name() == SettingName::DefaultQuota).expect("there")
        };
        let before = entry(drive.settings(&admin).await.expect("settings"));
        assert_eq!((&before.value, &before.changed), (&Setting::DefaultQuota(Some(5)), &None));
        set(&drive, &admin, Setting::DefaultQuota(Some(7))).await;
        assert_eq!(drive.rules().default_quota, Some(7));
        let after = entry(drive.settings(&admin).await.expect("settings"));
        assert_eq!((after.value, after.default), (Setting::DefaultQuota(Some(7)), Setting::DefaultQuota(Some(5))));
        assert_eq!(after.changed, Some((drive.now(), Some("admin_one".to_owned()))));
        // Also after a restart, and no limit is a value of its own.
        set(&drive, &admin, Setting::DefaultQuota(None)).await;
        let again = world.with(Config { default_quota: Some(5), ..Config::default() }).await;
        assert_eq!(again.rules().default_quota, None);
        drive.reset_setting(&admin, SettingName::DefaultQuota, &Client::default()).await.expect("reset");
        assert_eq!(drive.rules().default_quota, Some(5));
        for drive in [drive, again] {
            drive.database().close().await;
        }
    }

    async fn every_instance_follows_without_a_restart(world: World) {
        let admin = administrator(&world).await;
        let other = world.with(Config::default()).await;
        let end = CancellationToken::new();
        let background = tokio::spawn(other.clone().run_background(end.clone()));
        set(&world.drive, &admin, Setting::MaxFileSize(99)).await;
        let followed = async {
            while other.rules().max_file_size != 99 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), followed).await.expect("within seconds");
        end.cancel();
        background.await.expect("ends");
        other.database().close().await;
    }

    async fn a_wrong_value_changes_nothing(world: World) {
        let admin = administrator(&world).await;
        let before = world.drive.rules();
        for (setting, field) in [
            (Setting::MaxFileSize(0), Field::Length),
            (Setting::DefaultQuota(Some(u64::MAX)), Field::Quota),
            (Setting::TrashRetention(Some(Duration::ZERO)), Field::Retention),
            (Setting::Announcement("x".repeat(1001)), Field::Announcement),
        ] {
            let refused = world.drive.change_setting(&admin, setting, &Client::default()).await;
            assert!(matches!(refused, Err(Error::Invalid { field: named, .. }) if named == field), "{refused:?}");
        }
        assert_eq!(world.drive.rules(), before);
        assert_eq!(world.number("SELECT COUNT(*) FROM site_settings").await, 0);
    }

    async fn the_log_has_the_old_and_the_new_value(world: World) {
        let admin = administrator(&world).await;
        set(&world.drive, &admin, Setting::Registration(Registration::Closed)).await;
        // What is as it was leaves no entry.
        set(&world.drive, &admin, Setting::Registration(Registration::Closed)).await;
        world.wait(Duration::from_secs(1));
        set(&world.drive, &admin, Setting::Registration(Registration::Invitation)).await;
        world.wait(Duration::from_secs(1));
        world.drive.reset_setting(&admin, SettingName::Registration, &Client::default()).await.expect("reset");
        let query = LogQuery { noun: "setting".into(), limit: 10, ..LogQuery::default() };
        let entries = world.drive.log(&admin, &query).await.expect("log").items;
        let told: Vec<_> = entries.iter().map(|entry| entry.note.as_deref().unwrap_or_default()).collect();
        assert_eq!(told, ["invitation → open (default)", "closed → invitation", "open (default) → closed"]);
        assert_eq!(entries[0].subject.as_deref(), Some("registration"));
        assert_eq!(entries[0].username.as_deref(), Some("admin_one"));
    }

    async fn registration_is_closed_and_opened(world: World) {
        let admin = administrator(&world).await;
        set(&world.drive, &admin, Setting::Registration(Registration::Closed)).await;
        let refused = world.drive.register(account("lin_wei"), &Client::default()).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
        set(&world.drive, &admin, Setting::Registration(Registration::Open)).await;
        set(&world.drive, &admin, Setting::DefaultQuota(Some(12))).await;
        let user = world.user("lin_wei").await;
        assert_eq!(world.drive.profile(&user).await.expect("profile").quota, Some(12));
        assert_eq!(world.drive.profile(&admin).await.expect("profile").quota, None, "those before keep theirs");
    }

    async fn the_largest_file_is_refused_at_the_beginning_and_at_the_end(world: World) {
        let admin = administrator(&world).await;
        let user = world.user("lin_wei").await;
        let begun = world.drive.begin_upload(&user, file(5)).await.expect("begin");
        set(&world.drive, &admin, Setting::MaxFileSize(4)).await;
        let refused = world.drive.begin_upload(&user, file(5)).await;
        assert!(matches!(refused, Err(Error::TooLarge { limit: 4 })), "{refused:?}");
        let write = drive::Write::default();
        let body = futures::stream::iter([Ok::<_, drive::BodyError>(bytes::Bytes::from_static(b"hello"))]);
        let refused = world.drive.write_upload(&user, &begun.id, write, body).await;
        assert!(matches!(refused, Err(Error::TooLarge { limit: 4 })), "{refused:?}");
        // The bytes are kept, and become a file when they may.
        set(&world.drive, &admin, Setting::MaxFileSize(5)).await;
        let write = drive::Write { offset: 5, ..drive::Write::default() };
        let done = world.drive.write_upload(&user, &begun.id, write, futures::stream::empty()).await.expect("done");
        assert!(done.node.is_some());
    }

    async fn the_trash_keeps_things_for_as_long_as_is_set(world: World) {
        let admin = administrator(&world).await;
        let user = world.user("lin_wei").await;
        for folder in ["a", "b"] {
            let made = world.drive.create_folder(&user, &user.root, &name(folder), Conflict::Fail).await.expect("made");
            world.drive.trash(&user, &made.id).await.expect("trash");
            world.wait(3 * DAY);
        }
        set(&world.drive, &admin, Setting::TrashRetention(None)).await;
        world.wait(30 * DAY);
        world.drive.sweep_once().await;
        assert_eq!(world.drive.trashed(&user, None, 10).await.expect("trash").items.len(), 2);
        set(&world.drive, &admin, Setting::TrashRetention(Some(34 * DAY))).await;
        world.drive.sweep_once().await;
        let left = world.drive.trashed(&user, None, 10).await.expect("trash").items;
        assert_eq!(left.iter().map(|entry| entry.node.name.as_str()).collect::<Vec<_>>(), ["b"]);
    }

    async fn an_announcement_is_another_one_when_its_text_changes(world: World) {
        let admin = administrator(&world).await;
        assert_eq!(world.drive.rules().announcement, None);
        set(&world.drive, &admin, Setting::Announcement(" Down on Sunday.\r\nBack on Monday. ".into())).await;
        let first = world.drive.rules().announcement.clone().expect("told");
        assert_eq!(first.text, "Down on Sunday.\nBack on Monday.");
        set(&world.drive, &admin, Setting::Announcement("Up again.".into())).await;
        let second = world.drive.rules().announcement.clone().expect("told");
        assert_ne!(first.id, second.id);
        set(&world.drive, &admin, Setting::Announcement(first.text.clone())).await;
        assert_eq!(world.drive.rules().announcement.as_ref(), Some(&first));
        set(&world.drive, &admin, Setting::Announcement("  ".into())).await;
        assert_eq!(world.drive.rules().announcement, None);
    }
}
