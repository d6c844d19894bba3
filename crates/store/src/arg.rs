//! Values that go into a statement. Each knows its kind even when it is null, because PostgreSQL types its parameters.

use kernel::{Mark, Timestamp};

/// What a parameter of a statement takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArgKind {
    Text,
    Int,
    Bool,
    Real,
    Blob,
}

/// One typed value.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    Null(ArgKind),
    Text(String),
    Int(i64),
    Bool(bool),
    Real(f64),
    Blob(Vec<u8>),
}

impl Arg {
    pub fn kind(&self) -> ArgKind {
        match self {
            Arg::Null(kind) => *kind,
            Arg::Text(_) => ArgKind::Text,
            Arg::Int(_) => ArgKind::Int,
            Arg::Bool(_) => ArgKind::Bool,
            Arg::Real(_) => ArgKind::Real,
            Arg::Blob(_) => ArgKind::Blob,
        }
    }

    /// Why the two engines would not keep this value alike.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        match self {
            Arg::Text(text) if text.contains('\0') => Some("text with a NUL character"),
            Arg::Real(real) if !real.is_finite() => Some("a number that is not finite"),
            _ => None,
        }
    }
}

/// What can be an argument: `args![id, name, at, maybe_note]`.
pub trait IntoArg {
    const KIND: ArgKind;
    fn into_arg(self) -> Arg;
}

impl<T: IntoArg> From<T> for Arg {
    fn from(value: T) -> Arg {
        value.into_arg()
    }
}

impl<T: IntoArg> IntoArg for Option<T> {
    const KIND: ArgKind = T::KIND;
    fn into_arg(self) -> Arg {
        self.map_or(Arg::Null(T::KIND), T::into_arg)
    }
}

impl<T: IntoArg + Clone> IntoArg for &T {
    const KIND: ArgKind = T::KIND;
    fn into_arg(self) -> Arg {
        self.clone().into_arg()
    }
}

macro_rules! into_arg {
    ($($type:ty => $kind:ident, |$value:ident| $made:expr;)*) => {$(
        impl IntoArg for $type {
            const KIND: ArgKind = ArgKind::$kind;
            fn into_arg(self) -> Arg {
                let $value = self;
                Arg::$kind($made)
            }
        }
    )*};
}

into_arg! {
    &str => Text, |text| text.to_owned();
    String => Text, |text| text;
    std::borrow::Cow<'_, str> => Text, |text| text.into_owned();
    std::sync::Arc<str> => Text, |text| text.as_ref().to_owned();
    i64 => Int, |int| int;
    i32 => Int, |int| i64::from(int);
    u32 => Int, |int| i64::from(int);
    u16 => Int, |int| i64::from(int);
    u8 => Int, |int| i64::from(int);
    bool => Bool, |yes| yes;
    f64 => Real, |real| real;
    Vec<u8> => Blob, |bytes| bytes;
    &[u8] => Blob, |bytes| bytes.to_vec();
    Timestamp => Int, |at| at.as_millis();
    Mark => Int, |mark| mark.hundredths();
}

/// Calls `$with` with all id types of the kernel.
macro_rules! for_all_ids {
    ($with:ident) => {
        $with! {
            OrganisationId PersonId AccountId SessionId ContestId VenueId StationId EntryId TeamId RunId MarkId
            VerdictId RecordingId EdgeId StatementId ApplicationId SeasonId AdvanceId PhotoId
        }
    };
}
pub(crate) use for_all_ids;

macro_rules! ids_into_arg {
    ($($id:ident)*) => {$(
        impl IntoArg for kernel::$id {
            const KIND: ArgKind = ArgKind::Text;
            fn into_arg(self) -> Arg {
                Arg::Text(self.as_str().to_owned())
            }
        }
    )*};
}
for_all_ids!(ids_into_arg);

/// The arguments of a statement, in order: `db.all(sql::RUNS, &args![contest, state]).await?`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { [$($crate::Arg::from($value)),*] as [$crate::Arg; _] };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_keeps_its_kind() {
        let note: Option<&str> = None;
        let id: kernel::RunId = "run_1".parse().unwrap();
        let given = args![
            note,
            Option::<Timestamp>::None,
            &id,
            Some(&id),
            Mark::from_hundredths(5),
            b"x".as_slice(),
            None::<bool>
        ];
        let kinds = given.map(|arg| arg.kind());
        use ArgKind::*;
        assert_eq!(kinds, [Text, Int, Text, Text, Int, Blob, Bool]);
        assert_eq!(args![].len(), 0);
    }

    #[test]
    fn what_the_engines_keep_differently_is_refused() {
        for arg in args!["a\0b", f64::NAN, f64::INFINITY] {
            assert!(arg.fault().is_some(), "{arg:?}");
        }
    }
}
