//! Zips of shares: what is shared and nothing else, and one download each.

use domain::ShareState;
use drive::{Client, NewShare, ShareKey};

use super::*;
use crate::shares::{key, public, share};

async fn shared_zip(
    world: &World,
    key: &ShareKey,
    ids: &[NodeId],
) -> Result<BTreeMap<String, Option<Vec<u8>>>, Error> {
    let shared = world.drive.open_shared_archive(key, ids).await?;
    let archive = world.drive.download_shared_archive(shared).await?;
    Ok(contents(bytes_of(archive).await))
}

on_both_engines! {
    async fn what_is_shared_and_nothing_else(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let above = folder(&world, &owner, &owner.root, "above").await;
        let shared = folder(&world, &owner, &above.id, "shared").await;
        let inner = folder(&world, &owner, &shared.id, "inner").await;
        file(drive, &owner, &inner.id, "in.txt", b"in").await;
        let beside = file(drive, &owner, &above.id, "beside.txt", b"beside").await;
        let other = file(drive, &owner, &owner.root, "other.txt", b"other").await;
        let view = share(&world, &owner, public(&[&shared, &other])).await;
        let key = key(&view);

        let all = shared_zip(&world, &key, &[]).await.expect("all");
        assert_eq!(paths(&all), ["other.txt", "shared/", "shared/inner/", "shared/inner/in.txt"]);
        let part = shared_zip(&world, &key, std::slice::from_ref(&inner.id)).await.expect("a folder within");
        assert_eq!(paths(&part), ["inner/", "inner/in.txt"]);
        for id in [&beside.id, &above.id, &owner.root] {
            let refused = shared_zip(&world, &key, &[inner.id.clone(), id.clone()]).await;
            assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        }
        drive.trash(&owner, &inner.id).await.expect("trash");
        assert!(matches!(shared_zip(&world, &key, std::slice::from_ref(&inner.id)).await, Err(Error::NotFound)));
        assert_eq!(paths(&shared_zip(&world, &key, &[]).await.expect("the rest")), ["other.txt", "shared/"]);
        assert_eq!(drive.share(&owner, &view.id).await.expect("share").downloads, 3);
    }

    async fn each_is_one_download(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let folder = folder(&world, &owner, &owner.root, "f").await;
        for text in ["a", "b", "c"] {
            file(drive, &owner, &folder.id, text, b"x").await;
        }
        let view = share(&world, &owner, NewShare { max_downloads: Some(2), ..public(&[&folder]) }).await;
        let key = key(&view);
        drive.open_shared_archive(&key, &[]).await.expect("to look takes nothing");
        shared_zip(&world, &key, &[]).await.expect("one");
        // Two who began at the same time.
        let (one, two) = (drive.open_shared_archive(&key, &[]).await.expect("open"), drive.open_shared_archive(&key, &[]).await.expect("open"));
        drive.download_shared_archive(one).await.expect("two");
        for refused in [drive.download_shared_archive(two).await.err(), drive.open_shared_archive(&key, &[]).await.err()] {
            assert!(matches!(refused, Some(Error::ShareClosed(ShareState::UsedUp))), "{refused:?}");
        }
        assert_eq!(drive.share(&owner, &view.id).await.expect("share").downloads, 2);
    }

    async fn it_wants_the_code_and_an_open_share(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let node = file(drive, &owner, &owner.root, "a", b"x").await;
        let code = drive::CodeChoice::Own(domain::ShareCode::parse("ab12").expect("a code"));
        let view = share(&world, &owner, NewShare { code, ..public(&[&node]) }).await;
        assert!(matches!(shared_zip(&world, &key(&view), &[]).await, Err(Error::CodeRequired)));
        let proof = drive.unlock_share(&view.token, "ab12", &Client::default()).await.expect("the code");
        let key = ShareKey { token: view.token.clone(), proof: Some(proof) };
        shared_zip(&world, &key, &[]).await.expect("open");
        drive.cancel_share(&owner, &view.id, &Client::default()).await.expect("cancel");
        assert!(matches!(shared_zip(&world, &key, &[]).await, Err(Error::ShareClosed(ShareState::Cancelled))));
    }
}
