//! The one ordered log of xAPI statements: append and read.
