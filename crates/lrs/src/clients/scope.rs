//! What a key is for, by the names of the specification (1.0.3, Communication 4.2). Of those, `define` is not known: what any writer says
//! of an activity counts.

/// One scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    StatementsWrite,
    /// Only those that it wrote itself.
    StatementsReadMine,
    StatementsRead,
    /// State documents.
    State,
    /// Agent and activity profiles.
    Profile,
    AllRead,
    All,
}

const NAMES: [(Scope, &str); 7] = [
    (Scope::StatementsWrite, "statements/write"),
    (Scope::StatementsReadMine, "statements/read/mine"),
    (Scope::StatementsRead, "statements/read"),
    (Scope::State, "state"),
    (Scope::Profile, "profile"),
    (Scope::AllRead, "all/read"),
    (Scope::All, "all"),
];

impl Scope {
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(scope, _)| *scope == self).map_or("all", |(_, name)| name)
    }
}

/// The scopes of a key or a token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Names with spaces between; the first that is unknown is the error.
    pub fn read(text: &str) -> Result<Scopes, String> {
        let one = |name: &str| NAMES.iter().find(|(_, known)| *known == name).map(|(scope, _)| *scope);
        text.split_whitespace()
            .map(|name| one(name).ok_or_else(|| name.to_owned()))
            .collect::<Result<_, _>>()
            .map(Scopes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|scope| scope.name()).collect()
    }

    pub fn text(&self) -> String {
        self.names().join(" ")
    }

    /// Whether one of these is among them, or what holds it.
    pub fn any(&self, wanted: &[Scope]) -> bool {
        wanted.iter().any(|wanted| self.holds(*wanted))
    }

    pub fn holds(&self, wanted: Scope) -> bool {
        self.0.iter().any(|held| match held {
            Scope::All => true,
            Scope::AllRead => matches!(wanted, Scope::AllRead | Scope::StatementsRead | Scope::StatementsReadMine),
            Scope::StatementsRead => matches!(wanted, Scope::StatementsRead | Scope::StatementsReadMine),
            held => *held == wanted,
        })
    }

    /// Whether these are all held by others.
    pub fn within(&self, others: &Scopes) -> bool {
        self.0.iter().all(|scope| others.holds(*scope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_scope_holds() {
        let of = |text: &str| Scopes::read(text).unwrap();
        assert!(of("all").holds(Scope::Profile));
        assert!(of("all/read").any(&[Scope::StatementsRead]));
        assert!(!of("all/read").any(&[Scope::StatementsWrite, Scope::State]));
        assert!(!of("statements/read/mine").holds(Scope::StatementsRead));
        assert!(of("statements/read/mine").within(&of("statements/read state")));
        assert!(!of("state").within(&of("statements/read")));
        assert_eq!(Scopes::read("state everything"), Err("everything".to_owned()));
        assert_eq!(of(" state  profile ").text(), "state profile");
    }
}
