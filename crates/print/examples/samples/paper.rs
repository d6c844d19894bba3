//! Papers of a contest that never was, for the example and the tests.

use std::path::Path;
use std::{fs, io};

use jiff::civil::{Date, date};
use kernel::{Mark, Text};
use print::{Ability, AbilityReport, AdmissionLetter, Appointment, CertificateOfAward, Languages, Module, Signer};

const ON: Date = date(2026, 12, 6);
const HELD: Date = date(2026, 12, 5);

/// The fonts of the product, from where the program finds its screens.
pub fn fonts() -> io::Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist/fonts");
    let read = |name: &str| {
        fs::read(folder.join(name)).map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("web/dist/fonts/{name}: {error}; run `npm ci && npm run build` in web/"),
            )
        })
    };
    ["NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"].into_iter().map(read).collect()
}

fn hall() -> Text {
    Text::new("江北市总工会", "Jiangbei Federation of Trade Unions")
}

fn organisation() -> Option<Text> {
    Some(Text::new("江北智能装备有限公司", "Jiangbei Intelligent Equipment Co., Ltd."))
}

fn contest() -> Text {
    Text::new(
        "2026年江北市工业机器人系统操作员职业技能竞赛",
        "2026 Jiangbei Skills Contest for Industrial Robot System Operators",
    )
}

fn group() -> Option<Text> {
    Some(Text::new("职工组", "Workers"))
}

pub fn certificate() -> CertificateOfAward {
    CertificateOfAward {
        name: "欧阳明远".to_owned(),
        members: Vec::new(),
        organisation: organisation(),
        contest: contest(),
        group: group(),
        prize: Text::new("一等奖", "First Prize"),
        rank: Some(1),
        number: "GH-2026-000127".to_owned(),
        check_address: "https://hall.example/check/GH-2026-000127".to_owned(),
        signers: vec![
            Signer { name: "周建国".to_owned(), role: Text::new("裁判长", "Chief Judge") },
            Signer { name: "林素芬".to_owned(), role: Text::new("监督仲裁组组长", "Head of Supervision") },
        ],
        hall: hall(),
        on: ON,
    }
}

pub fn letter(languages: Languages) -> AdmissionLetter {
    let appointment = |hour, minute, what, place| Appointment { at: HELD.at(hour, minute, 0, 0), what, place };
    let station = || Text::new("二层 B-07 工位", "First floor, station B-07");
    AdmissionLetter {
        languages,
        name: "欧阳明远".to_owned(),
        organisation: organisation(),
        contest: contest(),
        group: group(),
        venue: Text::new("江北职业技术学院实训楼 B 座", "Jiangbei Polytechnic, Training Building B"),
        address: Some(Text::new("江北市滨江路 88 号", "88 Binjiang Road, Jiangbei")),
        station: Some("B-07".to_owned()),
        appointments: vec![
            appointment(
                8,
                0,
                Text::new("报到检录、抽签", "Check-in and draw"),
                Text::new("实训楼 B 座一层大厅", "Building B, ground-floor hall"),
            ),
            appointment(8, 30, Text::new("熟悉设备", "Getting to know the equipment"), station()),
            appointment(9, 0, Text::new("正式比赛（240 分钟）", "Contest (240 minutes)"), station()),
        ],
        bring: vec![
            Text::new("本人有效身份证件原件", "Identity document (original)"),
            Text::new("本通知书（纸质或电子版）", "This letter, on paper or on the phone"),
            Text::new("安全鞋、工作服", "Safety shoes and work clothes"),
        ],
        notes: vec![
            Text::new("迟到 15 分钟以上视为弃赛。", "A competitor who is more than 15 minutes late has withdrawn."),
            Text::new("手机、存储介质不得带入赛场。", "Phones and storage media stay outside."),
        ],
        check_in: "guildhall:check-in:7K4M92QX".to_owned(),
        check_in_code: Some("7K4M-92QX".to_owned()),
        hall: hall(),
        on: date(2026, 11, 27),
    }
}

