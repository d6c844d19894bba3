//! Competitors and judges come in by Excel: checked whole, shown, then committed in one transaction.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use axum::response::Response;
use kernel::{AccountId, ErrorCode, OrganisationId, PersonId, Role, Scope};
use serde::{Deserialize, Serialize};
use store::{Tx, args};
use utoipa::{IntoParams, ToSchema};
use web::directory::{self, Named, NewAccount, NewOrganisation, NewPerson, OrganisationKind};
use web::wire::{ContestId, Text};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Multipart, Path, Problem, Query, Signed};

use super::join::{self, Joining};
use super::people_rows::{self, COMPETITORS, JUDGES, NewCompetitor, NewJudge, RowFault};
use super::whos_who::{self, There};
use super::workbook::{self, Column, PassedOver, SheetRow};
use crate::arena::Arena;
use crate::event::{ContestState, Happened};
use crate::floor::Floor;
use crate::plan::Plan;
use crate::{ContestRoom, log, sql};

pub(crate) const PREVIEW_ROWS: usize = 20;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportMode {
    /// Without it the file is only checked.
    pub commit: Option<bool>,
}

/// The file, as a form.
#[derive(Debug, ToSchema)]
#[allow(dead_code)]
pub(crate) struct ImportForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Checked {
    pub rows: usize,
    /// Rows without a fault.
    pub valid: usize,
    pub committed: bool,
    pub problems: Vec<RowProblem>,
    /// Columns that nothing was read from: their headings are none that the form knows, or stand there twice.
    pub passed_over: Vec<ColumnPassedOver>,
    /// Where to send the same file to get it back with its problems beside the rows; null when it has none.
    pub annotated: Option<String>,
    /// The first rows as they were read, by column code.
    pub preview: Vec<PreviewRow>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RowProblem {
    /// As Excel counts it.
    pub row: u32,
    pub column: String,
    pub detail: Text,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ColumnPassedOver {
    /// As Excel names it, such as `C`.
    pub column: String,
    /// Empty where there is none above what is filled in.
    pub heading: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewRow {
    pub row: u32,
    pub cells: HashMap<String, String>,
}

pub(super) fn columns(what: &str) -> ApiResult<&'static [Column<'static>]> {
    match what {
        "competitors" => Ok(COMPETITORS),
        "judges" => Ok(JUDGES),
        _ => Err(Problem::not_found("只能导入 competitors 或 judges", "Only competitors and judges can be imported")),
    }
}

/// An empty form with headings and an example.
#[utoipa::path(get, path = "/api/contests/{contest}/imports/{what}/template", tag = "field", params(ContestId, ("what" = String, Path, description = "competitors or judges")),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn template(Path((_contest, what)): Path<(ContestId, String)>) -> ApiResult<Response> {
    Ok(workbook::download(&what, workbook::template(columns(&what)?)?))
}

/// Checks a file, and with `commit` takes it: all rows, or none when one has a fault.
#[utoipa::path(post, path = "/api/contests/{contest}/imports/{what}", tag = "field", params(ContestId, ("what" = String, Path, description = "competitors or judges"), ImportMode),
    request_body(content = ImportForm, content_type = "multipart/form-data"), responses((status = 200, body = Checked)))]
pub async fn import(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    key: IdempotencyKey,
    Path((contest, what)): Path<(ContestId, String)>,
    Query(mode): Query<ImportMode>,
    form: Multipart,
) -> ApiResult<Answer> {
    let columns = columns(&what)?;
    let floor = room.floor(&contest).await?;
    let sheet = workbook::read_apart(form.file("file")?.bytes.clone(), columns).await?;
    let (rows, passed_over) = (sheet.rows, sheet.passed_over);
    let annotated = format!("/api/contests/{}/imports/{what}/annotated", *contest);
    let commit = mode.commit == Some(true);
    let (hall, floor_ref, contest, rows, account) = (&room.hall, &floor, &contest.0, &rows, &actor.account);
    let (what, annotated) = (what.as_str(), &annotated);
    let told = |found: &Whole| Checked {
        rows: rows.len(),
        valid: found.valid,
        committed: commit,
        problems: found.faults.iter().map(row_problem).collect(),
        passed_over: passed_over.iter().map(column_passed_over).collect(),
        annotated: (!found.faults.is_empty()).then(|| annotated.clone()),
        preview: rows.iter().take(PREVIEW_ROWS).map(|row| preview(row, columns)).collect(),
    };
    if !commit {
        floor.up_to_now().await?;
        must_not_be_drawn(&floor.arena(), what)?;
        // A whole file is checked while others write; only the answer is kept under its key.
        let found = hall.db.read::<_, Problem, _>(|tx| Box::pin(check(tx, floor_ref, what, rows)));
        let checked = &told(&found.await?);
        return web::write(hall, &key, |_| Box::pin(async move { Answer::ok(checked) })).await;
    }
    let told = &told;
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let state = floor_ref.arena().state;
            if !matches!(state, ContestState::Draft | ContestState::Live) {
                return Err(Problem::new(ErrorCode::ContestNotOpen).detail(
                    format!("赛事处于 {}，名单不能再改", state.code()),
                    format!("The contest is {}: its field stands", state.code()),
                ));
            }
            must_not_be_drawn(&floor_ref.arena(), what)?;
            let found = check(tx, floor_ref, what, rows).await?;
            if !found.faults.is_empty() {
                return Err(rows_problem(&found.faults).with("annotated", annotated.as_str()));
            }
            let plan = floor_ref.arena().plan.clone();
            let subject: kernel::MarkId = hall.fresh();
            let happened = Happened::PlanChanged { what: what.to_owned(), count: found.taken.len() as u32 };
            let joined = log::append(tx, contest, hall.now(), Some(account), subject.as_str(), &happened).await?;
            let mut writing = Writing { tx, hall, plan: &plan, by: account, organisations: HashMap::new() };
            match &found.taken {
                Taken::Competitors(people) => writing.competitors(people).await?,
                Taken::Judges(people) => writing.judges(people, joined).await?,
            }
            must_be_a_field(tx, contest).await?;
            Answer::ok(&told(&found))
        })
    })
    .await?;
    hall.sessions.forget_all();
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// Who came after the lots would have no number, or tell by his that he did.
pub(crate) fn must_not_be_drawn(arena: &Arena, what: &str) -> ApiResult<()> {
    if what != "competitors" || arena.draw.as_ref().is_none_or(|draw| draw.drawn_at.is_none()) {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::ContestNotOpen).detail(
        "已经抽签，名单不能再加人；开赛前可重新承诺后再导入",
        "Lots are drawn: nobody joins the field any more; before the contest is opened, commit to another seed and import then",
    ))
}

