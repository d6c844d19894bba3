//! Bad input from files and machines: schemes, workbooks, batches. The right code, clear words, nothing changed.

mod common;

use std::io::{Cursor, Read, Write};

use common::story::refused;
use common::{COMPETITORS, JUDGES, World, batch, new_contest, send, upload, xlsx};
use serde_json::{Value, json};

/// The parts of a workbook, unpacked.
fn parts(book: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let read = |at| {
        let mut part = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        (part.name().unwrap().into_owned(), bytes)
    };
    (0..zip::ZipArchive::new(Cursor::new(book)).unwrap().len()).map(read).collect()
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in parts {
        archive.start_file(name.as_str(), options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn workbooks_at_fault() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let before = world.everything().await;
    let put = async |what: &str, commit: bool, file: &[u8]| {
        let path = world.path(&format!("imports/{what}?commit={commit}"));
        upload(&world.organiser, &path, file).await
    };
    let huge = vec![b'x'; (8 << 20) + 1];
    refused(&put("competitors", true, b"name,organisation\n").await, "sheet_unreadable", "CSV");
    refused(&put("competitors", true, b"PK\x03\x04 cut off").await, "sheet_unreadable", "half a file");
    refused(&put("competitors", true, b"").await, "invalid", "an empty file");
    refused(&put("competitors", true, &huge).await, "too_large", "nine megabytes");
    refused(&put("cooks", true, &xlsx(JUDGES)).await, "not_found", "nobody imports cooks");
    let another = put("competitors", true, &xlsx(JUDGES)).await;
    refused(&another, "invalid", "another form");
    assert_eq!(another.fields(), ["columns.group"]);
    assert!(another.text().contains("模块"), "says what stands in the row: {}", another.text());
    refused(&put("judges", true, &xlsx(&JUDGES[..1])).await, "invalid", "headings alone");
    let json = world.organiser.post(&world.path("imports/judges"), json!({})).await;
    refused(&json, "unsupported_media", "JSON");
    for what in ["competitors", "judges"] {
        let path = world.path(&format!("imports/{what}/annotated"));
        refused(&upload(&world.organiser, &path, b"name").await, "sheet_unreadable", "CSV to annotate");
        refused(&upload(&world.organiser, &path, b"").await, "invalid", "nothing to annotate");
        refused(&upload(&world.organiser, &path, &huge).await, "too_large", "nine megabytes to annotate");
        let json = world.organiser.post(&path, json!({})).await;
        refused(&json, "unsupported_media", "JSON to annotate");
    }
    let path = world.path("imports/cooks/annotated");
    refused(&upload(&world.organiser, &path, &xlsx(JUDGES)).await, "not_found", "nobody annotates cooks");

    let long = "长".repeat(41);
    let good = ["新人", "新单位", "", "workers", "东赛场", "E9", "new-login"];
    let wrong: Vec<(&str, usize, &str)> = vec![
        ("name", 0, ""),
        ("name", 0, &long),
        ("name", 0, "换\u{7}行"),
        ("organisation", 1, ""),
        ("group", 3, "cooks"),
        ("group", 3, ""),
        ("venue", 4, "北赛场"),
        ("venue", 4, ""),
        ("no", 5, "E1"),
        ("login", 6, "Zhang Wei"),
        ("login", 6, "x"),
        ("login", 6, "comp-a"),
    ];
    for (column, at, cell) in &wrong {
        let mut row = good;
        row[*at] = cell;
        let file = xlsx(&[COMPETITORS[0], row]);
        let preview = put("competitors", false, &file).await.json();
        let problems = preview["problems"].as_array().unwrap();
        assert_eq!(
            (problems.len(), &problems[0]["column"], &problems[0]["row"]),
            (1, &json!(column), &json!(2)),
            "{cell}: {preview}"
        );
        assert_eq!((&preview["valid"], &preview["committed"]), (&json!(0), &json!(false)));
        let answer = put("competitors", true, &file).await;
        refused(&answer, "rows_invalid", cell);
        let annotated = json!(world.path("imports/competitors/annotated"));
        assert_eq!(
            (&preview["annotated"], &answer.json()["annotated"]),
            (&annotated, &annotated),
            "the way to the file"
        );
        assert_eq!(answer.fields(), [format!("rows[2].{column}")]);
    }
    let mut twins = [COMPETITORS[0], good, good, COMPETITORS[1]];
    twins[3][5] = "";
    twins[3][6] = "";
    let answer = put("competitors", true, &xlsx(&twins)).await;
    refused(&answer, "rows_invalid", "twins");
    assert_eq!(answer.fields(), ["rows[3].no", "rows[3].login", "rows[3].name", "rows[4].name"]);
    for fault in &answer.json()["fields"].as_array().unwrap()[..3] {
        let (zh, en) = (fault["detail"]["zh"].as_str().unwrap(), fault["detail"]["en"].as_str().unwrap());
        assert!(zh.contains("第 2 行") && en.contains("row 2"), "names the row it repeats: {fault}");
    }
    let judge = ["裁判九", "新单位", "东赛场", "A", "judge-9"];
    for (column, at, cell) in [
        ("name", 0, ""),
        ("venue", 2, "北"),
        ("modules", 3, "A Z"),
        ("login", 4, ""),
        ("login", 4, "judge-1"),
        ("login", 4, "J 9"),
    ] {
        let mut row = judge;
        row[at] = cell;
        let answer = put("judges", true, &xlsx(&[JUDGES[0], row])).await;
        refused(&answer, "rows_invalid", cell);
        assert_eq!(answer.fields(), [format!("rows[2].{column}")], "{cell}");
    }
    assert_eq!(world.everything().await, before);
    let people =
        world.hall.db.one("select count(*) as n from organisation where name_zh = '新单位'", &[]).await.unwrap();
    assert_eq!(people.get::<i64>("n").unwrap(), 0, "nobody is left behind");

    for state in ["live", "frozen"] {
        world.becomes(state).await;
    }
    let before = world.everything().await;
    refused(&put("competitors", true, &xlsx(&[COMPETITORS[0], good])).await, "contest_not_open", "a frozen field");
    assert_eq!(world.everything().await, before);
}

/// People write their own headings, and columns of their own: what is known by another name is read, what isn't is named.
#[tokio::test]
async fn columns_that_nothing_is_read_from() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let file = xlsx(&[
        ["备注", "选手姓名", "工作单位", "队伍", "Category", "赛场", "职务", "赛场", ""],
        ["", "新人", "新单位", "三队", "workers", "东赛场", "班长", "西赛场", "甲组"],
    ]);
    let preview = upload(&world.organiser, &world.path("imports/competitors"), &file).await.json();
    let named = |column: &str, heading: &str| json!({"column": column, "heading": heading});
    assert_eq!(
        preview["passed_over"],
        json!([named("A", "备注"), named("G", "职务"), named("H", "赛场"), named("I", "")])
    );
    let cells = &preview["preview"][0]["cells"];
    assert_eq!((&preview["valid"], &cells["team"], &cells["venue"]), (&json!(1), &json!("三队"), &json!("东赛场")));
    // The form's own heading comes first, wherever it stands; a running number is no blind number.
    let file = xlsx(&[
        ["Number", "姓名", "单位", "队名", "组别", "赛区", "赛场", "代表队"],
        ["1", "新人", "新单位", "三号", "workers", "浙江", "东赛场", "三队"],
    ]);
    let preview = upload(&world.organiser, &world.path("imports/competitors"), &file).await.json();
    assert_eq!(preview["passed_over"], json!([named("A", "Number"), named("D", "队名"), named("F", "赛区")]));
    let cells = &preview["preview"][0]["cells"];
    assert_eq!((&cells["team"], &cells["venue"], &cells["no"]), (&json!("三队"), &json!("东赛场"), &json!("")));
    let clean = upload(&world.organiser, &world.path("imports/competitors"), &xlsx(COMPETITORS)).await.json();
    assert_eq!(clean["passed_over"], json!([]));
}

#[tokio::test]
async fn telemetry_at_fault() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    world.becomes("live").await;
    let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
    let good = batch("edg_east", 1, 0, &[("S01", 0, json!({"grip": false}))]);
    assert_eq!(send(&edge, &path, good.clone()).await.json(), json!({"next": 2}));
    let before = world.everything().await;
    let one = |tick: &str| {
        format!(
            "{{\"v\":1,\"edge\":\"edg_east\",\"seq\":2,\"backlog\":0,\"sent_at\":\"2026-11-22T08:00:00.000Z\"}}\n{tick}\n"
        )
    };
    let t = testkit::START_MS * 1_000_000;
    for (what, body, code) in [
        ("nothing", String::new(), "malformed"),
        ("no header", "{}".to_owned(), "malformed"),
        ("cut off", one("{\"station\":\"S01\",\"t\":"), "telemetry_bad_sample"),
        ("NaN", one(&format!("{{\"station\":\"S01\",\"t\":{t},\"s\":{{\"force\":NaN}}}}")), "telemetry_bad_sample"),
        ("infinity", one(&format!("{{\"station\":\"S01\",\"t\":{t},\"s\":{{\"force\":1e999}}}}")), ""),
        ("unknown field", one(&format!("{{\"station\":\"S01\",\"t\":{t},\"s\":{{}},\"x\":1}}")), ""),
        ("the future", batch("edg_east", 2, 0, &[("S01", 6_000, json!({"grip": true}))]), "telemetry_future"),
        ("a clock never set", one("{\"station\":\"S01\",\"t\":5,\"s\":{\"grip\":true}}"), "telemetry_bad_sample"),
        (
            "back in time",
            batch("edg_east", 2, 0, &[("S01", 2, json!({})), ("S01", 1, json!({}))]),
            "telemetry_bad_sample",
        ),
        ("a gap", batch("edg_east", 3, 0, &[("S01", 1, json!({"grip": true}))]), "telemetry_gap"),
        ("another gateway", batch("edg_west", 2, 0, &[("S01", 1, json!({"grip": true}))]), "forbidden"),
        ("no such station", batch("edg_east", 2, 0, &[("S99", 1, json!({"grip": true}))]), "telemetry_bad_sample"),
        (
            "two venues",
            batch("edg_east", 2, 0, &[("S01", 1, json!({"grip": true})), ("S11", 1, json!({"grip": true}))]),
            "gateway_misplaced",
        ),
        ("another venue", batch("edg_east", 2, 0, &[("S11", 1, json!({"grip": true}))]), "gateway_misplaced"),
        ("too much", format!("{good}{}", " ".repeat(4 << 20)), "too_large"),
    ] {
        let answer = send(&edge, &path, body).await;
        let code = if code.is_empty() { answer.code() } else { code.to_owned() };
        refused(&answer, &code, what);
        if code == "gateway_misplaced" {
            // A line that is named is set aside for good; here the set-up is at fault.
            assert_eq!((answer.status.as_u16(), &answer.json()["line"]), (409, &Value::Null), "{what}");
        }
        if what == "a gap" {
            assert_eq!((answer.status.as_u16(), &answer.json()["next"]), (409, &json!(2)));
        }
        assert_eq!(world.everything().await, before, "{what}");
    }
    assert_eq!(send(&edge, &path, good).await.json(), json!({"next": 2}), "taken before");
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn contests_that_cannot_be_made() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let with = |pointer: &str, value: Value| {
        let mut new = new_contest(true);
        *new.pointer_mut(pointer).unwrap() = value;
        new
    };
    let long = "长".repeat(101);
    for (what, new, code) in [
        ("no name", with("/name/zh", json!(" ")), "invalid"),
        ("a long name", with("/name/en", json!(long)), "invalid"),
        ("a name with a bell", with("/name/zh", json!("赛\u{7}")), "invalid"),
        ("a name with a zero", with("/name/zh", json!("赛\u{0}")), "invalid"),
        ("no venue's name", with("/venues/0/name/zh", json!("")), "invalid"),
        ("two venues of a name", with("/venues/0/name/zh", json!("西赛场")), "invalid"),
        ("no venues", with("/venues", json!([])), "invalid"),
        ("no stations", with("/venues/0/stations", json!([])), "invalid"),
        ("a station twice", with("/venues/0/stations", json!(["S01", "S11"])), "invalid"),
        ("a station's code", with("/venues/0/stations", json!(["S 1"])), "invalid"),
        ("no time", with("/starts_at", json!("soon")), "invalid"),
        ("no scheme", with("/scheme", json!("")), "scheme_invalid"),
        ("no YAML", with("/scheme", json!("a: [")), "scheme_invalid"),
        ("a scheme with a zero", with("/scheme", json!("format: \u{0}")), "scheme_invalid"),
        ("a scheme's fault", with("/scheme", json!(common::SCHEME.replace("max: 3", "max: three"))), "scheme_invalid"),
    ] {
        let answer = world.organiser.post("/api/contests", new).await;
        refused(&answer, code, what);
        assert!(!answer.fields().is_empty(), "{what}: {}", answer.text());
    }
    let everywhere = json!({
        "name": {"zh": "", "en": "Trial"}, "scheme": "format: guildhall/scheme/1\nid: x", "blind": true, "starts_at": "2026-11-22T08:00:00Z",
        "venues": [{"name": {"zh": "东", "en": ""}, "stations": ["S01", "S 1"]}, {"name": {"zh": "东", "en": "West"}, "stations": []}],
    });
    let answer = world.organiser.post("/api/contests", everywhere).await;
    refused(&answer, "scheme_invalid", "a fault in every part");
    let mut fields = answer.fields();
    assert!(fields.iter().filter(|path| path.starts_with("scheme:")).count() > 2, "{}", answer.text());
    fields.retain(|path| !path.starts_with("scheme:"));
    fields.sort_unstable();
    let expected = ["name.zh", "venues[0].name.en", "venues[0].stations[1]", "venues[1].name.zh", "venues[1].stations"];
    assert_eq!(fields, expected, "all at once");
    let contests = world.stranger.get("/api/contests").await.json();
    assert_eq!(contests["items"].as_array().unwrap().len(), 1);
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

/// Small on the wire, and no hall's memory when it is unpacked.
#[tokio::test]
async fn workbooks_that_would_burst() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let before = world.everything().await;
    let good = xlsx(&[JUDGES[0], ["裁判九", "新单位", "东赛场", "A", "judge-9"]]);
    // Forty megabytes of nothing within the sheet, which Excel would still open.
    let mut bomb = parts(&good);
    let sheet = bomb.iter_mut().find(|(name, _)| name == SHEET).unwrap();
    let text = String::from_utf8(sheet.1.clone()).unwrap();
    let blank = " ".repeat(40 << 20);
    sheet.1 = text.replace("</sheetData>", &format!("</sheetData>{blank}")).into_bytes();
    let bomb = packed(&bomb);
    assert!(bomb.len() < 100_000, "{} bytes on the wire", bomb.len());
    // The same, and its directory says that it is small.
    let mut liar = bomb.clone();
    let sizes: Vec<usize> = (0..liar.len() - 4)
        .filter(|at| u32::from_le_bytes(liar[*at..*at + 4].try_into().unwrap()) as usize > (40 << 20))
        .filter(|at| (u32::from_le_bytes(liar[*at..*at + 4].try_into().unwrap()) as usize) < (41 << 20))
        .collect();
    assert!(!sizes.is_empty());
    for at in sizes {
        liar[at..at + 4].copy_from_slice(&2_000u32.to_le_bytes());
    }
    // Forty megabytes beside the sheet, in a part that nobody asks for.
    let mut beside = parts(&good);
    beside.push(("xl/media/image1.png".into(), vec![0; 40 << 20]));
    let beside = packed(&beside);
    let mut many = parts(&good);
    many.extend((0..1_000).map(|nth| (format!("xl/media/{nth}.png"), Vec::new())));
    let many = packed(&many);
    for path in ["imports/judges", "imports/judges?commit=true", "imports/judges/annotated"] {
        for (what, file) in [("a bomb", &bomb), ("beside the sheet", &beside), ("a thousand parts", &many)] {
            let answer = upload(&world.organiser, &world.path(path), file).await;
            refused(&answer, "too_large", what);
            assert_eq!(answer.status, 413);
        }
        let answer = upload(&world.organiser, &world.path(path), &liar).await;
        assert!(["too_large", "sheet_unreadable"].contains(&answer.code().as_str()), "a liar: {}", answer.text());
    }
    // Two cells in opposite corners are no table of seventeen thousand million.
    let mut wide = parts(&good);
    let sheet = wide.iter_mut().find(|(name, _)| name == SHEET).unwrap();
    let text = String::from_utf8(sheet.1.clone()).unwrap();
    let corner = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>";
    sheet.1 = text.replace("</sheetData>", corner).into_bytes();
    let answer = upload(&world.organiser, &world.path("imports/judges"), &packed(&wide)).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["rows"]), (200, &json!(1)), "{}", answer.text());
    // A row more than may be.
    let rows: Vec<[String; 5]> = (0..5_001)
        .map(|nth| [format!("裁判{nth}"), "新单位".into(), "东赛场".into(), "".into(), format!("j-{nth}")])
        .collect();
    let rows: Vec<[&str; 5]> =
        std::iter::once(JUDGES[0]).chain(rows.iter().map(|row| row.each_ref().map(String::as_str))).collect();
    let answer = upload(&world.organiser, &world.path("imports/judges"), &xlsx(&rows)).await;
    refused(&answer, "too_large", "5,001 rows");
    assert_eq!(world.everything().await, before);
}

