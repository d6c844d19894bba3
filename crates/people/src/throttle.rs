//! Guessing passwords must not pay. Failed sign-ins are counted by login and by address; beyond a free number each doubles
//! the wait before the next try. An attempt is counted before its password is looked at, and given back when it was right,
//! so that a hundred guesses at once are a hundred guesses.
//!
//! A login's wait ends at one minute: more would let a stranger keep a judge out of his contest, and a guess a minute gets
//! nowhere. An address' wait ends at a quarter of an hour; its free number is high, because a venue's tablets share one.
//! An hour without a failure forgets. Subjects are hashed: the table names nobody.

use kernel::{ErrorCode, Timestamp};
use store::{StoreError, Tx, args};
use web::{ApiResult, Problem};

use crate::sql;

const FORGOTTEN_AFTER_MS: i64 = 3_600_000;

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    Login(&'a str),
    Address(&'a str),
}

impl Subject<'_> {
    fn key(self) -> String {
        match self {
            Subject::Login(login) => format!("login/{}", web::session::hashed(login)),
            Subject::Address(address) => format!("address/{}", web::session::hashed(address)),
        }
    }

    /// How many failures are free.
    const fn free(self) -> i64 {
        match self {
            Subject::Login(_) => 5,
            Subject::Address(_) => 40,
        }
    }

    const fn wait_max_ms(self) -> i64 {
        match self {
            Subject::Login(_) => 60_000,
            Subject::Address(_) => 900_000,
        }
    }

    /// After so many failures: 1 s, 2 s, 4 s, … beyond the free ones.
    fn wait_ms(self, failures: i64) -> i64 {
        match failures - self.free() {
            beyond if beyond < 0 => 0,
            beyond => (1000_i64 << beyond.min(20)).min(self.wait_max_ms()),
        }
    }
}

struct Counted {
    failures: i64,
    blocked_until: Timestamp,
}

async fn counted(tx: &mut Tx<'_>, key: &str, now: Timestamp) -> Result<Counted, StoreError> {
    let none = Counted { failures: 0, blocked_until: Timestamp::from_millis(0) };
    let Some(row) = tx.opt(sql::THROTTLE, &args![key]).await? else { return Ok(none) };
    if now.millis_since(row.get("failed_at")?) >= FORGOTTEN_AFTER_MS {
        return Ok(none);
    }
    Ok(Counted { failures: row.get("failures")?, blocked_until: row.get("blocked_until")? })
}

/// Counts an attempt of all these subjects as failed, or refuses it while one of them must wait.
pub(crate) async fn attempt(tx: &mut Tx<'_>, subjects: &[Subject<'_>], now: Timestamp) -> ApiResult<()> {
    let mut wait_ms = 0;
    let mut found = Vec::new();
    for subject in subjects {
        let key = subject.key();
        let counted = counted(tx, &key, now).await?;
        wait_ms = wait_ms.max(counted.blocked_until.millis_since(now));
        found.push((subject, key, counted.failures + 1));
    }
    if wait_ms > 0 {
        let wait_s = u32::try_from((wait_ms + 999) / 1000).unwrap_or(u32::MAX);
        return Err(Problem::new(ErrorCode::LoginThrottled)
            .detail(format!("请 {wait_s} 秒后再试"), format!("Try again in {wait_s} s"))
            .retry_after_s(wait_s));
    }
    for (subject, key, failures) in found {
        let blocked_until = now.plus_millis(subject.wait_ms(failures));
        tx.exec(sql::THROTTLE_SET, &args![key, failures, now, blocked_until]).await?;
    }
    tx.exec(sql::THROTTLE_CLEAR_BEFORE, &args![now.plus_millis(-FORGOTTEN_AFTER_MS)]).await?;
    Ok(())
}

/// The attempt was right: the login is forgiven all, the address this one.
pub(crate) async fn right(tx: &mut Tx<'_>, subjects: &[Subject<'_>], now: Timestamp) -> Result<(), StoreError> {
    for subject in subjects {
        let key = subject.key();
        let left = match subject {
            Subject::Login(_) => 0,
            Subject::Address(_) => counted(tx, &key, now).await?.failures - 1,
        };
        if left <= 0 {
            tx.exec(sql::THROTTLE_CLEAR, &args![key]).await?;
        } else {
            // Others behind this address go on as before this attempt.
            tx.exec(sql::THROTTLE_SET, &args![key, left, now, now]).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_their_end() {
        let login = Subject::Login("chen");
        let waits: Vec<i64> = (3..14).map(|failures| login.wait_ms(failures) / 1000).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        let address = Subject::Address("192.0.2.1");
        assert_eq!(address.wait_ms(39), 0);
        assert_eq!(address.wait_ms(40), 1000);
        assert_eq!(address.wait_ms(1_000_000), 900_000);
    }

    #[test]
    fn the_table_names_nobody() {
        assert!(!Subject::Login("chen").key().contains("chen"));
        assert_ne!(Subject::Login("x").key(), Subject::Address("x").key());
    }
}
