//! What is wrong with a rule, where, and what was probably meant.

use kernel::Text;

/// One fault. All of them are found in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub place: Place,
    /// The field below the rule or signal, such as `on.rises` or `curve[2][0]`; empty for the thing itself.
    /// Named as in scheme files.
    pub field: String,
    /// Where in the field's text, counted in characters from 1.
    pub column: Option<u32>,
    pub text: Text,
    /// A replacement for the word at `column`.
    pub suggestion: Option<String>,
}

/// Which declaration a fault is about, by its place in the list that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Signal(usize),
    Rule(usize),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place {
            Place::Signal(ix) => write!(f, "signal {ix}")?,
            Place::Rule(ix) => write!(f, "rule {ix}")?,
        }
        if !self.field.is_empty() {
            write!(f, " {}", self.field)?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        write!(f, ": {}", self.text.en)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, " ({suggestion}?)"),
            None => Ok(()),
        }
    }
}

/// The known word that is nearest to the one written, if it is near enough to be meant.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let limit = (written.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|word| (distance(&written.to_lowercase(), &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, word)| word.to_owned())
}

/// Insertions, deletions, replacements and swaps of neighbours (Damerau and Levenshtein, restricted form).
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![vec![0; other.len() + 1]; one.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=one.len() {
        for j in 1..=other.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(one[i - 1] != other[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_offered_only_when_it_is_near() {
        let known = ["gripper_closed", "grip_lost", "force", "estop"];
        for (written, expected) in [
            ("griper_closed", Some("gripper_closed")),
            ("FORCE", Some("force")),
            ("estpo", Some("estop")),
            ("temperature", None),
            ("x", None),
        ] {
            assert_eq!(nearest(written, known).as_deref(), expected, "{written}");
        }
    }
}