/// A refused file comes back as it was, with what is wrong beside its rows; mended, it is taken.
#[tokio::test]
async fn a_refused_workbook_comes_back_annotated() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let bold = rust_xlsxwriter::Format::new().set_bold();
    for (column, heading) in JUDGES[0].iter().enumerate() {
        sheet.write_with_format(2, column as u16, *heading, &bold).unwrap();
    }
    let rows = [
        ["裁判九", "新单位", "北赛场", "A Z", "judge-9"],
        ["裁判十", "新单位", "东赛场", "A", "judge-10"],
        ["", "新单位", "东赛场", "", "judge-1"],
    ];
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(row as u32 + 4, column as u16, *cell).unwrap();
        }
    }
    book.add_worksheet().write(0, 0, "别的表").unwrap();
    let file = book.save_to_buffer().unwrap();
    let before = world.everything().await;
    let path = world.path("imports/judges/annotated");
    let answer = upload(&world.organiser, &path, &file).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"judges-problems.xlsx\"");
    let annotated = answer.bytes.to_vec();
    let column = |book: &[u8], column: u32| -> Vec<(u32, String)> {
        let mut book: calamine::Xlsx<_> = calamine::Reader::new(Cursor::new(book.to_vec())).unwrap();
        let range = calamine::Reader::worksheet_range_at(&mut book, 0).unwrap().unwrap();
        let cells = range.used_cells().filter(|(_, at, _)| *at as u32 == column);
        let first = range.start().unwrap().0;
        cells.map(|(row, _, cell)| (first + row as u32 + 1, cell.to_string())).collect()
    };
    let remarks = column(&annotated, 5);
    assert_eq!(remarks.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [3, 5, 7], "{remarks:?}");
    assert_eq!(remarks[0].1, "问题 Problems");
    for (remark, words) in
        [(1, ["赛场：", "Venue: ", "模块：", "Modules: "]), (2, ["姓名：", "Name: ", "账号", "Name"])]
    {
        let found = words.iter().filter(|word| remarks[remark].1.contains(**word)).count();
        assert!(found >= 2, "{:?}", remarks[remark]);
    }
    // All else is what it was, byte for byte.
    let (was, is) = (parts(&file), parts(&annotated));
    assert_eq!(was.iter().map(|part| &part.0).collect::<Vec<_>>(), is.iter().map(|part| &part.0).collect::<Vec<_>>());
    for (was, is) in was.iter().zip(&is).filter(|(was, _)| was.0 != SHEET) {
        assert_eq!(was, is);
    }
    for at in 0..5 {
        assert_eq!(column(&file, at), column(&annotated, at));
    }
    // Annotated once more there is still one such column.
    let again = upload(&world.organiser, &path, &annotated).await.bytes.to_vec();
    assert_eq!((column(&again, 5), column(&again, 6)), (remarks, Vec::new()));
    assert_eq!(world.everything().await, before, "nothing is written by it");
    // What is right comes back with a heading and no remark, and an annotated file that was mended is taken.
    let right = xlsx(&[JUDGES[0], rows[1]]);
    let right = upload(&world.organiser, &path, &right).await.bytes.to_vec();
    assert_eq!(column(&right, 5), [(1, "问题 Problems".to_owned())]);
    let taken = upload(&world.organiser, &world.path("imports/judges?commit=true"), &right).await;
    assert_eq!(
        (taken.status.as_u16(), &taken.json()["valid"], &taken.json()["annotated"]),
        (200, &json!(1), &Value::Null)
    );
}

