//! Where a page stops to be YAML, or says something else in YAML than its author meant. The reader's words are for
//! programmers; these are for the one who writes the file.

use kernel::{Suggestion, Text};

use crate::Diagnostic;
use crate::tree::Place;

/// A fault of the syntax. `said` is what the reader said, its place apart.
pub(crate) fn broken(place: Place, said: &str, yaml: &str) -> Diagnostic {
    let Slip { wrong, suggestion } = slip(place, said, yaml);
    let (zh, en) = (format!("不是有效的 YAML：{}", wrong.zh), format!("this is no valid YAML: {}", wrong.en));
    Diagnostic::error(place, "", zh, en, suggestion)
}

struct Slip {
    wrong: Text,
    suggestion: Suggestion,
}

fn of(zh: impl Into<String>, en: impl Into<String>, suggestion: Suggestion) -> Slip {
    Slip { wrong: Text::new(zh, en), suggestion }
}

fn quoted() -> Suggestion {
    Suggestion::advice("给整个值加上双引号", "put the whole value in quotation marks")
}

fn slip(place: Place, said: &str, yaml: &str) -> Slip {
    let line = yaml.lines().nth(place.line.saturating_sub(1) as usize).unwrap_or_default();
    let here = line.chars().nth(place.column.saturating_sub(1) as usize);
    let shown = here.map(String::from).unwrap_or_default();
    let between = |from: &str, to: &str| {
        let rest = said.split_once(from).map_or("", |(_, rest)| rest);
        rest.split(to).next().unwrap_or_default().to_owned()
    };
    if said.starts_with("unclosed bracket") {
        let close = if here == Some('{') { "}" } else { "]" };
        let advice =
            Suggestion::advice(format!("加上与它成对的 `{close}`"), format!("add the `{close}` that closes it"));
        return of(format!("括号 `{shown}` 没有闭合"), format!("the bracket `{shown}` isn't closed"), advice);
    }
    if said.contains("only valid inside a block") {
        return of(
            "括号里出现了 `- ` 开头的列表，多半是前面的括号没有闭合",
            "an item begins with `-` between brackets, probably one above isn't closed",
            Suggestion::advice("在上面补上 `]` 或 `}`", "add the `]` or `}` above"),
        );
    }
    if said.starts_with("mismatched bracket") {
        let close = if here == Some('{') { "}" } else { "]" };
        let found = between("closed by '", "'");
        return of(
            format!("括号 `{shown}` 由 `{found}` 闭合"),
            format!("the bracket `{shown}` is closed by `{found}`"),
            Suggestion::advice(format!("把 `{found}` 改成 `{close}`"), format!("write `{close}` instead of `{found}`")),
        );
    }
    if said.starts_with("misplaced bracket") {
        return of(
            format!("`{shown}` 没有对应的开括号"),
            format!("nothing opens the bracket that `{shown}` closes"),
            Suggestion::advice("去掉它，或补上开括号", "remove it, or add the bracket that opens"),
        );
    }
    if said.starts_with("unclosed quote") {
        return of(
            "引号没有闭合",
            "the quotation mark isn't closed",
            Suggestion::advice(format!("在值的末尾加上 `{shown}`"), format!("add `{shown}` at the end of the value")),
        );
    }
    if said.contains("tab") && (said.contains("found a tab") || said.contains("tabs disallowed")) {
        return of(
            "缩进用了制表符",
            "a tab is used where blanks belong",
            Suggestion::advice("把制表符换成空格", "replace the tab by blanks"),
        );
    }
    if said.starts_with("duplicate mapping key") {
        let key = between("duplicate mapping key: ", ", set ");
        return of(
            format!("`{key}` 写了两次"),
            format!("`{key}` is written twice"),
            Suggestion::advice("去掉其中一个", "remove one of them"),
        );
    }
    // A key without a blank behind its colon is found on the next line only.
    if said.starts_with("mapping values are not allowed") || said.starts_with("simple key expected") {
        let above = (place.line as usize >= 2).then(|| yaml.lines().nth(place.line as usize - 2)).flatten();
        for line in [Some(line), above].into_iter().flatten() {
            if let Some(written) = glued(line) {
                return of(
                    format!("`{}` 的冒号后没有空格", line.trim()),
                    format!("no blank follows the colon in `{}`", line.trim()),
                    Suggestion::write(written),
                );
            }
        }
        let colons = line.matches(": ").count() + usize::from(line.trim_end().ends_with(':'));
        if colons > 1 {
            return of("一个值里又有冒号", "there is a colon within a value", quoted());
        }
        if said.starts_with("simple key") {
            return of(
                "这一行没有冒号",
                "this line has no colon",
                Suggestion::advice(
                    "写成 `字段: 值`，或缩进到上一行之下",
                    "write it as `field: value`, or indent it below the line above",
                ),
            );
        }
        return wrong_indent();
    }
    if said.contains("illegal placement of ':'") {
        let advice = Suggestion::advice(
            "上面若有括号没有闭合，补上 `]` 或 `}`；冒号若属于值，给整个值加上双引号",
            "add the `]` or `}` that is missing above; or put the value in quotation marks, if the colon belongs to it",
        );
        return of("这里不能有冒号", "a colon can't stand here", advice);
    }
    if said.contains("did not find expected ',' or") {
        let (zh, en) =
            ("括号里缺少逗号，或值里有冒号、问号", "between brackets a comma is missing, or a value has a colon in it");
        let advice = Suggestion::advice(
            "在两项之间写 `,`；值里有 `: `、`?`、`,` 时给它加上双引号",
            "write `,` between two items; put a value with `: `, `?` or `,` in quotation marks",
        );
        return of(zh, en, advice);
    }
    if said.contains("did not find expected key") || said.contains("did not find expected '-'") {
        return wrong_indent();
    }
    if said.contains("flow mapping") {
        return of(
            "括号里多了逗号，或缺少一项",
            "between brackets there is a comma too many, or an item is missing",
            Suggestion::advice("去掉多余的逗号", "remove the comma"),
        );
    }
    if said.starts_with("unexpected character") {
        return match here {
            Some('@' | '`' | '%' | '!' | '&' | '*' | '|' | '>' | '?') => {
                of(format!("值不能以 `{shown}` 开头"), format!("a value can't begin with `{shown}`"), quoted())
            }
            _ => of(
                "有看不见的控制字符",
                "there is an invisible control character",
                Suggestion::advice("删去它，重新键入这一行", "remove it, and type the line anew"),
            ),
        };
    }
    if said.contains("anchor") || said.contains("alias") || said.contains("recursive references") {
        return of(
            format!("`{shown}` 在这里表示引用别处，而那里没有可用的内容"),
            format!("`{shown}` refers to something else here, and there is nothing to be used"),
            Suggestion::advice(
                "若不是引用，给整个值加上双引号；若是，先写 `&名称`",
                "put the whole value in quotation marks, or write `&name` where it refers to",
            ),
        );
    }
    if said.contains("block scalar") {
        return of(format!("值不能以 `{shown}` 开头"), format!("a value can't begin with `{shown}`"), quoted());
    }
    if said.contains("trailing content") {
        return of(
            "引号之后还有内容",
            "something follows the quotation mark",
            Suggestion::advice(
                "整个值只用一对引号；或前面有引号没有闭合，补上它",
                "put the whole value in one pair of quotation marks; or one above isn't closed, add it",
            ),
        );
    }
    if said.contains("escape") {
        return of(
            "双引号里的 `\\` 不是可用的转义",
            "the `\\` in the quotation marks escapes nothing",
            Suggestion::advice("写成 `\\\\`，或改用单引号", "write `\\\\`, or use single quotation marks"),
        );
    }
    if said.starts_with("budget breached: Depth") || said.starts_with("recursion limit exceeded") {
        let deepest = crate::tree::DEEPEST;
        return of(
            format!("嵌套超过 {deepest} 层"),
            format!("more than {deepest} levels stand within each other"),
            Suggestion::advice(
                "检查此处的括号和缩进；任何文件都用不到这么多层",
                "look at the brackets and the indentation here: no file needs so many levels",
            ),
        );
    }
    if said.contains("budget breached: text") || said.contains("alias") && said.contains("limit") {
        return of(
            "引用（`*名称`）重复的内容太多",
            "it repeats too much",
            Suggestion::advice("直接写出内容，不用引用", "write what is meant in its place, without `*name`"),
        );
    }
    if said.starts_with("budget breached") {
        return of(
            "内容太多",
            "it holds too much",
            Suggestion::advice("只保留一场比赛所用的内容", "keep what a single contest needs"),
        );
    }
    if said.starts_with("multiple YAML documents") {
        return of(
            "文件里有不止一份内容",
            "there is more than one document in the file",
            Suggestion::advice("去掉 `---` 一行", "remove the line `---`"),
        );
    }
    if said.contains("merge") {
        return of(
            "`<<` 后面不是映射",
            "what `<<` merges is no map",
            Suggestion::advice("去掉 `<<`，直接写出各字段", "remove `<<`, and write the fields out"),
        );
    }
    of(
        said,
        said,
        Suggestion::advice(
            "检查这一行和上一行：括号、引号、冒号后的空格、缩进",
            "look at this line and the one above: brackets, quotation marks, a blank behind each colon, indentation",
        ),
    )
}

