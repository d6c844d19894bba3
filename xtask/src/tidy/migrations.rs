//! Both engines take the same steps: the two folders of migrations have the same names, numbered without doubles.

use std::collections::BTreeSet;

use super::Source;

const FOLDERS: [&str; 2] = ["crates/store/migrations/sqlite/", "crates/store/migrations/postgres/"];

pub fn check(sources: &[Source]) -> Vec<String> {
    let names = |folder: &str| -> BTreeSet<&str> {
        sources.iter().filter_map(|source| source.path.strip_prefix(folder)).collect()
    };
    let (sqlite, postgres) = (names(FOLDERS[0]), names(FOLDERS[1]));
    let mut breaches: Vec<String> = sqlite
        .symmetric_difference(&postgres)
        .map(|name| {
            let missing_in = if sqlite.contains(name) { FOLDERS[1] } else { FOLDERS[0] };
            format!("{missing_in}{name} is missing")
        })
        .collect();
    let mut numbers = BTreeSet::new();
    for name in &sqlite {
        let number = name.split('_').next().unwrap_or_default();
        let well_named =
            number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit()) && name.ends_with(".sql");
        if !well_named {
            breaches.push(format!("{}{name}: name it NNNN_name.sql", FOLDERS[0]));
        } else if !numbers.insert(number) {
            breaches.push(format!("{}{name}: the number {number} is there twice", FOLDERS[0]));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::source;

    #[test]
    fn the_folders_are_compared() {
        let both = |name: &str| FOLDERS.map(|folder| source(&format!("{folder}{name}"), ""));
        assert!(check(&both("0001_a.sql")).is_empty());
        assert_eq!(check(&both("0001_a.sql")[..1]).len(), 1);
        assert_eq!(check(&both("a.sql")).len(), 1);
        let twice: Vec<Source> = both("0001_a.sql").into_iter().chain(both("0001_b.sql")).collect();
        assert_eq!(check(&twice).len(), 1);
    }
}
