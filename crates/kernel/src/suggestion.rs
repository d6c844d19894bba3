//! What to write instead of what is wrong in a file that somebody wrote. A fault without one can't be made: its constructors
//! ask for it.

use crate::Text;

/// More words than these are no help; the rest is said by how many there are.
const LISTED_MOST: usize = 12;
/// A list shows so much of a word.
const SHOWN_CHARS_MOST: usize = 60;
/// Longer words are no slips of each other: what it takes to compare two grows with the product of their lengths.
const COMPARED_CHARS_MOST: usize = 64;
/// So many known words are looked at.
const COMPARED_MOST: usize = 1_000;

/// What was probably meant, or what to do. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Replacement(String),
    Advice(Text),
}

impl Suggestion {
    /// A word in no language that stands for the one at the fault's place.
    pub fn replace(word: impl Into<String>) -> Suggestion {
        Suggestion(Kind::Replacement(word.into()))
    }

    /// What to do, in both languages: half a sentence, without a full stop.
    pub fn advice(zh: impl Into<String>, en: impl Into<String>) -> Suggestion {
        Suggestion(Kind::Advice(Text::new(zh, en)))
    }

    /// What is to be written, where it isn't one word for another.
    pub fn write(example: impl std::fmt::Display) -> Suggestion {
        Suggestion::advice(format!("写作 `{example}`"), format!("write `{example}`"))
    }

    /// The known word that is nearest to the one written, if one is near.
    pub fn near<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Suggestion> {
        nearest(written, known).map(Suggestion::replace)
    }

    /// The nearest of the known words, or all of them.
    pub fn among<'a>(written: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Suggestion {
        Suggestion::near(written, known.clone()).unwrap_or_else(|| {
            let list = listed(known);
            Suggestion::advice(format!("可以写：{list}"), format!("possible are {list}"))
        })
    }

    /// The word to put in place of the one at the fault's place, where it is as simple as that.
    pub fn replacement(&self) -> Option<&str> {
        match &self.0 {
            Kind::Replacement(word) => Some(word),
            Kind::Advice(_) => None,
        }
    }

    /// For people.
    pub fn text(&self) -> Text {
        match &self.0 {
            Kind::Replacement(word) => Text::new(format!("是否想写 `{word}`？"), format!("did you mean `{word}`?")),
            Kind::Advice(text) => text.clone(),
        }
    }

    /// What is wrong and what to write, in one line.
    pub fn after(&self, wrong: &Text) -> Text {
        let text = self.text();
        Text::new(format!("{}；{}", wrong.zh, text.zh), format!("{}; {}", wrong.en, text.en))
    }
}

/// Behind a fault's text, in English: ` (force?)`, or `; advice`.
impl std::fmt::Display for Suggestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Kind::Replacement(word) => write!(f, " ({word}?)"),
            Kind::Advice(text) => write!(f, "; {}", text.en),
        }
    }
}

/// Words for a person to choose from.
pub fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    let shown: Vec<&str> = words.iter().take(LISTED_MOST).map(|word| cut(word)).collect();
    match words.len() > LISTED_MOST {
        true => format!("{} … ({})", shown.join(", "), words.len()),
        false => shown.join(", "),
    }
}

fn cut(word: &str) -> &str {
    word.char_indices().nth(SHOWN_CHARS_MOST).map_or(word, |(end, _)| &word[..end])
}

/// The known word that is nearest to the one written, if it is near enough to be meant.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    by_distance(written, known).into_iter().min().map(|(_, word)| word.to_owned())
}

/// The known word that was certainly meant: near enough, and no other is as near.
pub fn meant<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = by_distance(written, known);
    let (least, word) = *near.iter().min()?;
    (near.iter().filter(|(distance, _)| *distance == least).count() == 1).then_some(word)
}

fn by_distance<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<(usize, &'a str)> {
    let length = written.chars().take(COMPARED_CHARS_MOST + 1).count();
    if length > COMPARED_CHARS_MOST {
        return Vec::new();
    }
    let limit = (length / 3).max(1);
    let written = written.to_lowercase();
    let is_as_long = |word: &&str| word.chars().take(length + limit + 1).count().abs_diff(length) <= limit;
    let far = known.into_iter().take(COMPARED_MOST).filter(|word| !word.trim().is_empty()).filter(is_as_long);
    far.map(|word| (distance(&written, &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= limit)
        .collect()
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
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_only_when_it_is_near() {
        let known = ["gripper_closed", "grip_lost", "force", "estop", ""];
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

    #[test]
    fn what_was_meant_is_certain_or_nothing() {
        for (written, expected) in [("raises", Some("rises")), ("zn", None), ("yes", None)] {
            assert_eq!(meant(written, ["rises", "falls", "zh", "en"]), expected, "{written}");
        }
    }

    #[test]
    fn a_suggestion_reads_well_behind_its_fault() {
        let wrong = Text::new("没有声明信号 `forse`", "the signal `forse` isn't declared");
        let near = Suggestion::among("forse", ["force", "grip"]);
        assert_eq!(near.replacement(), Some("force"));
        assert_eq!(near.after(&wrong).zh, "没有声明信号 `forse`；是否想写 `force`？");
        assert_eq!(near.after(&wrong).en, "the signal `forse` isn't declared; did you mean `force`?");
        assert_eq!(format!("{}{near}", wrong.en), "the signal `forse` isn't declared (force?)");
        let far = Suggestion::among("x_position", ["force", "grip"]);
        assert_eq!((far.replacement(), far.to_string().as_str()), (None, "; possible are force, grip"));
        let many: Vec<String> = (10..30).map(|ix| format!("signal_{ix}")).collect();
        assert!(listed(many.iter().map(String::as_str)).ends_with("signal_21 … (20)"));
    }
}
