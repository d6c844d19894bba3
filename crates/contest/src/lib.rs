//! The contest room: fields, sheets, marks, verdicts, clocks, boards.
