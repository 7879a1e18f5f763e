//! From a picture to a small one, within limits of memory and time, whatever the file claims to be.
//!
//! Time is bounded by the number of pixels, and for JPEG, whose scans may go over them again and again, by the number of
//! scans. Memory is bounded before anything of that size is allocated.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits, RgbImage,
    RgbaImage,
};

/// Pixels of a side, at most: what a grid shows, on a screen of twice as many.
const SIDE: u32 = 320;

/// Bytes of a small picture.
const LARGEST: usize = 32 << 10;

/// Pixels that are decoded: what telephones make.
const PIXELS: u64 = 50_000_000;

/// Of a JPEG in several passes, whose coefficients are all kept: six bytes a pixel more.
const PIXELS_IN_PASSES: u64 = 20_000_000;

/// Passes of a JPEG. Ten are usual.
const PASSES: usize = 40;

/// Bytes of a decoded picture.
const DECODED: u64 = 256 << 20;

/// Qualities of JPEG, until one is small enough.
const QUALITIES: [u8; 5] = [80, 65, 50, 35, 20];

/// A small picture.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) mime: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// The small picture; `None` for what is none of the kinds that are drawn, broken, or beyond the limits.
pub(super) fn draw(bytes: Vec<u8>) -> Option<Picture> {
    let small = shrink(bytes)?;
    if let Some(small) = transparent(&small) {
        let mut out = Vec::new();
        let (width, height) = small.dimensions();
        PngEncoder::new(&mut out).write_image(&small, width, height, ExtendedColorType::Rgba8).ok()?;
        if out.len() <= LARGEST {
            return Some(Picture { mime: "image/png", bytes: out });
        }
    }
    let opaque = on_white(&small);
    for quality in QUALITIES {
        let mut out = Vec::new();
        JpegEncoder::new_with_quality(&mut out, quality).encode_image(&opaque).ok()?;
        if out.len() <= LARGEST {
            return Some(Picture { mime: "image/jpeg", bytes: out });
        }
    }
    None
}

/// Decodes and makes smaller, the way up that a camera noted.
fn shrink(bytes: Vec<u8>) -> Option<DynamicImage> {
    let format = image::guess_format(&bytes).ok()?;
    let most = match format {
        ImageFormat::Jpeg => match passes(&bytes)? {
            0..=1 => PIXELS,
            2..=PASSES => PIXELS_IN_PASSES,
            _ => return None,
        },
        ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif => PIXELS,
        _ => return None,
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODED);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > most || decoder.total_bytes() > DECODED {
        return None;
    }
    let orientation = decoder.orientation().ok()?;
    let whole = DynamicImage::from_decoder(decoder).ok()?;
    let mut small = if width > SIDE || height > SIDE { whole.thumbnail(SIDE, SIDE) } else { whole };
    small.apply_orientation(orientation);
    Some(small)
}

/// How often a JPEG goes over its pixels: its start-of-scan markers. Among entropy-coded bytes there are no others; one in
/// the segments before counts as well, and there are few.
fn passes(bytes: &[u8]) -> Option<usize> {
    let scans = bytes.windows(2).filter(|pair| *pair == [0xFF, 0xDA]).count();
    (scans > 0).then_some(scans)
}

/// The picture, if something shows through it.
fn transparent(small: &DynamicImage) -> Option<RgbaImage> {
    if !small.color().has_alpha() {
        return None;
    }
    let small = small.to_rgba8();
    small.pixels().any(|pixel| pixel.0[3] < u8::MAX).then_some(small)
}

