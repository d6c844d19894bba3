//! When the competitor asked to be judged: a table beside the samples, for recordings of programs that don't know of it.
//!
//! CSV with a column of time, as the samples have it, a column `checkpoint`, which may be empty (everything), and, where there
//! are several stations, a column `station`. A line that can't be placed refuses the whole table: a request that is left out
//! would change what is judged.

use std::path::Path;
use std::sync::Arc;

use kernel::{Nanos, Text};

use super::{ConvertFault, csv, time, unpacked_text};
use crate::Request;
use crate::tick::shortened;

/// What the samples say about who can have asked, and when.
pub(super) struct Recorded<'r> {
    pub stations: &'r [Arc<str>],
    pub from: Nanos,
    pub to: Nanos,
}

/// All requests in order of time, or every line that is no request.
pub(super) fn read(path: &Path, recorded: &Recorded<'_>) -> Result<Vec<Request>, ConvertFault> {
    let (_, text) = unpacked_text(path)?;
    let named = |why: Text| {
        let path = path.display();
        ConvertFault::input(format!("{path}：{}", why.zh), format!("{path}: {}", why.en))
    };
    parse(&text, recorded).map_err(named)
}

fn parse(text: &str, recorded: &Recorded<'_>) -> Result<Vec<Request>, Text> {
    let separator = csv::separator_of(text.lines().next().unwrap_or_default());
    let mut reader = ::csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let unreadable = |error: ::csv::Error| csv::unreadable(error).text();
    let header = reader.headers().map_err(unreadable)?.clone();
    let titles: Vec<&str> = header.iter().map(str::trim).collect();
    let clock = csv::time_column(&titles).map_err(|fault| fault.text())?;
    let column = |wanted: &[&str]| titles.iter().position(|title| wanted.contains(&title.to_lowercase().as_str()));
    let Some(checkpoint) = column(&["checkpoint", "检查点"]) else {
        let shown = shortened(&titles.join(", "));
        return Err(Text::new(
            format!("缺少 checkpoint（检查点）列，表头为 {shown}"),
            format!("there is no column `checkpoint`, the header is {shown}"),
        ));
    };
    let station = column(&["station", "工位"]);
    let (mut requests, mut wrong) = (Vec::new(), Vec::new());
    for row in reader.records() {
        let row = row.map_err(unreadable)?;
        let line = row.position().map_or(0, ::csv::Position::line);
        // A decimal comma between commas would make `5` the checkpoint of `4,5`, and a checkpoint left out would ask for all.
        if row.len() != titles.len() {
            let (found, wanted) = (row.len(), titles.len());
            wrong.push((
                line,
                Text::new(
                    format!("有 {found} 列，应有 {wanted} 列；以逗号分列时，小数点写作 `.`，空的检查点也要写分隔符"),
                    format!(
                        "it has {found} columns instead of {wanted}; between commas write decimals with a point, and end it with a separator where the checkpoint is empty"
                    ),
                ),
            ));
            continue;
        }
        let cell = |ix: usize| row.get(ix).unwrap_or_default().trim();
        match request(cell(clock), cell(checkpoint), station.map(cell), recorded) {
            Ok(request) => requests.push(request),
            Err(why) => wrong.push((line, why)),
        }
    }
    if wrong.is_empty() {
        requests.sort_by_key(|request| request.at);
        return Ok(requests);
    }
    let listed = |say: &dyn Fn(&(u64, Text)) -> String, joint: &str| -> String {
        wrong.iter().map(say).collect::<Vec<_>>().join(joint)
    };
    Err(Text::new(
        listed(&|(line, why)| format!("第 {line} 行：{}", why.zh), "；"),
        listed(&|(line, why)| format!("line {line}: {}", why.en), "; "),
    ))
}

