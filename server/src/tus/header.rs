//! The headers of tus 1.0.0, read and written. Knows nothing of uploads; every refusal is a 400 unless said otherwise.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use data_encoding::BASE64;
use domain::UploadId;
use drive::{Checksum, ChecksumAlgorithm};

use crate::problem::Problem;

/// The one version of the protocol.
pub(crate) const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
/// What of the protocol is here, for `Tus-Extension`.
pub(crate) const EXTENSIONS: HeaderValue = HeaderValue::from_static(
    "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination,concatenation",
);
/// For `Tus-Checksum-Algorithm`.
pub(crate) const CHECKSUM_ALGORITHMS: HeaderValue = HeaderValue::from_static("sha1,sha256,crc32c,blake3");
/// The content type of bytes.
pub(crate) const OFFSET_OCTET_STREAM: &str = "application/offset+octet-stream";

macro_rules! names {
    ($($name:ident = $text:literal),* $(,)?) => {
        $(pub(crate) const $name: HeaderName = HeaderName::from_static($text);)*
    };
}

names! {
    TUS_RESUMABLE = "tus-resumable",
    TUS_VERSION = "tus-version",
    TUS_EXTENSION = "tus-extension",
    TUS_MAX_SIZE = "tus-max-size",
    TUS_CHECKSUM_ALGORITHM = "tus-checksum-algorithm",
    UPLOAD_OFFSET = "upload-offset",
    UPLOAD_LENGTH = "upload-length",
    UPLOAD_DEFER_LENGTH = "upload-defer-length",
    UPLOAD_METADATA = "upload-metadata",
    UPLOAD_CHECKSUM = "upload-checksum",
    UPLOAD_EXPIRES = "upload-expires",
    UPLOAD_CONCAT = "upload-concat",
    METHOD_OVERRIDE = "x-http-method-override",
    HAYLOFT_NODE = "hayloft-node",
}

/// What `Upload-Concat` says a new upload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Concat {
    /// No such header.
    Whole,
    /// `partial`.
    Partial,
    /// `final;` and its parts in order.
    Final(Vec<UploadId>),
}

/// Holds `Tus-Resumable` against our version.
///
/// # Errors
/// 412 with `Tus-Version`, as the protocol wants it.
pub(crate) fn require_version(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.get(TUS_RESUMABLE) == Some(&VERSION) {
        return Ok(());
    }
    let detail = "Tus-Resumable is missing or names another version than 1.0.0";
    Err(Problem::protocol(StatusCode::PRECONDITION_FAILED, "unsupported-tus-version", detail)
        .with_header(TUS_VERSION, VERSION))
}

/// The method that `X-HTTP-Method-Override` says is meant, where there is one; in capitals.
pub(crate) fn meant_method(headers: &HeaderMap) -> Option<Vec<u8>> {
    headers.get(METHOD_OVERRIDE).map(|value| value.as_bytes().to_ascii_uppercase())
}

/// `Upload-Offset`, which has to be there.
pub(crate) fn offset(headers: &HeaderMap) -> Result<u64, Problem> {
    number(headers, &UPLOAD_OFFSET)?.ok_or_else(|| Problem::malformed("Upload-Offset is missing"))
}

/// `Upload-Length`, where there is one.
pub(crate) fn length(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    number(headers, &UPLOAD_LENGTH)
}

/// The length of a new upload: `None` is `Upload-Defer-Length: 1`. Exactly one of the two headers has to be there.
pub(crate) fn length_or_deferred(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    match (length(headers)?, headers.get(UPLOAD_DEFER_LENGTH).map(HeaderValue::as_bytes)) {
        (Some(length), None) => Ok(Some(length)),
        (None, Some(b"1")) => Ok(None),
        (None, Some(_)) => Err(Problem::malformed("Upload-Defer-Length is not 1")),
        (Some(_), Some(_)) => {
            Err(Problem::malformed("Upload-Length and Upload-Defer-Length exclude each other"))
        }
        (None, None) => Err(Problem::malformed("Upload-Length or Upload-Defer-Length is missing")),
    }
}

