//! Proof that a room's statements are understood by an engine: each is prepared and run with arguments of its kinds,
//! and a row that comes back is taken apart. There is no check at compile time, so every room has this test.

use crate::tx::STATEMENTS as OWN;
use crate::{Arg, ArgKind, Db, Row, Statement, StoreError};

/// The statements of this crate itself.
pub const STATEMENTS: &[Statement] = OWN;

/// What became of one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    pub name: &'static str,
    /// The columns of a row that it answered; empty if it answered none.
    pub columns: Vec<String>,
}

/// Prepares and runs each statement in a transaction that is rolled back; a row that is there is decoded. Refusals by
/// a constraint count as understood: the arguments are only samples.
/// The error names the first statement that the engine doesn't understand.
pub async fn prepare_all(db: &Db, rooms: &[&[Statement]]) -> Result<Vec<Prepared>, StoreError> {
    let mut prepared = Vec::new();
    for statement in rooms.iter().copied().flatten() {
        prepared.push(prepare(db, statement).await?);
    }
    Ok(prepared)
}

enum Tried {
    /// The only way out of the transaction, so that nothing is written.
    Understood(Vec<String>),
    Failed(StoreError),
}

impl From<StoreError> for Tried {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unique { .. } | StoreError::Constraint { .. } => Tried::Understood(Vec::new()),
            other => Tried::Failed(other),
        }
    }
}

async fn prepare(db: &Db, statement: &Statement) -> Result<Prepared, StoreError> {
    let tried: Result<(), Tried> = db
        .write(|tx| {
            Box::pin(async move {
                let samples: Vec<Arg> = statement.args.iter().map(|kind| sample(*kind)).collect();
                let rows = tx.all(statement, &samples).await?;
                Err(Tried::Understood(match rows.first() {
                    Some(row) => decode(row)?,
                    None => Vec::new(),
                }))
            })
        })
        .await;
    match tried {
        Ok(()) => Ok(Prepared { name: statement.name, columns: Vec::new() }),
        Err(Tried::Understood(columns)) => Ok(Prepared { name: statement.name, columns }),
        Err(Tried::Failed(error)) => Err(error),
    }
}

fn sample(kind: ArgKind) -> Arg {
    match kind {
        ArgKind::Text => Arg::Text("x".to_owned()),
        ArgKind::Int => Arg::Int(1),
        ArgKind::Bool => Arg::Bool(true),
        ArgKind::Real => Arg::Real(0.5),
        ArgKind::Blob => Arg::Blob(vec![1]),
    }
}

/// Each column must come out as one of the kinds that the hall stores. (PostgreSQL's numeric, for one, does not.)
fn decode(row: &Row) -> Result<Vec<String>, StoreError> {
    let mut columns = Vec::new();
    for column in row.columns() {
        let any = row.get::<Option<i64>>(column).is_ok()
            || row.get::<Option<String>>(column).is_ok()
            || row.get::<Option<bool>>(column).is_ok()
            || row.get::<Option<f64>>(column).is_ok()
            || row.get::<Option<Vec<u8>>>(column).is_ok();
        if !any {
            row.get::<Option<String>>(column)?;
        }
        columns.push(column.to_owned());
    }
    Ok(columns)
}
