//! The picture of an account. What is uploaded is decoded and drawn anew as a small square, so that nothing of the file
//! that came is ever served: no script, no place where it was taken, no second file behind the first.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use domain::UserId;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use sqlx::Row;
use tokio::sync::Semaphore;

use super::password::off_thread;
use crate::audit::{self, Entry};
use crate::{Actor, Client, Drive, Error, Result};

/// Pixels of a side. Uncompressed these are 57,600 bytes, so no picture is larger than 64 kB whatever is on it.
const SIDE: u32 = 120;

/// Pixels of a side of what is looked at.
const LONGEST_SIDE: u32 = 8192;

/// Bytes of memory that decoding may take: a photo of 50 megapixels. A bomb is refused by what its header says, before
/// that.
const MEMORY: u64 = 160 << 20;

/// Bytes of a picture that is uploaded.
pub(crate) const LARGEST: usize = 5_000_000;

/// Draws pictures, one at a time: each may take twice [`MEMORY`].
pub(crate) struct Painter {
    permit: Arc<Semaphore>,
}

impl Default for Painter {
    fn default() -> Self {
        Self { permit: Arc::new(Semaphore::new(1)) }
    }
}

impl Painter {
    async fn draw(&self, file: Bytes) -> Result<Vec<u8>> {
        off_thread("drawing a picture", &self.permit, move || draw(file)).await
    }
}

impl Drive {
    /// Bytes of the largest picture that [`set_avatar`](Self::set_avatar) takes.
    pub const LARGEST_AVATAR: usize = LARGEST;

    /// Gives the actor a picture: the middle of a PNG, JPEG, WebP or GIF, the first frame of one that moves.
    ///
    /// # Errors
    /// [`Error::TooLarge`]; [`Error::NotAnImage`] for what is none of these or would take too much memory.
    pub async fn set_avatar(&self, actor: &Actor, file: Bytes, client: &Client) -> Result<()> {
        if file.len() > LARGEST {
            return Err(Error::TooLarge { limit: LARGEST as u64 });
        }
        let image = self.painter().draw(file).await?;
        let version = blake3::hash(&image).to_hex()[..16].to_owned();
        let mut tx = self.database().begin().await?;
        sqlx::query(
            "INSERT INTO avatars (user_id, version, image) VALUES ($1, $2, $3) \
             ON CONFLICT (user_id) DO UPDATE SET version = $2, image = $3",
        )
        .bind(actor.user.as_str())
        .bind(version)
        .bind(image)
        .execute(&mut *tx)
        .await?;
        self.record_avatar(&mut tx, actor, client).await?;
        tx.commit().await
    }

    /// Takes the actor's picture away. Without one it does nothing.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remove_avatar(&self, actor: &Actor, client: &Client) -> Result<()> {
        let mut tx = self.database().begin().await?;
        sqlx::query("DELETE FROM avatars WHERE user_id = $1")
            .bind(actor.user.as_str())
            .execute(&mut *tx)
            .await?;
        self.record_avatar(&mut tx, actor, client).await?;
        tx.commit().await
    }

    /// The actor's picture of this version, a PNG.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not, or no more, their picture.
    pub async fn avatar(&self, actor: &Actor, version: &str) -> Result<Vec<u8>> {
        if version.contains('\0') {
            return Err(Error::NotFound);
        }
        let row = sqlx::query("SELECT image FROM avatars WHERE user_id = $1 AND version = $2")
            .bind(actor.user.as_str())
            .bind(version)
            .fetch_optional(self.database().read())
            .await?
            .ok_or(Error::NotFound)?;
        Ok(row.try_get(0)?)
    }

    async fn record_avatar(
        &self,
        tx: &mut crate::database::Tx,
        actor: &Actor,
        client: &Client,
    ) -> Result<()> {
        let user: &UserId = &actor.user;
        let subject = Some(user.as_str());
        let entry = Entry { user: Some(user), event: "account.avatar", subject, client: Some(client) };
        audit::record(tx, self.now(), &entry).await
    }
}