/// A file, checked whole.
pub(super) struct Whole {
    taken: Taken,
    pub faults: Vec<RowFault>,
    /// Rows without a fault.
    valid: usize,
}

pub(super) async fn check(tx: &mut Tx<'_>, floor: &Floor, what: &str, rows: &[SheetRow]) -> ApiResult<Whole> {
    let plan = floor.arena().plan.clone();
    let (taken, mut faults) = {
        let arena = floor.arena();
        if what == "competitors" {
            let (good, faults) = people_rows::competitors(rows, &arena);
            (Taken::Competitors(good), faults)
        } else {
            let (good, faults) = people_rows::judges(rows, &arena);
            (Taken::Judges(good), faults)
        }
    };
    let valid = taken.len() - taken.check_people(tx, &plan, &mut faults).await?;
    Ok(Whole { taken, faults, valid })
}

enum Taken {
    Competitors(Vec<NewCompetitor>),
    Judges(Vec<NewJudge>),
}

impl Taken {
    fn len(&self) -> usize {
        match self {
            Taken::Competitors(people) => people.len(),
            Taken::Judges(people) => people.len(),
        }
    }
}

impl Taken {
    /// Who the rows mean, as far as the hall knows them already. Says how many rows are at fault.
    async fn check_people(&self, tx: &mut Tx<'_>, plan: &Plan, faults: &mut Vec<RowFault>) -> ApiResult<usize> {
        let before: HashSet<u32> = faults.iter().map(|fault| fault.row).collect();
        match self {
            Taken::Competitors(people) => {
                let mut entered = There::of(plan.entries.iter().map(|entry| entry.person.clone()));
                for one in people {
                    if let Err(fault) = whos_who::competitor(tx, plan, one, &mut entered).await? {
                        faults.push(fault);
                    }
                }
            }
            Taken::Judges(people) => {
                let mut seated = There::of(plan.judges.iter().map(|judge| judge.person.clone()));
                for one in people {
                    if let Err(fault) = whos_who::judge(tx, plan, one, &mut seated).await? {
                        faults.push(fault);
                    }
                }
            }
        }
        let after: HashSet<u32> = faults.iter().map(|fault| fault.row).collect();
        Ok(after.difference(&before).count())
    }
}

/// The field as it will be must be one that the contest can be opened with; nothing is committed otherwise.
pub(crate) async fn must_be_a_field(tx: &mut Tx<'_>, contest: &kernel::ContestId) -> ApiResult<()> {
    let Some(plan) = Plan::load(tx, contest).await.map_err(Problem::internal)? else { return Ok(()) };
    let faults = match plan.field() {
        Ok(_) => return Ok(()),
        Err(faults) => faults,
    };
    Err(faults
        .iter()
        .fold(Problem::new(ErrorCode::RowsInvalid), |problem, fault| problem.field_text("rows", fault.says())))
}

pub(crate) fn rows_problem(faults: &[RowFault]) -> Problem {
    faults.iter().fold(Problem::new(ErrorCode::RowsInvalid), |problem, fault| {
        problem.field_text(format!("rows[{}].{}", fault.row, fault.column), fault.text.clone())
    })
}

pub(crate) fn row_problem(fault: &RowFault) -> RowProblem {
    RowProblem { row: fault.row, column: fault.column.clone().into_owned(), detail: (&fault.text).into() }
}

