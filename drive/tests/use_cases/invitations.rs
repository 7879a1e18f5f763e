//! Registration by invitation: who is let in, how often, and until when.

use std::time::Duration;

use domain::{Email, Field, InvitationState, Reason, Registration};
use drive::{Actor, Client, Config, Error, InvitationEntry, LogQuery, NewInvitation, Setting};

use crate::world::{World, account, on_both_engines};

const HOUR: Duration = Duration::from_secs(60 * 60);

fn client() -> Client {
    Client::default()
}

/// An administrator of a site where registration takes an invitation.
async fn administrator(world: &World) -> Actor {
    let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
    let setting = Setting::Registration(Registration::Invitation);
    world.drive.change_setting(&admin, setting, &client()).await.expect("set");
    admin
}

fn for_anybody(uses: u64) -> NewInvitation {
    NewInvitation { note: String::new(), email: None, uses, expires: None }
}

async fn invite(world: &World, admin: &Actor, new: NewInvitation) -> InvitationEntry {
    let id = world.drive.create_invitation(admin, &new, &client()).await.expect("invitation");
    one(world, admin, &id).await
}

async fn one(world: &World, admin: &Actor, id: &domain::InvitationId) -> InvitationEntry {
    let page = world.drive.invitations(admin, None, 100).await.expect("invitations");
    page.items.into_iter().find(|entry| entry.id == *id).expect("there")
}

async fn register(world: &World, name: &str, code: &str) -> Result<Actor, Error> {
    world.drive.register_with(account(name), code, None, &client()).await
}

fn is_refused(outcome: &Result<Actor, Error>, field: Field, reason: Reason) -> bool {
    matches!(outcome, Err(Error::Invalid { field: f, reason: r }) if *f == field && *r == reason)
}

