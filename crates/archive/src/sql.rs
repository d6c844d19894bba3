//! The archive's statements. Records are read and inserted: nothing here changes or deletes one. What is projected from them (references,
//! voided ones) and keys may go.

use std::sync::LazyLock;

use store::ArgKind::{Blob, Int, Text};
use store::{ArgKind, Rows, Statement};

pub const HEAD: Statement = Statement::new(
    "read where a tenant's log stands",
    "select position, hash, stored_at, dangling, erasures from archive_head where tenant = $1",
    &[Int],
);

pub const SET_HEAD: Statement = Statement::new(
    "note where a tenant's log stands",
    "insert into archive_head (tenant, position, hash, stored_at, dangling, erasures) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant) do update set position = excluded.position, hash = excluded.hash, stored_at = excluded.stored_at,
         dangling = excluded.dangling, erasures = excluded.erasures",
    &[Int, Int, Blob, Int, Int, Int],
);

pub const SET_MOMENT: Statement = Statement::new(
    "note the last position of a moment",
    "insert into archive_moment (tenant, stored_at, position) values ($1, $2, $3)
     on conflict (tenant, stored_at) do update set position = excluded.position",
    &[Int, Int, Int],
);

pub const MOMENT: Statement = Statement::new(
    "find the last position up to a moment",
    "select position from archive_moment where tenant = $1 and stored_at <= $2 order by stored_at desc limit 1",
    &[Int, Int],
);

pub const RECORDS: Rows = Rows {
    name: "append to the archive",
    table: "archive_record",
    columns: &[("position", Int), ("id", Blob), ("owner", Int), ("stored_at", Int), ("hash", Blob), ("payload", Blob)],
    skip_known: false,
};

pub const REFS: Rows = Rows {
    name: "note what statements are looked up by",
    table: "archive_ref",
    columns: &[("key", Int), ("position", Int)],
    skip_known: true,
};

pub const VIAS: Rows = Rows {
    name: "note what statements are looked up by through others",
    table: "archive_via",
    columns: &[("key", Int), ("position", Int), ("via", Int)],
    skip_known: true,
};

pub const TARGETS: Rows = Rows {
    name: "note which statements refer to others",
    table: "archive_target",
    columns: &[("target", Blob), ("position", Int), ("voids", Int)],
    skip_known: true,
};

pub const ATTACHMENTS: Rows = Rows {
    name: "keep attachments",
    table: "archive_attachment",
    columns: &[("position", Int), ("sha2", Text), ("content_type", Text), ("owner", Int), ("payload", Blob)],
    skip_known: true,
};

pub const OWNERS: Rows = Rows {
    name: "keep keys",
    table: "archive_owner",
    columns: &[("id", Int), ("tenant", Int), ("agent", Int), ("year", Int), ("secret", Blob), ("made_at", Int)],
    skip_known: false,
};

pub const OWNER_OF: Statement = Statement::new(
    "find an agent's key",
    "select id, secret from archive_owner where tenant = $1 and agent = $2 and year = $3",
    &[Int, Int, Int],
);

pub const SHRED_AGENT: Statement = Statement::new(
    "shred an agent's keys",
    "update archive_owner set secret = null, agent = null, shredded_at = $3
     where tenant = $1 and agent = $2 and secret is not null",
    &[Int, Int, Int],
);

pub const SHRED_BEFORE: Statement = Statement::new(
    "shred the keys of years that are over",
    "update archive_owner set secret = null, agent = null, shredded_at = $3
     where tenant = $1 and year < $2 and secret is not null",
    &[Int, Int, Int],
);

pub const BY_ID: Statement = Statement::new(
    "find a statement by its id",
    "select r.position, r.id, r.owner, o.secret, r.stored_at, r.hash, r.payload, v.by as voided_by
     from archive_record r left join archive_owner o on o.id = r.owner
     left join archive_voided v on v.position = r.position where r.id = $1",
    &[Blob],
);

pub const HASH_AT: Statement =
    Statement::new("read a hash of the archive", "select hash from archive_record where position = $1", &[Int]);

pub const BETWEEN: Statement = Statement::new(
    "read the archive between two positions",
    "select r.position, r.id, r.owner, o.secret, r.stored_at, r.hash, r.payload
     from archive_record r left join archive_owner o on o.id = r.owner
     where r.position > $1 and r.position <= $2 order by r.position limit $3",
    &[Int, Int, Int],
);

pub const TARGETED_BY: Statement = Statement::new(
    "find what refers to a statement",
    "select position, voids from archive_target where target = $1 order by position",
    &[Blob],
);

pub const ID_AT: Statement =
    Statement::new("read a statement's id", "select id from archive_record where position = $1", &[Int]);

pub const VOID: Statement = Statement::new(
    "void a statement",
    "insert into archive_voided (position, by) values ($1, $2) on conflict (position) do nothing",
    &[Int, Int],
);

pub const VOIDED: Statement =
    Statement::new("see whether a statement is voided", "select by from archive_voided where position = $1", &[Int]);

pub const FORGET_REF: Statement = Statement::new(
    "take a statement out of what is looked up",
    "delete from archive_ref where key = $1 and position = $2",
    &[Int, Int],
);

pub const FORGET_VIAS: Statement = Statement::new(
    "take a statement out of what is looked up through others",
    "delete from archive_via where position = $1",
    &[Int],
);

