//! A picture as it came, looked at by its content and never by its name: what kind it is, how large, and freed of what a camera writes beside
//! it (place, time, device, a second picture in small).
//!
//! The tablet sends none of that; this holds also for who sends by other means. Pixels are not read. What stands behind the end is cut off.
//!
//! Invariant: the same bytes in give the same bytes out, so that a picture that is sent twice has one digest.

/// The longest side that is taken: a viewer needs memory for every pixel.
const SIDE_MOST: u32 = 8192;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Png,
    Webp,
}

impl Kind {
    pub fn media_type(self) -> &'static str {
        match self {
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Webp => "image/webp",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub kind: Kind,
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
}

/// Why bytes are no picture that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Neither JPEG nor PNG nor a still WebP.
    Unknown,
    /// It begins as one and goes on as none, or breaks off.
    Broken,
    TooLarge,
}

pub fn read(bytes: &[u8]) -> Result<Picture, Unreadable> {
    let picture = if bytes.starts_with(&[0xFF, 0xD8]) {
        jpeg(bytes)
    } else if bytes.starts_with(PNG) {
        png(bytes)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        webp(bytes)
    } else {
        return Err(Unreadable::Unknown);
    }?;
    match picture.width.min(picture.height) {
        0 => Err(Unreadable::Broken),
        _ if picture.width.max(picture.height) > SIDE_MOST => Err(Unreadable::TooLarge),
        _ => Ok(picture),
    }
}

fn word(bytes: &[u8], at: usize) -> Result<[u8; 4], Unreadable> {
    bytes.get(at..at + 4).and_then(|word| word.try_into().ok()).ok_or(Unreadable::Broken)
}

fn byte(bytes: &[u8], at: usize) -> Result<u8, Unreadable> {
    bytes.get(at).copied().ok_or(Unreadable::Broken)
}