/// A key that is none: a text of its own, or a whole file behind a question mark.
pub(crate) fn long_key(place: Place, most: usize) -> Diagnostic {
    let (zh, en) = (format!("字段名超过 {most} 个字"), format!("a key has more than {most} characters"));
    let advice = Suggestion::advice("写成 `名称: 值`，名称要短", "write it as `name: value`, with a short name");
    Diagnostic::error(place, "", zh, en, advice)
}

fn wrong_indent() -> Slip {
    of(
        "缩进与上下文不符",
        "the indentation doesn't fit the lines around it",
        Suggestion::advice("与同级的行对齐，只用空格", "align it with the lines of its level, by blanks"),
    )
}

/// A line as it was meant, whose first colon is glued to its value or is a Chinese one.
fn glued(line: &str) -> Option<String> {
    let line = line.trim();
    let bare = line.strip_prefix("- ").unwrap_or(line);
    let end = bare.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')?;
    let (key, rest) = bare.split_at(end);
    let value = rest.strip_prefix('：').or_else(|| rest.strip_prefix(':'))?;
    let is_glued = rest.starts_with('：') || !(value.is_empty() || value.starts_with([' ', '\t']));
    (is_glued && !key.is_empty()).then(|| format!("{key}: {}", value.trim()))
}

/// What it is before which something may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    Key,
    /// A value that quotation marks can hold.
    Single,
    /// A list or a map.
    Several,
}

