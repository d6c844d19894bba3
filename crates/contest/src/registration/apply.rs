//! Somebody applies: for himself, or as staff for one of his organisation's people.

use std::collections::BTreeMap;

use axum::extract::State;
use kernel::{ApplicationId, ErrorCode};
use marking::{Entrants, RegistrationRule};
use serde::Deserialize;
use store::{Tx, args};
use utoipa::ToSchema;
use web::directory;
use web::wire::{ContestId, PersonId, Text, Timestamp};
use web::{Answer, ApiResult, Faults, IdempotencyKey, Json, Path, Problem, Signed};

use super::application::{Application, ApplicationState, AsRole, Step};
use super::overview::{RegistrationState, Window};
use super::seen::{ApplicationSeen, Telling};
use super::who::{is_organiser, is_staff_over, must_not_judge};
use super::{Declared, must_be_open_field};
use crate::arena::Outline;
use crate::plan::Plan;
use crate::{ContestRoom, sql};

const TEAM_CHARS_MOST: usize = 100;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Apply {
    /// Null: whoever asks.
    pub person: Option<PersonId>,
    /// The code of a group of the contest.
    pub group: String,
    /// The team's name, where one applies in teams.
    pub team: Option<String>,
    /// By the code of the field.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
}

/// While registration is open; an organiser also before and after, until lots are drawn. Of a person at most one application to a contest stands. An application that doesn't meet every condition is taken, and says so: the organiser decides.
#[utoipa::path(post, path = "/api/contests/{contest}/applications", tag = "registration", operation_id = "apply", params(ContestId), request_body = Apply, responses((status = 201, body = ApplicationSeen)))]
pub async fn apply(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<Apply>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let (hall, floor_ref, actor, wanted) = (&room.hall, &floor, &actor, &wanted);
    web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let outline = floor_ref.outline();
            let rule = Declared::of(&outline.plan)?;
            must_not_judge(&outline, actor)?;
            let person = wanted.person.as_ref().map_or(&actor.person, |person| &person.0);
            let Some(at) = directory::person_at(tx, person).await? else {
                return Err(Problem::invalid("person", "没有这个人", "there is no such person"));
            };
            let organiser = is_organiser(actor, &outline.plan.id);
            let role = if *person == actor.person && !organiser {
                AsRole::Applicant
            } else if organiser {
                AsRole::Organiser
            } else if is_staff_over(tx, actor, &at.organisation).await? {
                AsRole::Staff
            } else {
                return Err(Problem::new(ErrorCode::Forbidden).detail(
                    "只能为自己或本单位的人报名",
                    "One applies for himself, or as staff for people of one's organisation",
                ));
            };
            let now = hall.now();
            must_be_open(tx, &outline, &rule, role, now).await?;
            let form = Form::read(&outline.plan, &rule, &wanted.group, wanted.team.as_deref(), &wanted.answers)?;
            must_be_new(tx, &outline, person).await?;
            let mut application = Application {
                id: hall.fresh(),
                contest: outline.plan.id.clone(),
                person: person.clone(),
                person_name: at.name.clone(),
                organisation: at.organisation.clone(),
                organisation_name: at.organisation_name.clone().into(),
                group: form.group,
                team: form.team,
                answers: form.answers,
                state: ApplicationState::Submitted,
                queue: None,
                venue: None,
                entry: None,
                replaces: None,
                reason: None,
                applied_at: now,
                changed_at: now,
                version: 0,
            };
            let step = Step { at: now, account: Some(&actor.account), act: "applied", role, reason: None };
            application.insert(tx, &step).await?;
            let all = [application];
            Answer::created(&Telling::new(hall, &outline.plan, &rule, &all, organiser).seen(&all[0]))
        })
    })
    .await
}

/// Registration is open; to the organiser, until the field stands.
pub(super) async fn must_be_open(
    tx: &mut Tx<'_>,
    outline: &Outline,
    rule: &Declared,
    role: AsRole,
    now: kernel::Timestamp,
) -> ApiResult<()> {
    must_be_open_field(outline)?;
    let window = Window::of(tx, outline, rule).await?;
    let state = window.state(outline, now);
    if role == AsRole::Organiser || state == RegistrationState::Open {
        return Ok(());
    }
    let at = |at: Option<kernel::Timestamp>| serde_json::json!(at.map(Timestamp::from));
    let problem = Problem::new(ErrorCode::RegistrationClosed)
        .with("opens_at", at(window.opens_at))
        .with("closes_at", at(window.closes_at));
    Err(match state {
        RegistrationState::NotYet => problem.detail("报名尚未开始", "Registration has not begun yet"),
        RegistrationState::Closed => problem.detail("报名已经截止", "Registration has closed"),
        _ => problem.detail("组织者尚未开放报名", "The organiser has not opened registration"),
    })
}

