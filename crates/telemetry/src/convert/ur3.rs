//! The UR3 CobotOps table as it was published: one row about every second of a collaborative robot's day.

use referee::{SignalDecl, SignalKind};

use super::decl;
use crate::RunMetadata;

/// Its licence asks that this stands beside every copy; it travels in the recording's metadata.
const SOURCE: &str = "M. Tyrovolas, K. Aliev, D. Antonelli, C. Stylios, UR3 CobotOps, UCI Machine Learning Repository, 2024, doi 10.24432/C5J891";
const LICENCE: &str = "Creative Commons Attribution 4.0 International (CC BY 4.0)";
const CHANGES: &str = "Converted from CSV: signals renamed, empty cells marked as not read, the row number left out; no value was changed.";

pub(super) fn is_meant(columns: &[&str]) -> bool {
    ["Current_J0", "Temperature_T0", "Speed_J5", "Tool_current", "Robot_ProtectiveStop", "grip_lost"]
        .iter()
        .all(|column| columns.contains(column))
}

/// The signal that a column is, if it is one.
pub(super) fn signal(column: &str) -> Option<SignalDecl> {
    let real = |unit: &str| SignalKind::Real { unit: unit.to_owned() };
    match column {
        "Tool_current" => return Some(decl("tool_current", real("A"))),
        "cycle" => return Some(decl("cycle", SignalKind::Integer)),
        "Robot_ProtectiveStop" => return Some(decl("protective_stop", SignalKind::Bool)),
        "grip_lost" => return Some(decl("grip_lost", SignalKind::Bool)),
        // Joint 0's temperature has another name than the others'.
        "Temperature_T0" => return Some(decl("temperature_j0", real("°C"))),
        _ => {}
    }
    let (quantity, joint) = column.split_once("_J")?;
    if !matches!(joint, "0" | "1" | "2" | "3" | "4" | "5") {
        return None;
    }
    match quantity {
        "Current" => Some(decl(format!("current_j{joint}"), real("A"))),
        "Temperature" => Some(decl(format!("temperature_j{joint}"), real("°C"))),
        "Speed" => Some(decl(format!("speed_j{joint}"), real("rad/s"))),
        _ => None,
    }
}

pub(super) fn about() -> RunMetadata {
    let notes = [("source", SOURCE), ("licence", LICENCE), ("changes", CHANGES)];
    RunMetadata {
        notes: notes.into_iter().map(|(key, note)| (key.to_owned(), note.to_owned())).collect(),
        ..RunMetadata::default()
    }
}
