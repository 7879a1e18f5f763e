//! Where the actions on files and folders lead, as addresses: the same that links and forms without script have.

use domain::{Node, NodeId, NodeKind, Sort};

use crate::address::{MOST_NAMED, ordered};

/// What opens a folder in this order, or shows a file, with those before and after it in this order.
pub(super) fn open(node: &Node, sort: Sort) -> String {
    match node.kind {
        NodeKind::Folder => ordered(format!("/folder/{}", node.id), sort),
        NodeKind::File => format!("/view/{}?sort={sort}", node.id),
    }
}

/// The bytes of a file.
fn content(node: &Node) -> String {
    format!("/api/nodes/{}/content", node.id)
}

/// What downloads them: one file as it is, anything else packed. `None` for none, or more than an address can name.
pub(super) fn download(nodes: &[Node]) -> Option<String> {
    match nodes {
        [] => None,
        [node] if node.kind == NodeKind::File => Some(content(node)),
        _ => named(nodes, "&id=").map(|ids| format!("/api/zip?id={ids}")),
    }
}

/// What shares them.
pub(super) fn share(nodes: &[Node]) -> Option<String> {
    named(nodes, ",").map(|ids| format!("/shares/new?nodes={ids}"))
}

/// What moves or copies them (`how`: `move` or `copy`) from the folder they are in.
pub(super) fn transfer(nodes: &[Node], how: &str) -> Option<String> {
    let from = nodes.first()?.parent.as_ref().map(NodeId::as_str).unwrap_or_default();
    named(nodes, ".").map(|ids| format!("/move?ids={ids}&from={from}&how={how}"))
}

/// What gives a file or folder another name.
pub(super) fn rename(id: &NodeId) -> String {
    format!("/rename/{id}")
}

fn named(nodes: &[Node], between: &str) -> Option<String> {
    let ids: Vec<&str> = nodes.iter().map(|node| node.id.as_str()).collect();
    (1..=MOST_NAMED).contains(&ids.len()).then(|| ids.join(between))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(n: usize, kind: NodeKind) -> Node {
        let id = NodeId::from_random([u8::try_from(n % 251).unwrap_or(0); 16]);
        let parent = Some(NodeId::from_random([255; 16]));
        Node {
            id,
            parent,
            name: "a".into(),
            kind,
            size: 1,
            mime: None,
            modified: 0,
            blake3: None,
            thumbnail: false,
        }
    }

    #[test]
    fn one_file_comes_as_it_is_and_more_come_packed() {
        let (file, folder) = (node(1, NodeKind::File), node(2, NodeKind::Folder));
        assert_eq!(download(std::slice::from_ref(&file)), Some(format!("/api/nodes/{}/content", file.id)));
        assert_eq!(download(std::slice::from_ref(&folder)), Some(format!("/api/zip?id={}", folder.id)));
        let both = [file, folder];
        assert_eq!(download(&both), Some(format!("/api/zip?id={}&id={}", both[0].id, both[1].id)));
        assert_eq!(share(&both), Some(format!("/shares/new?nodes={},{}", both[0].id, both[1].id)));
        let parent = NodeId::from_random([255; 16]);
        let ids = format!("{}.{}", both[0].id, both[1].id);
        assert_eq!(transfer(&both, "copy"), Some(format!("/move?ids={ids}&from={parent}&how=copy")));
    }

    #[test]
    fn the_order_goes_along() {
        let (file, folder) = (node(1, NodeKind::File), node(2, NodeKind::Folder));
        let by_size: Sort = "-size".parse().expect("an order");
        assert_eq!(open(&folder, by_size), format!("/folder/{}?sort=-size", folder.id));
        assert_eq!(open(&file, by_size), format!("/view/{}?sort=-size", file.id));
        assert_eq!(open(&folder, Sort::default()), format!("/folder/{}", folder.id));
    }

    #[test]
    fn an_address_does_not_grow_beyond_what_proxies_take() {
        let many: Vec<Node> = (0..=MOST_NAMED).map(|n| node(n, NodeKind::File)).collect();
        assert_eq!((download(&many), share(&many), transfer(&many, "move")), (None, None, None));
        let most = transfer(&many[1..], "move").expect("an address");
        assert!(most.len() < 6_000, "{}", most.len());
        assert_eq!(download(&[]), None);
    }
}
