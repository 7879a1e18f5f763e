//! A `multipart/form-data` body, read field by field in constant memory.
//!
//! The parser keeps what it has read until it finds what it looks for: the first boundary, or the end of a field's
//! headers. A body in which that never comes would be kept whole. So between two fields only so much is read.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use multer::{Field, Multipart};

/// Bytes before the first boundary, and from the end of a field to the end of the next one's headers. Browsers write some
/// hundred.
const BETWEEN_FIELDS: usize = 64 * 1024;

/// While the bytes of a field are taken, nothing of them is kept.
const NO_LIMIT: usize = usize::MAX;

/// A form that is being read.
pub(crate) struct Form {
    fields: Multipart<'static>,
    allowance: Arc<AtomicUsize>,
}

impl Form {
    /// A form of this body.
    ///
    /// # Errors
    /// The content type is not that of a form, or names no boundary.
    pub(crate) fn new(headers: &HeaderMap, body: Body) -> Result<Self, multer::Error> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = multer::parse_boundary(kind.ok_or(multer::Error::NoMultipart)?)?;
        let allowance = Arc::new(AtomicUsize::new(BETWEEN_FIELDS));
        let metered = Metered {
            frames: body.into_data_stream(),
            allowance: Arc::clone(&allowance),
            is_parsers_turn: false,
        };
        Ok(Self { fields: Multipart::new(metered, boundary), allowance })
    }

    /// The next field; the one before has to be dropped. What was left of that is read and dropped.
    ///
    /// # Errors
    /// What is no form, what breaks off, and a field that does not begin within [`BETWEEN_FIELDS`].
    pub(crate) async fn next_field(&mut self) -> Result<Option<Field<'static>>, multer::Error> {
        self.allowance.store(BETWEEN_FIELDS, Ordering::Relaxed);
        let field = self.fields.next_field().await;
        self.allowance.store(NO_LIMIT, Ordering::Relaxed);
        field
    }
}

/// Reads a field that is not wanted to its end.
///
/// # Errors
/// What breaks off.
pub(crate) async fn skip(mut field: Field<'static>) -> Result<(), multer::Error> {
    while field.chunk().await?.is_some() {}
    Ok(())
}

/// The frames of the body, one for each look of the parser. It would take all that are ready before it looks at the first.
struct Metered {
    frames: BodyDataStream,
    allowance: Arc<AtomicUsize>,
    is_parsers_turn: bool,
}

impl Stream for Metered {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.is_parsers_turn) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let left = self.allowance.load(Ordering::Relaxed);
        if left == 0 {
            return Poll::Ready(Some(Err(axum::Error::new(NoField))));
        }
        let frame = ready!(self.frames.poll_next_unpin(cx));
        if let Some(Ok(bytes)) = &frame {
            self.is_parsers_turn = true;
            if left != NO_LIMIT {
                self.allowance.store(left.saturating_sub(bytes.len()), Ordering::Relaxed);
            }
        }
        Poll::Ready(frame)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no field begins within {BETWEEN_FIELDS} bytes")]
struct NoField;

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;

    const HEAD: &str = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";

    /// A form of these frames, and how many bytes of them were read.
    fn form(frames: impl Iterator<Item = Bytes> + Send + 'static) -> (Form, Arc<AtomicUsize>) {
        let read = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&read);
        let frames = frames.map(move |frame| {
            count.fetch_add(frame.len(), Ordering::Relaxed);
            Ok::<_, std::io::Error>(frame)
        });
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=b".parse().expect("a value"));
        (Form::new(&headers, Body::from_stream(stream::iter(frames))).expect("a form"), read)
    }

    fn endless(begin: &str) -> impl Iterator<Item = Bytes> + Send + 'static {
        let begin = Bytes::from(begin.to_owned());
        std::iter::once(begin).chain(std::iter::repeat_with(|| Bytes::from_static(&[b'x'; 1000])))
    }

    #[tokio::test]
    async fn what_never_becomes_a_field_is_not_read_on() {
        for begin in ["x", "--b", "--b ", "--b\r\nContent-Disposition: form-data; name="] {
            let (mut form, read) = form(endless(begin));
            assert!(form.next_field().await.is_err(), "{begin}");
            let read = read.load(Ordering::Relaxed);
            assert!(read <= BETWEEN_FIELDS + 2000, "{begin}: {read}");
        }
        let second = format!("{HEAD}abc\r\n--b\r\nX-Long: ");
        let (mut form, read) = form(endless(&second));
        skip(form.next_field().await.expect("a form").expect("a field")).await.expect("its bytes");
        assert!(form.next_field().await.is_err(), "every field is held to it");
        assert!(read.load(Ordering::Relaxed) <= 2 * BETWEEN_FIELDS);
    }

    #[tokio::test]
    async fn the_bytes_of_a_field_have_no_limit_and_none_are_kept() {
        let (mut form, read) = form(endless(HEAD));
        let mut field = form.next_field().await.expect("a form").expect("a field");
        let mut taken = 0;
        while taken < 100 * BETWEEN_FIELDS {
            taken += field.chunk().await.expect("bytes").expect("more").len();
            let kept = read.load(Ordering::Relaxed) - taken;
            assert!(kept < 3000, "{kept}");
        }
    }

    #[tokio::test]
    async fn one_frame_may_hold_a_field_that_is_larger_than_the_limit() {
        let text = format!("{HEAD}{}\r\n--b--\r\n", "y".repeat(10 * BETWEEN_FIELDS));
        let (mut form, _) = form(std::iter::once(Bytes::from(text)));
        let mut field = form.next_field().await.expect("a form").expect("a field");
        let mut taken = 0;
        while let Some(chunk) = field.chunk().await.expect("bytes") {
            taken += chunk.len();
        }
        assert_eq!(taken, 10 * BETWEEN_FIELDS);
        drop(field);
        assert!(form.next_field().await.expect("an end").is_none());
    }
}
