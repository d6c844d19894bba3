//! Many applications at once, by Excel: from an organiser, or from the staff of an organisation for its people. Checked whole; all rows, or none.

use std::collections::{BTreeMap, HashMap, HashSet};

use axum::extract::State;
use axum::response::Response;
use kernel::{ErrorCode, OrganisationId, PersonId, Text};
use marking::RegistrationRule;
use store::Tx;
use web::directory::{self, Named, NewPerson};
use web::wire::ContestId;
use web::{Answer, ApiResult, Hall, IdempotencyKey, Multipart, Path, Problem, Query, Signed, idempotency};

use super::application::{Application, ApplicationState, AsRole, Step};
use super::apply::{Form, must_be_open};
use super::columns::{GROUP, NAME, ORGANISATION, TEAM, code_of, codes, columns};
use super::who::{is_organiser, is_staff_over, must_not_judge};
use super::{Declared, must_be_open_field};
use crate::ContestRoom;
use crate::arena::Outline;
use crate::field::annotate::annotate;
use crate::field::annotated::notes;
use crate::field::import::{
    Checked, ImportForm, ImportMode, PREVIEW_ROWS, column_passed_over, preview, row_problem, rows_problem,
};
use crate::field::people_rows::RowFault;
use crate::field::workbook::{self, Column, ReadSheet, SheetRow};
use crate::floor::Floor;
use crate::plan::Plan;

const NAME_CHARS_MOST: usize = 40;

/// An empty form with a column for everything that this contest asks.
#[utoipa::path(get, path = "/api/contests/{contest}/applications/imports/template", tag = "registration", operation_id = "applications_template", params(ContestId),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn template(State(room): State<ContestRoom>, Path(contest): Path<ContestId>) -> ApiResult<Response> {
    let floor = room.floor(&contest).await?;
    let plan = floor.arena().plan.clone();
    let rule = Declared::of(&plan)?;
    let codes = codes(&rule);
    let mut columns = columns(&rule, &codes);
    if let (Some(column), Some(group)) =
        (columns.iter_mut().find(|column| column.code == GROUP), plan.scheme.scheme.groups().first())
    {
        column.example = &group.name.zh;
    }
    Ok(workbook::download("applications", workbook::template(&columns)?))
}

/// Checks a file, and with `commit` takes it: all rows, or none when one has a fault. Organisations must be known; a person that nobody knows yet is added to his organisation.
#[utoipa::path(post, path = "/api/contests/{contest}/applications/imports", tag = "registration", operation_id = "import_applications", params(ContestId, ImportMode),
    request_body(content = ImportForm, content_type = "multipart/form-data"), responses((status = 200, body = Checked)))]
pub async fn import(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Query(mode): Query<ImportMode>,
    form: Multipart,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let rule = Declared::of(&floor.arena().plan)?;
    let sheet = read(form.file("file")?.bytes.clone(), &rule).await?;
    let commit = mode.commit == Some(true);
    let annotated = format!("/api/contests/{}/applications/imports/annotated", *contest);
    floor.up_to_now().await?;
    let (hall, floor_ref, actor, rule, rows) = (&room.hall, &floor, &actor, &rule, &sheet.rows);
    // A whole file is checked while others write.
    let found = hall.db.read::<_, Problem, _>(|tx| Box::pin(check(tx, hall, floor_ref, actor, rule, rows))).await;
    let found = match found {
        Ok(found) if !commit || found.faults.is_empty() => found,
        refused => {
            // What is wrong may be what this very request did when it was sent for the first time.
            if let Some(kept) = idempotency::replayed(hall, &key).await? {
                return Ok(kept);
            }
            return Err(rows_problem(&refused?.faults).with("annotated", annotated));
        }
    };
    let codes = codes(rule);
    let columns = columns(rule, &codes);
    let checked = Checked {
        rows: rows.len(),
        valid: found.good.len(),
        committed: commit,
        problems: found.faults.iter().map(row_problem).collect(),
        passed_over: sheet.passed_over.iter().map(column_passed_over).collect(),
        annotated: (!found.faults.is_empty()).then(|| annotated.clone()),
        preview: rows.iter().take(PREVIEW_ROWS).map(|row| preview(row, &columns)).collect(),
    };
    let (found, checked, annotated) = (&found, &checked, &annotated);
    web::write(hall, &key, |tx| {
        Box::pin(async move {
            if commit {
                let faults = changed_since(tx, hall, floor_ref, actor, rule, found).await?;
                if !faults.is_empty() {
                    return Err(rows_problem(&faults).with("annotated", annotated.as_str()));
                }
                take(tx, hall, floor_ref, actor, found).await?;
            }
            Answer::ok(checked)
        })
    })
    .await
}

