//! What can be wrong with a batch or a recording, in both languages.

use kernel::{ErrorCode, Text};

/// Why a batch is refused: the code for the answer, the line (the header is line 1) and, where JSON itself is broken,
/// the column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchFault {
    pub code: ErrorCode,
    pub line: usize,
    pub column: Option<usize>,
    /// What is wrong, without the place.
    pub what: Text,
}

impl BatchFault {
    pub(crate) fn new(code: ErrorCode, line: usize, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, line, column: None, what: Text::new(zh, en) }
    }

    /// The whole sentence with its place, for a problem's `detail`.
    pub fn text(&self) -> Text {
        let Text { zh, en } = &self.what;
        match self.column {
            Some(column) => Text::new(
                format!("第 {} 行第 {column} 列：{zh}", self.line),
                format!("line {}, column {column}: {en}", self.line),
            ),
            None => Text::new(format!("第 {} 行：{zh}", self.line), format!("line {}: {en}", self.line)),
        }
    }
}

impl std::fmt::Display for BatchFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text().en)
    }
}
impl std::error::Error for BatchFault {}

/// Why a recording can't be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingFault {
    #[error("{doing}")]
    Io {
        doing: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the recording can't be written")]
    Write(#[source] mcap::McapError),
    #[error("this is no MCAP file")]
    NoMcap,
    #[error("there is nothing of Guildhall's in this MCAP file: no channel carries the schema {schema}")]
    Foreign { schema: &'static str },
    #[error("station {station} goes back in time: {at} ns comes after {last} ns")]
    GoesBack { station: String, at: i64, last: i64 },
    #[error("{at} ns is before 1970: a recording can't hold it")]
    BeforeEpoch { at: i64 },
    #[error("{0}")]
    BadName(#[from] crate::BadName),
    #[error("the recording holds several stations ({}): name one", .stations.join(", "))]
    SeveralStations { stations: Vec<String> },
    #[error("the recording holds no station {wanted}: it holds {}", .stations.join(", "))]
    NoStation { wanted: String, stations: Vec<String> },
    #[error("the recording holds no sample")]
    Empty,
}

impl RecordingFault {
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let doing = doing.into();
        move |source| RecordingFault::Io { doing, source }
    }

    /// For people, in both languages.
    pub fn text(&self) -> Text {
        let zh = match self {
            RecordingFault::Io { doing, source } => format!("读写录制文件失败（{doing}）：{source}"),
            RecordingFault::Write(source) => format!("录制文件写入失败：{source}"),
            RecordingFault::NoMcap => "这不是 MCAP 文件".to_owned(),
            RecordingFault::Foreign { schema } => format!("此 MCAP 文件中没有本系统的数据（缺少 {schema} 通道）"),
            RecordingFault::GoesBack { station, at, last } => {
                format!("工位 {station} 的时间倒退：{last} ns 之后出现 {at} ns")
            }
            RecordingFault::BeforeEpoch { at } => format!("时间 {at} ns 早于 1970 年，无法记录"),
            RecordingFault::BadName(bad) => bad.text.zh.clone(),
            RecordingFault::SeveralStations { stations } => {
                format!("录制中有多个工位（{}），请指定一个", stations.join("、"))
            }
            RecordingFault::NoStation { wanted, stations } => {
                format!("录制中没有工位 {wanted}，只有 {}", stations.join("、"))
            }
            RecordingFault::Empty => "录制中没有样本".to_owned(),
        };
        let mut en = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            en = format!("{en}: {cause}");
            source = cause.source();
        }
        Text::new(zh, en)
    }
}
