//! The log as it is published: a line for each event, each bound to all lines before it.
//!
//! A line is `{"prev":…,"hash":…,"event":…}`. `hash` is the SHA-256, in hexadecimal, of the text of `prev` followed by the text of `event`,
//! byte for byte as they stand in the line; `prev` is the hash of the line before, and 64 zeros in the first. So a line can't be changed, left
//! out, added or moved without changing the last hash, which the manifest holds.
//!
//! What people wrote in their own words about others stays in the hall: notes, problems and their answers, why a judge was excused, what an
//! appeal says, and the names of those who acted. What was decided, by which account, when and for which reason is all there; where names are not
//! shown, no account of a competitor is.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use web::wire::{AccountId, Timestamp};

use crate::arena::Logged;
use crate::event::Happened;

use super::verify::Difference;

/// What the first line is bound to.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'l> {
    prev: String,
    hash: String,
    #[serde(borrow)]
    event: &'l RawValue,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    position: i64,
    at: Timestamp,
    subject: String,
    /// Who did it; null for the hall itself.
    account: Option<AccountId>,
    happened: Happened,
}

fn bound(prev: &str, event: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(prev.as_bytes());
    hash.update(event.as_bytes());
    hex::encode(hash.finalize())
}

/// What a competitor does himself: his account tells who he is.
pub fn is_of_a_competitor(happened: &Happened) -> bool {
    matches!(happened, Happened::Requested { .. } | Happened::AppealMade { .. } | Happened::AppealWithdrawn { .. })
}

/// The file, and its last hash. Of a blind contest it names no account of a competitor.
pub fn write(log: &[Logged], blind: bool) -> Result<(Vec<u8>, String), serde_json::Error> {
    let mut file = Vec::new();
    let mut prev = NOTHING.to_owned();
    for logged in log {
        let is_told = !(blind && is_of_a_competitor(&logged.happened));
        let event = Event {
            position: logged.position,
            at: logged.at.into(),
            subject: logged.subject.clone(),
            account: logged.account.clone().filter(|_| is_told).map(Into::into),
            happened: published(&logged.happened),
        };
        let event = serde_json::value::to_raw_value(&event)?;
        let hash = bound(&prev, event.get());
        serde_json::to_writer(&mut file, &Line { prev, hash: hash.clone(), event: &event })?;
        file.push(b'\n');
        prev = hash;
    }
    Ok((file, prev))
}

/// The log and its last hash, or the first line that is not bound to those before it.
pub fn read(file: &str) -> Result<(Vec<Logged>, String), Difference> {
    let mut log = Vec::new();
    let mut bytes = 0;
    let mut prev = NOTHING.to_owned();
    for (at, text) in (1_i64..).zip(file.lines()) {
        let place = || format!("log.ndjson:{at}");
        let line: Line<'_> = serde_json::from_str(text).map_err(|error| {
            Difference::new(place(), format!("无法读取：{error}"), format!("it can't be read: {error}"))
        })?;
        if line.prev != prev {
            return Err(Difference::new(place(), "与上一行不相连", "it doesn't follow from the line before"));
        }
        if line.hash != bound(&prev, line.event.get()) {
            return Err(Difference::new(place(), "内容与其散列值不符", "its hash is not that of its content"));
        }
        let event: Event = serde_json::from_str(line.event.get()).map_err(|error| {
            Difference::new(place(), format!("无法读取：{error}"), format!("it can't be read: {error}"))
        })?;
        // What this program reads of it is all that it says. What older versions wrote reads and writes alike.
        let again = serde_json::to_string(&event).ok();
        if again.as_deref() != Some(line.event.get()) || serde_json::to_string(&line).ok().as_deref() != Some(text) {
            return Err(Difference::new(place(), "写法与日志的不同", "it isn't written as a log's lines are"));
        }
        if event.position != at {
            let position = event.position;
            return Err(Difference::new(
                place(),
                format!("序号应为 {at}，而不是 {position}"),
                format!("its position is {position}, not {at}"),
            ));
        }
        log.push(Logged {
            position: event.position,
            at: event.at.0,
            subject: event.subject,
            account: event.account.map(Into::into),
            happened: event.happened,
        });
        bytes += text.len() + 1;
        prev = line.hash;
    }
    if bytes != file.len() {
        return Err(Difference::new("log.ndjson", "行尾不对", "its lines don't end as a log's do"));
    }
    Ok((log, prev))
}

/// An event without the words that stay in the hall.
fn published(happened: &Happened) -> Happened {
    let mut published = happened.clone();
    match &mut published {
        Happened::Mark { note, .. } => *note = None,
        Happened::Problem { text, .. } => text.clear(),
        Happened::ProblemSettled { answer, by, .. } => {
            answer.clear();
            by.clear();
        }
        Happened::JudgeExcused { reason, .. } => reason.clear(),
        Happened::EquipmentSet { by, .. } => by.clear(),
        Happened::JudgeReturned { reason, .. } => *reason = None,
        Happened::RulesPublished { by, .. }
        | Happened::RulesShadowed { by, .. }
        | Happened::Signed { by, .. }
        | Happened::RecheckOrdered { by, .. }
        | Happened::EntryRechecked { by, .. }
        | Happened::Corrected { by, .. }
        | Happened::AppealAnswered { by, .. }
        | Happened::DrawUndoing { by, .. } => by.clear(),
        Happened::AppealWithdrawn { reason, by, .. } => {
            *reason = None;
            by.clear();
        }
        Happened::AppealMade { text, asks, by, .. } => {
            text.clear();
            *asks = None;
            by.clear();
        }
        Happened::State { .. }
        | Happened::Verdict { .. }
        | Happened::Decided { .. }
        | Happened::Clock { .. }
        | Happened::RoundOpened { .. }
        | Happened::Imported { .. }
        | Happened::PlanChanged { .. }
        | Happened::Requested { .. }
        | Happened::Watched { .. }
        | Happened::DrawCommitted { .. }
        | Happened::LotsDrawn { .. }
        | Happened::DrawUndone { .. }
        | Happened::PhotoAdded { .. }
        | Happened::PhotoWithdrawn { .. }
        | Happened::VerdictTakenBack { .. }
        | Happened::VerdictAmended { .. } => {}
    }
    published
}
