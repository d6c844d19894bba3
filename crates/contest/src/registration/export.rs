//! The applications as a workbook, for the organiser, and for staff those of their people.

use axum::extract::State;
use axum::response::Response;
use marking::{FieldKind, RegistrationRule};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
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
    let book = workbook::apart(move || written(&rule, &seen).map_err(Problem::internal)).await?;
    Ok(workbook::download("applications", book))
}

fn written(rule: &RegistrationRule, seen: &[ApplicationSeen]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("报名 Applications")?;
    let bold = Format::new().set_bold();
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
        let fixed = [
            one.name.clone(),
            one.organisation_name.zh.clone(),
            one.group_name.zh.clone(),
            one.team.clone().unwrap_or_default(),
            one.state.says().0.to_owned(),
            one.position.map(|position| position.to_string()).unwrap_or_default(),
            one.venue_name.as_ref().map(|venue| venue.zh.clone()).unwrap_or_default(),
        ];
        let answers = rule.fields.iter().map(|field| answer(field, one));
        let last = [unmet.join("；"), one.reason.clone().unwrap_or_default(), one.applied_at.to_string()];
        for (at, text) in (0..).zip(fixed.into_iter().chain(answers).chain(last)) {
            // As text whatever it holds: nobody's answer is a formula.
            sheet.write_string(row, at, text)?;
        }
    }
    book.save_to_buffer()
}

fn answer(field: &marking::FieldRule, one: &ApplicationSeen) -> String {
    let written = one.answers.get(&field.code).cloned().unwrap_or_default();
    match &field.kind {
        FieldKind::Choice(choices) => {
            choices.iter().find(|choice| choice.code == written).map_or(written, |choice| choice.name.zh.clone())
        }
        _ => written,
    }
}