/// Somebody who hasn't applied, is not in the field and judges nothing here.
pub(super) async fn must_be_new(tx: &mut Tx<'_>, outline: &Outline, person: &kernel::PersonId) -> ApiResult<()> {
    if let Some(row) = tx.opt(sql::APPLICATION_LIVE, &args![&outline.plan.id, person]).await? {
        let id: ApplicationId = row.get("id")?;
        return Err(Problem::new(ErrorCode::AppliedAlready).with("application", id.as_str()));
    }
    if outline.plan.entry_of_person(person).is_some() {
        return Err(
            Problem::new(ErrorCode::AppliedAlready).detail("此人已在参赛名单中", "This person is in the field already")
        );
    }
    if outline.plan.judges.iter().any(|judge| judge.person == *person) {
        return Err(Problem::new(ErrorCode::Conflict)
            .detail("此人是本场裁判，不能报名", "This person is a judge of the contest and can't apply"));
    }
    Ok(())
}

/// What was filled in, as it is kept.
pub(super) struct Form {
    pub group: String,
    pub team: Option<String>,
    pub answers: BTreeMap<String, String>,
}

impl Form {
    /// All faults, each at its field.
    pub fn read(
        plan: &Plan,
        rule: &RegistrationRule,
        group: &str,
        team: Option<&str>,
        answers: &BTreeMap<String, String>,
    ) -> ApiResult<Form> {
        let mut faults = Faults::default();
        let read = Form::faulted(plan, rule, group, team, answers);
        match read {
            Ok(form) => Ok(form),
            Err(found) => {
                found.into_iter().for_each(|(path, says)| faults.add(path, says.zh, says.en));
                faults.finish()?;
                Err(ErrorCode::Invalid.into())
            }
        }
    }

    /// The same, with the faults by path: `group`, `team`, `answers.CODE`.
    pub fn faulted(
        plan: &Plan,
        rule: &RegistrationRule,
        group: &str,
        team: Option<&str>,
        answers: &BTreeMap<String, String>,
    ) -> Result<Form, Vec<(String, Text)>> {
        let mut faults: Vec<(String, Text)> = Vec::new();
        let mut fault = |path: &str, zh: String, en: String| faults.push((path.to_owned(), Text { zh, en }));
        let groups = plan.scheme.scheme.groups();
        let written = group.trim();
        let found = groups.iter().find(|known| {
            known.code == written || known.name.zh == written || known.name.en.eq_ignore_ascii_case(written)
        });
        if found.is_none() {
            let known = |name: fn(&kernel::Text) -> &str, between: &str| {
                groups.iter().map(|group| name(&group.name)).collect::<Vec<_>>().join(between)
            };
            if groups.is_empty() && written.is_empty() {
                // A scheme without groups has one field.
            } else if written.is_empty() {
                fault("group", "请选择组别".into(), "choose a group".into());
            } else {
                let (zh, en) = (known(|name| &name.zh, "、"), known(|name| &name.en, ", "));
                fault("group", format!("没有这个组别；有：{zh}"), format!("there is no such group; there are {en}"));
            }
        }
        let team = team.map(str::trim).filter(|team| !team.is_empty());
        match (team, rule.entrants) {
            (None, Entrants::Teams) => {
                fault("team", "本场按队报名，请填写队名".into(), "one applies in teams: name the team".into())
            }
            (Some(_), Entrants::Individuals) => {
                fault("team", "本场只收个人报名".into(), "individuals only apply".into())
            }
            (Some(team), _) if team.chars().count() > TEAM_CHARS_MOST || team.chars().any(char::is_control) => fault(
                "team",
                format!("最多 {TEAM_CHARS_MOST} 个字，不含控制字符"),
                format!("at most {TEAM_CHARS_MOST} characters, none of them control characters"),
            ),
            _ => {}
        }
        let read = rule.read(answers);
        if let Err(found) = &read {
            faults.extend(found.iter().map(|fault| (format!("answers.{}", fault.field), Text::from(&fault.says))));
        }
        match read {
            Ok(answers) if faults.is_empty() => Ok(Form {
                group: found.map(|group| group.code.clone()).unwrap_or_default(),
                team: team.map(str::to_owned),
                answers: answers.iter().map(|(code, answer)| (code.clone(), answer.written())).collect(),
            }),
            _ => Err(faults),
        }
    }
}