/// A value before which something stands that YAML takes for itself.
pub(crate) struct Swallowed {
    pub fault: Diagnostic,
    /// The byte and the place at which the value was meant to begin.
    pub begins: usize,
    pub place: Place,
}

/// What stands before a value and belongs to YAML, not to the value: in `while: !shut && open` the reader takes `!shut` for
/// a tag and `&&` for an anchor, and would watch `open` alone. So it does where `open` stands lines below, with comments
/// between. `from`: where it begins; what stands before it, back to the `:` or `-` that introduces it, is its own, if it is a
/// value. A key stands whole on its line; what stands above belongs to an empty value.
pub(crate) fn swallowed(stands: Stands, place: Place, from: usize, yaml: &str) -> Option<Swallowed> {
    let (mut start, mut odd) = (from, None);
    loop {
        let ahead = yaml.get(..start)?;
        let text = if stands == Stands::Key { ahead.trim_end_matches([' ', '\t']) } else { without_end(ahead) };
        // Word by word backwards: a file may be a single line.
        let word = text.rfind([' ', '\t', '\n', '[', '{', ',']).map_or(0, |end| end + 1);
        let said = &text[word..];
        let plain = |name: &str| name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        match said.chars().next() {
            Some('!') if !said.ends_with(':') => odd = Some((word, '!')),
            Some('&') if !said.ends_with(':') => {
                if !plain(&said[1..]) {
                    odd = Some((word, '&'));
                }
            }
            _ => break,
        }
        start = word;
    }
    let (begins, sign) = odd?;
    let until = yaml[from..].find('\n').map_or(yaml.len(), |end| from + end);
    let rest = on_one_line(&yaml[begins..until]);
    let rest = if rest.chars().count() > 80 { "!…" } else { rest.trim_end_matches([' ', '}', ']']) };
    let line = yaml[..begins].rfind('\n').map_or(0, |end| end + 1);
    let lines_below = yaml[begins..from].matches('\n').count() as u32;
    let column = match lines_below {
        0 => place.column.saturating_sub(yaml[begins..from].chars().count() as u32).max(1),
        _ => yaml[line..begins].chars().count() as u32 + 1,
    };
    let place = Place { line: place.line.saturating_sub(lines_below).max(1), column };
    let fault = Diagnostic::error(
        place,
        "",
        format!("值不能以 `{sign}` 开头：YAML 会把它当作记号，读不到后面的内容"),
        format!("a value can't begin with `{sign}`: YAML takes it for a mark of its own and drops it"),
        match stands {
            Stands::Several => {
                let word = yaml[begins..].split_whitespace().next().unwrap_or_default();
                Suggestion::advice(format!("去掉 `{word}`"), format!("remove `{word}`"))
            }
            Stands::Key | Stands::Single => Suggestion::advice(
                format!("给整个值加上双引号，例如 `\"{rest}\"`"),
                format!("put the whole value in quotation marks, such as `\"{rest}\"`"),
            ),
        },
    );
    Some(Swallowed { fault, begins, place })
}

/// The page without the blanks, line ends and comments at its end.
fn without_end(page: &str) -> &str {
    let mut text = page.trim_end_matches([' ', '\t']);
    while let Some(above) = text.strip_suffix('\n') {
        let line = above.rfind('\n').map_or(0, |end| end + 1);
        text = above[..line + without_comment(&above[line..]).len()].trim_end_matches([' ', '\t', '\r']);
    }
    text
}

/// A value that goes over several lines, as YAML joins them.
pub(crate) fn on_one_line(written: &str) -> String {
    let lines = written.lines().map(|line| without_comment(line).trim());
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A line up to its comment: a `#` after a blank or at its beginning, outside of quotation marks.
fn without_comment(line: &str) -> &str {
    let (mut quote, mut last) = (None, ' ');
    for (at, c) in line.char_indices() {
        match quote {
            Some(mark) if c == mark && !(mark == '"' && last == '\\') => quote = None,
            Some(_) => {}
            None if c == '#' && matches!(last, ' ' | '\t') => return &line[..at],
            // Within a word it is a letter as any other.
            None if matches!(c, '"' | '\'') && matches!(last, ' ' | '\t' | '[' | '{' | ',' | ':') => quote = Some(c),
            None => {}
        }
        last = c;
    }
    line
}