/// Beside the last column that Excel knows there is no room for remarks: it is said, and no file that Excel calls damaged is sent.
#[tokio::test]
async fn a_sheet_without_room_for_remarks_is_named() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let file = |column: u16| {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (row, cells) in [JUDGES[0], ["裁判九", "新单位", "北赛场", "", "judge-9"]].iter().enumerate() {
            for (at, cell) in cells.iter().enumerate() {
                sheet.write(row as u32, at as u16, *cell).unwrap();
            }
        }
        sheet.write_blank(7, column, &rust_xlsxwriter::Format::new().set_bold()).unwrap();
        book.save_to_buffer().unwrap()
    };
    let path = world.path("imports/judges/annotated");
    for (column, room) in [(16_382, true), (16_383, false)] {
        let answer = upload(&world.organiser, &path, &file(column)).await;
        if room {
            assert_eq!(answer.status, 200, "{}", answer.text());
            let sheet = parts(&answer.bytes).into_iter().find(|(name, _)| name == SHEET).unwrap().1;
            let sheet = String::from_utf8(sheet).unwrap();
            assert!(sheet.contains("r=\"XFD1\"") && sheet.contains("r=\"XFD2\"") && !sheet.contains("XFE"));
        } else {
            refused(&answer, "rows_invalid", "the last column is used");
            assert!(answer.text().contains("XFD"), "{}", answer.text());
            assert_eq!(answer.fields(), ["rows[2].venue"], "what is wrong is said all the same");
        }
    }
    // The check itself needs no room.
    let checked = upload(&world.organiser, &world.path("imports/judges"), &file(16_383)).await;
    assert_eq!((checked.status.as_u16(), &checked.json()["valid"]), (200, &json!(0)), "{}", checked.text());
}