/// The same workbook with a column of problems.
#[utoipa::path(post, path = "/api/contests/{contest}/applications/imports/annotated", tag = "registration", operation_id = "annotate_applications", params(ContestId),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn annotated(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path(contest): Path<ContestId>,
    form: Multipart,
) -> ApiResult<Response> {
    let floor = room.floor(&contest).await?;
    floor.up_to_now().await?;
    let rule = Declared::of(&floor.arena().plan)?;
    let bytes = form.file("file")?.bytes.clone();
    let sheet = read(bytes.clone(), &rule).await?;
    let (hall, floor, actor, rule_ref, rows) = (&room.hall, &floor, &actor, &rule, &sheet.rows);
    let checked = hall.db.read::<_, Problem, _>(|tx| {
        Box::pin(async move { Ok(check(tx, hall, floor, actor, rule_ref, rows).await?.faults) })
    });
    let faults = checked.await?;
    let codes = codes(&rule);
    let notes = notes(&faults, &columns(&rule, &codes));
    match workbook::apart(move || Ok(annotate(&bytes, &sheet, &notes))).await? {
        Ok(book) => Ok(workbook::download("applications-problems", book)),
        Err(why) if faults.is_empty() => Err(Problem::new(ErrorCode::SheetUnreadable).detail_text(why.says())),
        Err(why) => Err(rows_problem(&faults).detail_text(why.says())),
    }
}

async fn read(bytes: bytes::Bytes, rule: &Declared) -> ApiResult<ReadSheet> {
    let rule = rule.clone();
    workbook::apart(move || {
        let codes = codes(&rule);
        workbook::read(&bytes, &columns(&rule, &codes))
    })
    .await
}

/// A row without a fault.
struct Good {
    row: u32,
    /// None: nobody whom the hall knows yet.
    person: Option<PersonId>,
    name: String,
    organisation: OrganisationId,
    form: Form,
    role: AsRole,
}

#[derive(Default)]
struct Found {
    good: Vec<Good>,
    faults: Vec<RowFault>,
}

async fn check(
    tx: &mut Tx<'_>,
    hall: &Hall,
    floor: &Floor,
    actor: &kernel::Actor,
    rule: &Declared,
    rows: &[SheetRow],
) -> ApiResult<Found> {
    let outline = floor.outline();
    let role = may_apply(tx, hall, &outline, actor, rule).await?;
    let codes = codes(rule);
    let columns = columns(rule, &codes);
    let mut checking = Checking {
        outline: &outline,
        rule,
        columns: &columns,
        live: live(tx, &outline.plan.id).await?,
        organisations: HashMap::new(),
        seen: HashSet::new(),
        found: Found::default(),
    };
    for row in rows {
        checking.row(tx, actor, role, row).await?;
    }
    Ok(checking.found)
}

/// As whom the sheet is sent, where it may be sent now.
async fn may_apply(
    tx: &mut Tx<'_>,
    hall: &Hall,
    outline: &Outline,
    actor: &kernel::Actor,
    rule: &Declared,
) -> ApiResult<AsRole> {
    must_not_judge(outline, actor)?;
    must_be_open_field(outline)?;
    let organiser = is_organiser(actor, &outline.plan.id);
    let role = if organiser { AsRole::Organiser } else { AsRole::Staff };
    must_be_open(tx, outline, rule, role, hall.now()).await?;
    Ok(role)
}

