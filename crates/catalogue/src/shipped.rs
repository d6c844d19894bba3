//! The contest schemes that ship with the program, as a starting point for an organiser's own.

/// A scheme file of `catalogue/contests/`, as it is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShippedScheme {
    /// The name of its folder.
    pub name: &'static str,
    pub source: &'static str,
}

macro_rules! shipped {
    ($($name:literal),+) => {
        /// All of them, the most complete one first.
        pub const SHIPPED_SCHEMES: &[ShippedScheme] = &[$(ShippedScheme {
            name: $name,
            source: include_str!(concat!("../../../catalogue/contests/", $name, "/scheme.yaml")),
        }),+];
    };
}

shipped!("robot-maintenance", "cobot-day");
