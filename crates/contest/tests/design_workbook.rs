//! A scheme as a workbook, and whatever people do to workbooks.

mod common;

use calamine::{Reader, Xlsx};
use catalogue::{SHIPPED_SCHEMES, load_scheme};
use common::{SCHEME, World, upload};
use rust_xlsxwriter::{Format, Formula, Workbook};
use serde_json::{Value, json};

type Sheet = (String, Vec<Vec<String>>);
type Sheets = Vec<Sheet>;

async fn exported(world: &World, scheme: &str) -> Vec<u8> {
    let answer = world.chief.post("/api/schemes/workbook", json!({"scheme": scheme})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.bytes.to_vec()
}

fn sheets(book: &[u8]) -> Sheets {
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(book.to_vec())).unwrap();
    let names = book.sheet_names();
    names
        .into_iter()
        .map(|name| {
            let range = book.worksheet_range(&name).unwrap();
            let rows = range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
            (name, rows)
        })
        .collect()
}

/// All cells as text.
fn rewritten(sheets: &[Sheet], touch: impl Fn(&mut rust_xlsxwriter::Worksheet, &str)) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                sheet.write(row as u32, column as u16, cell.as_str()).unwrap();
            }
        }
        touch(sheet, name);
    }
    book.save_to_buffer().unwrap()
}

async fn imported(world: &World, book: &[u8]) -> Value {
    let answer = upload(&world.chief, "/api/schemes/from-workbook", book).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn faults(answer: &Value) -> Vec<String> {
    let told = answer["faults"].as_array().unwrap().iter().filter(|fault| fault["severity"] == "error");
    told.map(|fault| {
        format!(
            "{}!{}: {}",
            fault["sheet"].as_str().unwrap(),
            fault["cell"].as_str().unwrap_or("-"),
            fault["detail"]["en"].as_str().unwrap()
        )
    })
    .collect()
}

#[tokio::test]
async fn what_goes_out_comes_back_equal() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    for source in SHIPPED_SCHEMES.iter().map(|shipped| shipped.source).chain([SCHEME]) {
        let own = load_scheme(source).0.unwrap();
        let book = exported(&world, source).await;
        let plain = rewritten(&sheets(&book), |_, _| {});
        for book in [&book, &plain] {
            let answer = imported(&world, book).await;
            assert_eq!(faults(&answer), Vec::<String>::new());
            assert!(answer["summary"].is_object() && answer["passed_over"] == json!([]), "{}", answer["passed_over"]);
            let back = load_scheme(answer["scheme"].as_str().unwrap()).0.unwrap();
            assert_eq!(back.scheme, own.scheme);
            assert_eq!(back.rule_specs, own.rule_specs);
            assert_eq!(back.rules.signals(), own.rules.signals());
        }
    }
    let faulty = world.chief.post("/api/schemes/workbook", json!({"scheme": "id: x"})).await;
    assert_eq!(faulty.code(), "scheme_invalid");
}

#[tokio::test]
async fn a_workbook_is_one_that_people_can_read() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let book = sheets(&exported(&world, SCHEME).await);
    let names: Vec<&str> = book.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[0], "赛事 Contest");
    assert_eq!(*names.last().unwrap(), "说明 Help");
    let (_, aspects) = book.iter().find(|(name, _)| name == "评分项 Aspects").unwrap();
    assert_eq!(aspects.len(), 12, "a row for each aspect below the headings");
    assert_eq!(aspects[0][11], "满分 Max");
    assert_eq!(aspects[1][11], "2");
}

