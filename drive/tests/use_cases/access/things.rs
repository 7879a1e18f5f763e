//! What a person has that others would like to have. The tests of the HTTP service use it as well.

use bytes::Bytes;
use domain::{
    Conflict, FileName, InvitationId, NodeId, ShareCode, ShareId, TokenId, UploadId, UploadMetadata, UserId,
};
use drive::{
    Actor, Client, CodeChoice, Drive, NewShare, NewToken, NewUpload, NewUploadKind, SessionRow, ShareKey,
    Write,
};
use futures::stream;
use sqlx::{AnyPool, Row};

/// Things of one person. `node` is the one that a use case is asked of.
#[derive(Clone)]
pub(super) struct Things {
    pub(super) node: NodeId,
    pub(super) share: ShareId,
    /// With the proof that the code was given.
    pub(super) key: ShareKey,
    pub(super) code: String,
    pub(super) upload: UploadId,
    pub(super) session: String,
    pub(super) user: UserId,
    pub(super) username: String,
    /// The version of the owner's picture.
    pub(super) avatar: String,
    pub(super) api_token: TokenId,
    /// None at all, until an administrator makes one.
    pub(super) invitation: InvitationId,
    nodes: Vec<(&'static str, NodeId)>,
}

impl Things {
    /// Makes them, in a folder of this name.
    pub(super) async fn of(drive: &Drive, owner: &Actor, label: &str) -> Self {
        let folder = async |parent: &NodeId, text: &str| {
            drive.create_folder(owner, parent, &name(text), Conflict::Rename).await.expect(text).id
        };
        let shared = folder(&owner.root, label).await;
        let inner = folder(&shared, "inner").await;
        let trashed = folder(&shared, "old").await;
        let below = folder(&trashed, "below").await;
        let aside = folder(&owner.root, &format!("{label} aside")).await;
        let moved = folder(&shared, "moved").await;
        let picture_file = file(drive, owner, &shared, "secret.png", picture(7)).await;
        let file = file(drive, owner, &shared, "secret.txt", Bytes::from_static(b"bytes")).await;
        drive.sweep_once().await;
        drive.trash(owner, &trashed).await.expect("trash");
        let code = CodeChoice::Own(ShareCode::parse("ab12").expect("a code"));
        let new = NewShare { nodes: vec![shared.clone()], code, expires: None, max_downloads: None };
        let share = drive.create_share(owner, new, &Client::default()).await.expect("share");
        drive.move_to(owner, &moved, &aside).await.expect("moved out");
        let proof = drive.unlock_share(&share.token, "ab12", &Client::default()).await.expect("proof");
        let session = format!("cookie of {shared}");
        let row = SessionRow {
            data: Vec::new(),
            user: Some(owner.user.clone()),
            epoch: 0,
            expires_at: drive.now() + 60_000,
        };
        // None of theirs that is in use.
        let others: Vec<String> =
            drive.sessions_of(owner).await.expect("sessions").into_iter().map(|session| session.id).collect();
        assert!(drive.session_create(&session, &row, &Client::default()).await.expect("session"));
        let mut sessions = drive.sessions_of(owner).await.expect("sessions");
        sessions.retain(|session| !others.contains(&session.id));
        let session = sessions.pop().expect("a session").id;
        for token in drive.tokens_of(owner).await.expect("tokens") {
            drive.revoke_token(owner, &token.id, &Client::default()).await.expect("revoked");
        }
        let nowhere = Client::default();
        drive.create_own_token(owner, &NewToken::named("secret token"), &nowhere).await.expect("a token");
        drive.set_avatar(owner, picture(5), &nowhere).await.expect("a picture");
        let profile = drive.profile(owner).await.expect("profile");
        Self {
            username: profile.username,
            avatar: profile.avatar.expect("a picture"),
            api_token: drive.tokens_of(owner).await.expect("tokens").pop().expect("a token").id,
            invitation: "a".repeat(26).parse().expect("an id"),
            node: shared.clone(),
            share: share.id,
            key: ShareKey { token: share.token, proof: Some(proof) },
            code: "ab12".to_owned(),
            upload: begin(drive, owner, &shared, "secret upload", 5).await,
            session,
            user: owner.user.clone(),
            nodes: vec![
                ("folder", shared),
                ("inner", inner),
                ("file", file),
                ("picture", picture_file),
                ("trashed", trashed),
                ("below something trashed", below),
                ("beside", aside),
                ("moved out", moved),
                ("root", owner.root.clone()),
                ("nothing", "a".repeat(26).parse().expect("an id")),
            ],
        }
    }

