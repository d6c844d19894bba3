//! People: organisations, persons, accounts, roles by scope, sign-in.