fn request(at: &str, checkpoint: &str, station: Option<&str>, recorded: &Recorded<'_>) -> Result<Request, Text> {
    let shown = shortened(at);
    let at = time::parse(at)
        .ok_or_else(|| Text::new(format!("时间“{shown}”无法读取"), format!("the time {shown:?} can't be read")))?;
    if !(recorded.from..=recorded.to).contains(&at) {
        return Err(Text::new(
            format!("时间“{shown}”不在录制之内（{} 至 {}）", recorded.from.to_timestamp(), recorded.to.to_timestamp()),
            format!(
                "the time {shown:?} is outside of the recording, which goes from {} to {}",
                recorded.from.to_timestamp(),
                recorded.to.to_timestamp()
            ),
        ));
    }
    let station = match (station.filter(|station| !station.is_empty()), recorded.stations) {
        (None, [only]) => only.clone(),
        (Some(named), stations) if let Some(found) = stations.iter().find(|station| ***station == *named) => {
            found.clone()
        }
        (named, stations) => {
            let stations: Vec<&str> = stations.iter().map(|station| &**station).collect();
            let named = shortened(named.unwrap_or_default());
            return Err(Text::new(
                format!("工位“{named}”不在录制中，录制中有 {}", stations.join("、")),
                format!("the station {named:?} isn't in the recording, which holds {}", stations.join(", ")),
            ));
        }
    };
    Ok(Request { station, at, checkpoint: (!checkpoint.is_empty()).then(|| checkpoint.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, stations: &[&str]) -> Result<Vec<String>, String> {
        let stations: Vec<Arc<str>> = stations.iter().map(|station| Arc::from(*station)).collect();
        let recorded = Recorded { stations: &stations, from: Nanos(0), to: Nanos(10_000_000_000) };
        let shown = |request: &Request| {
            format!("{} {} {}", request.at.0 / 1_000_000, request.station, request.checkpoint.as_deref().unwrap_or("*"))
        };
        parse(text, &recorded).map(|all| all.iter().map(shown).collect()).map_err(|why| why.en)
    }

    #[test]
    fn requests_have_their_time_their_checkpoint_and_their_station() {
        assert_eq!(said("t,checkpoint\n5,repaired\n4.5,\n", &["S01"]).unwrap(), ["4500 S01 *", "5000 S01 repaired"]);
        assert_eq!(said("t;Checkpoint;Station\n5;done;B\n", &["A", "B"]).unwrap(), ["5000 B done"]);
        assert_eq!(said("时间,检查点\n1,完成\n", &["S01"]).unwrap(), ["1000 S01 完成"]);
        // Where the comma isn't the separator, it may be the decimal sign.
        assert_eq!(said("t;checkpoint\n4,5;repaired\n\n5;\n", &["S01"]).unwrap(), ["4500 S01 repaired", "5000 S01 *"]);
    }

    #[test]
    fn every_line_that_is_no_request_is_named() {
        for (text, stations, expected) in [
            ("", &["S01"][..], "there is no column of time"),
            ("t,point\n1,x\n", &["S01"], "there is no column `checkpoint`"),
            (
                "t,checkpoint\nsoon,x\n1,x\n11,x\n",
                &["S01"],
                "line 2: the time \"soon\" can't be read; line 4: the time \"11\" is outside",
            ),
            ("t,checkpoint\n1,x\n", &["A", "B"], "the station \"\" isn't in the recording, which holds A, B"),
            (
                "t,checkpoint\n4,5,repaired\n4.5\n4.5,repaired,\n5,\n",
                &["S01"],
                "line 2: it has 3 columns instead of 2; between commas write decimals with a point",
            ),
            ("t,checkpoint\n4.5\n", &["S01"], "line 2: it has 1 columns instead of 2"),
            ("t,checkpoint,station\n1,x\n", &["A"], "line 2: it has 2 columns instead of 3"),
            ("t,checkpoint\n4.5,x,y\n4.5,\n1\n", &["S01"], "; line 4: it has 1 columns instead of 2"),
            ("t,checkpoint,station\n1,x,C\n", &["A"], "the station \"C\" isn't in the recording"),
        ] {
            let why = said(text, stations).expect_err(text);
            assert!(why.contains(expected), "{why} does not say {expected}");
        }
    }
}
