//! The press of this node, and how its papers are handed out.

use std::io::{Cursor, Write};
use std::sync::OnceLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use kernel::{ErrorCode, Lang, Text};
use print::{AbilityReport, Fonts, FontsRefused, Languages, Refusal};
use serde::Deserialize;
use store::{Db, args};
use utoipa::{IntoParams, ToSchema};
use web::{ApiResult, Problem};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::kept::Kept;
use super::turns::Turns;
use crate::room::blocking;
use crate::{ContestRoom, sql};

/// Fonts are some 20 MB: they are read when the first paper is asked for.
pub struct Press {
    files: fn() -> Vec<Vec<u8>>,
    fonts: OnceLock<Result<Fonts, FontsRefused>>,
    turns: Turns,
    reports: Kept<AbilityReport>,
}

impl Press {
    pub fn new(files: fn() -> Vec<Vec<u8>>) -> Press {
        Press { files, fonts: OnceLock::new(), turns: Turns::default(), reports: Kept::default() }
    }

    fn fonts(&self) -> ApiResult<&Fonts> {
        let read = || {
            let files = (self.files)();
            if files.is_empty() { Err(FontsRefused::Lack(Vec::new())) } else { Fonts::new(files) }
        };
        self.fonts.get_or_init(read).as_ref().map_err(|refused| {
            tracing::error!(%refused, "no paper can be printed");
            Problem::new(ErrorCode::PressMissing)
        })
    }
}

/// In which languages a paper speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spoken {
    Zh,
    En,
    #[default]
    Both,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SpokenIn {
    /// `zh`, `en` or `both`.
    #[serde(default)]
    #[param(inline)]
    pub languages: Spoken,
}

impl From<Spoken> for Languages {
    fn from(spoken: Spoken) -> Languages {
        match spoken {
            Spoken::Zh => Languages::One(Lang::Zh),
            Spoken::En => Languages::One(Lang::En),
            Spoken::Both => Languages::Both,
        }
    }
}

/// A paper, set in its turn and off the threads that serve everybody.
pub async fn printed<T: Send + 'static>(
    room: &ContestRoom,
    data: T,
    set: fn(&Fonts, &T) -> Result<Vec<u8>, Refusal>,
) -> ApiResult<Vec<u8>> {
    let (room, turn) = (room.clone(), room.press.turns.take().await?);
    blocking(move || {
        let _turn = turn;
        set(room.press.fonts()?, &data).map_err(refused)
    })
    .await?
}

/// A report, which everybody may ask for to whom its competitor has given the link. Whoever asks while it is being set waits for the same one,
/// and it is finished also when he goes away.
pub async fn printed_once(room: &ContestRoom, data: AbilityReport) -> ApiResult<Bytes> {
    let (room, paper) = (room.clone(), room.press.reports.place(&data));
    let setting = tokio::spawn(async move {
        let set = async || printed(&room, data.clone(), print::ability_report).await.map(Bytes::from);
        paper.get_or_try_init(set).await.cloned()
    });
    setting.await.map_err(Problem::internal)?
}

/// Many of them in one ZIP, each under its name. One that can't be set stops them all, with its name before what is wrong.
pub async fn bundled<T: Send + 'static>(
    room: &ContestRoom,
    papers: Vec<(String, T)>,
    set: fn(&Fonts, &T) -> Result<Vec<u8>, Refusal>,
) -> ApiResult<Vec<u8>> {
    let (room, turn) = (room.clone(), room.press.turns.take().await?);
    blocking(move || {
        let _turn = turn;
        let fonts = room.press.fonts()?;
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Stored);
        let mut problem: Option<Problem> = None;
        for (name, data) in &papers {
            match set(fonts, data) {
                Ok(pdf) => {
                    archive.start_file(format!("{name}.pdf"), options).map_err(Problem::internal)?;
                    archive.write_all(&pdf).map_err(Problem::internal)?;
                }
                Err(Refusal::Faults(faults)) => {
                    let so_far = problem.unwrap_or_else(|| Problem::new(ErrorCode::Invalid).detail_text(unprintable()));
                    problem = Some(faults.into_iter().fold(so_far, |so_far, fault| {
                        so_far.field_text(format!("{name}.{}", fault.place), fault.words())
                    }));
                }
                Err(broken) => return Err(refused(broken)),
            }
        }
        match problem {
            Some(problem) => Err(problem),
            None => Ok(archive.finish().map_err(Problem::internal)?.into_inner()),
        }
    })
    .await?
}

fn unprintable() -> Text {
    Text::new("有内容无法排印", "There is something that can't be printed")
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Faults(faults) => {
            let problem = Problem::new(ErrorCode::Invalid).detail_text(unprintable());
            faults.into_iter().fold(problem, |problem, fault| {
                let words = fault.words();
                problem.field_text(fault.place, words)
            })
        }
        Refusal::Broken(why) => Problem::internal(why),
    }
}

/// To be opened in the browser. It holds what only some may read.
pub fn pdf(name: &str, bytes: impl Into<Bytes>) -> Response {
    handed_out("application/pdf", format!("inline; filename=\"{name}.pdf\""), bytes.into())
}

pub fn zip(name: &str, bytes: impl Into<Bytes>) -> Response {
    handed_out("application/zip", format!("attachment; filename=\"{name}.zip\""), bytes.into())
}

fn handed_out(kind: &'static str, disposition: String, bytes: Bytes) -> Response {
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, disposition),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

/// Who issues it: the root of the organisation tree.
pub async fn issuer(db: &Db) -> ApiResult<Text> {
    let rows = db.all(sql::ROOT_ORGANISATION, &args![]).await?;
    match rows.first() {
        Some(row) => Ok(Text::new(row.get::<String>("name_zh")?, row.get::<String>("name_en")?)),
        None => Ok(Text::new("匠家", "Guildhall")),
    }
}

/// A name that every file system takes.
pub fn file_name(text: &str) -> String {
    text.chars().map(|one| if one.is_alphanumeric() || "-_.".contains(one) { one } else { '_' }).collect()
}

/// The hall's address for what is printed, or the setting that says it.
pub fn address(room: &ContestRoom, headers: &axum::http::HeaderMap) -> ApiResult<String> {
    room.hall.public_address(headers).ok_or_else(|| {
        Problem::new(ErrorCode::Invalid).detail(
            "请求没有说明本系统的网址；请设置 public_url",
            "The request names no address of this hall; set public_url",
        )
    })
}
