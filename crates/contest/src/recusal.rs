//! Who acts on a competitor's marks after they were given is somebody else than gave them, and not of his enterprise or union, as the contest's
//! rule set says of judges: who rechecks, who answers an appeal, and a chief judge who decides on a verdict.
//!
//! All of it by person, whichever login. Where nobody is left who may, the refusal says so. While numbers are sealed it says no more than that he
//! may not: the reason would tell whose a number is.

use std::collections::BTreeSet;

use kernel::{AccountId, Actor, ErrorCode, OrganisationId, PersonId, Role, Text};
use marking::EntryIx;
use store::{Tx, args};
use web::{ApiResult, Problem};

use crate::plan::{Plan, Tie};
use crate::sql;

/// What somebody wants to do to an entry's marks.
pub struct Act {
    pub entry: EntryIx,
    /// Who had a part in those marks.
    pub hands: BTreeSet<AccountId>,
    /// Judges of the contest may not, whatever they marked.
    pub no_judges: bool,
    /// Who decided the instance before.
    pub before: Option<AccountId>,
    /// Who could do it, if nothing barred them.
    pub roles: &'static [Role],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Barred {
    Judge,
    Himself,
    Tied(Tie),
    Part,
    Before,
}

/// Somebody, and where he belongs today.
pub struct Belonging {
    person: PersonId,
    organisation: OrganisationId,
    /// The nearest federation at or above it; none where only the root is.
    union: Option<OrganisationId>,
}

impl Belonging {
    /// Whether he has to do with a competitor: it is himself, or one of his enterprise or union.
    pub fn is_near(&self, plan: &Plan, entry: EntryIx) -> bool {
        let seat = &plan.entries[entry.index()];
        self.person == seat.person || plan.tie(&self.organisation, self.union.as_ref(), seat).is_some()
    }
}

pub async fn belonging(tx: &mut Tx<'_>, person: &PersonId) -> ApiResult<Belonging> {
    let organisation = tx.one(sql::ORGANISATION_OF_PERSON, &args![person]).await?.get("organisation")?;
    let above = tx.all(sql::UNIONS_OF_PERSON, &args![person]).await?;
    let union = above.first().map(|row| row.get("federation")).transpose()?;
    Ok(Belonging { person: person.clone(), organisation, union })
}

/// Whoever wants to do it may, as far as he has nothing to do with the competitor or his marks.
pub async fn must_be_free(tx: &mut Tx<'_>, plan: &Plan, actor: &Actor, act: &Act) -> ApiResult<()> {
    let hands = persons(tx, act.hands.iter()).await?;
    let before = persons(tx, act.before.iter()).await?;
    let barred = |who: &Belonging| barred(plan, act, (&hands, &before), who);
    let Some(why) = barred(&belonging(tx, &actor.person).await?) else { return Ok(()) };
    for role in act.roles {
        for row in tx.all(sql::HOLDERS, &args![role.code(), &plan.id]).await? {
            if barred(&belonging(tx, &row.get("person")?).await?).is_none() {
                return Err(refused(plan, why, None));
            }
        }
    }
    Err(refused(plan, why, Some(act.roles)))
}

/// The persons behind logins.
async fn persons(tx: &mut Tx<'_>, accounts: impl Iterator<Item = &AccountId>) -> ApiResult<BTreeSet<PersonId>> {
    let mut persons = BTreeSet::new();
    for account in accounts {
        if let Some(row) = tx.opt(sql::PERSON_OF_ACCOUNT, &args![account]).await? {
            persons.insert(row.get("person")?);
        }
    }
    Ok(persons)
}

fn barred(
    plan: &Plan,
    act: &Act,
    (hands, before): (&BTreeSet<PersonId>, &BTreeSet<PersonId>),
    who: &Belonging,
) -> Option<Barred> {
    let seat = &plan.entries[act.entry.index()];
    if act.no_judges && plan.judges.iter().any(|judge| judge.person == who.person) {
        return Some(Barred::Judge);
    }
    if seat.person == who.person {
        return Some(Barred::Himself);
    }
    if let Some(tie) = plan.tie(&who.organisation, who.union.as_ref(), seat) {
        return Some(Barred::Tied(tie));
    }
    // Who decided the first instance is told so, also where he corrected a mark with it.
    if before.contains(&who.person) {
        return Some(Barred::Before);
    }
    hands.contains(&who.person).then_some(Barred::Part)
}

/// In words, and where nobody is left whom it could be asked of.
fn refused(plan: &Plan, why: Barred, nobody_of: Option<&[Role]>) -> Problem {
    let (code, says) = match why {
        Barred::Judge => (
            ErrorCode::Forbidden,
            Text::new("本场裁判不能裁决本场的申诉", "A judge of this contest doesn't decide its appeals"),
        ),
        _ if plan.sealed => (
            ErrorCode::Recused,
            Text::new(
                "您与该选手或其得分有关，须回避",
                "You have to do with this competitor or his marks, and stand back",
            ),
        ),
        Barred::Himself => {
            (ErrorCode::Recused, Text::new("这是您本人的得分，须回避", "These are your own marks: you stand back"))
        }
        Barred::Tied(Tie::Enterprise) => (
            ErrorCode::Recused,
            Text::new("与选手同单位，须回避", "The competitor is of your own organisation: you stand back"),
        ),
        Barred::Tied(Tie::Union) => (
            ErrorCode::Recused,
            Text::new("与选手同工会，须回避", "The competitor is of your own union: you stand back"),
        ),
        Barred::Part => (
            ErrorCode::OwnMark,
            Text::new("您评过或处理过其中的得分", "You have marked, decided or corrected some of it yourself"),
        ),
        Barred::Before => (
            ErrorCode::Forbidden,
            Text::new("二次申诉须由另一位仲裁员裁决", "The second instance is another arbitrator's"),
        ),
    };
    let Some(roles) = nobody_of else { return Problem::new(code).detail_text(says) };
    let named: Vec<Text> = roles.iter().map(|role| title(*role)).collect();
    let (zh, en): (Vec<&str>, Vec<&str>) = named.iter().map(|it| (it.zh.as_str(), it.en.as_str())).unzip();
    let (zh, en) = (zh.join("、"), en.join(" or "));
    Problem::new(code).with("nobody_left", true).detail(
        format!("{}；本场的{zh}都须回避或经手过，已无人可办。请管理员另任一位{zh}", says.zh),
        format!("{}. Nobody is left who may: every {en} of this contest is barred in one of these ways. Ask an administrator to appoint another {en}", says.en),
    )
}

/// What somebody is called who acts in a role.
pub fn title(role: Role) -> Text {
    match role {
        Role::ChiefJudge => Text::new("裁判长", "Chief Judge"),
        Role::Supervisor => Text::new("监督员", "Supervisor"),
        Role::Organiser => Text::new("赛事组织者", "Organiser"),
        Role::Arbitrator => Text::new("仲裁员", "Arbitrator"),
        other => Text::new(other.code(), other.code()),
    }
}