/// The form as it is handed out names nobody: its example stands on a sheet of its own.
#[tokio::test]
async fn an_untouched_form_makes_nobody() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let before = world.everything().await;
    for (what, example) in [("competitors", "张伟"), ("judges", "李芳")] {
        let form = world.organiser.get(&world.path(&format!("imports/{what}/template"))).await;
        assert_eq!(form.status, 200, "{}", form.text());
        let mut book: calamine::Xlsx<_> = calamine::Reader::new(Cursor::new(form.bytes.to_vec())).unwrap();
        let rows = [0, 1].map(|at| calamine::Reader::worksheet_range_at(&mut book, at).unwrap().unwrap());
        assert_eq!((rows[0].height(), rows[1].height()), (1, 2));
        assert_eq!(rows[1].get((1, 0)).unwrap().to_string(), example);
        for commit in [false, true] {
            let answer =
                upload(&world.organiser, &world.path(&format!("imports/{what}?commit={commit}")), &form.bytes).await;
            refused(&answer, "invalid", "nobody is in it");
            assert!(answer.text().contains("below the headings"), "{}", answer.text());
            assert_eq!(answer.fields(), ["file"]);
        }
    }
    assert_eq!(world.everything().await, before);
}

/// A workbook as a script may write it: parts at places of its own, in letters of other cases, with prefixes, without styles, shared strings
/// or the places of cells.
fn by_a_script(rows: &[[&str; 5]], row_ends: &str) -> Vec<u8> {
    let kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"first\" Type=\"{kinds}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let cell = |text: &&str| format!("<m:c t=\"inlineStr\"><m:is><m:t>{text}</m:t></m:is></m:c>");
    let rows: String =
        rows.iter().map(|row| format!("<m:row>{}{row_ends}", row.iter().map(cell).collect::<String>())).collect();
    let named = [
        ("_rels/.rels", relations("officeDocument", "/out/book.xml")),
        (
            "out/book.xml",
            format!(
                "<m:workbook xmlns:m=\"{main}\" xmlns:q=\"{kinds}\"><m:sheets><m:sheet name=\"L\" sheetId=\"1\" q:id=\"first\"/></m:sheets></m:workbook>"
            ),
        ),
        ("out/_rels/book.xml.rels", relations("worksheet", "Pages/List.xml")),
        (
            "OUT\\pages\\list.xml",
            format!("<m:worksheet xmlns:m=\"{main}\"><m:sheetData>{rows}</m:sheetData></m:worksheet>"),
        ),
    ];
    packed(&named.map(|(name, text)| (name.to_owned(), text.into_bytes())))
}

