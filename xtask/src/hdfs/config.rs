//! Hadoop's configuration for a small cluster on one machine, and the scripts that start its daemons.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::daemon::mark;

/// Where the NameNode listens, and how many copies it makes.
pub(super) struct Settings<'a> {
    pub(super) folder: &'a Path,
    pub(super) rpc: u16,
    pub(super) http: u16,
    pub(super) replication: usize,
}

/// Writes `conf/` and the empty `web/` that the daemons' HTTP servers insist on.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn write(settings: &Settings<'_>) -> Result<()> {
    let folder = settings.folder;
    for name in [
        "conf",
        "run",
        "logs",
        "data",
        "tmp",
        "web/webapps/hdfs",
        "web/webapps/datanode",
        "web/webapps/static",
    ] {
        fs::create_dir_all(folder.join(name))?;
    }
    let core = [("fs.defaultFS", format!("hdfs://127.0.0.1:{}", settings.rpc))];
    fs::write(folder.join("conf/core-site.xml"), xml(&core))?;
    fs::write(folder.join("conf/hdfs-site.xml"), xml(&hdfs_site(settings)))?;
    fs::write(folder.join("conf/log4j.properties"), LOG4J)?;
    Ok(())
}

const LOG4J: &str = "\
log4j.rootLogger=INFO,console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.out
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %p %c{1}: %m%n
# One line per block and per request would be most of the log.
log4j.logger.BlockStateChange=WARN
log4j.logger.org.apache.hadoop.hdfs.StateChange=WARN
log4j.logger.org.apache.hadoop.hdfs.server.datanode.DataNode.clienttrace=WARN
log4j.logger.org.apache.hadoop.hdfs.server.datanode.webhdfs=WARN
log4j.logger.org.apache.hadoop.hdfs.server.namenode.FSNamesystem.audit=WARN
log4j.logger.datanode.webhdfs=WARN
";

fn hdfs_site(settings: &Settings<'_>) -> Vec<(&'static str, String)> {
    let data = settings.folder.join("data");
    vec![
        ("dfs.namenode.http-address", format!("127.0.0.1:{}", settings.http)),
        ("dfs.namenode.name.dir", format!("file://{}", data.join("name").display())),
        ("dfs.replication", settings.replication.to_string()),
        ("dfs.permissions.enabled", "true".to_owned()),
        // WebHDFS redirects to this name.
        ("dfs.datanode.hostname", "127.0.0.1".to_owned()),
        ("dfs.namenode.datanode.registration.ip-hostname-check", "false".to_owned()),
        // Without it the NameNode stays in safe mode for 30 s after a restart.
        ("dfs.namenode.safemode.extension", "0".to_owned()),
        // A close that overtakes the DataNode's block report sleeps this long; the default of 400 ms makes 3 to 5
        // small files a second out of 30.
        ("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "10".to_owned()),
        // A DataNode counts as dead after 2 × recheck + 10 × heartbeat: 14 s instead of ten and a half minutes.
        ("dfs.heartbeat.interval", "1".to_owned()),
        ("dfs.namenode.heartbeat.recheck-interval", "2000".to_owned()),
        // Three DataNodes on one disk each report the whole of its free space; a full disk must still be seen.
        ("dfs.datanode.du.reserved", "1073741824".to_owned()),
        ("dfs.namenode.handler.count", "10".to_owned()),
        ("dfs.datanode.handler.count", "4".to_owned()),
    ]
}

fn xml(properties: &[(&str, String)]) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<configuration>\n".to_owned();
    for (name, value) in properties {
        let value = value.replace('&', "&amp;").replace('<', "&lt;");
        text += &format!("  <property><name>{name}</name><value>{value}</value></property>\n");
    }
    text + "</configuration>\n"
}

/// A program of Hadoop's to be run on this cluster.
pub(super) struct Java<'a> {
    pub(super) folder: &'a Path,
    pub(super) jars: &'a Path,
    pub(super) class: &'a str,
    /// The largest heap, in MiB.
    pub(super) heap: u16,
}

impl Java<'_> {
    /// The words of the command line, arguments of the class last.
    pub(super) fn words(&self, jvm: &[String], arguments: &[String]) -> Vec<String> {
        let folder = self.folder.display();
        let mut words: Vec<String> = vec![java().display().to_string()];
        words.extend([format!("-Xmx{}m", self.heap), "-XX:+UseSerialGC".to_owned()]);
        // Without the first, every WebHDFS call answers 500 on Java 17.
        for package in ["java.base/java.lang", "java.base/java.util"] {
            words.extend(["--add-opens".to_owned(), format!("{package}=ALL-UNNAMED")]);
        }
        words.push("-Djava.net.preferIPv4Stack=true".to_owned());
        words.push(format!("-Djava.io.tmpdir={folder}/tmp"));
        words.push(format!("-Dhadoop.tmp.dir={folder}/tmp"));
        words.extend_from_slice(jvm);
        words.extend(["-cp".to_owned(), format!("{folder}/conf:{folder}/web:{}/*", self.jars.display())]);
        words.push(self.class.to_owned());
        words.extend_from_slice(arguments);
        words
    }
}

fn java() -> PathBuf {
    std::env::var_os("JAVA_HOME")
        .map(|home| Path::new(&home).join("bin/java"))
        .filter(|java| java.is_file())
        .unwrap_or_else(|| "java".into())
}

/// A shell script that notes its process id and becomes the daemon, all output in the log.
pub(super) fn daemon_script(words: &[String], pid_file: &Path, log: &Path) -> String {
    format!(
        "#!/bin/sh\nset -e\necho $$ > {}\nexport HADOOP_USER_NAME=hdfs\nexec {} < /dev/null >> {} 2>&1\n",
        quote(&pid_file.display().to_string()),
        quoted(words),
        quote(&log.display().to_string()),
    )
}

/// A shell script that runs the program with the caller's further arguments.
pub(super) fn tool_script(words: &[String]) -> String {
    format!("#!/bin/sh\nexport HADOOP_USER_NAME=hdfs\nexec {} \"$@\"\n", quoted(words))
}

/// The Java property by which `Daemon` knows its process.
pub(super) fn marked(pid_file: &Path) -> String {
    mark(&pid_file.to_string_lossy())
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_for_xml_and_for_the_shell() {
        assert!(xml(&[("a", "b&c<d".to_owned())]).contains("<value>b&amp;c&lt;d</value>"));
        assert_eq!(quote("it's"), r"'it'\''s'");
    }

    #[test]
    fn a_daemon_script_notes_its_own_process() {
        let script =
            daemon_script(&["java".to_owned()], Path::new("/c/run/n.pid"), Path::new("/c/logs/n.log"));
        assert!(script.contains("echo $$ > '/c/run/n.pid'"));
        assert!(script.contains("exec 'java' < /dev/null >> '/c/logs/n.log' 2>&1"));
    }
}
