//! Who takes part: 77 competitors of three groups from 17 regions, ten judges, and those who run the contest. All invented.

use kernel::Rng;

use crate::decide;

const FAMILY: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高",
    "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹", "彭", "曾", "欧阳", "上官", "司徒",
];
const GIVEN: &[&str] = &[
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超", "秀兰", "霞", "平",
    "刚", "桂英", "建国", "志强", "晓明", "海燕", "文博", "子涵", "思远", "俊杰", "雪梅", "国栋", "春华", "嘉怡",
    "立新", "玉珍", "浩然",
];
pub const REGIONS: &[&str] = &[
    "温州", "徐州", "吴江", "泰州", "宁波", "苏州", "无锡", "杭州", "嘉兴", "绍兴", "金华", "台州", "南通", "扬州",
    "常州", "盐城", "湖州",
];
const ENTERPRISES: &[&str] =
    &["精工机器人有限公司", "智能装备股份有限公司", "自动化科技有限公司", "汽车零部件制造有限公司", "数控机床厂"];

pub const COMPETITORS: usize = 77;
/// Of a venue.
pub const JUDGES: usize = 6;
pub const GROUPS: &[&str] = &["workers", "teachers", "students"];

pub struct Competitor {
    pub name: String,
    pub organisation: String,
    pub team: String,
    pub group: &'static str,
    pub login: Option<String>,
}

pub struct Judge {
    pub name: String,
    pub organisation: String,
    pub login: String,
}

fn name(rng: &mut Rng) -> String {
    let pick = |rng: &mut Rng, list: &[&'static str]| list[rng.below(list.len() as u64) as usize];
    format!("{}{}", pick(rng, FAMILY), pick(rng, GIVEN))
}

/// So many, none of them twice.
pub fn names(rng: &mut Rng, count: usize) -> Vec<String> {
    let mut taken = std::collections::HashSet::new();
    std::iter::repeat_with(|| name(rng)).filter(|called| taken.insert(called.clone())).take(count).collect()
}

pub fn competitors(seed: u64) -> Vec<Competitor> {
    let mut taken = std::collections::HashSet::new();
    (0..COMPETITORS)
        .map(|at| {
            let mut rng = decide(seed, &["competitor", &at.to_string()]);
            let region = REGIONS[at % REGIONS.len()];
            let group = GROUPS[if at % 5 == 3 { 1 } else { usize::from(at % 5 == 4) * 2 }];
            let mut called = name(&mut rng);
            while !taken.insert(called.clone()) {
                called = name(&mut rng);
            }
            let organisation = match group {
                "students" => format!("{region}职业技术学院"),
                "teachers" => format!("{region}技师学院"),
                _ => format!("{region}{}", ENTERPRISES[rng.below(ENTERPRISES.len() as u64) as usize]),
            };
            Competitor {
                name: called,
                organisation,
                team: format!("{region}代表队"),
                group,
                login: (at == 0).then(|| "competitor".to_owned()),
            }
        })
        .collect()
}

/// Judges of a venue; none of them works where a competitor does.
pub fn judges(seed: u64, venue: &str) -> Vec<Judge> {
    (0..JUDGES)
        .map(|at| {
            let mut rng = decide(seed, &["judge", venue, &at.to_string()]);
            Judge {
                name: name(&mut rng),
                organisation: format!("省职业技能鉴定中心第{}组", at + 1),
                login: format!("judge-{venue}-{}", at + 1),
            }
        })
        .collect()
}

/// How good a competitor is at a module, 0 to 1: a talent of his own and a day's form for each module.
pub fn skill(seed: u64, entry_no: &str, module: &str) -> f64 {
    let talent = 0.68 + 0.15 * decide(seed, &["talent", entry_no]).gauss();
    let form = 0.10 * decide(seed, &["form", entry_no, module]).gauss();
    (talent + form).clamp(0.12, 0.98)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_as_announced() {
        let field = competitors(1);
        assert_eq!(field.len(), 77);
        let teams: std::collections::HashSet<_> = field.iter().map(|one| one.team.as_str()).collect();
        assert_eq!(teams.len(), 17);
        for group in GROUPS {
            assert!(field.iter().any(|one| one.group == *group), "{group}");
        }
        let names: std::collections::HashSet<_> = field.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names.len(), 77);
    }
}
