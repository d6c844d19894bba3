//! Tenants and positions. The hall itself is tenant 0, so that its positions count from 1 as if there were no others.

use xapi::Uuid;

/// Bits of a position that count within its tenant: a trillion statements each.
const WITHIN: u32 = 40;

/// Whose record store it is: the hall's own, or that of another union or program that keeps its statements here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenant(u32);

impl Tenant {
    pub const HALL: Tenant = Tenant(0);
    /// More would not fit beside a position.
    pub const MAX: u32 = (1 << (63 - WITHIN)) - 1;

    pub fn new(number: u32) -> Option<Tenant> {
        (number <= Self::MAX).then_some(Tenant(number))
    }

    pub fn number(self) -> u32 {
        self.0
    }

    /// Before the tenant's first position.
    pub fn start(self) -> i64 {
        i64::from(self.0) << WITHIN
    }

    /// The last position that the tenant can have.
    pub fn end(self) -> i64 {
        self.start() | ((1 << WITHIN) - 1)
    }

    pub fn of_position(position: i64) -> Tenant {
        Tenant((position >> WITHIN) as u32)
    }

    /// Under which a statement is stored: two tenants may know the same id.
    pub(crate) fn key_of(self, id: Uuid) -> Vec<u8> {
        let mut key = Vec::with_capacity(20);
        key.extend(self.0.to_be_bytes());
        key.extend(id.bytes());
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenants_keep_apart() {
        let last = Tenant::new(Tenant::MAX).unwrap();
        assert_eq!(Tenant::new(Tenant::MAX + 1), None);
        assert!(last.start() > 0, "the last tenant's positions fit as well");
        assert_eq!((Tenant::HALL.start(), Tenant::HALL.end()), (0, (1 << 40) - 1));
        assert_eq!(Tenant::of_position(Tenant(7).start() + 1), Tenant(7));
        assert_eq!(Tenant::of_position(Tenant(7).end()), Tenant(7));
    }
}