/// Whose applications stand.
async fn live(tx: &mut Tx<'_>, contest: &kernel::ContestId) -> ApiResult<HashSet<PersonId>> {
    let all = Application::all(tx, contest).await?.into_iter();
    let has_ended =
        |one: &Application| matches!(one.state, ApplicationState::Withdrawn | ApplicationState::Substituted);
    Ok(all.filter(|one| !has_ended(one)).map(|one| one.person).collect())
}

/// Why somebody whom the hall knows can't apply.
fn barred(plan: &Plan, live: &HashSet<PersonId>, person: &PersonId) -> Option<Text> {
    if live.contains(person) {
        Some(Text::new("此人已报名", "this person has applied already"))
    } else if plan.entry_of_person(person).is_some() {
        Some(Text::new("此人已在参赛名单中", "this person is in the field already"))
    } else if plan.judges.iter().any(|judge| judge.person == *person) {
        Some(Text::new("此人是本场裁判", "this person is a judge of the contest"))
    } else {
        None
    }
}

/// In the write: rows that were sound when the file was checked, and are not after what others have written since.
async fn changed_since(
    tx: &mut Tx<'_>,
    hall: &Hall,
    floor: &Floor,
    actor: &kernel::Actor,
    rule: &Declared,
    found: &Found,
) -> ApiResult<Vec<RowFault>> {
    floor.current(tx).await?;
    let outline = floor.outline();
    may_apply(tx, hall, &outline, actor, rule).await?;
    let live = live(tx, &outline.plan.id).await?;
    let mut faults = Vec::new();
    for good in &found.good {
        let says = match &good.person {
            Some(person) => barred(&outline.plan, &live, person),
            None => match directory::person_named(tx, &good.organisation, &good.name).await? {
                Named::Nobody => None,
                _ => Some(Text::new(
                    "刚刚有人添加了此人，请重新提交",
                    "this person was added just now: send the file again",
                )),
            },
        };
        faults.extend(says.map(|text| RowFault { row: good.row, column: NAME.into(), text }));
    }
    Ok(faults)
}

struct Checking<'a> {
    outline: &'a Outline,
    rule: &'a RegistrationRule,
    columns: &'a [Column<'a>],
    /// Who has applied before.
    live: HashSet<PersonId>,
    /// By the word in the cell: a sheet names one organisation many times.
    organisations: HashMap<String, Result<OrganisationId, Text>>,
    /// Who stands in the file already.
    seen: HashSet<(OrganisationId, String)>,
    found: Found,
}