const ABILITIES: [(&str, &str); 8] = [
    ("机械装配", "Mechanical assembly"),
    ("电气接线", "Electrical wiring"),
    ("机器人编程", "Robot programming"),
    ("视觉系统调试", "Vision system commissioning"),
    ("故障诊断", "Fault diagnosis"),
    ("安全与职业素养", "Safety and professional conduct"),
    ("工艺优化", "Process optimisation"),
    ("人机协作", "Human–robot collaboration"),
];

/// With so many abilities; the seventh of each eight has a single aspect, and so no error.
fn abilities(count: usize) -> Vec<Ability> {
    let ability = |at: usize| {
        let (zh, en) = ABILITIES[at % ABILITIES.len()];
        let (zh, en) = match at / ABILITIES.len() {
            0 => (zh.to_owned(), en.to_owned()),
            again => (format!("{zh}（{}）", again + 1), format!("{en} ({})", again + 1)),
        };
        let low = 0.42 + 0.03 * (at % 5) as f64;
        Ability {
            name: Text::new(zh, en),
            mark: Mark::from_hundredths(880 + 137 * (at as i64 * 5 % 8)),
            max: Mark::from_hundredths(2_000),
            interval: (at % 8 != 6).then(|| {
                let (share, half) = ((880 + 137 * (at * 5 % 8)) as f64 / 2_000.0, 0.04 + 0.024 * (at % 6) as f64);
                [(share - half).max(0.0), (share + half).min(1.0)]
            }),
            quartiles: [low, low + 0.11, low + 0.24],
        }
    };
    (0..count).map(ability).collect()
}

pub fn report(languages: Languages, abilities_count: usize) -> AbilityReport {
    let module = |zh, en, mark, max, winner| Module {
        name: Text::new(zh, en),
        mark: Mark::from_hundredths(mark),
        max: Mark::from_hundredths(max),
        winner: Some(Mark::from_hundredths(winner)),
    };
    AbilityReport {
        languages,
        name: "欧阳明远".to_owned(),
        organisation: organisation(),
        contest: contest(),
        group: group(),
        held: HELD,
        total: Mark::from_hundredths(8_735),
        total_max: Mark::from_hundredths(10_000),
        rank: 3,
        field: 48,
        in_group: Some((2, 20)),
        sentence: Text::new(
            "总分 87.35 分，在 48 名选手中列第 3 名；与第 2 名相差 0.40 分，主要差在视觉检测与分拣。",
            "87.35 marks, third of 48 competitors; 0.40 behind the second, mostly in vision inspection and sorting.",
        ),
        abilities: abilities(abilities_count),
        modules: vec![
            module("模块一 机械与电气安装", "Module 1: Mechanical and electrical installation", 1_820, 2_000, 1_910),
            module("模块二 机器人编程与调试", "Module 2: Robot programming and commissioning", 3_015, 3_500, 3_340),
            module("模块三 视觉检测与分拣", "Module 3: Vision inspection and sorting", 1_700, 2_000, 1_950),
            module("模块四 故障诊断与维护", "Module 4: Fault diagnosis and maintenance", 1_350, 1_500, 1_310),
            module("理论知识", "Theory", 850, 1_000, 900),
        ],
        strong: vec![
            Text::new(
                "视觉系统调试：高于全场四分之三的选手，差距明显大于误差。",
                "Vision system commissioning: above three quarters of the field, by clearly more than the uncertainty.",
            ),
            Text::new(
                "故障诊断与维护：比第一名高 0.40 分。",
                "Fault diagnosis and maintenance: 0.40 above the winner.",
            ),
        ],
        weak: vec![Text::new(
            "机械装配：得分率 44%，低于全场中位数 9 个百分点。",
            "Mechanical assembly: 44%, 9 points below the median of the field.",
        )],
        hall: hall(),
        on: ON,
    }
}