/// `Content-Length` as the client announces it.
pub(crate) fn content_length(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    number(headers, &axum::http::header::CONTENT_LENGTH)
}

/// `Upload-Checksum`, where there is one.
pub(crate) fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Problem> {
    let Some(value) = text(headers, &UPLOAD_CHECKSUM)? else { return Ok(None) };
    let malformed = || Problem::malformed("Upload-Checksum is not an algorithm and a base64 digest");
    let (algorithm, digest) = value.trim().split_once(' ').ok_or_else(malformed)?;
    let algorithm: ChecksumAlgorithm = algorithm.parse().map_err(|_| {
        let detail = "this checksum algorithm is not supported; see Tus-Checksum-Algorithm";
        Problem::protocol(StatusCode::BAD_REQUEST, "unsupported-checksum", detail)
            .with_header(TUS_CHECKSUM_ALGORITHM, CHECKSUM_ALGORITHMS)
    })?;
    let digest = BASE64.decode(digest.trim().as_bytes()).map_err(|_| malformed())?;
    if digest.len() != digest_length(algorithm) {
        return Err(malformed());
    }
    Ok(Some(Checksum { algorithm, digest }))
}

const fn digest_length(algorithm: ChecksumAlgorithm) -> usize {
    match algorithm {
        ChecksumAlgorithm::Crc32c => 4,
        ChecksumAlgorithm::Sha1 => 20,
        ChecksumAlgorithm::Sha256 | ChecksumAlgorithm::Blake3 => 32,
    }
}

/// `Upload-Concat`. The parts may be given as paths or as whole URLs; only the last two segments of the path count, so
/// that a proxy may serve us below another path.
pub(crate) fn concat(headers: &HeaderMap) -> Result<Concat, Problem> {
    let Some(value) = text(headers, &UPLOAD_CONCAT)? else { return Ok(Concat::Whole) };
    let value = value.trim();
    if value == "partial" {
        return Ok(Concat::Partial);
    }
    let malformed = || Problem::malformed("Upload-Concat is neither partial nor final; with URLs of uploads");
    let urls = value.strip_prefix("final;").ok_or_else(malformed)?;
    let parts: Option<Vec<UploadId>> = urls.split_ascii_whitespace().map(upload_of_url).collect();
    match parts {
        Some(parts) if !parts.is_empty() => Ok(Concat::Final(parts)),
        _ => Err(malformed()),
    }
}

fn upload_of_url(url: &str) -> Option<UploadId> {
    let (rest, id) = url.rsplit_once('/')?;
    rest.ends_with("/api/uploads").then(|| id.parse().ok()).flatten()
}

/// What a HEAD says in `Upload-Concat` of a final upload from before the header's text was kept.
pub(crate) fn final_of(parts: &[UploadId]) -> String {
    let urls: Vec<String> = parts.iter().map(|part| format!("/api/uploads/{part}")).collect();
    format!("final;{}", urls.join(" "))
}

/// A moment in unix milliseconds as `Upload-Expires` has it (RFC 7231 date).
pub(crate) fn expires(milliseconds: i64) -> Option<HeaderValue> {
    let since = std::time::Duration::from_millis(u64::try_from(milliseconds).ok()?);
    httpdate::fmt_http_date(std::time::SystemTime::UNIX_EPOCH + since).parse().ok()
}

/// Whether the body is bytes of an upload. Parameters of the media type are allowed and ignored.
pub(crate) fn is_bytes(headers: &HeaderMap) -> bool {
    headers
        .get(axum::http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(OFFSET_OCTET_STREAM))
}

/// The header's text. One that is given twice is refused: two readers might take different ones.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let refused = |why| Problem::malformed(&format!("{name} {why}"));
    if values.next().is_some() {
        return Err(refused("is given twice"));
    }
    value.to_str().map(Some).map_err(|_| refused("is not ASCII"))
}