#[tokio::test]
async fn a_workbook_that_a_script_wrote_comes_back_annotated_or_its_faults_do() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let rows = [JUDGES[0], ["裁判九", "新单位", "北赛场", "", "judge-9"]];
    let checked = |file: Vec<u8>| {
        let (client, path) = (world.organiser.clone(), world.path("imports/judges"));
        async move { upload(&client, &path, &file).await.json()["problems"][0]["column"].clone() }
    };
    let path = world.path("imports/judges/annotated");
    let file = by_a_script(&rows, "</m:row>");
    assert_eq!(checked(file.clone()).await, "venue", "it can be read");
    let answer = upload(&world.organiser, &path, &file).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let (was, is) = (parts(&file), parts(&answer.bytes));
    assert_eq!(was.iter().map(|part| &part.0).collect::<Vec<_>>(), is.iter().map(|part| &part.0).collect::<Vec<_>>());
    let mut book: calamine::Xlsx<_> = calamine::Reader::new(Cursor::new(answer.bytes.to_vec())).unwrap();
    let range = calamine::Reader::worksheet_range_at(&mut book, 0).unwrap().unwrap();
    assert!(range.get((1, 5)).unwrap().to_string().contains("北赛场"), "{range:?}");

    // What reading forgives, and Excel doesn't, isn't written again; what is wrong in the rows is said nevertheless.
    let sloppy = by_a_script(&rows, "</row>");
    assert_eq!(checked(sloppy.clone()).await, "venue", "it can be read");
    let answer = upload(&world.organiser, &path, &sloppy).await;
    refused(&answer, "rows_invalid", "ends that are no ends");
    assert_eq!(answer.fields(), ["rows[2].venue"]);
    assert!(answer.text().contains("save it as .xlsx"), "{}", answer.text());
}

/// Who only looks at a file doesn't wait for somebody who writes.
#[tokio::test]
async fn a_file_is_checked_while_others_write() {
    for database in testkit::databases().await {
        let world = World::new(&database.url, true).await;
        let file = xlsx(&[JUDGES[0], ["裁判九", "新单位", "北赛场", "", "judge-9"]]);
        let (path, client, db, file) =
            (world.path("imports/judges/annotated"), &world.organiser, &world.hall.db, &file);
        let path = &path;
        let within = db.write::<_, store::StoreError, _>(|tx| {
            Box::pin(async move {
                tx.next_position("a-write-that-takes-long").await?;
                let patience = std::time::Duration::from_secs(5);
                Ok(tokio::time::timeout(patience, upload(client, path, file)).await)
            })
        });
        let answer = within.await.unwrap().expect("it waits for the write");
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}
