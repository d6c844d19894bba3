//! The draw of a published log: committed to and drawn before the contest was opened, undone by two when the marks were in, and drawn again here.

use kernel::{Role, Seed};

use crate::arena::{Arena, Logged};
use crate::draw::commit::may_commit;
use crate::draw::lots::may_draw;
use crate::draw::undo::{UNDOERS, must_be_sealed};
use crate::draw::{self, DrawNow};
use crate::event::Happened;

use super::verify::Difference;

/// Whether an act of the draw may stand where it stands.
pub fn may_stand(arena: &Arena, logged: &Logged) -> Result<(), Difference> {
    let wrong = |zh: &str, en: &str| Err(Difference::in_log(logged, zh, en));
    match &logged.happened {
        Happened::DrawCommitted { reason, .. } => match may_commit(arena, reason.as_ref()) {
            Ok(()) => Ok(()),
            Err(_) => wrong("此处不能公布承诺值", "nobody can commit to a draw here"),
        },
        Happened::LotsDrawn { commitment, entries, .. } => {
            let committed = may_draw(arena);
            if committed.as_ref().ok() != Some(commitment) {
                return wrong(
                    "不是按公布的承诺值在开赛前抽签",
                    "lots are not drawn by the commitment, before the contest is opened",
                );
            }
            match *entries as usize == arena.plan.entries.len() {
                true => Ok(()),
                false => wrong("抽签人数与名单不符", "lots are drawn for another number of entries than take part"),
            }
        }
        Happened::DrawUndoing { role, digest, .. } => {
            let role: Role = (*role).into();
            let Some(draw) = arena.draw.as_ref().filter(|_| must_be_sealed(arena).is_ok()) else {
                return wrong("此处不能解密", "no draw can be undone here");
            };
            let mut same = draw.undoing.iter().filter(|earlier| earlier.digest == *digest);
            let twice = same.any(|earlier| earlier.role == role || Some(&earlier.account) == logged.account.as_ref());
            match UNDOERS.contains(&role) && !twice {
                true => Ok(()),
                false => wrong(
                    "解密须由裁判长和监督员两人进行",
                    "a draw is undone by chief judge and supervisor, two persons",
                ),
            }
        }
        Happened::DrawUndone { .. } => match must_be_sealed(arena).is_ok() && is_agreed(arena.draw.as_ref(), logged) {
            true => Ok(()),
            false => wrong("解密不是由两人共同进行", "it was not undone by two"),
        },
        _ => Ok(()),
    }
}

/// Both have said so of the same result, and whoever said so last undoes it.
fn is_agreed(draw: Option<&DrawNow>, logged: &Logged) -> bool {
    let Some((draw, last)) = draw.and_then(|draw| Some((draw, draw.undoing.last()?))) else { return false };
    let has_said = |role: &Role| draw.undoing.iter().any(|it| it.role == *role && it.digest == last.digest);
    Some(&last.account) == logged.account.as_ref() && UNDOERS.iter().all(has_said)
}

/// Where lots were drawn, everybody has the number that the published seed gives him, and the seed is the one that was committed to.
pub fn must_be_drawn(arena: &Arena, log: &[Logged]) -> Result<(), Difference> {
    let Some(draw) = arena.draw.as_ref().filter(|draw| draw.drawn_at.is_some()) else { return Ok(()) };
    let undone = log.iter().rfind(|logged| matches!(logged.happened, Happened::DrawUndone { .. }));
    let undone = undone.map_or_else(|| "log.ndjson".to_owned(), |logged| format!("log.ndjson:{}", logged.position));
    let wrong = |place: String, zh: String, en: String| Err(Difference::new(place, zh, en));
    let Some(seed) = &draw.seed else {
        return wrong(undone, "抽签没有解密".into(), "the draw was not undone".into());
    };
    let secret = match &draw.public_part {
        Some(public) => seed.strip_suffix(public.as_str()).and_then(|secret| secret.strip_suffix(' ')),
        None => Some(seed.as_str()),
    };
    let committed = secret.and_then(|secret| secret.parse::<Seed>().ok()).map(|secret| secret.commitment());
    if committed.as_ref() != Some(&draw.commitment) {
        return wrong(undone, "种子与公布的承诺值不符".into(), "the seed is not the one that was committed to".into());
    }
    let (Some(rule), Ok(seed)) = (draw::rule(&arena.plan), seed.parse::<Seed>()) else {
        return wrong(undone, "没有可据以抽签的规则".into(), "no rule says how to draw".into());
    };
    let drawn = draw::drawn(&arena.plan, rule, &seed).map_err(|faults| {
        let says = faults.first().map(marking::DrawFault::says).unwrap_or_default();
        Difference { place: undone.clone(), what: says }
    })?;
    let numbers = drawn.numbers();
    for (at, entry) in arena.plan.entries.iter().enumerate() {
        let follows = numbers.get(entry.id.as_str()).and_then(|all| all.last()).copied().unwrap_or_default();
        if follows != entry.no {
            let no = &entry.no;
            return wrong(
                format!("field.json: entries[{at}].no"),
                format!("号码为 {no}，由种子抽得 {follows}"),
                format!("the number is {no}, the seed draws {follows}"),
            );
        }
    }
    Ok(())
}