/// A number of bytes. Larger than `i64` is no size that any store or database can hold.
fn number(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>, Problem> {
    let Some(value) = text(headers, name)? else { return Ok(None) };
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match value.parse::<u64>() {
        Ok(number) if digits && i64::try_from(number).is_ok() => Ok(Some(number)),
        _ => Err(Problem::malformed(&format!("{name} is not a number of bytes"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(HeaderName::from_static(name), value.parse().expect("a value"));
        }
        map
    }

    fn status<T>(result: Result<T, Problem>) -> u16 {
        result.err().map_or(200, |problem| problem.into_response().status().as_u16())
    }

    #[test]
    fn numbers() {
        assert_eq!(offset(&headers(&[("upload-offset", "17")])).expect("17"), 17);
        for wrong in ["", "-1", "+1", "1.0", "0x1", "99999999999999999999", "9223372036854775808", " 1 2"] {
            assert_eq!(status(offset(&headers(&[("upload-offset", wrong)]))), 400, "{wrong:?}");
        }
        assert_eq!(status(offset(&headers(&[]))), 400);
        assert_eq!(status(offset(&headers(&[("upload-offset", "1"), ("upload-offset", "2")]))), 400);
    }

    #[test]
    fn length_now_or_later_but_not_both() {
        let length = |pairs: &[_]| length_or_deferred(&headers(pairs));
        assert_eq!(length(&[("upload-length", "0")]).expect("0"), Some(0));
        assert_eq!(length(&[("upload-defer-length", "1")]).expect("later"), None);
        assert_eq!(status(length(&[])), 400);
        assert_eq!(status(length(&[("upload-defer-length", "0")])), 400);
        assert_eq!(status(length(&[("upload-length", "5"), ("upload-defer-length", "1")])), 400);
    }

    #[test]
    fn checksums() {
        let checksum = |text: &str| checksum(&headers(&[("upload-checksum", text)]));
        let sha1 = checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").expect("sha1").expect("one");
        assert_eq!((sha1.algorithm, sha1.digest.len()), (ChecksumAlgorithm::Sha1, 20));
        assert!(matches!(super::checksum(&headers(&[])), Ok(None)));
        for wrong in ["sha1", "sha1 !!", "sha1 AAAA", "md5 1B2M2Y8AsgTpgAmY7PhCfg==", "", "crc32c AAAAAAA="] {
            assert_eq!(status(checksum(wrong)), 400, "{wrong:?}");
        }
    }

    #[test]
    fn concatenation_takes_paths_and_urls() {
        let a = UploadId::from_random([1; 16]);
        let b = UploadId::from_random([2; 16]);
        let concat = |text: &str| concat(&headers(&[("upload-concat", text)]));
        assert_eq!(concat("partial").expect("partial"), Concat::Partial);
        let value = format!("final;/api/uploads/{a} https://x.example/base/api/uploads/{b}");
        assert_eq!(concat(&value).expect("final"), Concat::Final(vec![a.clone(), b.clone()]));
        assert_eq!(concat(&final_of(&[b.clone(), a.clone()])).expect("final"), Concat::Final(vec![b, a]));
        for wrong in ["", "final", "final;", "final;/api/uploads/x", "final;/other/aaaa", "half"] {
            assert_eq!(status(concat(wrong)), 400, "{wrong:?}");
        }
    }

    #[test]
    fn the_version_is_held_against_ours() {
        assert_eq!(status(require_version(&headers(&[("tus-resumable", "1.0.0")]))), 200);
        for pairs in [&[][..], &[("tus-resumable", "0.2.2")]] {
            let answer = require_version(&headers(pairs)).expect_err("refused").into_response();
            assert_eq!((answer.status().as_u16(), &answer.headers()["tus-version"]), (412, &VERSION));
        }
    }

    #[test]
    fn dates_and_types() {
        assert_eq!(expires(784_111_777_000).expect("a date"), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert!(is_bytes(&headers(&[("content-type", "application/offset+octet-stream")])));
        assert!(is_bytes(&headers(&[("content-type", "Application/Offset+Octet-Stream; x=y")])));
        assert!(!is_bytes(&headers(&[("content-type", "application/octet-stream")])));
        assert!(!is_bytes(&headers(&[])));
    }
}
