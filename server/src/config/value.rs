//! Values of options: each parser says in words how a right value looks.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use domain::{ByteSize, Email, Login, Reason, Retention, Username};
use ipnet::IpNet;
use tracing_subscriber::EnvFilter;
use url::Url;

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "write an address and a port, like 127.0.0.1:3000 or [::]:3000".to_owned())
}

pub(super) fn size(text: &str) -> Result<ByteSize, String> {
    match text.parse::<ByteSize>() {
        // The database keeps sizes as signed numbers.
        Ok(ByteSize(bytes)) if i64::try_from(bytes).is_err() => {
            Err("write a smaller size; 8 exabytes are the most".to_owned())
        }
        Ok(size) => Ok(size),
        Err(_) => Err("write bytes or a number with a unit, like 500MB or 20GiB".to_owned()),
    }
}

pub(super) fn days(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(days @ 1..=3650) => Ok(days),
        _ => Err("write a number of days from 1 to 3650".to_owned()),
    }
}

pub(super) fn database_url(text: &str) -> Result<String, String> {
    if ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme)) {
        Ok(text.to_owned())
    } else {
        Err("write sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME".to_owned())
    }
}

pub(super) fn store_url(text: &str) -> Result<Url, String> {
    let wrong = || "write file:///PATH or webhdfs://USER@NAMENODE:PORT/BASE".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    if matches!(url.scheme(), "file" | "webhdfs") { Ok(url) } else { Err(wrong()) }
}

pub(super) fn public_url(text: &str) -> Result<Url, String> {
    let wrong =
        || "write http:// or https:// and a host, without a path, like https://drive.example.org".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if plain { Ok(url) } else { Err(wrong()) }
}

pub(super) fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| "write addresses or networks, like 10.0.0.1,192.168.0.0/16".to_owned())
}

pub(super) fn count(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| "write a number above 0".to_owned())
}

pub(super) fn retention(text: &str) -> Result<Retention, String> {
    text.parse()
}

pub(super) fn grace(text: &str) -> Result<Duration, String> {
    let (number, seconds) = match text.strip_suffix('m') {
        Some(number) => (number, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    // A stop that takes longer is taken for a hang by whatever manages the process.
    match number.parse::<u64>().ok().filter(|number| *number <= 3600 / seconds) {
        Some(number) => Ok(Duration::from_secs(number * seconds)),
        None => Err("write seconds like 20s or minutes like 10m, at most an hour".to_owned()),
    }
}

pub(super) fn secret(text: &str) -> Result<String, String> {
    if text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("write at least 16 visible ASCII characters without spaces".to_owned())
    }
}

pub(super) fn filter(text: &str) -> Result<String, String> {
    match EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => {
            Err("write error, warn, info, debug or trace, or something like info,drive=debug".to_owned())
        }
    }
}

pub(super) fn username(text: &str) -> Result<Username, String> {
    Username::parse(text).map_err(|_| {
        "write 4 to 20 letters, digits, underscores, hyphens, Chinese characters, kana or Hangul, without spaces"
            .to_owned()
    })
}

pub(super) fn email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|reason: Reason| match reason {
        Reason::TooLong { limit } => format!("write at most {limit} characters"),
        _ => "write an address like lin@example.org".to_owned(),
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the form that clap wants of a parser")]
pub(super) fn login(text: &str) -> Result<Login, String> {
    Ok(Login::parse(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_requests_are_given_seconds_or_minutes() {
        for (text, seconds) in [("20s", 20), ("20", 20), ("10m", 600), ("60m", 3600), ("0", 0)] {
            assert_eq!(grace(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "m", "-1s", "1h", "61m", "3601", "1.5m", "18446744073709551615m"] {
            assert!(grace(text).is_err(), "{text}");
        }
    }
}
