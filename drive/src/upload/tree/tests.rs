//! Every way to cut, store and continue gives the hash that `blake3::hash` gives.

use proptest::prelude::*;

use super::{LEAF, Outline, Tree};

/// Bytes that differ from leaf to leaf.
fn bytes(length: u64) -> Vec<u8> {
    (0..length).map(|index| (index ^ (index >> 11) ^ (index >> 20)) as u8).collect()
}

fn outline(start: u64, bytes: &[u8]) -> Outline {
    let mut tree = Tree::new(start).expect("a multiple of a leaf");
    tree.update(bytes);
    tree.outline()
}

#[test]
fn a_frontier_cut_back_to_one_subtree_has_no_hash() {
    for leaves in [1, 2, 4] {
        let mut tree = Tree::new(0).expect("at the beginning");
        let length = leaves * LEAF;
        tree.update(&vec![7; (length + LEAF) as usize + 1]);
        let cut = Tree::restore(&tree.frontier(), 0, length).expect("a frontier");
        assert_eq!(cut.length(), length);
        assert_eq!(Outline::root([&cut.outline()]), None, "{leaves} leaves");
    }
}

#[test]
fn lengths_at_every_edge() {
    for length in [
        0,
        1,
        1024,
        LEAF - 1,
        LEAF,
        LEAF + 1,
        2 * LEAF - 1,
        2 * LEAF,
        2 * LEAF + 1,
        3 * LEAF,
        4 * LEAF,
        4 * LEAF + 1,
        7 * LEAF + 5,
        8 * LEAF,
    ] {
        let bytes = bytes(length);
        let outline = outline(0, &bytes);
        assert_eq!(outline.length(), length);
        assert_eq!(Outline::root([&outline]), Some(*blake3::hash(&bytes).as_bytes()), "{length}");
        assert_eq!(Outline::decode(&outline.encode()), Some(outline), "{length}");
    }
}

#[test]
fn parts_that_leave_a_gap_or_end_within_a_leaf_make_no_file() {
    let data = bytes(4 * LEAF);
    let leaf = LEAF as usize;
    let first = outline(0, &data[..2 * leaf]);
    let second = outline(2 * LEAF, &data[2 * leaf..]);
    let short = outline(0, &data[..leaf + 7]);
    assert!(Outline::root([&first, &second]).is_some());
    assert_eq!(Outline::root([&second]), None);
    assert_eq!(Outline::root([&second, &first]), None);
    assert_eq!(Outline::root([&short, &second]), None);
    assert_eq!(Outline::root([&first, &first]), None);
    assert!(Tree::new(LEAF + 1024).is_none());
}

#[test]
fn broken_states_are_not_taken() {
    let mut tree = Tree::new(0).expect("start");
    tree.update(&bytes(3 * LEAF));
    let frontier = tree.frontier();
    assert!(Tree::restore(&frontier, 0, u64::MAX).is_some());
    assert!(Tree::restore(&frontier, LEAF, u64::MAX).is_none(), "another start");
    assert!(Tree::restore(&frontier[..frontier.len() - 1], 0, u64::MAX).is_none(), "cut");
    assert!(Tree::restore(&[], 0, u64::MAX).is_none());
    assert!(Outline::decode(&frontier).is_none(), "of the other kind");
    let mut longer = frontier;
    longer[10] ^= 1;
    assert!(Tree::restore(&longer, 0, u64::MAX).is_none(), "length and subtrees disagree");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// One run, fed in pieces; at some of the cuts the process dies and goes on from the stored frontier, which may be
    /// ahead of the bytes that lasted.
    #[test]
    fn continued_from_any_point(
        length in prop_oneof![0..3 * LEAF, (1..12_u64).prop_map(|leaves| leaves * LEAF), 0..12 * LEAF],
        cuts in proptest::collection::vec((0.0..1.0_f64, any::<bool>(), 0..3 * LEAF), 0..6),
        start in prop_oneof![Just(0), (1..40_u64).prop_map(|leaves| leaves * LEAF)],
    ) {
        let data = bytes(length);
        let mut tree = Tree::new(start).expect("start");
        let mut cuts = cuts;
        cuts.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (at, dies, lost) in cuts {
            let at = ((length as f64 * at) as u64).max(tree.length());
            tree.update(&data[tree.length() as usize..at as usize]);
            if dies {
                let lasted = at.saturating_sub(lost);
                tree = Tree::restore(&tree.frontier(), start, lasted).expect("frontier");
                prop_assert!(tree.length() <= lasted);
                prop_assert_eq!(tree.length(), tree.frontier_length());
            }
        }
        tree.update(&data[tree.length() as usize..]);
        prop_assert_eq!(tree.length(), length);
        prop_assert_eq!(&tree.outline(), &outline(start, &data));
        if start == 0 {
            prop_assert_eq!(Outline::root([&tree.outline()]), Some(*blake3::hash(&data).as_bytes()));
        }
    }

    /// Parts of any number of leaves, hashed apart.
    #[test]
    fn parts_make_the_whole(
        parts in proptest::collection::vec(0..6_u64, 0..7),
        rest in 0..2 * LEAF,
    ) {
        let lengths = parts.into_iter().map(|leaves| leaves * LEAF).chain([rest]);
        let mut start = 0;
        let mut outlines = Vec::new();
        let data = bytes(lengths.clone().sum());
        for length in lengths {
            let end = start + length;
            let part = outline(start, &data[start as usize..end as usize]);
            outlines.push(Outline::decode(&part.encode()).expect("outline"));
            start = end;
        }
        prop_assert_eq!(Outline::root(&outlines), Some(*blake3::hash(&data).as_bytes()));
    }
}