    pub(super) fn every_node(&self) -> impl Iterator<Item = (&'static str, &NodeId)> {
        self.nodes.iter().map(|(what, node)| (*what, node))
    }

    pub(super) fn node_called(&self, what: &str) -> NodeId {
        self.nodes.iter().find(|(name, _)| *name == what).expect("a node").1.clone()
    }

    /// What an answer to others must not hold.
    pub(super) fn secrets(&self) -> Vec<String> {
        let ids = self.nodes.iter().filter(|(what, _)| *what != "nothing").map(|(_, node)| node.to_string());
        let others = [
            self.share.to_string(),
            self.upload.to_string(),
            self.session.clone(),
            self.avatar.clone(),
            self.api_token.to_string(),
            "secret".into(),
        ];
        ids.chain(others).collect()
    }
}

/// A small picture of one colour.
pub(super) fn picture(colour: u8) -> Bytes {
    let mut out = std::io::Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(2, 2, image::Rgb([colour, 10, 10]));
    image::DynamicImage::from(image).write_to(&mut out, image::ImageFormat::Png).expect("encoded");
    out.into_inner().into()
}

fn name(text: &str) -> FileName {
    FileName::parse(text).expect(text)
}

async fn begin(drive: &Drive, owner: &Actor, parent: &NodeId, text: &str, length: u64) -> UploadId {
    let parent = Some(parent.clone());
    let metadata = UploadMetadata { name: Some(name(text)), parent, ..UploadMetadata::default() };
    let new =
        NewUpload { kind: NewUploadKind::Whole, length: Some(length), metadata, raw_metadata: String::new() };
    drive.begin_upload(owner, new).await.expect("begin").id
}

async fn file(drive: &Drive, owner: &Actor, parent: &NodeId, text: &str, bytes: Bytes) -> NodeId {
    let length = bytes.len() as u64;
    let id = begin(drive, owner, parent, text, length).await;
    let body = stream::iter([Ok(bytes)]);
    let write = Write { content_length: Some(length), ..Write::default() };
    let status = drive.write_upload(owner, &id, write, body).await.expect("write");
    status.node.expect("published")
}

/// All that the database keeps of a person, as text.
pub(super) async fn state(sql: &AnyPool, owner: &Actor) -> Vec<String> {
    let mut lines = Vec::new();
    for statement in [
        "SELECT id || ' ' || COALESCE(parent_id, '') || ' ' || name || ' ' || COALESCE(blob_id, '') || ' ' || \
         CAST(COALESCE(trashed_at, -9) AS TEXT) FROM nodes WHERE owner_id = $1 ORDER BY id",
        "SELECT id || ' ' || COALESCE(code, '') || ' ' || proof || ' ' || CAST(COALESCE(cancelled_at, -9) AS TEXT) \
         FROM shares WHERE owner_id = $1 ORDER BY id",
        "SELECT id || ' ' || state FROM uploads WHERE owner_id = $1 ORDER BY id",
        "SELECT id FROM sessions WHERE user_id = $1 ORDER BY id",
        "SELECT id FROM tokens WHERE user_id = $1 ORDER BY id",
        "SELECT version FROM avatars WHERE user_id = $1",
        "SELECT CAST(must_change AS TEXT) || ' ' || CAST(COALESCE(deleted_at, -9) AS TEXT) || ' ' || \
         COALESCE(display_name, '') FROM users WHERE id = $1",
        "SELECT username || ' ' || email || ' ' || password_hash || ' ' || role || ' ' || CAST(used AS TEXT) || ' ' || \
         CAST(COALESCE(quota, -9) AS TEXT) || ' ' || CAST(COALESCE(locked_at, -9) AS TEXT) FROM users WHERE id = $1",
    ] {
        let rows = sqlx::query(statement).bind(owner.user.as_str()).fetch_all(sql).await.expect(statement);
        lines.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    assert!(lines.len() > 5, "{lines:?}");
    lines
}
