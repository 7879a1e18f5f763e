//! What the NameNode tells its monitoring (JMX over the same HTTP address): how many DataNodes live, what is missing.
//!
//! Two beans are read, `FSNamesystemState` (nodes, safe mode, room) and `FSNamesystem` (blocks, who is active); one pattern
//! brings both. Gateways have neither.

use serde::Deserialize;

use super::Cluster;
use crate::{ClusterState, Error, ErrorKind, Result, Usage};

/// The pattern of the two beans.
const BEANS: &str = "Hadoop:service=NameNode,name=FSNamesystem*";

/// What `tag.HAState` says of a NameNode whose numbers may be old.
const STANDBY: &str = "standby";

#[derive(Deserialize)]
struct Beans {
    beans: Vec<Numbers>,
}

/// Every number of interest that a bean may have. Counts of what is momentary may be negative for a moment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Numbers {
    #[serde(rename = "tag.HAState")]
    ha_state: Option<String>,
    #[serde(rename = "FSState")]
    fs_state: Option<String>,
    num_live_data_nodes: Option<i64>,
    num_dead_data_nodes: Option<i64>,
    missing_blocks: Option<i64>,
    under_replicated_blocks: Option<i64>,
    capacity_total: Option<i64>,
    capacity_used: Option<i64>,
    capacity_remaining: Option<i64>,
}

impl Numbers {
    /// What any of the beans says.
    fn of(beans: Vec<Self>) -> Self {
        beans.into_iter().fold(Self::default(), |all, bean| Self {
            ha_state: all.ha_state.or(bean.ha_state),
            fs_state: all.fs_state.or(bean.fs_state),
            num_live_data_nodes: all.num_live_data_nodes.or(bean.num_live_data_nodes),
            num_dead_data_nodes: all.num_dead_data_nodes.or(bean.num_dead_data_nodes),
            missing_blocks: all.missing_blocks.or(bean.missing_blocks),
            under_replicated_blocks: all.under_replicated_blocks.or(bean.under_replicated_blocks),
            capacity_total: all.capacity_total.or(bean.capacity_total),
            capacity_used: all.capacity_used.or(bean.capacity_used),
            capacity_remaining: all.capacity_remaining.or(bean.capacity_remaining),
        })
    }

    fn is_standby(&self) -> bool {
        self.ha_state.as_deref() == Some(STANDBY)
    }

    /// # Errors
    /// `Invalid` when the beans were not those of a NameNode.
    pub(super) fn state(&self) -> Result<ClusterState> {
        Ok(ClusterState {
            live_nodes: number(self.num_live_data_nodes)?,
            dead_nodes: number(self.num_dead_data_nodes)?,
            // "Operational", or "safeMode".
            safe_mode: self.fs_state.as_deref().is_some_and(|state| state != "Operational"),
            missing_blocks: number(self.missing_blocks)?,
            under_replicated_blocks: number(self.under_replicated_blocks)?,
        })
    }

    /// # Errors
    /// As [`state`](Self::state).
    pub(super) fn usage(&self) -> Result<Usage> {
        Ok(Usage {
            capacity: number(self.capacity_total)?,
            used: number(self.capacity_used)?,
            available: number(self.capacity_remaining)?,
        })
    }
}

fn number(value: Option<i64>) -> Result<u64> {
    let silent = || Error::new(ErrorKind::Invalid, "the NameNode does not tell how its cluster is (/jmx)");
    value.map(|value| u64::try_from(value).unwrap_or(0)).ok_or_else(silent)
}

/// Asks the active NameNode, or where none says that it is active, whoever answers.
pub(super) async fn look(cluster: &Cluster) -> Result<Numbers> {
    let (mut standby, mut failure) = (None, None);
    for namenode in cluster.rest.namenodes_in_turn() {
        match cluster.rest.monitoring::<Beans>(namenode, BEANS).await {
            Ok(Beans { beans }) => {
                let numbers = Numbers::of(beans);
                if !numbers.is_standby() {
                    return Ok(numbers);
                }
                standby = Some(numbers);
            }
            Err(error) => failure = Some(error),
        }
    }
    let nobody = || Error::new(ErrorKind::Invalid, "the store's URL names no NameNode");
    standby.ok_or_else(|| failure.unwrap_or_else(nobody))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shortened from what Hadoop 3.4 answers.
    const ANSWER: &str = r#"{"beans":[
        {"name":"Hadoop:service=NameNode,name=FSNamesystem","modelerType":"FSNamesystem","tag.HAState":"active",
         "MissingBlocks":2,"MissingReplOneBlocks":0,"CapacityTotal":3000,"CapacityUsed":1000,"CapacityRemaining":1500,
         "UnderReplicatedBlocks":7,"CorruptBlocks":0},
        {"name":"Hadoop:service=NameNode,name=FSNamesystemState","FSState":"safeMode","NumLiveDataNodes":3,
         "NumDeadDataNodes":1,"UnderReplicatedBlocks":7,"SnapshotStats":"{\"SnapshottableDirectories\":0}"},
        {"name":"Hadoop:service=NameNode,name=FSNamesystemLock"}]}"#;

    fn read(text: &str) -> Numbers {
        Numbers::of(serde_json::from_str::<Beans>(text).expect("beans").beans)
    }

    #[test]
    fn the_beans_are_one_answer() {
        let numbers = read(ANSWER);
        let state = ClusterState {
            live_nodes: 3,
            dead_nodes: 1,
            safe_mode: true,
            missing_blocks: 2,
            under_replicated_blocks: 7,
        };
        assert_eq!(numbers.state().expect("state"), state);
        assert_eq!(numbers.usage().expect("usage"), Usage { capacity: 3000, used: 1000, available: 1500 });
        assert!(!numbers.is_standby() && read(&ANSWER.replace("\"active\"", "\"standby\"")).is_standby());
        assert!(!read(&ANSWER.replace("safeMode", "Operational")).state().expect("state").safe_mode);
    }

    #[test]
    fn what_is_no_namenode_tells_nothing() {
        let error = read(r#"{"beans":[]}"#).state().expect_err("nothing");
        assert_eq!(error.kind(), ErrorKind::Invalid);
        // A count that is being made anew.
        assert_eq!(read(&ANSWER.replace(":2,", ":-1,")).state().expect("state").missing_blocks, 0);
    }
}
