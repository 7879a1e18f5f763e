//! Where the cluster is: `webhdfs://user@host:port/base?alt=host:port`.

use percent_encoding::percent_decode_str;
use url::Url;

use crate::{Error, ErrorKind, Result, StorePath};

/// WebHDFS listens on the NameNode's web port, which is this one unless configured.
const DEFAULT_PORT: u16 = 9870;

/// A parsed store URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// `host:port` of the first NameNode, and of the second where there is one.
    pub(super) namenodes: Vec<String>,
    /// The one service user.
    pub(super) user: String,
    /// The absolute directory in HDFS, decoded, without a slash at its end; empty for the root.
    base: String,
}

impl Address {
    /// # Errors
    /// `Invalid` with a sentence that says what is wrong and what a right URL looks like.
    pub(super) fn parse(url: &Url) -> Result<Self> {
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| wrong("it names no NameNode"))?;
        let mut namenodes = vec![format!("{host}:{}", url.port().unwrap_or(DEFAULT_PORT))];
        let user = decoded(url.username(), "the user")?;
        if user.is_empty() {
            return Err(wrong("it names no HDFS user to act as"));
        }
        if url.password().is_some() {
            return Err(wrong("it contains a password, which WebHDFS has no use for"));
        }
        for (key, value) in url.query_pairs() {
            match &*key {
                "alt" => namenodes.push(host_and_port(&value)?),
                _ => {
                    return Err(wrong(&format!("the option `{key}` is not known; there is `alt=host:port`")));
                }
            }
        }
        if namenodes.len() > 2 {
            return Err(wrong("it names more than two NameNodes"));
        }
        let base = decoded(url.path(), "the base directory")?;
        let base = base.trim_end_matches('/').to_owned();
        if base.split('/').any(|segment| matches!(segment, "." | "..") || segment.contains(':')) {
            return Err(wrong("its base directory contains `.`, `..` or a colon"));
        }
        Ok(Self { namenodes, user, base })
    }

    /// The absolute path in HDFS; `None` is the base itself.
    pub(super) fn absolute(&self, path: Option<&StorePath>) -> String {
        match path {
            Some(path) => format!("{}/{path}", self.base),
            None if self.base.is_empty() => "/".to_owned(),
            None => self.base.clone(),
        }
    }
}

fn wrong(what: &str) -> Error {
    Error::new(
        ErrorKind::Invalid,
        format!("the store URL is wrong: {what}; write it as webhdfs://USER@NAMENODE:9870/DIRECTORY"),
    )
}

fn decoded(text: &str, what: &str) -> Result<String> {
    let text = percent_decode_str(text).decode_utf8();
    Ok(text.map_err(|_| wrong(&format!("{what} is not UTF-8")))?.into_owned())
}

fn host_and_port(text: &str) -> Result<String> {
    let url = Url::parse(&format!("http://{text}/"));
    match url {
        Ok(url) if url.path() == "/" && url.username().is_empty() && !text.contains('/') => {
            let host = url.host_str().unwrap_or_default();
            // The parser hides a port 80 that was written down, since it is the default of http.
            let written = text.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
            Ok(format!("{host}:{}", written.unwrap_or(DEFAULT_PORT)))
        }
        _ => Err(wrong(&format!("`alt={text}` is not host:port"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, String> {
        Address::parse(&Url::parse(text).expect("url")).map_err(|error| error.to_string())
    }

    #[test]
    fn urls_are_read_whole() {
        let address = parse("webhdfs://hayloft@nn1:9871/a/b/?alt=nn2:9872").expect("good");
        assert_eq!(address.namenodes, ["nn1:9871", "nn2:9872"]);
        assert_eq!(address.user, "hayloft");
        let path = StorePath::parse("x/y").expect("path");
        assert_eq!(address.absolute(Some(&path)), "/a/b/x/y");
        assert_eq!(address.absolute(None), "/a/b");
    }

    #[test]
    fn ports_and_bases_have_defaults_and_may_be_in_any_script() {
        let address = parse("webhdfs://u@nn/?alt=nn2").expect("good");
        assert_eq!(address.namenodes, ["nn:9870", "nn2:9870"]);
        assert_eq!(address.absolute(None), "/");
        assert_eq!(parse("webhdfs://u@nn/网盘/a b").expect("good").absolute(None), "/网盘/a b");
        assert_eq!(parse("webhdfs://u@nn/%E7%BD%91").expect("good").absolute(None), "/网");
    }

    #[test]
    fn wrong_urls_say_what_is_wrong_with_them() {
        for (url, word) in [
            ("webhdfs://nn:9870/base", "user"),
            ("webhdfs://u:secret@nn/base", "password"),
            ("webhdfs://u@nn/base?rpc=nn:8020", "`rpc`"),
            ("webhdfs://u@nn/base?alt=nn2/x", "alt="),
            ("webhdfs://u@nn/base?alt=a:1&alt=b:1", "more than two"),
            ("webhdfs:///base", "NameNode"),
        ] {
            let error = parse(url).expect_err(url);
            assert!(error.contains(word), "{url}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
