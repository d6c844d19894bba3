//! Statements go on to other record stores: each forward has a cursor, and tries again, later and later, while the other one doesn't answer.

pub mod add;
pub mod list;
pub mod send;
pub mod stop;
