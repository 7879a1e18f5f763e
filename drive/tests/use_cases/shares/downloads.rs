use std::time::Duration;

use super::*;
use crate::world::on_both_engines;

/// Bytes of the shared file.
const SIZE: u64 = 1000;

/// A file of [`SIZE`] bytes that may be downloaded so often.
async fn limited(world: &World, most: u64) -> (Actor, Node, ShareView) {
    let owner = world.user("lin_wei").await;
    let node = file(&world.drive, &owner, &owner.root, "a.bin", &[7; SIZE as usize]).await;
    let share = share(world, &owner, NewShare { max_downloads: Some(most), ..public(&[&node]) }).await;
    (owner, node, share)
}

fn is_used_up<T>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::ShareClosed(ShareState::UsedUp)))
}

async fn downloads(world: &World, owner: &Actor, share: &ShareView) -> u64 {
    world.drive.share(owner, &share.id).await.expect("share").downloads
}

on_both_engines! {
    async fn of_many_at_once_no_more_than_the_limit(world: World) {
        let (owner, node, share) = limited(&world, 3).await;
        let tasks = (0..16).map(|number| {
            let (world, key, node) = (world.clone(), key(&share), node.clone());
            tokio::spawn(async move {
                let client = at(&format!("198.51.100.{number}"));
                download(&world, &key, &node, Portion::Beginning, &client).await
            })
        });
        let (mut let_through, mut refused) = (0, 0);
        for outcome in futures::future::join_all(tasks).await {
            let outcome = outcome.expect("task");
            if is_used_up(&outcome) {
                refused += 1;
            } else {
                assert_eq!(bytes_of(&outcome.expect("content")).await.len(), 1000);
                let_through += 1;
            }
        }
        assert_eq!((let_through, refused), (3, 13));
        assert_eq!(downloads(&world, &owner, &share).await, 3);
        assert_state(&world, &owner, &share, ShareState::UsedUp).await;
        // More may be allowed later.
        let more = drive::ShareChange { max_downloads: Some(Some(4)), ..drive::ShareChange::default() };
        world.drive.change_share(&owner, &share.id, more, &Client::default()).await.expect("change");
        assert_state(&world, &owner, &share, ShareState::Active).await;
        assert_eq!(world.drive.open_share(&key(&share)).await.expect("open").downloads_left, Some(1));
    }

    async fn a_download_that_broke_off_is_continued(world: World) {
        let (owner, node, share) = limited(&world, 1).await;
        let (key, here, elsewhere) = (key(&share), at("2001:db8::1"), at("198.51.100.1"));
        let get = async |portion, client: &Client| download(&world, &key, &node, portion, client).await;
        get(Portion::Nothing, &elsewhere).await.expect("looking takes nothing");
        get(Portion::Beginning, &here).await.expect("the one download");
        assert_state(&world, &owner, &share, ShareState::UsedUp).await;
        assert!(is_used_up(&get(Portion::Beginning, &here).await), "from the beginning is a second one");
        get(Portion::Nothing, &here).await.expect("a client looks before it goes on");
        get(Portion::Continuation(600), &at("2001:db8::2")).await.expect("the same network");

        // Nobody else continues it, and it is not continued for ever.
        assert!(is_used_up(&get(Portion::Continuation(1), &elsewhere).await));
        assert!(is_used_up(&get(Portion::Nothing, &elsewhere).await));
        assert!(is_used_up(&get(Portion::Continuation(401), &here).await));
        get(Portion::Continuation(400), &here).await.expect("what is left");
        assert!(is_used_up(&get(Portion::Continuation(1), &here).await));
        assert_eq!(downloads(&world, &owner, &share).await, 1);
    }

    async fn all_but_the_first_byte_is_a_download_too(world: World) {
        let (owner, node, share) = limited(&world, 2).await;
        let (key, here) = (key(&share), at("198.51.100.1"));
        let get = async |portion| download(&world, &key, &node, portion, &here).await;
        get(Portion::Continuation(SIZE - 1)).await.expect("counts");
        assert_eq!(downloads(&world, &owner, &share).await, 1);
        get(Portion::Continuation(1)).await.expect("what it left out");
        assert_eq!(downloads(&world, &owner, &share).await, 1);
        get(Portion::Continuation(SIZE - 1)).await.expect("counts again");
        assert!(is_used_up(&get(Portion::Continuation(SIZE - 1)).await));
        assert_eq!(downloads(&world, &owner, &share).await, 2);
    }

    async fn pieces_of_one_file_count_once(world: World) {
        let (owner, node, share) = limited(&world, 2).await;
        let key = key(&share);
        for client in [at("198.51.100.1"), at("198.51.100.2")] {
            for portion in [Portion::Beginning, Portion::Continuation(300), Portion::Continuation(300), Portion::Continuation(300)] {
                download(&world, &key, &node, portion, &client).await.expect("piece");
            }
        }
        assert_eq!(downloads(&world, &owner, &share).await, 2);
    }

    async fn continuing_ends_with_the_day_the_file_and_the_share(world: World) {
        let (owner, node, share) = limited(&world, 2).await;
        let (key, here) = (key(&share), at("198.51.100.1"));
        download(&world, &key, &node, Portion::Beginning, &here).await.expect("download");
        world.wait(Duration::from_secs(24 * 3600));
        download(&world, &key, &node, Portion::Continuation(1), &here).await.expect("a new one");
        assert_eq!(downloads(&world, &owner, &share).await, 2);
        // Other bytes are another download.
        file(&world.drive, &owner, &owner.root, "a.bin", &[8; 500]).await;
        assert!(is_used_up(&download(&world, &key, &node, Portion::Continuation(1), &here).await));

        world.drive.trash(&owner, &node.id).await.expect("trash");
        assert!(matches!(download(&world, &key, &node, Portion::Continuation(1), &here).await, Err(Error::NotFound)));
        world.drive.restore(&owner, &node.id).await.expect("restore");
        world.drive.cancel_share(&owner, &share.id, &here).await.expect("cancel");
        let ended = download(&world, &key, &node, Portion::Continuation(1), &here).await;
        assert!(matches!(ended, Err(Error::ShareClosed(ShareState::Cancelled))), "{ended:?}");

        assert_eq!(world.number("SELECT COUNT(*) FROM share_downloads").await, 1);
        world.wait(Duration::from_secs(24 * 3600));
        world.drive.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM share_downloads").await, 0);
    }

    async fn an_empty_file_is_downloaded_like_any(world: World) {
        let owner = world.user("lin_wei").await;
        let node = file(&world.drive, &owner, &owner.root, "empty", b"").await;
        let share = share(&world, &owner, NewShare { max_downloads: Some(1), ..public(&[&node]) }).await;
        let content = download(&world, &key(&share), &node, Portion::Beginning, &Client::default()).await.expect("content");
        assert!(bytes_of(&content).await.is_empty());
        assert_state(&world, &owner, &share, ShareState::UsedUp).await;
    }
}
