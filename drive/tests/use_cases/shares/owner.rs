use std::time::Duration;

use domain::{Field, NodeKind, Reason, ShareId};
use drive::ShareChange;

use super::*;
use crate::world::on_both_engines;

async fn events(world: &World) -> Vec<(String, String)> {
    use sqlx::Row;
    let rows = sqlx::query("SELECT event, address FROM audit WHERE event LIKE 'share.%' ORDER BY at, event")
        .fetch_all(&world.sql)
        .await
        .expect("audit");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

on_both_engines! {
    async fn what_cannot_be_shared(world: World) {
        let (drive, owner, other) = (&world.drive, world.user("lin_wei").await, world.user("wang_fang").await);
        let note = file(drive, &owner, &owner.root, "note", b"note").await;
        let trashed = folder(&world, &owner, &owner.root, "trashed").await;
        let below = folder(&world, &owner, &trashed.id, "below").await;
        drive.trash(&owner, &trashed.id).await.expect("trash");
        let foreign = folder(&world, &other, &other.root, "foreign").await;
        let root = drive.node(&owner, &owner.root).await.expect("root");
        let create = async |new| drive.create_share(&owner, new, &Client::default()).await;
        for node in [&trashed, &below, &foreign] {
            let outcome = create(public(&[&note, node])).await;
            assert!(matches!(outcome, Err(Error::NotFound)), "{}: {outcome:?}", node.name);
        }
        assert!(matches!(create(public(&[&root])).await, Err(Error::Forbidden)));
        let none = create(public(&[])).await;
        assert!(matches!(none, Err(Error::Invalid { field: Field::Limit, reason: Reason::Empty })));
        let ids = (0..101_u8).map(|n| domain::NodeId::from_random([n; 16])).collect();
        let many = create(NewShare { nodes: ids, ..public(&[]) }).await;
        assert!(matches!(many, Err(Error::Invalid { field: Field::Limit, reason: Reason::TooLong { limit: 100 } })));
        for most in [0, u64::MAX] {
            let outcome = create(NewShare { max_downloads: Some(most), ..public(&[&note]) }).await;
            assert!(matches!(outcome, Err(Error::Invalid { field: Field::Limit, .. })), "{most}");
        }
        for expires in [drive.now(), 0, i64::MIN] {
            let outcome = create(NewShare { expires: Some(expires), ..public(&[&note]) }).await;
            assert!(matches!(outcome, Err(Error::Invalid { field: Field::Expiry, .. })), "{expires}");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM shares").await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE event LIKE 'share.%'").await, 0);
        let twice = create(public(&[&note, &note])).await.expect("once");
        assert_eq!(twice.items, 1);
    }

    async fn ones_own_shares_come_in_pages(world: World) {
        let (drive, owner, other) = (&world.drive, world.user("lin_wei").await, world.user("wang_fang").await);
        let photos = folder(&world, &owner, &owner.root, "photos").await;
        let mut made = Vec::new();
        for number in 0..7 {
            let node = folder(&world, &owner, &photos.id, &format!("f{number}")).await;
            made.push(share(&world, &owner, public(&[&node, &photos])).await);
            if number % 3 == 0 {
                world.wait(Duration::from_millis(1));
            }
        }
        let foreign = folder(&world, &other, &other.root, "foreign").await;
        share(&world, &other, public(&[&foreign])).await;
        let whole = drive.shares(&owner, None, 1000).await.expect("list");
        assert_eq!((whole.items.len(), whole.next.clone()), (7, None));
        let mut sorted = made.clone();
        sorted.sort_by(|a, b| (b.created, b.id.as_str()).cmp(&(a.created, a.id.as_str())));
        assert_eq!(whole.items, sorted);
        let (mut pieces, mut after) = (Vec::new(), None);
        loop {
            let page = drive.shares(&owner, after.as_deref(), 2).await.expect("page");
            pieces.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(pieces, whole.items);
        assert!(matches!(drive.shares(&owner, Some("AAAA"), 2).await, Err(Error::Invalid { field: Field::Cursor, .. })));
        let next = drive.shares(&owner, None, 2).await.expect("page").next.expect("more");
        assert!(drive.shares(&other, Some(&next), 2).await.is_err(), "a place in another's list");
        for limit in [0, 1001] {
            assert!(matches!(drive.shares(&owner, None, limit).await, Err(Error::Invalid { field: Field::Limit, .. })));
        }
        // What became of each is in one page.
        let of = |number: usize| &made[number];
        drive.cancel_share(&owner, &of(0).id, &Client::default()).await.expect("cancel");
        let soon = ShareChange { expires: Some(Some(drive.now() + 5)), ..ShareChange::default() };
        drive.change_share(&owner, &of(1).id, soon, &Client::default()).await.expect("change");
        drive.trash(&owner, &photos.id).await.expect("trash");
        world.wait(Duration::from_millis(5));
        let page = drive.shares(&owner, None, 1000).await.expect("list");
        let state = |wanted: &ShareView| page.items.iter().find(|share| share.id == wanted.id).expect("listed").state;
        assert_eq!(state(of(0)), ShareState::Cancelled);
        assert_eq!(state(of(1)), ShareState::Expired);
        assert_eq!(state(of(2)), ShareState::Trashed);
        assert_eq!(page.items.iter().find(|share| share.id == of(2).id).map(|share| share.kind), Some(NodeKind::Folder));
    }

    async fn strangers_change_nothing(world: World) {
        let (drive, owner, stranger) = (&world.drive, world.user("lin_wei").await, world.user("wang_fang").await);
        let note = file(drive, &owner, &owner.root, "note", b"note").await;
        let share = share(&world, &owner, NewShare { code: CodeChoice::Drawn, ..public(&[&note]) }).await;
        let never = ShareId::from_random([9; 16]);
        let change = ShareChange { code: Some(CodeChoice::Public), ..ShareChange::default() };
        for (who, id) in [(&stranger, &share.id), (&owner, &never)] {
            assert!(matches!(drive.share(who, id).await, Err(Error::NotFound)));
            assert!(matches!(drive.change_share(who, id, change.clone(), &Client::default()).await, Err(Error::NotFound)));
            assert!(matches!(drive.cancel_share(who, id, &Client::default()).await, Err(Error::NotFound)));
        }
        assert!(drive.shares(&stranger, None, 10).await.expect("list").items.is_empty());
        assert_eq!(drive.share(&owner, &share.id).await.expect("share"), share);
    }

    async fn changes_and_their_record(world: World) {
        let (drive, owner, here) = (&world.drive, world.user("lin_wei").await, at("198.51.100.1"));
        let note = file(drive, &owner, &owner.root, "note", b"note").await;
        let expires = Some(drive.now() + 10);
        let new = NewShare { code: CodeChoice::Drawn, expires, max_downloads: Some(5), ..public(&[&note]) };
        let share = drive.create_share(&owner, new, &here).await.expect("share");
        world.wait(Duration::from_millis(10));
        assert_eq!(drive.share(&owner, &share.id).await.expect("share").state, ShareState::Expired);
        let change = ShareChange { code: Some(CodeChoice::Public), expires: Some(None), max_downloads: Some(None) };
        let changed = drive.change_share(&owner, &share.id, change, &here).await.expect("change");
        assert_eq!((changed.code, changed.expires, changed.max_downloads), (None, None, None));
        assert_eq!(changed.state, ShareState::Active, "what expired opens again");
        let nothing = drive.change_share(&owner, &share.id, ShareChange::default(), &here).await.expect("change");
        assert_eq!((nothing.code, nothing.expires, nothing.max_downloads), (None, None, None));
        let past = ShareChange { expires: Some(Some(drive.now())), ..ShareChange::default() };
        let refused = drive.change_share(&owner, &share.id, past, &here).await;
        assert!(matches!(refused, Err(Error::Invalid { field: Field::Expiry, .. })));

        world.wait(Duration::from_millis(10));
        for _ in 0..2 {
            let cancelled = drive.cancel_share(&owner, &share.id, &here).await.expect("a second time does no harm");
            assert_eq!(cancelled.state, ShareState::Cancelled);
        }
        let revived = ShareChange { expires: Some(None), ..ShareChange::default() };
        assert!(matches!(drive.change_share(&owner, &share.id, revived, &here).await, Err(Error::Gone)));
        let told = events(&world).await;
        let kinds: Vec<_> = told.iter().map(|(event, _)| event.as_str()).collect();
        assert_eq!(kinds, ["share.create", "share.change", "share.change", "share.cancel"]);
        assert!(told.iter().all(|(_, address)| address == "198.51.100.1"));
    }
}