on_both_engines! {
    async fn who_is_invited_gets_an_account_and_nobody_else(world: World) {
        let admin = administrator(&world).await;
        let invitation = invite(&world, &admin, NewInvitation { note: " for Lin\n ".into(), ..for_anybody(2) }).await;
        assert_eq!((invitation.note.as_str(), invitation.uses, invitation.max_uses), ("for Lin", 0, 2));
        assert_eq!(invitation.created_by.as_deref(), Some("admin_one"));
        let code = invitation.code.as_str();
        assert!(is_refused(&register(&world, "lin_wei", "").await, Field::Invitation, Reason::Empty));
        for wrong in ["x", &"a".repeat(26), "\0", "'"] {
            assert!(is_refused(&register(&world, "lin_wei", wrong).await, Field::Invitation, Reason::Unknown), "{wrong}");
        }
        assert!(is_refused(&world.drive.register(account("lin_wei"), &client()).await, Field::Invitation, Reason::Empty));
        let made = register(&world, "lin_wei", &format!(" {} ", code.to_uppercase())).await.expect("register");
        // A name that is taken uses nothing up.
        assert!(is_refused(&register(&world, "lin_wei", code).await, Field::Username, Reason::Taken));
        assert_eq!(one(&world, &admin, &invitation.id).await.uses, 1);
        register(&world, "wang_fang", code).await.expect("register");
        assert!(is_refused(&register(&world, "zhang_san", code).await, Field::Invitation, Reason::Expired));
        assert_eq!(one(&world, &admin, &invitation.id).await.state, InvitationState::UsedUp);
        let seen = world.drive.invitation(code).await.expect("look").expect("there");
        assert_eq!(seen.state, InvitationState::UsedUp);
        assert_eq!(world.drive.invitation("nonsense").await.expect("look"), None);
        let log = world.drive.log(&admin, &LogQuery { noun: "invitation".into(), limit: 10, ..LogQuery::default() }).await;
        let told: Vec<_> = log.expect("log").items.into_iter().map(|entry| entry.event).collect();
        assert_eq!(told.iter().filter(|event| *event == "invitation.use").count(), 2, "{told:?}");
        assert_eq!(world.drive.user(&admin, &made.user).await.expect("user").username, "lin_wei");
    }

    async fn of_many_at_once_as_many_get_in_as_may(world: World) {
        let admin = administrator(&world).await;
        let invitation = invite(&world, &admin, for_anybody(3)).await;
        let other = world.with(Config { registration: Registration::Invitation, ..Config::default() }).await;
        let tasks: Vec<_> = (0..8)
            .map(|number| {
                let drive = if number % 2 == 0 { world.drive.clone() } else { other.clone() };
                let (wanted, code) = (account(&format!("user_{number}")), invitation.code.to_string());
                tokio::spawn(async move { drive.register_with(wanted, &code, None, &Client::default()).await })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            match task.await.expect("task") {
                Ok(_) => made += 1,
                outcome => assert!(is_refused(&outcome, Field::Invitation, Reason::Expired), "{outcome:?}"),
            }
        }
        assert_eq!(made, 3);
        assert_eq!(world.number("SELECT COUNT(*) FROM users").await, 4);
        assert_eq!(world.number("SELECT COUNT(*) FROM nodes").await, 4, "no root without a user");
        assert_eq!(one(&world, &admin, &invitation.id).await.uses, 3);
        other.database().close().await;
    }

    async fn an_invitation_ends_by_time_and_by_hand(world: World) {
        let admin = administrator(&world).await;
        let expires = Some(world.drive.now() + 3_600_000);
        let short = invite(&world, &admin, NewInvitation { expires, ..for_anybody(9) }).await;
        let revoked = invite(&world, &admin, for_anybody(9)).await;
        register(&world, "lin_wei", short.code.as_str()).await.expect("in time");
        world.wait(HOUR);
        assert!(is_refused(&register(&world, "wang_fang", short.code.as_str()).await, Field::Invitation, Reason::Expired));
        assert_eq!(one(&world, &admin, &short.id).await.state, InvitationState::Expired);
        for _ in 0..2 {
            world.drive.revoke_invitation(&admin, &revoked.id, &client()).await.expect("revoke");
        }
        assert!(is_refused(&register(&world, "wang_fang", revoked.code.as_str()).await, Field::Invitation, Reason::Expired));
        assert_eq!(one(&world, &admin, &revoked.id).await.state, InvitationState::Revoked);
        let nobody = "a".repeat(26).parse().expect("id");
        assert!(matches!(world.drive.revoke_invitation(&admin, &nobody, &client()).await, Err(Error::NotFound)));
        for (new, field) in [
            (for_anybody(0), Field::Limit),
            (for_anybody(10_001), Field::Limit),
            (NewInvitation { expires, ..for_anybody(1) }, Field::Expiry),
            (NewInvitation { note: "x".repeat(201), ..for_anybody(1) }, Field::Name),
        ] {
            let refused = world.drive.create_invitation(&admin, &new, &client()).await;
            assert!(matches!(refused, Err(Error::Invalid { field: named, .. }) if named == field), "{refused:?}");
        }
    }

    async fn an_invitation_for_one_address_is_nobody_elses(world: World) {
        let admin = administrator(&world).await;
        let email = Some(Email::parse("LIN_wei@example.org").expect("mail"));
        let invitation = invite(&world, &admin, NewInvitation { email, ..for_anybody(1) }).await;
        let seen = world.drive.invitation(invitation.code.as_str()).await.expect("look").expect("there");
        assert_eq!(seen.email.as_deref(), Some("lin_wei@example.org"));
        let refused = register(&world, "wang_fang", invitation.code.as_str()).await;
        assert!(is_refused(&refused, Field::Email, Reason::Contradiction), "{refused:?}");
        register(&world, "lin_wei", invitation.code.as_str()).await.expect("the one");
    }

    async fn where_anybody_may_register_none_is_counted_and_where_nobody_may_none_works(world: World) {
        let admin = administrator(&world).await;
        let invitation = invite(&world, &admin, for_anybody(1)).await;
        let set = async |registration| {
            world.drive.change_setting(&admin, Setting::Registration(registration), &client()).await.expect("set");
        };
        set(Registration::Open).await;
        register(&world, "lin_wei", invitation.code.as_str()).await.expect("open");
        register(&world, "wang_fang", "nonsense").await.expect("open");
        assert_eq!(one(&world, &admin, &invitation.id).await.uses, 0);
        set(Registration::Closed).await;
        let refused = register(&world, "zhang_san", invitation.code.as_str()).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    }

    async fn invitations_are_listed_page_by_page(world: World) {
        let admin = administrator(&world).await;
        for number in 0..5 {
            world.wait(Duration::from_secs(1));
            invite(&world, &admin, NewInvitation { note: format!("{number}"), ..for_anybody(1) }).await;
        }
        let (mut notes, mut after) = (Vec::new(), None);
        loop {
            let page = world.drive.invitations(&admin, after.as_deref(), 2).await.expect("page");
            notes.extend(page.items.into_iter().map(|entry| entry.note));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(notes, ["4", "3", "2", "1", "0"]);
        assert!(matches!(world.drive.invitations(&admin, Some("x"), 2).await, Err(Error::Invalid { .. })));
        assert!(matches!(world.drive.invitations(&admin, None, 0).await, Err(Error::Invalid { .. })));
    }
}
