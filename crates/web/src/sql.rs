//! Every statement that this crate sends, so that a test prepares each on both engines.

use store::ArgKind::{Int, Text};
use store::Statement;

/// Declares statements and lists them: `statements! { NAME "what it does" [Text, Int] "select …"; }`.
#[macro_export]
macro_rules! statements {
    ($($name:ident $what:literal [$($kind:expr),*] $sql:literal;)*) => {
        $(pub const $name: store::Statement = store::Statement::new($what, $sql, &[$($kind),*]);)*
        /// All of them.
        pub const STATEMENTS: &[store::Statement] = &[$($name),*];
    };
}

mod own {
    use super::{Int, Text};

    statements! {
        SESSION_BY_TOKEN "find who a session belongs to, a row for each role" [Text, Int]
            "select s.account, s.expires_at, a.person, p.name, a.login, g.role, g.scope
             from session s join account a on a.id = s.account join person p on p.id = a.person
             left join role_grant g on g.account = a.id
             where s.token_hash = $1 and s.expires_at > $2 and a.disabled_at is null
             order by g.role, g.scope";
        SESSION_INSERT "open a session" [Text, Text, Int, Int]
            "insert into session (token_hash, account, created_at, expires_at) values ($1, $2, $3, $4)";
        SESSION_EXTEND "extend a session" [Text, Int]
            "update session set expires_at = $2 where token_hash = $1";
        SESSION_DELETE "close a session" [Text]
            "delete from session where token_hash = $1";
        SESSIONS_DELETE_OTHERS "close an account's other sessions" [Text, Text]
            "delete from session where account = $1 and token_hash <> $2";
        SESSIONS_DELETE_EXPIRED "clear expired sessions away" [Int]
            "delete from session where expires_at <= $1";

        KEY_BY_TOKEN "find whose a bearer key is" [Text]
            "select id, edge, contest from api_key where token_hash = $1 and revoked_at is null";

        ANSWER_KEPT "find the answer kept under an idempotency key" [Text, Text]
            "select request_hash, status, body from idempotency where actor = $1 and key = $2";
        ANSWER_KEEP "keep an answer under its idempotency key" [Text, Text, Text, Text, Int, Text, Int]
            "insert into idempotency (actor, key, route, request_hash, status, body, at)
             values ($1, $2, $3, $4, $5, $6, $7)";
        ANSWERS_DELETE_BEFORE "clear old answers away" [Int]
            "delete from idempotency where at < $1";

        HALL_KEY "find the key by which the hall seals" [] "select secret from hall_key";
        KEEP_HALL_KEY "keep the key by which the hall seals" [Text, Int]
            "insert into hall_key (id, secret, created_at) values ('hall', $1, $2)";

        AUDIT_INSERT "note an act in the audit trail" [Int, Int, Text, Text, Text, Text]
            "insert into audit (position, at, account, act, subject, request_id) values ($1, $2, $3, $4, $5, $6)";
    }
}
pub use own::*;

/// All statements of this crate, those of [`crate::directory`] included.
pub fn all() -> Vec<&'static [Statement]> {
    vec![STATEMENTS, crate::directory::STATEMENTS]
}
