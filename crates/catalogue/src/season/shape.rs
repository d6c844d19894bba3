//! How each part of a season file is written, as `crate::shape` has it for schemes.

use crate::shape::{Document, TEXT, map, plain};

const FILE: &[&str] = &["format", "id", "version", "title", "trades", "tiers"];
const ADVANCE: &[&str] =
    &["over", "first", "share", "of", "rounding", "per_organisation", "total_min", "ties", "chain", "declined"];

/// A season file.
pub(crate) static SEASON: Document = Document(&[
    map("^", "format: guildhall/season/1", FILE),
    plain("^format", "format: guildhall/season/1"),
    plain("^id", "id: district-season"),
    plain("^version", "version: 1"),
    map("title", "title: {zh: 全区技能竞赛季, en: District skills season}", TEXT),
    plain("title.zh", "zh: 全区技能竞赛季"),
    plain("title.en", "en: District skills season"),
    plain("^trades", "trades: [fitter, welder]"),
    plain("^trades[]", "fitter"),
    plain("^tiers", "tiers: [{code: district, name: {zh: 区级决赛, en: District final}, level: district}]"),
    map(
        "^tiers[]",
        "{code: district, name: {zh: 区级决赛, en: District final}, level: district}",
        &["code", "name", "level", "advance"],
    ),
    plain("code", "code: district"),
    map("name", "name: {zh: 区级决赛, en: District final}", TEXT),
    plain("zh", "zh: 区级决赛"),
    plain("en", "en: District final"),
    plain("level", "level: district"),
    map("advance", "advance: {over: each_group, first: 3, ties: all, declined: replaced}", ADVANCE),
    plain("over", "over: each_group"),
    plain("first", "first: 3"),
    plain("share", "share: 30%"),
    plain("of", "of: ranked"),
    plain("rounding", "rounding: up"),
    plain("per_organisation", "per_organisation: 2"),
    plain("total_min", "total_min: 60"),
    plain("ties", "ties: all"),
    plain("chain", "chain: [practice, theory, time]"),
    plain("chain[]", "practice"),
    plain("declined", "declined: replaced"),
]);
