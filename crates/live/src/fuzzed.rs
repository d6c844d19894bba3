//! The way in for the fuzzer: what a spectator's first bytes ask for.

use crate::path::read_target;
use crate::request::{Head, read_head};

/// The topic and the id to resume from, if the head is complete, well-formed and asks for a public view.
pub fn asked(arrived: &[u8]) -> Option<(String, Option<String>)> {
    let Head::Complete(request) = read_head(arrived) else { return None };
    let asked = read_target(&request.target)?;
    Some((asked.topic, request.last_event_id.or(asked.last_event_id)))
}
