//! Every kind of statement that the hall's own rooms tell, with all that may stand in it and with the least.

use archive::facts::{
    Amended, Awarded, Corrected, Decided, Judged, Marked, Named, Place, Ranked, Showed, TakenBack, amended, award_lost,
    awarded, corrected, decided, judged, marked, ranked, showed, taken_back,
};
use kernel::{ContestId, Mark, MarkId, PersonId, RunId, Text, Timestamp, VerdictId};
use xapi::Statement;

/// They happen a second apart.
pub fn everything() -> Vec<Statement> {
    let (contest, run): (ContestId, RunId) = ("con_final".parse().unwrap(), "run_1".parse().unwrap());
    let (person, judge): (PersonId, PersonId) = ("per_wang".parse().unwrap(), "per_judge".parse().unwrap());
    let marks: Vec<MarkId> = (1..=6).map(|mark| format!("mrk_{mark}").parse().unwrap()).collect();
    let verdicts: Vec<VerdictId> = (1..=4).map(|verdict| format!("vdt_{verdict}").parse().unwrap()).collect();
    let (name, words) =
        (Text::new("决赛", "Final"), Text::new("抓取力 3.1 N，低于 3.5 N", "Grip force 3.1 N, below 3.5 N"));
    let named = |code| Named { code, name: &name };
    let abilities = [named("mechanical"), named("电气")];
    let place = Place {
        contest: &contest,
        contest_name: &name,
        module: named("A"),
        aspect: named("A1.2"),
        abilities: &abilities,
        run: &run,
    };
    let bare = Place { abilities: &[], ..place };
    let mut second = 0;
    let mut next = || {
        second += 1;
        Timestamp::from_millis(testkit::START_MS + second * 1_000)
    };
    let of = Mark::from_hundredths;
    let (by, max) = (&judge, of(300));
    let person = &person;

    let mark = Marked {
        mark: &marks[0],
        place,
        person,
        judge: Some(by),
        round: 1,
        given: of(270),
        max,
        note: Some("边缘有毛刺"),
        replaces: None,
        reason: None,
        at: next(),
    };
    let correction =
        Marked { mark: &marks[1], replaces: Some(&marks[0]), reason: Some("看错刻度"), at: next(), ..mark };
    let paper = Marked { mark: &marks[2], place: bare, judge: None, given: of(0), note: None, at: next(), ..mark };
    let recheck = Corrected {
        mark: &marks[3],
        place,
        person,
        by,
        marks: of(250),
        max,
        was: None,
        before: None,
        because: "recheck",
        reason: "复核",
        at: next(),
    };
    let appeal = Corrected {
        mark: &marks[4],
        was: Some(of(250)),
        before: Some(&marks[3]),
        because: "appeal",
        at: next(),
        ..recheck
    };
    let met = Judged {
        verdict: &verdicts[0],
        place,
        person,
        rule: "grip-force",
        met: Some(true),
        marks: max,
        max,
        sentence: &words,
        at: next(),
    };
    let missed = Judged { verdict: &verdicts[1], met: Some(false), marks: of(-150), at: next(), ..met };
    let undecided = Judged { verdict: &verdicts[2], met: None, marks: of(0), at: next(), ..met };
    let confirmed = Decided { verdict: &verdicts[0], place, person, by, confirmed: true, reason: None, at: next() };
    let rejected =
        Decided { verdict: &verdicts[1], confirmed: false, reason: Some("传感器松动"), at: next(), ..confirmed };
    let back = TakenBack { verdict: &verdicts[0], place, person, by, reason: "设备故障", at: next() };
    let amendment = Amended { verdict: &verdicts[2], place, person, because: &words, at: next() };
    let winner = Ranked {
        contest: &contest,
        contest_name: &name,
        person,
        rank: Some(1),
        group_rank: Some(1),
        field: 77,
        total: of(8_825),
        max: of(10_000),
        why: &words,
        at: next(),
    };
    let absent = Ranked { rank: None, group_rank: None, total: of(0), at: next(), ..winner };
    let gold = Awarded {
        contest: &contest,
        contest_name: &name,
        person,
        prize: named("gold"),
        group: Some("职工组"),
        team: Some("tem_1"),
        number: "GH-2026-0001",
        at: next(),
    };
    let alone = Awarded { group: None, team: None, number: "GH-2026-0002", at: next(), ..gold };
    let ability = Showed {
        contest: &contest,
        contest_name: &name,
        person,
        ability: named("mechanical"),
        mark: of(1_233),
        max: of(2_000),
        rank: Some(3),
        field: 77,
        at: next(),
    };
    let no_rank = Showed { ability: named("电气"), rank: None, at: next(), ..ability };

    let told = vec![
        marked(&mark),
        marked(&correction),
        marked(&paper),
        corrected(&recheck),
        corrected(&appeal),
        judged(&met),
        judged(&missed),
        judged(&undecided),
        decided(&confirmed),
        decided(&rejected),
        taken_back(&back),
        amended(&amendment),
        ranked(&winner),
        ranked(&absent),
        awarded(&gold),
        awarded(&alone),
        award_lost(&gold, next()),
        showed(&ability),
        showed(&no_rank),
    ];
    for verb in xapi::verbs::ALL {
        assert!(told.iter().any(|one| one.verb.id == verb.id), "no sample says {}", verb.id);
    }
    told
}
