//! A board's divisions: the ranks of groups are those of the group, those without a group are ranked among themselves.

use std::sync::Arc;

use kernel::{Mark, Text};
use marking::*;

fn text(word: &str) -> Text {
    Text::new(word, word)
}

#[test]
fn divisions_are_photographs_of_the_ranking() {
    let aspect = |code: &str, max: i64, kind: AspectKind| AspectDraft {
        code: code.into(),
        name: text(code),
        max: Mark::from_hundredths(max),
        abilities: vec!["hand".into()],
        kind,
    };
    let panel = AspectKind::Panel(Panel { judges: 1, drop_extremes: false, step: Mark::from_hundredths(100) });
    let named = |code: &str| NamedDraft { code: code.into(), name: text(code) };
    let draft = SchemeDraft {
        code: "divisions".into(),
        version: 1,
        title: text("divisions"),
        abilities: vec![named("hand")],
        groups: vec![named("workers"), named("teachers"), named("students")],
        modules: vec![ModuleDraft {
            code: "A".into(),
            name: text("A"),
            minutes: None,
            criteria: vec![CriterionDraft {
                code: "A1".into(),
                name: text("A1"),
                aspects: vec![aspect("A1.1", 8_000, panel), aspect("A1.2", 2_000, AspectKind::Theory)],
                sub_criteria: None,
            }],
        }],
        ranking: RankingDraft { ties: Vec::new(), shared: true },
        teams: TeamRule { total: TeamTotal::Sum, then_time: false },
    };
    let scheme = Arc::new(draft.check().unwrap());
    // (group, team, practice, theory, withdrawn); nobody is a student.
    let field = [
        (Some(0), Some(0), Some(70), Some(10), false),
        (Some(1), Some(0), Some(60), None, false),
        (None, Some(1), Some(50), Some(10), false),
        (Some(0), None, Some(70), Some(10), false),
        (Some(0), Some(1), Some(80), Some(20), true),
        (None, None, Some(50), Some(10), false),
        (None, None, Some(40), None, false),
        (Some(1), None, None, None, false),
    ];
    let seats = field.iter().enumerate().map(|(at, (group, team, ..))| EntrySeat {
        id: format!("ent_{at}").parse().unwrap(),
        number: format!("N{at}"),
        group: group.map(GroupIx),
        team: team.map(TeamIx),
    });
    let teams = ["tea_0", "tea_1"].map(|id| TeamSeat { id: id.parse().unwrap(), name: text(id) });
    let mut board = Board::new(scheme.clone(), Field::new(&scheme, teams.into(), seats.collect()).unwrap());
    let mut position = 0;
    let mut next = || {
        position += 1;
        Position(position)
    };
    for (at, (_, _, practice, theory, withdrawn)) in field.iter().enumerate() {
        let entry = EntryIx(at as u32);
        if let Some(marks) = practice {
            board
                .apply(&Event::Given {
                    position: next(),
                    mark: format!("mrk_{at}").parse().unwrap(),
                    entry,
                    aspect: AspectIx(0),
                    judge: "acc_1".parse().unwrap(),
                    round: 1,
                    value: GivenValue::Marks(Mark::from_hundredths(marks * 100)),
                    replaces: None,
                })
                .unwrap();
        }
        if let Some(marks) = theory {
            let marks = Mark::from_hundredths(marks * 100);
            board.apply(&Event::Imported { position: next(), entry, aspect: AspectIx(1), marks }).unwrap();
        }
        if *withdrawn {
            board.apply(&Event::Withdrawn { position: next(), entry, withdrawn: true }).unwrap();
        }
    }
    let shown = |division: &Division<EntryIx>| {
        let mut ranks: Vec<String> = (division.contenders.iter())
            .map(|contender| {
                let rank = contender.rank.map_or("-".to_owned(), |rank| rank.to_string());
                format!("{}:{rank}", contender.who.0)
            })
            .collect();
        ranks.sort_unstable();
        format!("{:?} {}", division.group.map(|group| group.0), ranks.join(" "))
    };
    let all: Vec<String> = board.divisions(Over::WholeField).iter().map(shown).collect();
    assert_eq!(all, ["None 0:1 1:3 2:3 3:1 4:- 5:3 6:6 7:-"]);
    let by_group = board.divisions(Over::EachGroup);
    assert_eq!(
        by_group.iter().map(shown).collect::<Vec<_>>(),
        ["Some(0) 0:1 3:1 4:-", "Some(1) 1:1 7:-", "None 2:1 5:1 6:3"]
    );
    for contender in
        by_group.iter().filter(|division| division.group.is_some()).flat_map(|division| &division.contenders)
    {
        assert_eq!(contender.rank, board.group_rank(contender.who));
    }
    let first = by_group[0].contenders.iter().find(|contender| contender.who == EntryIx(0)).unwrap();
    assert_eq!([first.total, first.practice, first.theory].map(Mark::hundredths), [8_000, 7_000, 1_000]);
    assert_eq!((by_group[0].ranked(), by_group[0].contenders.len()), (2, 3));

    let teams = board.team_division();
    let shown: Vec<_> = teams.contenders.iter().map(|team| (team.who.0, team.rank, team.total.to_string())).collect();
    assert_eq!(shown, [(0, Some(1), "140.00".to_owned()), (1, Some(2), "60.00".to_owned())]);
}