impl Checking<'_> {
    async fn row(&mut self, tx: &mut Tx<'_>, actor: &kernel::Actor, role: AsRole, row: &SheetRow) -> ApiResult<()> {
        let mut faults: Vec<(String, Text)> = Vec::new();
        let cell = |code: &str| row.cell(self.columns, code).to_owned();
        let (name, organisation) = (cell(NAME), cell(ORGANISATION));
        if name.is_empty() || name.chars().count() > NAME_CHARS_MOST || name.chars().any(char::is_control) {
            let says = Text::new(
                format!("1 至 {NAME_CHARS_MOST} 个字，不含控制字符"),
                format!("1 to {NAME_CHARS_MOST} characters, none of them control characters"),
            );
            faults.push((NAME.to_owned(), says));
        }
        let known = self.organisation(tx, actor, role, &organisation).await?;
        let answers: BTreeMap<String, String> = self
            .rule
            .fields
            .iter()
            .map(|field| (field.code.clone(), cell(&code_of(&field.code))))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        let team = Some(cell(TEAM)).filter(|team| !team.is_empty());
        let group = cell(GROUP);
        let form = Form::faulted(&self.outline.plan, self.rule, &group, team.as_deref(), &answers);
        let (known, form) = match (known, form) {
            (Ok(known), Ok(form)) if faults.is_empty() => (known, form),
            (known, form) => {
                faults.extend(known.err().map(|says| (ORGANISATION.to_owned(), says)));
                faults.extend(form.err().unwrap_or_default().into_iter().map(|(path, says)| (path, Text::from(says))));
                self.fault(row, faults);
                return Ok(());
            }
        };
        match self.person(tx, &known, &name).await? {
            Ok(person) => {
                let good = Good { row: row.number, person, name, organisation: known, form, role };
                self.found.good.push(good);
            }
            Err(says) => self.fault(row, vec![(NAME.to_owned(), says)]),
        }
        Ok(())
    }

    fn fault(&mut self, row: &SheetRow, faults: Vec<(String, Text)>) {
        let faults = faults.into_iter().map(|(column, text)| RowFault { row: row.number, column: column.into(), text });
        self.found.faults.extend(faults);
    }

    /// One that the hall knows, and for which whoever sends the file may speak.
    async fn organisation(
        &mut self,
        tx: &mut Tx<'_>,
        actor: &kernel::Actor,
        role: AsRole,
        name: &str,
    ) -> ApiResult<Result<OrganisationId, Text>> {
        if name.is_empty() {
            return Ok(Err(Text::new("不能为空", "must not be empty")));
        }
        if let Some(known) = self.organisations.get(name) {
            return Ok(known.clone());
        }
        let found = match directory::organisation_named(tx, name).await? {
            Named::One(id) if role == AsRole::Organiser || is_staff_over(tx, actor, &id).await? => Ok(id),
            Named::One(_) => Err(Text::new("该单位不在您的管辖范围内", "this organisation is outside your reach")),
            Named::Several => Err(Text::new(
                "有多个单位叫这个名称，请改填单位编号（org_…，在“组织机构”页按名称查找）",
                "several organisations are called so: write the id (org_…) instead; the page Organisations finds it by name",
            )),
            Named::Nobody => {
                Err(Text::new("没有这个单位，请先在“单位”页添加", "there is no such organisation: add it first"))
            }
        };
        self.organisations.insert(name.to_owned(), found.clone());
        Ok(found)
    }

    /// Somebody who may apply; nobody where the hall doesn't know him yet.
    async fn person(
        &mut self,
        tx: &mut Tx<'_>,
        organisation: &OrganisationId,
        name: &str,
    ) -> ApiResult<Result<Option<PersonId>, Text>> {
        if !self.seen.insert((organisation.clone(), name.to_owned())) {
            return Ok(Err(Text::new(
                "同一单位的同名人员在前面已出现",
                "an earlier row holds this name of this organisation",
            )));
        }
        let person = match directory::person_named(tx, organisation, name).await? {
            Named::Nobody => return Ok(Ok(None)),
            Named::Several => {
                return Ok(Err(Text::new(
                    "该单位有多名同名人员，请在网页上选定后报名",
                    "several persons of this organisation bear the name: choose the one who is meant on the page",
                )));
            }
            Named::One(person) => person,
        };
        Ok(match barred(&self.outline.plan, &self.live, &person) {
            Some(says) => Err(says),
            None => Ok(Some(person)),
        })
    }
}

async fn take(tx: &mut Tx<'_>, hall: &Hall, floor: &Floor, actor: &kernel::Actor, found: &Found) -> ApiResult<()> {
    let now = hall.now();
    for good in &found.good {
        let person = match &good.person {
            Some(person) => person.clone(),
            None => {
                let new = NewPerson {
                    id: hall.fresh(),
                    name: good.name.clone(),
                    gender: None,
                    organisation: good.organisation.clone(),
                    phone: None,
                    created_at: now,
                };
                directory::insert_person(tx, &new).await?;
                new.id
            }
        };
        let mut application = Application {
            id: hall.fresh(),
            contest: floor.contest.clone(),
            person,
            person_name: good.name.clone(),
            organisation: good.organisation.clone(),
            organisation_name: Default::default(),
            group: good.form.group.clone(),
            team: good.form.team.clone(),
            answers: good.form.answers.clone(),
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
        let step = Step { at: now, account: Some(&actor.account), act: "applied", role: good.role, reason: None };
        application.insert(tx, &step).await?;
    }
    Ok(())
}