fn on_white(small: &DynamicImage) -> RgbImage {
    if !small.color().has_alpha() {
        return small.to_rgb8();
    }
    let small = small.to_rgba8();
    RgbImage::from_fn(small.width(), small.height(), |x, y| {
        let [red, green, blue, alpha] = small.get_pixel(x, y).0;
        let over = |value: u8| {
            let mixed = u32::from(value) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
            u8::try_from(mixed / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([over(red), over(green), over(blue)])
    })
}

#[cfg(test)]
mod tests {
    use image::{Rgb, Rgba};

    use super::*;

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        image.write_to(&mut out, format).expect("encoded");
        out.into_inner()
    }

    fn noise(width: u32, height: u32) -> DynamicImage {
        let value = |x: u32, y: u32| {
            (x.wrapping_mul(2_654_435_761).wrapping_add(y.wrapping_mul(40_503)) >> 7).to_le_bytes()
        };
        RgbImage::from_fn(width, height, |x, y| Rgb([value(x, y)[0], value(y, x)[1], value(x ^ y, x)[0]]))
            .into()
    }

    fn read(picture: &Picture) -> DynamicImage {
        image::load_from_memory(&picture.bytes).expect("a picture")
    }

    #[test]
    fn every_kind_becomes_small() {
        let large = noise(1600, 900);
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
            let picture = draw(encoded(&large, format)).expect("drawn");
            let small = read(&picture);
            assert_eq!((small.width(), small.height(), picture.mime), (320, 180, "image/jpeg"), "{format:?}");
            assert!(picture.bytes.len() <= LARGEST, "noise, too: {}", picture.bytes.len());
        }
        let little = draw(encoded(&noise(20, 10), ImageFormat::Png)).expect("drawn");
        assert_eq!((read(&little).width(), read(&little).height()), (20, 10), "not made larger");
    }

    #[test]
    fn what_shows_through_stays_so() {
        let clear = RgbaImage::from_fn(800, 800, |x, _| Rgba([200, 0, 0, if x < 400 { 0 } else { 255 }]));
        let picture = draw(encoded(&clear.into(), ImageFormat::Png)).expect("drawn");
        assert_eq!((picture.mime, read(&picture).to_rgba8().get_pixel(0, 0).0[3]), ("image/png", 0));
        let opaque = RgbaImage::from_pixel(400, 400, Rgba([9, 9, 9, 255]));
        assert_eq!(draw(encoded(&opaque.into(), ImageFormat::Png)).expect("drawn").mime, "image/jpeg");
    }

    #[test]
    fn a_camera_that_was_turned_is_turned_back() {
        let jpeg = encoded(&noise(400, 200), ImageFormat::Jpeg);
        // An APP1 segment with one entry: orientation 6.
        let exif = b"\xFF\xE1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
        let small = read(&draw(turned).expect("drawn"));
        assert_eq!((small.width(), small.height()), (160, 320));
    }

    /// A PNG that claims so many pixels and has none.
    fn claim(width: u32, height: u32) -> Vec<u8> {
        let mut png = encoded(&noise(1, 1), ImageFormat::Png);
        png[16..20].copy_from_slice(&width.to_be_bytes());
        png[20..24].copy_from_slice(&height.to_be_bytes());
        let crc = crc32fast::hash(&png[12..29]);
        png[29..33].copy_from_slice(&crc.to_be_bytes());
        png
    }

    #[test]
    fn what_would_burst_is_none() {
        assert!(draw(claim(100_000, 100_000)).is_none());
        assert!(draw(claim(u32::MAX / 2, 1)).is_none());
        // Few bytes, many pixels.
        let bomb = encoded(&DynamicImage::new_luma8(8000, 7000), ImageFormat::Png);
        assert!(bomb.len() < 1 << 20);
        assert!(draw(bomb).is_none());
        let jpeg = encoded(&noise(64, 64), ImageFormat::Jpeg);
        let scans = [&jpeg[..jpeg.len() - 2], &b"\xFF\xDA".repeat(1000), b"\xFF\xD9"].concat();
        assert!(draw(scans).is_none(), "more passes than any picture has");
    }

    #[test]
    fn what_is_no_picture_is_none() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
        for bytes in [
            &b""[..],
            b"<script>",
            svg,
            b"\xFF\xD8\xFF",
            b"\x89PNG\r\n\x1A\n",
            b"GIF89a",
            b"RIFF\0\0\0\0WEBP",
            b"BM",
        ] {
            assert!(draw(bytes.to_vec()).is_none(), "{bytes:?}");
        }
        let jpeg = encoded(&noise(64, 64), ImageFormat::Jpeg);
        for end in 0..jpeg.len() {
            drop(draw(jpeg[..end].to_vec()));
        }
    }
}
