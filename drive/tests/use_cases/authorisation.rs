//! Somebody else's id, and one that never was, answer alike in every use case: nothing is there.

use domain::{AppError, Conflict, ItemReport, NodeId};
use drive::{Actor, Client, CodeChoice, Drive, Error, ListOptions, NewShare};
use futures::future::BoxFuture;

use crate::world::{World, name, on_both_engines};

type UseCase = for<'a> fn(&'a Drive, &'a Actor, &'a NodeId) -> BoxFuture<'a, Result<(), Error>>;

/// Every use case that takes a node, by the stranger `actor`. One that is added to `Drive` is added here.
const USE_CASES: [(&str, UseCase); 24] = [
    ("node", |drive, actor, id| Box::pin(async move { drive.node(actor, id).await.map(drop) })),
    ("ancestors", |drive, actor, id| Box::pin(async move { drive.ancestors(actor, id).await.map(drop) })),
    ("children", |drive, actor, id| {
        Box::pin(async move { drive.children(actor, id, &ListOptions::default()).await.map(drop) })
    }),
    ("create_folder", |drive, actor, id| {
        Box::pin(async move { drive.create_folder(actor, id, &name("x"), Conflict::Rename).await.map(drop) })
    }),
    ("create_folder, replacing", |drive, actor, id| {
        Box::pin(
            async move { drive.create_folder(actor, id, &name("inner"), Conflict::Replace).await.map(drop) },
        )
    }),
    ("rename", |drive, actor, id| {
        Box::pin(async move { drive.rename(actor, id, &name("x")).await.map(drop) })
    }),
    ("move_to what", |drive, actor, id| {
        Box::pin(async move { drive.move_to(actor, id, &actor.root).await.map(drop) })
    }),
    ("move_to where", |drive, actor, id| {
        Box::pin(async move {
            let own = drive.create_folder(actor, &actor.root, &name("own"), Conflict::Rename).await?;
            drive.move_to(actor, &own.id, id).await.map(drop)
        })
    }),
    ("trash", |drive, actor, id| Box::pin(async move { drive.trash(actor, id).await.map(drop) })),
    ("restore", |drive, actor, id| Box::pin(async move { drive.restore(actor, id).await.map(drop) })),
    ("purge", |drive, actor, id| Box::pin(async move { drive.purge(actor, id).await })),
    ("create_share", |drive, actor, id| {
        Box::pin(async move {
            let nodes = vec![id.clone()];
            let share = NewShare { nodes, code: CodeChoice::Public, expires: None, max_downloads: None };
            drive.create_share(actor, share, &Client::default()).await.map(drop)
        })
    }),
    ("trash_all", |drive, actor, id| {
        Box::pin(async move { each(drive.trash_all(actor, std::slice::from_ref(id)).await) })
    }),
    ("restore_all", |drive, actor, id| {
        Box::pin(async move { each(drive.restore_all(actor, std::slice::from_ref(id)).await) })
    }),
    ("purge_all", |drive, actor, id| {
        Box::pin(async move { each(drive.purge_all(actor, std::slice::from_ref(id)).await) })
    }),
    ("move_all what", |drive, actor, id| {
        Box::pin(async move {
            each(drive.move_all(actor, std::slice::from_ref(id), &actor.root, Conflict::Replace).await)
        })
    }),
    ("move_all where", |drive, actor, id| {
        Box::pin(async move {
            let own = drive.create_folder(actor, &actor.root, &name("own"), Conflict::Rename).await?;
            drive.move_all(actor, &[own.id], id, Conflict::Replace).await.map(drop)
        })
    }),
    ("copy_all what", |drive, actor, id| {
        Box::pin(async move {
            each(drive.copy_all(actor, std::slice::from_ref(id), &actor.root, Conflict::Replace).await)
        })
    }),
    ("copy_all where", |drive, actor, id| {
        Box::pin(async move {
            let own = drive.create_folder(actor, &actor.root, &name("own"), Conflict::Rename).await?;
            drive.copy_all(actor, &[own.id], id, Conflict::Replace).await.map(drop)
        })
    }),
    ("neighbours", |drive, actor, id| {
        Box::pin(async move { drive.neighbours(actor, id, domain::Sort::default(), 3).await.map(drop) })
    }),
    ("shares_of_node", |drive, actor, id| {
        Box::pin(async move { drive.shares_of_node(actor, id).await.map(drop) })
    }),
    ("thumbnail", |drive, actor, id| Box::pin(async move { drive.thumbnail(actor, id).await.map(drop) })),
    ("open_archive", |drive, actor, id| {
        Box::pin(async move { drive.open_archive(actor, std::slice::from_ref(id)).await.map(drop) })
    }),
    ("open_content", |drive, actor, id| {
        Box::pin(async move { drive.open_content(actor, id).await.map(drop) })
    }),
];

/// The outcome of the one item that was asked for, as if it had been asked for alone.
fn each(outcome: Result<Vec<ItemReport>, Error>) -> Result<(), Error> {
    match outcome?.remove(0).error {
        None => Ok(()),
        Some(AppError::NotFound) => Err(Error::NotFound),
        Some(other) => panic!("{other:?}"),
    }
}

on_both_engines! {
    async fn strangers_find_nothing(world: World) {
        let drive = &world.drive;
        let (owner, stranger) = (world.user("lin_wei").await, world.user("wang_fang").await);
        let folder = drive.create_folder(&owner, &owner.root, &name("papers"), Conflict::Fail).await.expect("folder");
        let inner = drive.create_folder(&owner, &folder.id, &name("inner"), Conflict::Fail).await.expect("folder");
        let trashed = drive.create_folder(&owner, &folder.id, &name("old"), Conflict::Fail).await.expect("folder");
        drive.trash(&owner, &trashed.id).await.expect("trash");
        let never: NodeId = "a".repeat(26).parse().expect("id");
        for id in [&owner.root, &folder.id, &inner.id, &trashed.id, &never] {
            for (what, use_case) in USE_CASES {
                let outcome = use_case(drive, &stranger, id).await;
                assert!(matches!(outcome, Err(Error::NotFound)), "{what}: {outcome:?}");
            }
        }
        // Nothing of it had an effect.
        assert_eq!(drive.node(&owner, &folder.id).await.expect("there"), folder);
        let page = drive.children(&owner, &folder.id, &ListOptions::default()).await.expect("children");
        assert_eq!(page.items, [inner]);
        drive.restore(&owner, &trashed.id).await.expect("still in the trash");
        // A forged actor of another's root finds nothing either.
        let page = drive.trashed(&stranger, None, 100).await.expect("trash");
        assert!(page.items.is_empty());
    }
}
