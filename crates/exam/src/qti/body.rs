//! One interaction → the body of a question.

use kernel::Mark;

use super::exact::Exact;
use super::markup::{text_of, unknown};
use super::response::Response;
use super::xml::Element;
use crate::draft::{BlankDraft, BodyDraft, CriterionDraft, LevelDraft, OptionDraft, PairDraft, ToleranceDraft};
use crate::exchange::{Refused, words};
use crate::{Credit, Fold, Words};

/// An answer may get so long where the item doesn't say.
const LENGTH_MOST: u32 = 5_000;
/// In QTI `expected-length` is a wish; an answer may be this much longer.
const LONGER: u32 = 4;

/// What is around an interaction.
pub(super) struct Context<'a> {
    pub responses: &'a [Response],
    /// Right as a whole or not at all.
    pub whole: bool,
    pub marks: Mark,
}

fn lacking(zh: &str, en: &str) -> Refused {
    Refused::new((zh, en), ("在原系统中补上", "add it in the system it is from"))
}

impl Context<'_> {
    pub fn response(&self, interaction: &Element) -> Result<&Response, Refused> {
        let id = interaction.attribute("response-identifier").unwrap_or_default();
        let found = self.responses.iter().find(|response| response.id == id);
        found.ok_or_else(|| lacking("交互没有对应的应答声明", "an interaction has no response declaration"))
    }

    fn keyed(&self, interaction: &Element) -> Result<&Response, Refused> {
        let response = self.response(interaction)?;
        if response.right().is_empty() {
            return Err(lacking("没有正确答案", "there is no correct response"));
        }
        Ok(response)
    }

    pub fn credit(&self, interaction: &Element, otherwise: Credit) -> Credit {
        let by_item = if self.whole { Credit::AllOrNothing } else { otherwise };
        Exact::of(interaction).credit.unwrap_or(by_item)
    }

    /// The body of an interaction that stands by itself.
    pub fn block(&self, interaction: &Element) -> Result<BodyDraft, Refused> {
        match interaction.name.as_str() {
            "qti-choice-interaction" => self.choice(interaction),
            "qti-order-interaction" => self.order(interaction),
            "qti-match-interaction" => self.pairs(interaction),
            "qti-extended-text-interaction" => Ok(self.short(interaction)),
            name => Err(unknown(name)),
        }
    }

    fn choice(&self, interaction: &Element) -> Result<BodyDraft, Refused> {
        let response = self.keyed(interaction)?;
        let right = response.right();
        let names: Vec<&str> = choices(interaction, "qti-simple-choice").map(identifier).collect();
        if names.len() == 2 && names.contains(&"true") && names.contains(&"false") && right.len() == 1 {
            return Ok(BodyDraft::Judgement { truth: right[0] == "true" });
        }
        let options = options(interaction, "qti-simple-choice", &right)?;
        let most = interaction.attribute("max-choices").map_or(Some(1), |most| most.trim().parse::<u32>().ok());
        Ok(if most == Some(1) {
            BodyDraft::Single { options }
        } else {
            let partial = if response.takes_away() { Credit::Minus } else { Credit::NoneWrong };
            BodyDraft::Multiple { options, credit: self.credit(interaction, partial) }
        })
    }

    fn order(&self, interaction: &Element) -> Result<BodyDraft, Refused> {
        let response = self.keyed(interaction)?;
        let choices: Vec<&Element> = choices(interaction, "qti-simple-choice").collect();
        if response.correct.len() != choices.len() {
            return Err(lacking("排序题要排出全部选项", "an order that leaves choices out isn't known here"));
        }
        let entry = |id: &String| {
            let found = choices.iter().find(|choice| identifier(choice) == id);
            let choice = found.ok_or_else(|| {
                lacking("正确答案中有不存在的选项", "the correct response names a choice that isn't there")
            })?;
            Ok(words(text_of(&choice.children)?))
        };
        let entries = response.correct.iter().map(entry).collect::<Result<_, Refused>>()?;
        Ok(BodyDraft::Order { entries, credit: self.credit(interaction, Credit::PerPart) })
    }

    fn pairs(&self, interaction: &Element) -> Result<BodyDraft, Refused> {
        let response = self.keyed(interaction)?;
        let sets: Vec<&Element> = interaction.named("qti-simple-match-set").collect();
        let [left, right] = sets.as_slice() else {
            return Err(lacking("配对题要有左右两组", "a match has two sets"));
        };
        let named = |set: &Element| -> Result<Vec<(String, Words)>, Refused> {
            let one = |choice: &Element| Ok((identifier(choice).to_owned(), words(text_of(&choice.children)?)));
            choices(set, "qti-simple-associable-choice").map(one).collect()
        };
        let (left, right) = (named(left)?, named(right)?);
        let couples: Vec<Vec<&str>> = response.right().iter().map(|pair| pair.split_whitespace().collect()).collect();
        let mut pairs = Vec::new();
        let mut used: Vec<&str> = Vec::new();
        for (id, words) in &left {
            let partners: Vec<&str> =
                couples.iter().filter(|couple| couple.len() == 2 && couple[0] == id).map(|couple| couple[1]).collect();
            let [partner] = partners.as_slice() else {
                let says = ("左边的每项要正好有一个正确配对", "each on the left must have exactly one right partner");
                return Err(Refused::new(
                    says,
                    ("拆成几题，或换题型", "part it into several items, or take another kind"),
                ));
            };
            let found = right.iter().find(|(known, _)| known == partner);
            let (id, partner) = found.ok_or_else(|| {
                lacking("正确答案中有不存在的选项", "the correct response names a choice that isn't there")
            })?;
            used.push(id);
            pairs.push(PairDraft { left: words.clone(), right: partner.clone() });
        }
        let distractors =
            right.iter().filter(|(id, _)| !used.contains(&id.as_str())).map(|(_, words)| words.clone()).collect();
        Ok(BodyDraft::Match { pairs, distractors, credit: self.credit(interaction, Credit::PerPart) })
    }

    fn short(&self, interaction: &Element) -> BodyDraft {
        let expected = interaction.attribute("expected-length").and_then(|text| text.trim().parse::<u32>().ok());
        let length_most = expected.map_or(LENGTH_MOST, |length| length.saturating_mul(LONGER)).clamp(200, 20_000);
        let response = self.response(interaction).ok();
        let sample = response.and_then(|response| response.correct.first());
        let level = |zh: &str, en: &str, marks| LevelDraft { words: Words::new(zh, en), marks };
        let levels = vec![level("未达到要求", "not met", Mark::ZERO), level("达到要求", "met", self.marks)];
        let rubric = vec![CriterionDraft { name: Words::new("内容", "Content"), levels }];
        let sample = sample.map_or_else(Words::default, |text| words(crate::markup::escape(text)));
        BodyDraft::Short { rubric, length_most, sample }
    }

    /// A blank of a text.
    pub fn blank(&self, interaction: &Element) -> Result<BlankDraft, Refused> {
        let response = self.keyed(interaction)?;
        if interaction.name == "qti-inline-choice-interaction" {
            let options = options(interaction, "qti-inline-choice", &response.right())?;
            return Ok(BlankDraft::Chosen { options });
        }
        let accepts = response.accepted().into_iter().map(str::to_owned).collect();
        let fold = Exact::of(interaction).fold.unwrap_or(Fold { case: !response.minds_case(), ..Fold::default() });
        Ok(BlankDraft::Typed { accepts, fold })
    }

    /// A number that is the only thing asked.
    pub fn number(&self, interaction: &Element) -> Result<Option<BodyDraft>, Refused> {
        let response = self.keyed(interaction)?;
        if interaction.name != "qti-text-entry-interaction"
            || !matches!(response.base_type.as_str(), "float" | "integer")
        {
            return Ok(None);
        }
        let [value] = response.accepted()[..] else { return Ok(None) };
        let Exact { tolerance, unit, figures, .. } = Exact::of(interaction);
        let tolerance = tolerance.unwrap_or_else(|| ToleranceDraft::Absolute("0".to_owned()));
        Ok(Some(BodyDraft::Numeric { value: value.to_owned(), tolerance, unit, figures }))
    }
}

fn choices<'a>(parent: &'a Element, name: &'a str) -> impl Iterator<Item = &'a Element> {
    parent.named(name)
}

fn identifier(element: &Element) -> &str {
    element.attribute("identifier").unwrap_or_default()
}

fn options(interaction: &Element, name: &str, right: &[&str]) -> Result<Vec<OptionDraft>, Refused> {
    let option = |choice: &Element| {
        Ok(OptionDraft {
            words: words(text_of(&choice.children)?),
            right: right.contains(&identifier(choice)),
            stays: choice.attribute("fixed") == Some("true"),
            feedback: Words::default(),
        })
    };
    choices(interaction, name).map(option).collect()
}