pub(crate) fn column_passed_over(column: &PassedOver) -> ColumnPassedOver {
    ColumnPassedOver {
        column: rust_xlsxwriter::utility::column_number_to_name(column.at as u16),
        heading: column.heading.clone(),
    }
}

pub(crate) fn preview(row: &SheetRow, columns: &[Column<'_>]) -> PreviewRow {
    let cells = columns.iter().map(|column| (column.code.to_owned(), row.cell(columns, column.code).to_owned()));
    PreviewRow { row: row.number, cells: cells.collect() }
}

/// The rows of one import as they are written.
struct Writing<'a, 'tx, 'env> {
    tx: &'a mut Tx<'env>,
    hall: &'a Hall,
    plan: &'tx Plan,
    by: &'a AccountId,
    organisations: HashMap<String, OrganisationId>,
}

impl Writing<'_, '_, '_> {
    async fn competitors(&mut self, people: &[NewCompetitor]) -> ApiResult<()> {
        let now = self.hall.now();
        let mut joining = Vec::with_capacity(people.len());
        for one in people {
            let organisation = self.organisation(&one.organisation).await?;
            let known = match &one.login {
                Some(login) => directory::account_by_login(self.tx, login).await?,
                None => None,
            };
            let person = match &known {
                Some((_, person)) => person.clone(),
                None => self.person(&one.name, &organisation).await?,
            };
            let account = match (&one.login, known) {
                (Some(_), Some((account, _))) => Some(account),
                (Some(login), None) => Some(self.account(login, &person).await?),
                (None, _) => None,
            };
            joining.push(Joining {
                person,
                organisation,
                team: one.team.clone(),
                group: one.group.clone(),
                venue: one.venue.clone(),
                no: one.no.clone(),
                accounts: account.into_iter().collect(),
            });
        }
        // Nothing is known of an import but that it happened: the ids may say when.
        join::join(
            self.tx,
            self.hall,
            self.plan,
            joining,
            &join::Manner { by: self.by, at: now, ids_at: now, spare_numbers: 0 },
        )
        .await?;
        Ok(())
    }

    /// `joined`: where the log says that they came.
    async fn judges(&mut self, people: &[NewJudge], joined: i64) -> ApiResult<()> {
        let now = self.hall.now();
        for one in people {
            let organisation = self.organisation(&one.organisation).await?;
            let (account, person) = match directory::account_by_login(self.tx, &one.login).await? {
                Some(known) => known,
                None => {
                    let person = self.person(&one.name, &organisation).await?;
                    (self.account(&one.login, &person).await?, person)
                }
            };
            let modules = one.modules.join(" ");
            let args = args![&self.plan.id, &account, &person, &organisation, &one.venue, modules, joined];
            self.tx.exec(sql::INSERT_JUDGE, &args).await?;
            let scope = Scope::Venue(self.plan.id.clone(), one.venue.clone());
            directory::grant(self.tx, &account, Role::Judge, &scope, Some(self.by), now).await?;
        }
        Ok(())
    }

    async fn organisation(&mut self, name: &str) -> ApiResult<OrganisationId> {
        if let Some(known) = self.organisations.get(name) {
            return Ok(known.clone());
        }
        let id = match directory::organisation_named(self.tx, name).await? {
            Named::One(id) => id,
            Named::Several => return Err(Problem::internal("an ambiguous organisation was let through")),
            Named::Nobody => {
                let id: OrganisationId = self.hall.fresh();
                let new = NewOrganisation {
                    id: id.clone(),
                    parent: None,
                    kind: OrganisationKind::Enterprise,
                    name: kernel::Text::new(name, name),
                    created_at: self.hall.now(),
                };
                directory::insert_organisation(self.tx, &new).await?;
                id
            }
        };
        self.organisations.insert(name.to_owned(), id.clone());
        Ok(id)
    }

    /// Somebody the hall knows, or somebody new.
    async fn person(&mut self, name: &str, organisation: &OrganisationId) -> ApiResult<PersonId> {
        match directory::person_named(self.tx, organisation, name).await? {
            Named::One(id) => return Ok(id),
            Named::Several => return Err(Problem::internal("an ambiguous person was let through")),
            Named::Nobody => {}
        }
        let id: PersonId = self.hall.fresh();
        let new = NewPerson {
            id: id.clone(),
            name: name.to_owned(),
            gender: None,
            organisation: organisation.clone(),
            phone: None,
            created_at: self.hall.now(),
        };
        directory::insert_person(self.tx, &new).await?;
        Ok(id)
    }

    /// An account without a password: an administrator sets the first one, or it is a demonstration's.
    async fn account(&mut self, login: &str, person: &PersonId) -> ApiResult<AccountId> {
        let id: AccountId = self.hall.fresh();
        let new = NewAccount {
            id: id.clone(),
            person: person.clone(),
            login: login.to_owned(),
            password_hash: None,
            created_at: self.hall.now(),
        };
        directory::insert_account(self.tx, &new).await?;
        Ok(id)
    }
}
