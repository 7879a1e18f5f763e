//! What people tell of themselves.

use bytes::Bytes;
use domain::{Details, Gender, TypedDetails};
use drive::{Actor, Client, Drive, Error};

use crate::world::{World, on_both_engines};

/// A PNG of one grey pixel, in hexadecimal.
const PIXEL: &str = "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55\
                     0000000a4944415478da6368000000820081da45083b0000000049454e44ae426082";

fn pixel() -> Bytes {
    let digits: Vec<u8> = PIXEL.bytes().filter(|byte| *byte != b' ').collect();
    let byte =
        |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("a byte");
    digits.chunks(2).map(byte).collect::<Vec<u8>>().into()
}

async fn version(drive: &Drive, actor: &Actor) -> Option<String> {
    drive.profile(actor).await.expect("profile").avatar
}

on_both_engines! {
    async fn details_are_kept_as_they_were_told(world: World) {
        let (actor, other) = (world.user("lin_wei").await, world.user("wang_fang").await);
        assert_eq!(world.drive.details(&actor).await.expect("details"), Details::default());
        let typed = TypedDetails {
            display_name: "林 <script>微",
            phone: "+86 10 1234",
            gender: "female",
            address: "上海市",
            about: "one\ntwo",
        };
        let details = Details::parse(typed).expect("details");
        world.drive.set_details(&actor, &details, &Client::default()).await.expect("set");
        let kept = world.drive.details(&actor).await.expect("details");
        assert_eq!((&kept, kept.gender()), (&details, Some(Gender::Female)));
        assert_eq!(world.drive.profile(&actor).await.expect("profile").display_name.as_deref(), Some("林 <script>微"));
        assert_eq!(world.drive.details(&other).await.expect("details"), Details::default());
        world.drive.set_details(&actor, &Details::default(), &Client::default()).await.expect("unset");
        assert_eq!(world.drive.details(&actor).await.expect("details"), Details::default());
        assert_eq!(world.drive.profile(&actor).await.expect("profile").display_name, None);
    }

    async fn a_picture_is_ones_own(world: World) {
        let (actor, other) = (world.user("lin_wei").await, world.user("wang_fang").await);
        let client = Client::default();
        assert_eq!(version(&world.drive, &actor).await, None);
        world.drive.set_avatar(&actor, pixel(), &client).await.expect("set");
        let first = version(&world.drive, &actor).await.expect("a picture");
        let image = world.drive.avatar(&actor, &first).await.expect("image");
        assert!(image.starts_with(b"\x89PNG") && image.len() < 64_000);
        for (who, version) in [(&other, first.as_str()), (&actor, "0123456789abcdef"), (&actor, ""), (&actor, "\0")] {
            let outcome = world.drive.avatar(who, version).await;
            assert!(matches!(outcome, Err(Error::NotFound)), "{version:?}");
        }
        let refused = world.drive.set_avatar(&actor, Bytes::from_static(b"<svg/>"), &client).await;
        assert!(matches!(refused, Err(Error::NotAnImage)), "{refused:?}");
        let refused = world.drive.set_avatar(&actor, vec![0; Drive::LARGEST_AVATAR + 1].into(), &client).await;
        assert!(matches!(refused, Err(Error::TooLarge { .. })), "{refused:?}");
        assert_eq!(version(&world.drive, &actor).await, Some(first.clone()), "the old one stays");
        world.drive.remove_avatar(&other, &client).await.expect("nothing to remove");
        world.drive.avatar(&actor, &first).await.expect("still there");
        world.drive.remove_avatar(&actor, &client).await.expect("removed");
        assert_eq!(version(&world.drive, &actor).await, None);
        assert!(matches!(world.drive.avatar(&actor, &first).await, Err(Error::NotFound)));
    }
}
