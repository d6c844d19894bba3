//! The admission letter: who, which contest, when to be where, what to bring, and the code for check-in. A4 portrait.

use jiff::civil::{Date, DateTime};
use kernel::text::Text;
use serde_json::{Value, json};

use crate::fault::Refusal;
use crate::fonts::Fonts;
use crate::press::{Template, print};
use crate::reader::{ITEMS_MAX, NAME_MAX, NUMBER_MAX, Reader, TITLE_MAX};
use crate::{Languages, date};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmissionLetter {
    pub languages: Languages,
    pub name: String,
    pub organisation: Option<Text>,
    pub contest: Text,
    pub group: Option<Text>,
    pub venue: Text,
    /// How to find the venue.
    pub address: Option<Text>,
    /// Station or seat, where it may be told before the day.
    pub station: Option<String>,
    pub appointments: Vec<Appointment>,
    pub bring: Vec<Text>,
    pub notes: Vec<Text>,
    /// What the QR code says to those who check in.
    pub check_in: String,
    /// The same, short, for when no camera works.
    pub check_in_code: Option<String>,
    pub hall: Text,
    /// The day of the letter, and the date of the file.
    pub on: Date,
}

/// When to be where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// By the venue's clocks.
    pub at: DateTime,
    pub what: Text,
    pub place: Text,
}

pub fn admission_letter(fonts: &Fonts, letter: &AdmissionLetter) -> Result<Vec<u8>, Refusal> {
    let mut reader = Reader::new(fonts, letter.languages);
    let name = reader.line("name", &letter.name, NAME_MAX);
    reader.count("appointments", letter.appointments.len());
    let appointments = letter.appointments.iter().enumerate().take(ITEMS_MAX).map(|(at, one)| {
        let place = |what| format!("appointments[{at}].{what}");
        json!({
            "clock": date::clock(one.at),
            "day": date::both(date::weekday(one.at.date())),
            "what": reader.both(&place("what"), &one.what, TITLE_MAX),
            "place": reader.both(&place("place"), &one.place, TITLE_MAX),
        })
    });
    let appointments: Value = appointments.collect();
    let data = json!({
        "languages": letter.languages.codes(),
        "families": fonts.families(),
        "title": format!("参赛通知书 Admission Letter {name}"),
        "name": name,
        "organisation": reader.both_if_any("organisation", letter.organisation.as_ref(), TITLE_MAX),
        "contest": reader.both("contest", &letter.contest, TITLE_MAX),
        "group": reader.both_if_any("group", letter.group.as_ref(), TITLE_MAX),
        "venue": reader.both("venue", &letter.venue, TITLE_MAX),
        "address": reader.both_if_any("address", letter.address.as_ref(), TITLE_MAX),
        "station": letter.station.as_ref().map(|station| reader.line("station", station, NUMBER_MAX)),
        "appointments": appointments,
        "bring": reader.list("bring", &letter.bring),
        "notes": reader.list("notes", &letter.notes),
        "qr": reader.code("check_in", &letter.check_in),
        "code": letter.check_in_code.as_ref().map(|code| reader.line("check_in_code", code, NUMBER_MAX)),
        "hall": reader.both("hall", &letter.hall, TITLE_MAX),
        "on": date::parts(letter.on),
        "date": date::both(date::day(letter.on)),
    });
    reader.finish()?;
    print(fonts, Template::Admission, data)
}
