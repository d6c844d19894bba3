//! Characters of GIFT, with escaped ones told from those that mean something.

/// One character and whether it was escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letter {
    pub c: char,
    pub escaped: bool,
}

/// A question's source: its first line, counted from one, and its letters without comments.
#[derive(Debug)]
pub(super) struct Block {
    pub line: usize,
    pub letters: Vec<Letter>,
}

/// Blocks are parted by blank lines; a blank line within braces parts nothing.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    let mut depth = 0_u32;
    for (at, line) in text.lines().enumerate() {
        let bare = line.trim();
        if bare.starts_with("//") || (depth == 0 && bare.starts_with("$CATEGORY")) {
            continue;
        }
        if bare.is_empty() && depth == 0 {
            blocks.extend(open.take());
            continue;
        }
        let block = open.get_or_insert_with(|| Block { line: at + 1, letters: Vec::new() });
        let letters = letters(line.trim_end());
        for letter in &letters {
            match letter.c {
                '{' if !letter.escaped => depth += 1,
                '}' if !letter.escaped => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        block.letters.extend(letters);
        block.letters.push(Letter { c: '\n', escaped: false });
    }
    blocks.extend(open);
    blocks
}

fn letters(line: &str) -> Vec<Letter> {
    let mut found = Vec::new();
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        let next = characters.peek().copied();
        match (c, next) {
            ('\\', Some('n')) => {
                characters.next();
                found.push(Letter { c: '\n', escaped: true });
            }
            ('\\', Some(next)) if "~=#{}:\\".contains(next) => {
                characters.next();
                found.push(Letter { c: next, escaped: true });
            }
            _ => found.push(Letter { c, escaped: false }),
        }
    }
    found
}

/// The text of letters, white space at the ends gone.
pub(super) fn text(letters: &[Letter]) -> String {
    letters.iter().map(|letter| letter.c).collect::<String>().trim().to_owned()
}

pub(super) fn find(letters: &[Letter], c: char) -> Option<usize> {
    letters.iter().position(|letter| letter.c == c && !letter.escaped)
}

/// Where a run of characters stands, none of them escaped.
pub(super) fn find_run(letters: &[Letter], run: &str) -> Option<usize> {
    let run: Vec<char> = run.chars().collect();
    letters
        .windows(run.len())
        .position(|window| window.iter().zip(&run).all(|(letter, c)| letter.c == *c && !letter.escaped))
}
