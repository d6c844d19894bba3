//! `multipart/mixed` (RFC 2046) as xAPI uses it: statements first, then files, each with its sum.

use bytes::Bytes;
use memchr::memmem;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use crate::refusal::{Done, Refusal};

/// Files of one request.
const PARTS_MAX: usize = 1_000;
const HEADERS_MAX: usize = 16 * 1024;

pub struct Part {
    headers: Vec<(String, String)>,
    pub bytes: Bytes,
}

impl Part {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn media_type(&self) -> String {
        let kind = self.header("content-type").unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// What it says of its content; checked when it was read.
    pub fn sum(&self) -> &str {
        self.header("x-experience-api-hash").unwrap_or_default()
    }
}

/// Takes the content apart. The first part is what it is; every other one is a file with its sum.
pub fn split(content_type: &str, body: &Bytes) -> Done<Vec<Part>> {
    let boundary = boundary_of(content_type).ok_or_else(|| {
        Refusal::bad_in(
            "Content-Type",
            "multipart/mixed 缺少有效的 boundary",
            "needs a valid boundary with multipart/mixed",
        )
    })?;
    let broken = || Refusal::bad("multipart 内容不完整", "The multipart content is broken");
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    // What stands before the first delimiter is no part.
    let mut at = find_line(body, delimiter.as_bytes(), 0).ok_or_else(broken)?;
    loop {
        at += delimiter.len();
        if body[at..].starts_with(b"--") {
            break;
        }
        let start = after_line(body, at).ok_or_else(broken)?;
        let next = find_line(body, delimiter.as_bytes(), start).ok_or_else(broken)?;
        let end = if body[..next].ends_with(b"\r\n") { next - 2 } else { next - 1 };
        if end < start || parts.len() >= PARTS_MAX {
            return Err(broken());
        }
        parts.push(part(body, start, end)?);
        at = next;
    }
    for part in parts.iter().skip(1) {
        check_file(part)?;
    }
    Ok(parts)
}

fn boundary_of(content_type: &str) -> Option<String> {
    let given = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').to_owned())
    })?;
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
    ((1..=70).contains(&given.len()) && given.bytes().all(good) && !given.ends_with(' ')).then_some(given)
}

/// Where a line begins with the delimiter.
fn find_line(body: &[u8], delimiter: &[u8], from: usize) -> Option<usize> {
    memmem::find_iter(&body[from..], delimiter).map(|at| at + from).find(|at| *at == 0 || body[at - 1] == b'\n')
}

/// Behind the end of this line.
fn after_line(body: &[u8], from: usize) -> Option<usize> {
    memchr::memchr(b'\n', &body[from..]).map(|at| from + at + 1)
}

