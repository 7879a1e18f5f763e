use domain::{Conflict, Field, Reason};
use drive::{Error, ListOptions};

use crate::world::{World, name, on_both_engines};

on_both_engines! {
    async fn names_are_one_when_people_would_take_them_for_one(world: World) {
        let (drive, actor) = (&world.drive, world.user("lin_wei").await);
        let made = drive.create_folder(&actor, &actor.root, &name("Résumé"), Conflict::Fail).await.expect("folder");
        for twin in ["résumé", "RE\u{301}SUME\u{301}"] {
            let refused = drive.create_folder(&actor, &actor.root, &name(twin), Conflict::Fail).await;
            assert!(matches!(refused, Err(Error::NameTaken)), "{twin}");
        }
        let same = drive.create_folder(&actor, &actor.root, &name("résumé"), Conflict::Replace).await.expect("that one");
        assert_eq!(same, made);
        let numbered = drive.create_folder(&actor, &actor.root, &name("résumé"), Conflict::Rename).await.expect("another");
        assert_eq!(numbered.name, "résumé (1)");
        for text in ["emoji 👨‍👩‍👧", "draft...", "مرحبا", "a".repeat(255).as_str(), "-- '; DROP TABLE nodes", "%_\\"] {
            let folder = drive.create_folder(&actor, &actor.root, &name(text), Conflict::Fail).await.expect(text);
            assert_eq!(folder.name, text);
            let again = drive.create_folder(&actor, &actor.root, &name(text), Conflict::Rename).await.expect(text);
            assert_ne!(again.name, text);
        }
        assert!(matches!(
            drive.create_folder(&actor, &numbered.id, &name("résumé"), Conflict::Fail).await,
            Ok(inner) if inner.parent.as_ref() == Some(&numbered.id)
        ));
    }

    async fn renaming(world: World) {
        let (drive, actor) = (&world.drive, world.user("lin_wei").await);
        let a = drive.create_folder(&actor, &actor.root, &name("a"), Conflict::Fail).await.expect("folder");
        drive.create_folder(&actor, &actor.root, &name("b"), Conflict::Fail).await.expect("folder");
        assert_eq!(drive.rename(&actor, &a.id, &name("A")).await.expect("case alone").name, "A");
        assert!(matches!(drive.rename(&actor, &a.id, &name("B")).await, Err(Error::NameTaken)));
        assert!(matches!(drive.rename(&actor, &actor.root, &name("x")).await, Err(Error::Forbidden)));
        assert_eq!(drive.rename(&actor, &a.id, &name("c")).await.expect("rename").name, "c");
        drive.create_folder(&actor, &actor.root, &name("a"), Conflict::Fail).await.expect("the old name is free");
    }

    async fn a_folder_cannot_be_moved_into_itself(world: World) {
        let (drive, actor) = (&world.drive, world.user("lin_wei").await);
        let mut way = vec![actor.root.clone()];
        for level in 0..5 {
            let parent = way.last().expect("parent");
            let folder = drive.create_folder(&actor, parent, &name(&level.to_string()), Conflict::Fail).await.expect("folder");
            way.push(folder.id);
        }
        for below in &way[1..] {
            let refused = drive.move_to(&actor, &way[1], below).await;
            assert!(
                matches!(refused, Err(Error::Invalid { field: Field::Parent, reason: Reason::Contradiction })),
                "{refused:?}"
            );
        }
        assert!(matches!(drive.move_to(&actor, &actor.root, &way[3]).await, Err(Error::Forbidden)));
        let moved = drive.move_to(&actor, &way[4], &way[1]).await.expect("up");
        assert_eq!(moved.parent.as_ref(), Some(&way[1]));
        assert_eq!(drive.move_to(&actor, &way[4], &way[1]).await.expect("where it is"), moved);
        let names: Vec<_> = drive.ancestors(&actor, &way[5]).await.expect("way").into_iter().map(|node| node.id).collect();
        assert_eq!(names, [way[0].clone(), way[1].clone(), way[4].clone()]);
        assert!(drive.ancestors(&actor, &actor.root).await.expect("way").is_empty());

        drive.create_folder(&actor, &actor.root, &name("3"), Conflict::Fail).await.expect("folder");
        assert!(matches!(drive.move_to(&actor, &way[4], &actor.root).await, Err(Error::NameTaken)));
        drive.trash(&actor, &way[2]).await.expect("trash");
        assert!(matches!(drive.move_to(&actor, &way[4], &way[3]).await, Err(Error::NotFound)), "into the trash");
        assert!(matches!(drive.trash(&actor, &actor.root).await, Err(Error::Forbidden)));
    }

    async fn limits_of_a_page_are_held(world: World) {
        let (drive, actor) = (&world.drive, world.user("lin_wei").await);
        for limit in [0, 1001, u32::MAX] {
            let options = ListOptions { limit, ..ListOptions::default() };
            let refused = drive.children(&actor, &actor.root, &options).await;
            assert!(matches!(refused, Err(Error::Invalid { field: Field::Limit, .. })), "{limit}");
            let refused = drive.trashed(&actor, None, limit).await;
            assert!(matches!(refused, Err(Error::Invalid { field: Field::Limit, .. })), "{limit}");
        }
    }
}
