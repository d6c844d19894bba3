//! The applications as a workbook, for the organiser, and for staff those of their people.

use axum::extract::State;
use axum::response::Response;
use kernel::Zone;
use marking::{FieldKind, RegistrationRule};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};
use web::wire::ContestId;
use web::{ApiResult, Path, Problem, Signed};

use super::Declared;
use super::application::{Application, AsRole};
use super::seen::{ApplicationSeen, Telling};
use super::who::Reach;
use crate::ContestRoom;
use crate::field::workbook;

/// One row for each, in the order in which they came.
#[utoipa::path(get, path = "/api/contests/{contest}/applications/export", tag = "registration", operation_id = "export_applications", params(ContestId),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn export(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path(contest): Path<ContestId>,
) -> ApiResult<Response> {
    let floor = room.floor(&contest).await?;
    floor.up_to_now().await?;
    let outline = floor.outline();
    let (outline, actor, contest) = (&outline, &actor, &contest);
    let hall = &room.hall;
    let read = hall.db.read::<_, Problem, _>(|tx| {
        Box::pin(async move {
            let reach = Reach::of(tx, outline, actor).await?;
            let rule = Declared::of(&outline.plan)?;
            let all = Application::all(tx, contest).await?;
            let telling = Telling::new(hall, &outline.plan, &rule, &all, reach.role() == AsRole::Organiser);
            let seen: Vec<ApplicationSeen> =
                all.iter().filter(|one| reach.reaches(one)).map(|one| telling.seen(one)).collect();
            Ok((rule, seen))
        })
    });
    let (rule, seen) = read.await?;
    let zone = room.hall.config.zone.clone();
    let book = workbook::apart(move || written(&rule, &seen, &zone).map_err(Problem::internal)).await?;
    Ok(workbook::download("applications", book))
}

/// Times are those of the hall's clock on the wall; what is a number is one in the file as well.
fn written(rule: &RegistrationRule, seen: &[ApplicationSeen], zone: &Zone) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("报名 Applications")?;
    let (bold, time) = (Format::new().set_bold(), Format::new().set_num_format("yyyy-mm-dd hh:mm"));
    let fixed = ["姓名", "单位", "组别", "代表队", "状态", "候补顺位", "赛场"];
    let last = ["未满足的条件", "理由", "报名时间"];
    let asked = rule.fields.iter().map(|field| field.name.zh.as_str());
    for (at, heading) in (0..).zip(fixed.into_iter().chain(asked).chain(last)) {
        sheet.write_string_with_format(0, at, heading, &bold)?;
        sheet.set_column_width(at, 18)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (row, one) in (1..).zip(seen) {
        let unmet: Vec<&str> = one
            .conditions
            .iter()
            .filter(|condition| !condition.met)
            .map(|condition| condition.says.zh.as_str())
            .collect();
        let text = |text: &str| Cell::Text(text.to_owned());
        let fixed = [
            text(&one.name),
            text(&one.organisation_name.zh),
            text(&one.group_name.zh),
            text(one.team.as_deref().unwrap_or_default()),
            text(one.state.says().0),
            one.position.map_or_else(|| text(""), |position| Cell::Number(position.into())),
            text(one.venue_name.as_ref().map(|venue| venue.zh.as_str()).unwrap_or_default()),
        ];
        let answers = rule.fields.iter().map(|field| answer(field, one));
        let applied = zone.at(one.applied_at.0);
        let last = [text(&unmet.join("；")), text(one.reason.as_deref().unwrap_or_default())];
        let mut at = 0;
        for cell in fixed.into_iter().chain(answers).chain(last) {
            match cell {
                // As text whatever it holds: nobody's answer is a formula.
                Cell::Text(text) => sheet.write_string(row, at, text)?,
                Cell::Number(number) => sheet.write_number(row, at, number)?,
            };
            at += 1;
        }
        let (year, month, day) = (applied.year() as u16, applied.month() as u8, applied.day() as u8);
        let (hour, minute) = (applied.hour() as u16, applied.minute() as u8);
        let applied = ExcelDateTime::from_ymd(year, month, day)?.and_hms(hour, minute, 0.0)?;
        sheet.write_datetime_with_format(row, at, &applied, &time)?;
    }
    book.save_to_buffer()
}

enum Cell {
    Text(String),
    Number(f64),
}

fn answer(field: &marking::FieldRule, one: &ApplicationSeen) -> Cell {
    let written = one.answers.get(&field.code).cloned().unwrap_or_default();
    match &field.kind {
        FieldKind::Choice(choices) => {
            let known = choices.iter().find(|choice| choice.code == written);
            Cell::Text(known.map_or(written, |choice| choice.name.zh.clone()))
        }
        FieldKind::Number => written.parse::<u32>().map_or(Cell::Text(written), |number| Cell::Number(number.into())),
        FieldKind::Text | FieldKind::Date => Cell::Text(written),
    }
}
