//! `If-Match` and `If-None-Match`.

use http::{Method, StatusCode, header};
use xapi::Version;

use super::Kind;
use crate::call::Call;
use crate::refusal::{Done, Refusal};

/// `there`: the tag of the document that is there.
pub fn check(call: &Call, kind: Kind, there: Option<&str>) -> Done<()> {
    let (matching, none_matching) = (call.header(header::IF_MATCH), call.header(header::IF_NONE_MATCH));
    let failed =
        || Refusal::new(StatusCode::PRECONDITION_FAILED, "文档已变化", "The document is not what was expected");
    if let Some(wanted) = matching
        && !there.is_some_and(|there| names(wanted, there))
    {
        return Err(failed());
    }
    if let Some(unwanted) = none_matching
        && there.is_some_and(|there| names(unwanted, there))
    {
        return Err(failed());
    }
    // Who overwrites without having looked would undo what another has written. 1.0.3 leaves states to their one writer, and asks for a header
    // with every profile that is put.
    let careless = matching.is_none() && none_matching.is_none() && call.method == Method::PUT;
    if !careless || (call.version == Version::V1_0_3 && kind == Kind::State) {
        return Ok(());
    }
    if there.is_some() {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            "文档已存在；先读取，再用 If-Match 带上它的 ETag",
            "The document is there already; read it, and send its ETag in If-Match",
        ));
    }
    if call.version == Version::V1_0_3 {
        return Err(Refusal::bad_in(
            "If-None-Match",
            "写入档案须带 If-Match 或 If-None-Match",
            "or If-Match must come with a profile that is put",
        ));
    }
    Ok(())
}

fn names(list: &str, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    list.split(',').any(|tag| tag.trim() == "*" || bare(tag) == bare(etag))
}
