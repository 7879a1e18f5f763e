//! Shares over HTTP: programs, browsers without script, and those who should not get in.

mod pages;
mod programs;

use domain::{NodeId, ShareCode, ShareView};
use drive::{Actor, Client, CodeChoice, NewShare};

use crate::support::{Browser, Service, TokenUser};

/// Somebody who shares, with a token and as the drive knows them.
pub(crate) struct Owner {
    pub(crate) user: TokenUser,
    pub(crate) actor: Actor,
}

impl Owner {
    pub(crate) async fn new(service: &Service) -> Self {
        let user = service.user("lin_wei").await;
        let actor = service.drive.token_actor(&user.token, drive::Access::Read).await.expect("an actor");
        Self { user, actor }
    }

    /// A folder, in the root or in another one.
    pub(crate) async fn folder(&self, service: &Service, parent: Option<&str>, name: &str) -> String {
        let parent = parent.map_or_else(|| self.actor.root.clone(), |id| id.parse().expect("an id"));
        let name = domain::FileName::parse(name).expect("a name");
        let folder = service.drive.create_folder(&self.actor, &parent, &name, domain::Conflict::Fail).await;
        folder.expect("a folder").id.to_string()
    }

    /// A file in a folder.
    pub(crate) async fn file_in(&self, folder: &str, name: &str, bytes: &'static str) -> String {
        let answer = self.user.create(&[("filename", name), ("parent", folder)], bytes).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.header("hayloft-node").to_owned()
    }

    pub(crate) async fn share(
        &self,
        service: &Service,
        nodes: &[&str],
        code: Option<&str>,
        most: Option<u64>,
    ) -> ShareView {
        let nodes: Vec<NodeId> = nodes.iter().map(|id| id.parse().expect("an id")).collect();
        let code =
            code.map_or(CodeChoice::Public, |code| CodeChoice::Own(ShareCode::parse(code).expect("a code")));
        let share = NewShare { nodes, code, expires: None, max_downloads: most };
        service.drive.create_share(&self.actor, share, &Client::default()).await.expect("a share")
    }

    pub(crate) async fn cancel(&self, service: &Service, share: &ShareView) {
        service.drive.cancel_share(&self.actor, &share.id, &Client::default()).await.expect("cancelled");
    }
}

pub(crate) fn address(share: &ShareView) -> String {
    format!("/s/{}", share.token)
}

/// A browser that somebody at this address sits at.
fn browser_at(service: &Service, address: &str) -> Browser {
    let mut browser = service.browser();
    browser.address = format!("{address}:4711").parse().expect("an address");
    browser
}
