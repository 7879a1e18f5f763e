//! The database and the HDFS that tests run against, started when the first part asks for them.

use std::path::PathBuf;

use anyhow::Result;

use super::Part;
use crate::hdfs::{Cluster, Layout};
use crate::postgres::Postgres;
use crate::workspace;

/// Variables for a test program.
pub(super) type Environment = Vec<(&'static str, PathBuf)>;

/// What has been started; dropping it stops everything and removes its data.
#[derive(Default)]
pub(super) struct Services {
    postgres: Option<Postgres>,
    hdfs: Option<TestCluster>,
}

struct TestCluster {
    // Dropped in this order: first the processes end, then their folder goes.
    cluster: Cluster,
    _folder: tempfile::TempDir,
}

impl Services {
    /// What a part's tests need in their environment. An HDFS that earlier tests left disturbed is mended first.
    ///
    /// # Errors
    /// When a service does not start or does not come back.
    pub(super) fn environment(&mut self, part: Part) -> Result<Environment> {
        let mut environment = Environment::new();
        if matches!(part, Part::Drive | Part::Server | Part::E2e) {
            environment.push(("HAYLOFT_TEST_POSTGRES", self.postgres()?.url().into()));
        }
        if matches!(part, Part::Storage | Part::Drive | Part::E2e) {
            let cluster = self.hdfs()?;
            environment.push(("HAYLOFT_TEST_HDFS", (&cluster.state().store_url).into()));
            environment.push(("HAYLOFT_TEST_HDFS_STATE", cluster.state_path()));
        }
        Ok(environment)
    }

    fn postgres(&mut self) -> Result<&Postgres> {
        match &mut self.postgres {
            Some(postgres) => Ok(postgres),
            empty => Ok(empty.insert(Postgres::start()?)),
        }
    }

    fn hdfs(&mut self) -> Result<&Cluster> {
        match &mut self.hdfs {
            Some(running) => {
                running.cluster.state().mend()?;
                Ok(&running.cluster)
            }
            empty => {
                let parent = workspace::target().join("hdfs");
                std::fs::create_dir_all(&parent)?;
                let prefix = format!("test-{}-", std::process::id());
                let folder = tempfile::Builder::new().prefix(&prefix).tempdir_in(parent)?;
                let layout = Layout { dir: folder.path().to_path_buf(), datanodes: 3, replication: 2 };
                let cluster = Cluster::start(&layout)?;
                Ok(&empty.insert(TestCluster { cluster, _folder: folder }).cluster)
            }
        }
    }
}
