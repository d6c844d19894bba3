//! Whether two schemes mark the same things: what rules may be changed under a contest that was made, and what not.

use kernel::Text;
use marking::{Aspect, AspectKind, Policy, Scheme};
use referee::RuleSpec;

use crate::LoadedScheme;

/// How a rule of one scheme stands in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleDifference {
    Added,
    Removed,
    Changed,
}

impl LoadedScheme {
    /// The first thing in which another scheme differs, signals, phases, rules, policies, version and title apart: what is marked, how, what it
    /// is worth, and how it ranks. `None`: a contest that was made of the one may be judged by the other.
    pub fn differs_beyond_rules(&self, other: &LoadedScheme) -> Option<Text> {
        let (one, other) = (&*self.scheme, &*other.scheme);
        if one.code() != other.code() {
            return Some(Text::new("方案标识 id 不同", "the scheme's id is another"));
        }
        // The smallest thing first: an aspect that is worth more makes its module worth more.
        in_aspects(one, other)
            .or_else(|| in_division(one, other))
            .or_else(|| {
                in_a_list("评分子单元", "sub-criterion", one.sub_criteria(), other.sub_criteria(), |part| {
                    &part.code
                })
            })
            .or_else(|| {
                in_a_list("评分单元", "criterion", one.criteria(), other.criteria(), |criterion| &criterion.code)
            })
            .or_else(|| in_a_list("模块", "module", one.modules(), other.modules(), |module| &module.code))
            .or_else(|| {
                in_a_list("单项能力", "ability", one.abilities(), other.abilities(), |ability| &ability.code)
            })
            .or_else(|| in_a_list("组别", "group", one.groups(), other.groups(), |group| &group.code))
            .or_else(|| (one.ranking() != other.ranking()).then(|| Text::new("排名规则不同", "the ranking is another")))
            .or_else(|| (one.teams() != other.teams()).then(|| Text::new("团体规则不同", "the teams' rule is another")))
    }

    /// Rules that another scheme has, lacks, or words otherwise: id, aspect, and which. In the order of this scheme, then of the other.
    pub fn rules_that_differ<'a>(
        &'a self,
        other: &'a LoadedScheme,
    ) -> impl Iterator<Item = (&'a RuleSpec, RuleDifference)> {
        let named = |specs: &'a [RuleSpec], id: &str| specs.iter().find(|spec| spec.id == id);
        let gone = self.rule_specs.iter().filter_map(move |spec| match named(&other.rule_specs, &spec.id) {
            None => Some((spec, RuleDifference::Removed)),
            Some(known) if known != spec => Some((known, RuleDifference::Changed)),
            Some(_) => None,
        });
        let added = other.rule_specs.iter().filter(move |spec| named(&self.rule_specs, &spec.id).is_none());
        gone.chain(added.map(|spec| (spec, RuleDifference::Added)))
    }

    /// Whether another scheme judges an aspect by the same rules over the same signals.
    pub fn judges_alike(&self, other: &LoadedScheme, aspect: &str) -> bool {
        let of = |scheme: &'_ LoadedScheme| -> Vec<RuleSpec> {
            scheme.rule_specs.iter().filter(|spec| spec.aspect == aspect).cloned().collect()
        };
        self.rules.signals() == other.rules.signals() && of(self) == of(other)
    }
}

/// By code and order, then by what stands under each code.
fn in_a_list<T: PartialEq>(zh: &str, en: &str, one: &[T], other: &[T], code: fn(&T) -> &String) -> Option<Text> {
    for (before, after) in one.iter().zip(other) {
        if code(before) != code(after) {
            let (was, is) = (code(before), code(after));
            return Some(Text::new(
                format!("{zh} {was} 处变成了 {is}"),
                format!("{is} stands in the place of {en} {was}"),
            ));
        }
        if before != after {
            let code = code(before);
            return Some(Text::new(format!("{zh} {code} 有改动"), format!("{en} {code} is another")));
        }
    }
    match (one.get(other.len()), other.get(one.len())) {
        (Some(gone), _) => {
            Some(Text::new(format!("缺少{zh} {}", code(gone)), format!("{en} {} is missing", code(gone))))
        }
        (_, Some(new)) => Some(Text::new(format!("多出{zh} {}", code(new)), format!("{en} {} is new", code(new)))),
        (None, None) => None,
    }
}

fn in_aspects(one: &Scheme, other: &Scheme) -> Option<Text> {
    // An aspect whose policy is another is the same aspect; which part of its criterion it stands in is said by itself.
    let marked = |scheme: &Scheme| -> Vec<Aspect> {
        let ruled_out = |aspect: &Aspect| {
            let kind = match aspect.kind {
                AspectKind::Automatic { starts_at, .. } => AspectKind::Automatic { policy: Policy::Off, starts_at },
                _ => aspect.kind.clone(),
            };
            Aspect { kind, sub_criterion: None, ..aspect.clone() }
        };
        scheme.aspects().iter().map(ruled_out).collect()
    };
    in_a_list("评分项", "aspect", &marked(one), &marked(other), |aspect| &aspect.code)
}

/// The first aspect that stands in another part of its criterion. Both schemes have the same aspects.
fn in_division(one: &Scheme, other: &Scheme) -> Option<Text> {
    let part = |scheme: &Scheme, aspect: &Aspect| {
        aspect.sub_criterion.and_then(|ix| scheme.sub_criterion(ix)).map(|part| part.code.clone())
    };
    one.aspects().iter().zip(other.aspects()).find_map(|(before, after)| {
        let code = &before.code;
        match (part(one, before), part(other, after)) {
            (was, is) if was == is => None,
            (_, Some(is)) => Some(Text::new(
                format!("评分项 {code} 移到了评分子单元 {is}"),
                format!("aspect {code} stands in sub-criterion {is}"),
            )),
            (_, None) => Some(Text::new(
                format!("评分项 {code} 不再属于评分子单元"),
                format!("aspect {code} stands in no sub-criterion any more"),
            )),
        }
    })
}
