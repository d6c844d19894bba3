//! The hall's own verbs. A verb's id is stored for ever: add, never change.

use crate::Verb;

/// One verb in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HallVerb {
    pub id: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

macro_rules! hall_verbs {
    ($($(#[$doc:meta])* $name:ident = $id:literal $zh:literal $en:literal;)*) => {
        $($(#[$doc])* pub const $name: HallVerb = HallVerb { id: concat!("urn:x-guildhall:verb:", $id), zh: $zh, en: $en };)*
        pub const ALL: &[HallVerb] = &[$($name,)*];
    };
}

hall_verbs! {
    /// A judge gave the competitor a mark on an aspect.
    WAS_MARKED = "was-marked" "被评分" "was marked";
    /// A mark was replaced by another, with a reason.
    WAS_CORRECTED = "was-corrected" "评分被更正" "had a mark corrected";
    /// The smart referee found something, with its evidence.
    WAS_JUDGED = "was-judged" "被智能裁判判定" "was judged by the referee";
    /// A person confirmed or rejected what the referee had found.
    WAS_CONFIRMED = "was-confirmed" "判定被确认" "had a verdict confirmed";
    WAS_REJECTED = "was-rejected" "判定被驳回" "had a verdict rejected";
    /// The chief judge took back a verdict that had counted.
    WAS_TAKEN_BACK = "was-taken-back" "判定被撤回" "had a verdict taken back";
    /// The contest ended with this place and total.
    WAS_RANKED = "was-ranked" "取得名次" "was ranked";
    /// A published result gave a prize.
    WAS_AWARDED = "was-awarded" "获奖" "was awarded";
    /// A result that was published again, after an appeal, no longer gives it.
    LOST_AWARD = "lost-award" "奖项被收回" "had an award withdrawn";
    /// What a published contest showed of an ability.
    SHOWED_ABILITY = "showed-ability" "展现能力" "showed an ability";
}

impl From<HallVerb> for Verb {
    fn from(verb: HallVerb) -> Verb {
        Verb {
            id: verb.id.to_owned(),
            display: vec![("zh-CN".to_owned(), verb.zh.to_owned()), ("en".to_owned(), verb.en.to_owned())],
        }
    }
}