/// Segments until the end of the image; those of applications and comments stay out, but for what colours need.
fn jpeg(bytes: &[u8]) -> Result<Picture, Unreadable> {
    let (mut at, mut size, mut kept) = (2, (0, 0), vec![0xFF, 0xD8]);
    loop {
        if byte(bytes, at)? != 0xFF {
            return Err(Unreadable::Broken);
        }
        let marker = byte(bytes, at + 1)?;
        match marker {
            // A marker may be filled up in front.
            0xFF => at += 1,
            0x00 | 0x01 | 0xD0..=0xD8 => return Err(Unreadable::Broken),
            0xD9 => {
                kept.extend([0xFF, 0xD9]);
                return Ok(Picture { kind: Kind::Jpeg, width: size.0, height: size.1, bytes: kept });
            }
            _ => {
                let length = usize::from(u16::from_be_bytes([byte(bytes, at + 2)?, byte(bytes, at + 3)?]));
                let segment = bytes.get(at..at + 2 + length).filter(|_| length >= 2).ok_or(Unreadable::Broken)?;
                let content = &segment[4..];
                let stays = match marker {
                    0xE0 => content.starts_with(b"JFIF\0"),
                    0xE2 => content.starts_with(b"ICC_PROFILE\0"),
                    0xEE => content.starts_with(b"Adobe"),
                    0xE1..=0xEF | 0xFE => false,
                    _ => true,
                };
                if stays {
                    kept.extend(segment);
                }
                at += segment.len();
                match marker {
                    0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                        let half = |at| Ok(u32::from(u16::from_be_bytes([byte(content, at)?, byte(content, at + 1)?])));
                        size = (half(3)?, half(1)?);
                    }
                    0xDA => {
                        let end = scan_end(bytes, at)?;
                        kept.extend(&bytes[at..end]);
                        at = end;
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Where the scan that begins at `at` ends: at the first marker that doesn't belong to its data.
fn scan_end(bytes: &[u8], mut at: usize) -> Result<usize, Unreadable> {
    loop {
        let next = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xFF));
        at += next.ok_or(Unreadable::Broken)?;
        match byte(bytes, at + 1)? {
            0x00 | 0xD0..=0xD7 => at += 2,
            0xFF => at += 1,
            _ => return Ok(at),
        }
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Chunks that say how the pixels look; others, animation among them, stay out.
const PNG_STAYS: [&[u8; 4]; 12] =
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"pHYs"];

fn png(bytes: &[u8]) -> Result<Picture, Unreadable> {
    let (mut at, mut size, mut kept) = (PNG.len(), None, PNG.to_vec());
    loop {
        let length = u32::from_be_bytes(word(bytes, at)?) as usize;
        let name = word(bytes, at + 4)?;
        let chunk = bytes.get(at..at.saturating_add(length).saturating_add(12)).ok_or(Unreadable::Broken)?;
        match (size, &name) {
            (None, b"IHDR") if length == 13 => {
                size = Some((u32::from_be_bytes(word(chunk, 8)?), u32::from_be_bytes(word(chunk, 12)?)));
            }
            (None, _) | (Some(_), b"IHDR") => return Err(Unreadable::Broken),
            _ => {}
        }
        if PNG_STAYS.contains(&&name) {
            kept.extend(chunk);
        }
        at += chunk.len();
        if let (b"IEND", Some((width, height))) = (&name, size) {
            return Ok(Picture { kind: Kind::Png, width, height, bytes: kept });
        }
    }
}

/// Bits of an extended WebP's head: it says of Exif and XMP, and of pictures that move.
const WEBP_BESIDE: u8 = 0x08 | 0x04;
const WEBP_MOVES: u8 = 0x02;

fn webp(bytes: &[u8]) -> Result<Picture, Unreadable> {
    let end = (u32::from_le_bytes(word(bytes, 4)?) as usize).saturating_add(8);
    let bytes = bytes.get(..end).ok_or(Unreadable::Broken)?;
    let head = bytes.get(..12).ok_or(Unreadable::Broken)?;
    let (mut at, mut size, mut has_pixels, mut kept) = (12, None, false, head.to_vec());
    while at < bytes.len() {
        let name = word(bytes, at)?;
        let length = u32::from_le_bytes(word(bytes, at + 4)?) as usize;
        let whole = length.saturating_add(length % 2).saturating_add(8);
        let chunk = bytes.get(at..at.saturating_add(whole)).ok_or(Unreadable::Broken)?;
        let content = &chunk[8..];
        match &name {
            b"VP8X" => {
                let wide = |at| {
                    Ok(1 + u32::from_le_bytes([byte(content, at)?, byte(content, at + 1)?, byte(content, at + 2)?, 0]))
                };
                if byte(content, 0)? & WEBP_MOVES != 0 {
                    return Err(Unreadable::Unknown);
                }
                size = Some((wide(4)?, wide(7)?));
                kept.extend(chunk);
                let flags = kept.len() - chunk.len() + 8;
                kept[flags] &= !WEBP_BESIDE;
            }
            b"VP8 " => {
                has_pixels = true;
                let side =
                    |at| Ok(u32::from(u16::from_le_bytes([byte(content, at)?, byte(content, at + 1)?]) & 0x3FFF));
                if content.get(3..6) != Some(&[0x9D, 0x01, 0x2A]) {
                    return Err(Unreadable::Broken);
                }
                size = size.or(Some((side(6)?, side(8)?)));
                kept.extend(chunk);
            }
            b"VP8L" => {
                has_pixels = true;
                let bits = u32::from_le_bytes(word(content, 1)?);
                size = size.or(Some((1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))));
                kept.extend(chunk);
            }
            b"ALPH" | b"ICCP" => kept.extend(chunk),
            _ => {}
        }
        at += whole;
    }
    let (Some((width, height)), true) = (size, has_pixels) else { return Err(Unreadable::Broken) };
    let length = ((kept.len() - 8) as u32).to_le_bytes();
    kept[4..8].copy_from_slice(&length);
    Ok(Picture { kind: Kind::Webp, width, height, bytes: kept })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![0xFF, marker];
        out.extend((content.len() as u16 + 2).to_be_bytes());
        out.extend(content);
        out
    }

    fn jpeg_of(beside: &[Vec<u8>]) -> Vec<u8> {
        let mut out = vec![0xFF, 0xD8];
        beside.iter().for_each(|segment| out.extend(segment));
        out.extend(segment(0xC0, &[8, 0, 60, 0, 80, 1, 1, 0x11, 0]));
        out.extend(segment(0xDA, &[1, 1, 0, 0, 63, 0]));
        out.extend([0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56, 0xFF, 0xD9]);
        out
    }

    fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let mut out = (content.len() as u32).to_be_bytes().to_vec();
        out.extend(name);
        out.extend(content);
        out.extend([0; 4]);
        out
    }

    fn png_of(beside: &[Vec<u8>]) -> Vec<u8> {
        let mut out = PNG.to_vec();
        out.extend(chunk(b"IHDR", &[0, 0, 0, 80, 0, 0, 0, 60, 8, 2, 0, 0, 0]));
        beside.iter().for_each(|chunk| out.extend(chunk));
        out.extend(chunk(b"IDAT", &[1, 2, 3]));
        out.extend(chunk(b"IEND", &[]));
        out
    }

    fn piece(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let mut out = name.to_vec();
        out.extend((content.len() as u32).to_le_bytes());
        out.extend(content);
        out.resize(out.len() + content.len() % 2, 0);
        out
    }

    fn webp_of(pieces: &[Vec<u8>]) -> Vec<u8> {
        let content = pieces.concat();
        let mut out = b"RIFF".to_vec();
        out.extend((content.len() as u32 + 4).to_le_bytes());
        out.extend(b"WEBP");
        out.extend(content);
        out
    }

    fn samples() -> [Vec<u8>; 3] {
        let lossy = piece(b"VP8 ", &[0, 0, 0, 0x9D, 0x01, 0x2A, 80, 0, 60, 0, 9]);
        [jpeg_of(&[]), png_of(&[]), webp_of(&[lossy])]
    }

    #[test]
    fn kind_and_size_are_read_of_the_content() {
        for (bytes, kind) in samples().into_iter().zip([Kind::Jpeg, Kind::Png, Kind::Webp]) {
            assert_eq!(read(&bytes), Ok(Picture { kind, width: 80, height: 60, bytes: bytes.clone() }));
        }
        // 80 × 60, each less one, in 14 bits.
        let lossless = webp_of(&[piece(b"VP8L", &[0x2F, 79, 0xC0, 14, 0])]);
        assert_eq!(read(&lossless).map(|it| (it.width, it.height)), Ok((80, 60)));
    }

    #[test]
    fn what_a_camera_writes_beside_stays_out() {
        let jfif = segment(0xE0, b"JFIF\0 1");
        let told = jpeg_of(&[jfif.clone(), segment(0xE1, b"Exif\0\0N30.5 E120.1"), segment(0xFE, b"a comment")]);
        assert_eq!(read(&told).unwrap().bytes, jpeg_of(&[jfif]));
        let told = png_of(&[chunk(b"eXIf", b"N30.5"), chunk(b"tEXt", b"Author"), chunk(b"pHYs", &[0; 9])]);
        assert_eq!(read(&told).unwrap().bytes, png_of(&[chunk(b"pHYs", &[0; 9])]));
        let head = |flags| piece(b"VP8X", &[flags, 0, 0, 0, 79, 0, 0, 59, 0, 0]);
        let pixels = piece(b"VP8L", &[0x2F, 79, 0xC0, 14, 0]);
        let told = webp_of(&[head(0x0C), pixels.clone(), piece(b"EXIF", b"N30.5"), piece(b"XMP ", b"<x/>")]);
        assert_eq!(read(&told).unwrap().bytes, webp_of(&[head(0), pixels]));
        // Behind the end a telephone hides a film.
        for bytes in samples() {
            let kept = read(&bytes).unwrap().bytes;
            assert_eq!(read(&[bytes, b"a film".to_vec()].concat()).unwrap().bytes, kept);
        }
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        // A length that ends within the head.
        for said in 0..4u8 {
            assert_eq!(read(&[*b"RIFF", [said, 0, 0, 0], *b"WEBP"].concat()), Err(Unreadable::Broken));
        }
        for bytes in [&b""[..], b"GIF89a", b"<svg xmlns='x'/>", b"%PDF-1.7", b"RIFF\0\0\0\0WAVE", b"\xFF"] {
            assert_eq!(read(bytes), Err(Unreadable::Unknown));
        }
        for bytes in samples() {
            for end in 0..bytes.len() {
                assert!(read(&bytes[..end]).is_err(), "{end} bytes of {bytes:?}");
            }
        }
        let moves = webp_of(&[piece(b"VP8X", &[2, 0, 0, 0, 79, 0, 0, 59, 0, 0])]);
        assert_eq!(read(&moves), Err(Unreadable::Unknown));
        let mut wide = png_of(&[]);
        wide[PNG.len() + 8..PNG.len() + 12].copy_from_slice(&8193_u32.to_be_bytes());
        assert_eq!(read(&wide), Err(Unreadable::TooLarge));
    }

    proptest! {
        /// Whatever comes: no panic, and what was freed once is free.
        #[test]
        fn reading_twice_changes_nothing(which in 0..3usize, cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6)) {
            let mut bytes = samples()[which].clone();
            for (at, byte) in cuts {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Ok(picture) = read(&bytes) {
                prop_assert_eq!(read(&picture.bytes), Ok(picture.clone()));
            }
        }
    }
}