fn part(body: &Bytes, start: usize, end: usize) -> Done<Part> {
    let broken = || Refusal::bad("某一部分的头部不完整", "The headers of a part are broken");
    let mut headers = Vec::new();
    let mut at = start;
    loop {
        let next = after_line(&body[..end.max(at)], at);
        let line_end = next.unwrap_or(end);
        let line = std::str::from_utf8(&body[at..line_end]).map_err(|_| broken())?.trim_end_matches(['\r', '\n']);
        if line_end - start > HEADERS_MAX {
            return Err(broken());
        }
        if line.is_empty() {
            at = line_end;
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(broken)?;
        headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        at = next.ok_or_else(broken)?;
    }
    Ok(Part { headers, bytes: body.slice(at..end.max(at)) })
}

fn check_file(part: &Part) -> Done<()> {
    if part.header("content-type").is_none() {
        return Err(Refusal::bad_in("Content-Type", "附件缺少此头", "is missing with an attachment"));
    }
    if part.header("content-transfer-encoding") != Some("binary") {
        return Err(Refusal::bad_in(
            "Content-Transfer-Encoding",
            "附件应为 binary",
            "must be binary with an attachment",
        ));
    }
    let Some(sum) = part.header("x-experience-api-hash") else {
        return Err(Refusal::bad_in("X-Experience-API-Hash", "附件缺少此头", "is missing with an attachment"));
    };
    let real = match sum.len() {
        56 => hex::encode(Sha224::digest(&part.bytes)),
        64 => hex::encode(Sha256::digest(&part.bytes)),
        96 => hex::encode(Sha384::digest(&part.bytes)),
        128 => hex::encode(Sha512::digest(&part.bytes)),
        _ => String::new(),
    };
    if real.eq_ignore_ascii_case(sum) {
        return Ok(());
    }
    Err(Refusal::bad_in("X-Experience-API-Hash", "与附件内容不符", "is not the SHA-2 of the attachment"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(kind: &str, body: &str) -> Result<Vec<(String, String)>, ()> {
        let parts = split(kind, &Bytes::copy_from_slice(body.as_bytes())).map_err(|_| ())?;
        Ok(parts.iter().map(|part| (part.media_type(), String::from_utf8_lossy(&part.bytes).into_owned())).collect())
    }

    #[test]
    fn parts_are_taken_apart() {
        let sum = hex::encode(Sha256::digest("a\r\n--x"));
        let body = format!(
            "preamble\r\n--b1\r\nContent-Type: application/json\r\n\r\n{{}}\r\n--b1\r\ncontent-type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {sum}\r\n\r\na\r\n--x\r\n--b1--\r\nepilogue"
        );
        let expected =
            [("application/json", "{}"), ("text/plain", "a\r\n--x")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(read("multipart/mixed; boundary=b1", &body).unwrap(), expected);
        assert_eq!(
            read("multipart/mixed; boundary=\"b1\"", &body.replace("\r\n", "\n").replace("a\n--x", "a\r\n--x"))
                .unwrap(),
            expected
        );
    }

    #[test]
    fn what_is_broken_is_refused() {
        let good = "--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b--";
        assert!(read("multipart/mixed; boundary=b", good).is_ok());
        for (kind, body) in [
            ("multipart/mixed", good),
            ("multipart/mixed; boundary=", good),
            ("multipart/mixed; boundary=c", good),
            ("multipart/mixed; boundary=b", ""),
            ("multipart/mixed; boundary=b", "--b"),
            ("multipart/mixed; boundary=b", "--b\r\n"),
            ("multipart/mixed; boundary=b", "--b\r\n--b"),
            ("multipart/mixed; boundary=b", "--b\r\nContent-Type: application/json\r\n\r\n{}"),
            ("multipart/mixed; boundary=b", "--b\r\nno colon\r\n\r\n{}\r\n--b--"),
            (
                "multipart/mixed; boundary=b",
                "--b\r\nA: b\r\n\r\n{}\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--",
            ),
        ] {
            assert!(read(kind, body).is_err(), "{kind} {body:?}");
        }
    }

    /// A body by its lines, as a program would write it.
    fn written(boundary: &str, contents: &[Vec<u8>], line_end: &str) -> Vec<u8> {
        let mut body = Vec::new();
        for (at, content) in contents.iter().enumerate() {
            let sum = hex::encode(Sha256::digest(content));
            let headers = format!(
                "--{boundary}{line_end}Content-Type: text/p{at}{line_end}Content-Transfer-Encoding: binary{line_end}X-Experience-API-Hash: {sum}\
                 {line_end}{line_end}"
            );
            body.extend(headers.into_bytes());
            body.extend(content);
            body.extend(line_end.as_bytes());
        }
        body.extend(format!("--{boundary}--{line_end}").into_bytes());
        body
    }

    /// Bytes of which many mean something here.
    fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"\r\n".to_vec()),
            Just(b"\n".to_vec()),
            Just(b"\r".to_vec()),
            Just(b"--".to_vec()),
            Just(b"--b".to_vec()),
            Just(b"b".to_vec()),
            Just(b": ".to_vec()),
            Just(b"Content-Type".to_vec()),
            any::<u8>().prop_map(|byte| vec![byte]),
        ];
        prop::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn what_was_put_together_comes_apart(
            boundary in "[0-9a-zA-Z'()+_,./:=?-]{1,70}|b",
            contents in prop::collection::vec(bytes(12), 0..5),
            crlf in any::<bool>(),
        ) {
            let line_end = if crlf { "\r\n" } else { "\n" };
            let delimiter = format!("--{boundary}");
            // What holds the delimiter can't be sent with it; what ends with half of a line's end is read with all of it.
            let sendable = |content: &Vec<u8>| find_line(content, delimiter.as_bytes(), 0).is_none() && (crlf || !content.ends_with(b"\r"));
            let contents: Vec<Vec<u8>> = contents.into_iter().filter(sendable).collect();
            let body = Bytes::from(written(&boundary, &contents, line_end));
            let parts = split(&format!("multipart/mixed; boundary=\"{boundary}\""), &body).map_err(|_| TestCaseError::fail("refused"))?;
            let found: Vec<Vec<u8>> = parts.iter().map(|part| part.bytes.to_vec()).collect();
            prop_assert_eq!(found, contents);
        }

        #[test]
        fn whatever_comes_is_parts_or_a_refusal(front in bytes(4), pieces in bytes(40), kind in "multipart/mixed; boundary=(b|\"b\"|[ -~]{0,8})") {
            for body in [[front.clone(), pieces.clone()].concat(), [b"--b\r\n".to_vec(), pieces, b"\r\n--b--".to_vec()].concat()] {
                let body = Bytes::from(body);
                if let Ok(parts) = split(&kind, &body) {
                    prop_assert!(parts.iter().map(|part| part.bytes.len()).sum::<usize>() <= body.len());
                }
            }
        }
    }
}