#[tokio::test]
async fn what_people_do_to_workbooks_is_said_at_its_cell() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let book = sheets(&exported(&world, SCHEME).await);
    let aspects = "评分项 Aspects";

    let formula = rewritten(&book, |sheet, name| {
        if name == aspects {
            sheet.write_formula(1, 11, Formula::new("=1+1").set_result("2")).unwrap();
        }
    });
    assert!(faults(&imported(&world, &formula).await).contains(&format!("{aspects}!L2: this is a formula")));

    let merged = rewritten(&book, |sheet, name| {
        if name == aspects {
            sheet.merge_range(1, 0, 3, 0, "A", &Format::new()).unwrap();
        }
    });
    let told = faults(&imported(&world, &merged).await);
    assert!(told.contains(&format!("{aspects}!A2: A2:A4 are merged cells")), "{told:?}");

    // Columns in another order, and one of somebody's own.
    let mut turned = book.clone();
    for (name, rows) in &mut turned {
        if name == aspects {
            rows.iter_mut().for_each(|row| row.reverse());
            rows.iter_mut().for_each(|row| row.push("mine".into()));
        }
    }
    turned.push(("Notes".into(), vec![vec!["x".into()]]));
    let answer = imported(&world, &rewritten(&turned, |_, _| {})).await;
    assert_eq!(faults(&answer), Vec::<String>::new());
    assert_eq!(answer["passed_over"], json!([format!("{aspects}!Y"), "Notes"]));

    // One that was made before criteria could be divided.
    let mut older = book.clone();
    for (_, rows) in older.iter_mut().filter(|(name, _)| name == aspects) {
        assert_eq!(
            rows[0][4..7].join(" "),
            "评分子单元 Sub-criterion 评分子单元（中文） Sub-criterion in Chinese 评分子单元（英文） Sub-criterion in English"
        );
        rows.iter_mut().for_each(|row| drop(row.drain(4..7)));
    }
    let answer = imported(&world, &rewritten(&older, |_, _| {})).await;
    let back = load_scheme(answer["scheme"].as_str().unwrap()).0.unwrap();
    assert_eq!(back.scheme, load_scheme(SCHEME).0.unwrap().scheme);

    let mut wrong = book.clone();
    for (name, rows) in &mut wrong {
        if name == aspects {
            rows[2][11] = "three".into();
        }
    }
    let answer = imported(&world, &rewritten(&wrong, |_, _| {})).await;
    assert!(
        answer["summary"].is_null()
            && faults(&answer).iter().any(|fault| fault.starts_with(&format!("{aspects}!L3: `three`"))),
        "{:?}",
        faults(&answer)
    );

    let mut headless = book.clone();
    headless.iter_mut().filter(|(name, _)| name == aspects).for_each(|(_, rows)| rows[0][11] = "Points".into());
    let told = faults(&imported(&world, &rewritten(&headless, |_, _| {})).await);
    assert!(told.contains(&format!("{aspects}!-: the column \"Max\" is missing")), "{told:?}");

    let without: Sheets = book.iter().filter(|(name, _)| name != aspects).cloned().collect();
    let told = faults(&imported(&world, &rewritten(&without, |_, _| {})).await);
    assert!(told.contains(&format!("{aspects}!-: the sheet \"Aspects\" is missing")), "{told:?}");

    let mut twice = book.clone();
    twice.push(("aspects".into(), Vec::new()));
    let told = faults(&imported(&world, &rewritten(&twice, |_, _| {})).await);
    assert!(told.iter().any(|fault| fault.starts_with("aspects!-: another sheet")), "{told:?}");
}

#[tokio::test]
async fn what_is_no_workbook_of_a_scheme_is_an_error() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let send = async |file: &[u8]| upload(&world.chief, "/api/schemes/from-workbook", file).await;
    assert_eq!(send(b"PK no zip").await.code(), "sheet_unreadable");
    assert_eq!(send(b"").await.code(), "invalid");
    let strange = rewritten(&[("Sheet1".into(), vec![vec!["a".into()]])], |_, _| {});
    let refused = send(&strange).await;
    assert_eq!(refused.code(), "sheet_unreadable");
    assert!(refused.json()["detail"]["en"].as_str().unwrap().contains("Sheet1"));
    let cut = exported(&world, SCHEME).await;
    assert_eq!(send(&cut[..cut.len() / 2]).await.code(), "sheet_unreadable");
    // As large as nobody needs, and small on the wire.
    assert_eq!(send(&vec![b' '; 50 << 20]).await.status, 413);
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    bomb.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..64 {
        std::io::Write::write_all(&mut bomb, &vec![b' '; 1 << 20]).unwrap();
    }
    let bomb = bomb.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20);
    assert_eq!(send(&bomb).await.code(), "too_large");
    let many = rewritten(&[("modules".into(), vec![vec!["x".to_owned()]; 2_100])], |_, _| {});
    assert_eq!(send(&many).await.code(), "too_large");
}

/// Many cells with one long text, which a workbook holds once.
fn shared(sheet: &str, heading: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let (long, sheet) = ("x".repeat(32_767), book.add_worksheet().set_name(sheet).unwrap());
    for column in 0..256 {
        sheet.write(0, column, heading).unwrap();
        for row in 1..100 {
            sheet.write(row, column, long.as_str()).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn a_text_that_many_cells_share_is_not_copied_for_each() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let book = shared("aspects", "id");
    assert!(book.len() < 3 << 20, "{} bytes", book.len());
    for (client, path) in [
        (&world.chief, "/api/schemes/from-workbook".to_owned()),
        (&world.organiser, world.path("imports/judges")),
        (&world.organiser, world.path("imports/competitors/annotated")),
    ] {
        let refused = upload(client, &path, &book).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (413, "too_large".to_owned()), "{path}");
        assert!(refused.json()["detail"]["en"].as_str().unwrap().contains("16 MB of text"), "{}", refused.text());
    }
}

#[tokio::test]
async fn a_formula_that_many_cells_share_is_not_copied_for_each() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let book = exported(&world, SCHEME).await;
    let long = format!("A1&amp;\"{}\"", "x".repeat(32_000));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    let mut written = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut text).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            let first =
                format!("<row r=\"1\"><c r=\"A1\"><f t=\"shared\" ref=\"A1:A1900\" si=\"0\">{long}</f></c></row>");
            let others =
                (2..1_900).map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\"><f t=\"shared\" si=\"0\"/></c></row>"));
            let rows: String = std::iter::once(first).chain(others).collect();
            text = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>").into_bytes();
        }
        written.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut written, &text).unwrap();
    }
    let book = written.finish().unwrap().into_inner();
    let refused = upload(&world.chief, "/api/schemes/from-workbook", &book).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (413, "too_large".to_owned()), "{}", refused.text());
}
