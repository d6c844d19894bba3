//! A statement of a room: its name, its SQL and the kinds of its parameters, as a constant that a test can prepare.

use crate::ArgKind;

/// One SQL text that both engines take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// What it does, in a few words; errors name it.
    pub name: &'static str,
    pub sql: &'static str,
    pub args: &'static [ArgKind],
}

impl Statement {
    pub const fn new(name: &'static str, sql: &'static str, args: &'static [ArgKind]) -> Self {
        Self { name, sql, args }
    }
}

/// What runs: a [`Statement`], or a bare text in tests and tools.
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
    pub(crate) kinds: Option<&'static [ArgKind]>,
}

/// Whatever [`crate::Db`] and [`crate::Tx`] run. Only constants: no SQL is put together from input.
pub trait AsSql {
    fn as_sql(&self) -> Sql;
}

impl AsSql for Statement {
    fn as_sql(&self) -> Sql {
        Sql { name: self.name, text: self.sql, kinds: Some(self.args) }
    }
}

impl AsSql for &Statement {
    fn as_sql(&self) -> Sql {
        (**self).as_sql()
    }
}

impl AsSql for &'static str {
    fn as_sql(&self) -> Sql {
        Sql { name: self, text: self, kinds: None }
    }
}

impl AsSql for Sql {
    fn as_sql(&self) -> Sql {
        *self
    }
}
