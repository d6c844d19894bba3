//! The archive's statements. Reads and one insert: there is nothing here that changes or deletes.

use store::ArgKind::{Int, Text};
use store::Statement;

pub const APPEND: Statement = Statement::new(
    "append to the archive",
    "insert into archive_statement (position, id, actor, verb, object, happened_at, stored_at, hash, body)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    &[Int, Text, Text, Text, Text, Int, Int, Text, Text],
);

pub const BY_ID: Statement =
    Statement::new("find a statement by its id", "select position, body from archive_statement where id = $1", &[Text]);

pub const HASH_AT: Statement =
    Statement::new("read a hash of the archive", "select hash from archive_statement where position = $1", &[Int]);

pub const SINCE: Statement = Statement::new(
    "read the archive since a position",
    "select position, stored_at, hash, body from archive_statement where position > $1 order by position limit $2",
    &[Int, Int],
);

pub const BY_PERSON: Statement = Statement::new(
    "read a person's statements",
    "select position, stored_at, hash, body from archive_statement
     where actor = $1 and position > $2 order by position limit $3",
    &[Text, Int, Int],
);

pub const BY_OBJECT: Statement = Statement::new(
    "read an activity's statements",
    "select position, stored_at, hash, body from archive_statement
     where object = $1 and position > $2 order by position limit $3",
    &[Text, Int, Int],
);

pub const NEWEST: Statement = Statement::new(
    "read the archive's newest position",
    "select coalesce(max(position), 0) as position from archive_statement",
    &[],
);

pub const STATEMENTS: &[Statement] = &[APPEND, BY_ID, HASH_AT, SINCE, BY_PERSON, BY_OBJECT, NEWEST];