pub const FORGET_KEY: Statement = Statement::new(
    "take an agent out of what is looked up",
    "delete from archive_ref where key = $1 and position > $2 and position <= $3",
    &[Int, Int, Int],
);

pub const FORGET_KEY_VIA: Statement = Statement::new(
    "take an agent out of what is looked up through others",
    "delete from archive_via where key = $1 and position > $2 and position <= $3",
    &[Int, Int, Int],
);

pub const FORGET_VOIDED: Statement = Statement::new(
    "take voided statements out of what is looked up",
    "delete from archive_ref where position in (select position from archive_voided where position > $1 and position <= $2)",
    &[Int, Int],
);

pub const ATTACHMENTS_OF: Statement = Statement::new(
    "read a statement's attachments",
    "select a.position, a.sha2, a.content_type, a.owner, o.secret, a.payload
     from archive_attachment a left join archive_owner o on o.id = a.owner where a.position = $1 order by a.sha2",
    &[Int],
);

pub const REBUILDING: Statement =
    Statement::new("see what has to be rebuilt", "select tenant, position from archive_rebuild order by tenant", &[]);

pub const REBUILD: Statement = Statement::new(
    "note how far a projection is rebuilt",
    "insert into archive_rebuild (tenant, position) values ($1, $2)
     on conflict (tenant) do update set position = excluded.position",
    &[Int, Int],
);

pub const REBUILT: Statement =
    Statement::new("note that a projection is rebuilt", "delete from archive_rebuild where tenant = $1", &[Int]);

/// All filters that a query may have at once: agent, verb, activity, registration.
pub const FILTERS_MAX: usize = 4;

const STATEMENTS_FIXED: &[Statement] = &[
    HEAD,
    SET_HEAD,
    SET_MOMENT,
    MOMENT,
    OWNER_OF,
    SHRED_AGENT,
    SHRED_BEFORE,
    BY_ID,
    HASH_AT,
    BETWEEN,
    TARGETED_BY,
    ID_AT,
    VOID,
    VOIDED,
    FORGET_REF,
    FORGET_VIAS,
    FORGET_KEY,
    FORGET_KEY_VIA,
    FORGET_VOIDED,
    ATTACHMENTS_OF,
    REBUILDING,
    REBUILD,
    REBUILT,
];

/// A page of records that pass so many filters. Arguments: positions greater than, and less than, at most so many; then for each filter
/// two keys, of which either will do.
pub fn page(filters: usize, ascending: bool) -> Statement {
    static PAGES: LazyLock<Vec<Statement>> = LazyLock::new(|| {
        let all = (0..=FILTERS_MAX).flat_map(|filters| [false, true].map(|ascending| (filters, ascending)));
        all.map(|(filters, ascending)| made(filters, ascending)).collect()
    });
    PAGES[filters.min(FILTERS_MAX) * 2 + usize::from(ascending)]
}

/// Every statement of this crate, for the test that prepares them.
pub fn statements() -> Vec<Statement> {
    let pages = (0..=FILTERS_MAX).flat_map(|filters| [false, true].map(|ascending| page(filters, ascending)));
    STATEMENTS_FIXED.iter().copied().chain(pages).collect()
}

fn made(filters: usize, ascending: bool) -> Statement {
    const KINDS: [ArgKind; 3 + 2 * FILTERS_MAX] = [Int; 3 + 2 * FILTERS_MAX];
    let order = if ascending { "" } else { " desc" };
    let columns = "s.position, s.id, s.owner, o.secret, s.stored_at, s.hash, s.payload";
    let sql = if filters == 0 {
        format!(
            "select {columns} from archive_record s left join archive_owner o on o.id = s.owner where s.position > $1 and s.position < $2
             and not exists (select 1 from archive_voided v where v.position = s.position)
             order by s.position{order} limit $3"
        )
    } else {
        // The first filter is gone along; the others are looked up for each of its positions.
        let others = |table: &str, also: &str| -> String {
            (1..filters)
                .map(|at| {
                    let (near, far) = (4 + 2 * at, 5 + 2 * at);
                    format!(
                        " and exists (select 1 from {table} f where f.key in (${near}, ${far}) and f.position = r.position{also})"
                    )
                })
                .collect()
        };
        let (own, through) = (others("archive_ref", ""), others("archive_via", " and f.via = r.via"));
        let along = |key: usize, table: &str, others: &str, distinct: &str| {
            format!(
                "select * from (select {distinct} r.position from {table} r
                 where r.key = ${key} and r.position > $1 and r.position < $2{others} order by r.position{order} limit $3) p{key}{table}"
            )
        };
        let parts = [
            along(4, "archive_ref", &own, ""),
            along(5, "archive_ref", &own, ""),
            along(4, "archive_via", &through, "distinct"),
            along(5, "archive_via", &through, "distinct"),
        ];
        format!(
            "select {columns} from (select position from ({}) found order by position{order} limit $3) p
             join archive_record s on s.position = p.position left join archive_owner o on o.id = s.owner
             order by s.position{order}",
            parts.join(" union ")
        )
    };
    Statement::new("read a page of the archive", Box::leak(sql.into_boxed_str()), &KINDS[..3 + 2 * filters])
}
