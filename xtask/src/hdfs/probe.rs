//! What the daemons say of themselves over HTTP.

use std::time::Duration;

use serde::Deserialize;

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(5))).build().into()
}

/// Whether MKDIRS answers 200. An open port says nothing: the NameNode listens long before it has left safe mode.
pub(super) fn can_make_directories(namenode: &str) -> bool {
    let url = format!("http://{namenode}/webhdfs/v1/hayloft?op=MKDIRS&user.name=hdfs");
    agent().put(&url).send_empty().is_ok()
}

/// How many DataNodes have reported lately; `None` when the NameNode does not answer.
pub(super) fn live_datanodes(namenode: &str) -> Option<usize> {
    parse_live(&jmx(namenode, "Hadoop:service=NameNode,name=FSNamesystemState")?)
}

/// Whether the process that listens at this address has shaken hands with its NameNode. The NameNode's own count says
/// nothing about a DataNode that was killed a moment ago and is on its way back.
pub(super) fn has_joined(datanode: &str) -> bool {
    jmx(datanode, "Hadoop:service=DataNode,name=DataNodeInfo").is_some_and(|text| is_running(&text))
}

fn jmx(address: &str, bean: &str) -> Option<String> {
    let url = format!("http://{address}/jmx?qry={bean}");
    agent().get(&url).call().ok()?.body_mut().read_to_string().ok()
}

/// The state is in a JSON text inside a JSON string.
fn is_running(text: &str) -> bool {
    text.contains(r#"\"ActorState\":\"RUNNING\""#)
}

fn parse_live(text: &str) -> Option<usize> {
    #[derive(Deserialize)]
    struct Answer {
        beans: Vec<Bean>,
    }
    #[derive(Deserialize)]
    struct Bean {
        #[serde(rename = "NumLiveDataNodes")]
        live: usize,
    }
    let answer: Answer = serde_json::from_str(text).ok()?;
    answer.beans.first().map(|bean| bean.live)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_live_datanodes() {
        let text = r#"{"beans":[{"name":"Hadoop:service=NameNode","CapacityTotal":1,"NumLiveDataNodes":3}]}"#;
        assert_eq!(parse_live(text), Some(3));
    }

    #[test]
    fn a_datanode_has_joined_when_its_actor_runs() {
        assert!(is_running(
            r#"{"beans":[{"BPServiceActorInfo":"[{\"ActorState\":\"RUNNING\",\"x\":\"1\"}]"}]}"#
        ));
        assert!(!is_running(r#"{"beans":[{"BPServiceActorInfo":"[{\"ActorState\":\"CONNECTING\"}]"}]}"#));
    }

    #[test]
    fn a_namenode_that_is_still_starting_counts_none() {
        assert_eq!(parse_live(r#"{"beans":[]}"#), None);
    }
}