/// The middle of a picture as a small square.
fn draw(file: Bytes) -> Result<Vec<u8>> {
    let refused = |error: image::ImageError| {
        tracing::debug!(%error, "a picture was refused");
        Error::NotAnImage
    };
    let reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| Error::NotAnImage)?;
    let known = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif];
    if !reader.format().is_some_and(|format| known.contains(&format)) {
        return Err(Error::NotAnImage);
    }
    let mut reader = reader;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    // Not every decoder looks at this by itself.
    let (width, height) = decoder.dimensions();
    if width.max(height) > LONGEST_SIDE || decoder.total_bytes() > MEMORY {
        return Err(Error::NotAnImage);
    }
    // What the file says of how it was held may be nonsense; the picture is one all the same.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    let side = width.min(height);
    let mut square =
        image.crop_imm((width - side) / 2, (height - side) / 2, side, side).thumbnail_exact(SIDE, SIDE);
    drop(image);
    square.apply_orientation(orientation);
    let mut png = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(square.into_rgba8())
        .write_to(&mut png, ImageFormat::Png)
        .map_err(|error| Error::Internal(format!("writing a picture: {error}")))?;
    Ok(png.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Bytes {
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, format).expect("encode");
        file.into_inner().into()
    }

    fn noise(width: u32, height: u32) -> DynamicImage {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            u8::try_from(state >> 24).expect("a byte")
        };
        DynamicImage::ImageRgba8(image::RgbaImage::from_fn(width, height, |_, _| {
            image::Rgba([next(), next(), next(), next()])
        }))
    }

    #[test]
    fn a_picture_becomes_a_small_square_whatever_it_was() {
        for (format, width, height) in [
            (ImageFormat::Png, 300, 200),
            (ImageFormat::Png, 1, 1),
            (ImageFormat::Png, 8192, 1),
            (ImageFormat::Jpeg, 200, 300),
            (ImageFormat::WebP, 120, 120),
            (ImageFormat::Gif, 50, 40),
        ] {
            let image = noise(width, height);
            let image = if format == ImageFormat::Jpeg { image.into_rgb8().into() } else { image };
            let drawn = draw(encoded(&image, format)).expect("drawn");
            assert!(drawn.len() <= 64_000, "{format:?}: {} bytes", drawn.len());
            assert!(drawn.starts_with(b"\x89PNG"), "{format:?}");
            let read = image::load_from_memory(&drawn).expect("readable");
            assert_eq!((read.width(), read.height()), (SIDE, SIDE), "{format:?}");
        }
    }

    #[test]
    fn nothing_of_the_file_is_kept() {
        let mut file = encoded(&noise(20, 20), ImageFormat::Png).to_vec();
        file.extend_from_slice(b"<script>alert(1)</script>");
        let drawn = draw(file.into()).expect("drawn");
        assert!(!drawn.windows(7).any(|part| part == b"<script"));
    }

    #[test]
    fn what_is_no_picture_or_a_bomb_is_refused() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
        let cut = encoded(&noise(100, 100), ImageFormat::Png);
        // A header that promises 60000 × 60000 pixels, with hardly a byte behind it.
        let mut bomb = encoded(&noise(1, 1), ImageFormat::Png).to_vec();
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let mut crc = crc32(&bomb[12..29]).to_be_bytes();
        bomb[29..33].swap_with_slice(&mut crc);
        let mut wide = encoded(&noise(1, 1), ImageFormat::Gif).to_vec();
        wide[6..10].copy_from_slice(&[0xff; 4]);
        let bmp = [b'B', b'M', 0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0];
        for (what, file) in [
            ("nothing", Bytes::new()),
            ("text", Bytes::from_static(b"hello")),
            ("SVG", Bytes::from_static(svg.as_bytes())),
            ("HTML", Bytes::from_static(b"<html><script>alert(1)</script>")),
            ("a format that is not taken", Bytes::copy_from_slice(&bmp)),
            ("cut", cut.slice(..cut.len() / 2)),
            ("a bomb", bomb.into()),
            ("a wide GIF", wide.into()),
        ] {
            let outcome = draw(file);
            assert!(
                matches!(outcome, Err(Error::NotAnImage)),
                "{what}: {:?}",
                outcome.map(|file| file.len())
            );
        }
    }

    /// The checksum of a chunk, so that the bomb is refused for what it is.
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8)
                .fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
        })
    }
}
