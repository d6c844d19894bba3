//! From words to a tree: the Pratt parser of the condition language.
//!
//! Loosest to tightest: `?:` · `||` · `&&` · `== != < <= > >=` (not chained) · `+ -` · `* /` · `! -`.

use kernel::{Suggestion, Text};

use crate::lex::{Flaw, Token, Word, words};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tree {
    pub node: Node,
    /// Of the first character, or of the operator of a binary node.
    pub column: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Bool(bool),
    Integer(i64),
    Real(f64, Option<String>),
    Text(String),
    Signal(String),
    Not(Box<Tree>),
    Negative(Box<Tree>),
    Both(Operator, Box<Tree>, Box<Tree>),
    Choice(Box<Tree>, Box<Tree>, Box<Tree>),
    Call(Function, Vec<Tree>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Operator {
    const ALL: [(Operator, &'static str, u8); 12] = [
        (Operator::Or, "||", 2),
        (Operator::And, "&&", 3),
        (Operator::Equal, "==", 4),
        (Operator::Unequal, "!=", 4),
        (Operator::Less, "<", 4),
        (Operator::LessEqual, "<=", 4),
        (Operator::Greater, ">", 4),
        (Operator::GreaterEqual, ">=", 4),
        (Operator::Add, "+", 5),
        (Operator::Subtract, "-", 5),
        (Operator::Multiply, "*", 6),
        (Operator::Divide, "/", 6),
    ];

    fn of(sign: &str) -> Option<(Operator, u8)> {
        Operator::ALL.into_iter().find(|(_, text, _)| *text == sign).map(|(operator, _, power)| (operator, power))
    }

    pub fn sign(self) -> &'static str {
        Operator::ALL[self as usize].1
    }

    pub fn compares(self) -> bool {
        use Operator::*;
        matches!(self, Equal | Unequal | Less | LessEqual | Greater | GreaterEqual)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Abs,
    Min,
    Max,
    Clamp,
}

impl Function {
    /// Name, function, how many arguments it takes, and an example.
    pub const ALL: [(&'static str, Function, usize, &'static str); 4] = [
        ("abs", Function::Abs, 1, "abs(x)"),
        ("min", Function::Min, 2, "min(x, y)"),
        ("max", Function::Max, 2, "max(x, y)"),
        ("clamp", Function::Clamp, 3, "clamp(x, 0, 10)"),
    ];
}

/// Longer texts and deeper trees than these are no condition a person wrote.
const LONGEST: usize = 2_000;
const DEEPEST: u32 = 48;
/// `a + b + c` is a tree too, as deep as it has operators: what walks it needs room on the stack for each.
const JOINTS_MOST: u32 = 100;
const CHOICE_POWER: u8 = 1;
const COMPARE_POWER: u8 = 4;
const PREFIX_POWER: u8 = 7;

/// Reads one condition or expression.
pub(crate) fn parse(text: &str, own_units: &[String]) -> Result<Tree, Flaw> {
    if text.trim().is_empty() {
        let example = Suggestion::write("force > 40N && grip");
        return Err(Flaw::new(1, "条件是空的", "the condition is empty", example));
    }
    if text.chars().count() > LONGEST {
        return Err(Flaw::new(
            1,
            format!("条件超过 {LONGEST} 个字符"),
            format!("the condition is longer than {LONGEST} characters"),
            Suggestion::advice("拆成几条规则", "split it into several rules"),
        ));
    }
    let mut parser = Parser { tokens: words(text, own_units)?, next: 0, depth: 0, joints: 0 };
    let tree = parser.expression(0)?;
    match parser.peek() {
        Token { word: Word::End, .. } => Ok(tree),
        token => Err(unexpected(token, Expected::OperatorOrEnd)),
    }
}

/// What can stand at a place.
#[derive(Debug, Clone, Copy)]
enum Expected {
    Value,
    OperatorOrEnd,
    Sign(&'static str),
}

impl Expected {
    fn text(self) -> Text {
        match self {
            Expected::Value => Text::new("这里应当是一个值", "a value is expected here"),
            Expected::OperatorOrEnd => {
                Text::new("这里应当结束，或有一个运算符", "an operator or the end is expected here")
            }
            Expected::Sign(sign) => Text::new(format!("这里应当是 `{sign}`"), format!("`{sign}` is expected here")),
        }
    }

    fn suggestion(self, found: &Word) -> Suggestion {
        match (self, found) {
            (Expected::OperatorOrEnd, Word::Name(name)) if in_words(name).is_some() => {
                Suggestion::replace(in_words(name).unwrap_or_default())
            }
            (Expected::OperatorOrEnd, Word::Sign(")")) => {
                Suggestion::advice("去掉多余的 `)`，或在前面加上 `(`", "remove this `)`, or open it by `(` before")
            }
            (Expected::OperatorOrEnd, _) => Suggestion::advice(
                "在它前面写一个运算符，例如 `&&`、`||`、`>`，或去掉它",
                "write an operator before it, such as `&&`, `||`, `>`, or remove it",
            ),
            (Expected::Value, Word::End) => Suggestion::advice(
                "在末尾写上信号名、数值或括号，或去掉最后的运算符",
                "end it with a signal, a number or a bracket, or remove the last operator",
            ),
            (Expected::Value, _) => Suggestion::advice(
                "在它前面写信号名、数值或括号，或去掉它",
                "write a signal, a number or a bracket before it, or remove it",
            ),
            (Expected::Sign(sign), Word::End) => {
                Suggestion::advice(format!("在末尾加上 `{sign}`"), format!("add `{sign}` at the end"))
            }
            (Expected::Sign(sign), _) => {
                Suggestion::advice(format!("在它前面加上 `{sign}`"), format!("add `{sign}` before it"))
            }
        }
    }
}

/// Operators as other languages spell them.
fn in_words(name: &str) -> Option<&'static str> {
    match name {
        "and" | "AND" => Some("&&"),
        "or" | "OR" => Some("||"),
        "not" | "NOT" => Some("!"),
        _ => None,
    }
}

fn unexpected(token: &Token, expected: Expected) -> Flaw {
    let Text { zh, en } = expected.text();
    let suggestion = expected.suggestion(&token.word);
    let found = match &token.word {
        Word::Integer(number) => number.to_string(),
        Word::Real(number, unit) => format!("{number}{}", unit.as_deref().unwrap_or_default()),
        Word::Text(text) => format!("\"{text}\""),
        Word::Name(name) => name.clone(),
        Word::Sign(sign) => (*sign).to_owned(),
        Word::End => {
            let (zh, en) = (format!("条件没有写完：{zh}"), format!("the condition stops too early: {en}"));
            return Flaw::new(token.column, zh, en, suggestion);
        }
    };
    let (zh, en) = (format!("不应出现 `{found}`：{zh}"), format!("`{found}` is unexpected: {en}"));
    Flaw::new(token.column, zh, en, suggestion)
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: u32,
    /// Operators between two values so far, `?:` among them.
    joints: u32,
}

impl Parser {
    fn peek(&self) -> &Token {
        // The last token is `End`, and it is never taken.
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(&self.peek().word, Word::Sign(next) if *next == sign);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), Flaw> {
        if self.take_sign(sign) {
            return Ok(());
        }
        Err(unexpected(self.peek(), Expected::Sign(sign)))
    }

    fn expression(&mut self, power: u8) -> Result<Tree, Flaw> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Flaw::new(
                self.peek().column,
                format!("嵌套超过 {DEEPEST} 层"),
                format!("nested deeper than {DEEPEST} levels"),
                Suggestion::advice("去掉多余的括号，或拆成几条规则", "remove brackets, or split it into several rules"),
            ));
        }
        let mut left = self.prefix()?;
        while let Token { word: Word::Sign(sign), column } = *self.peek() {
            if sign == "?" && power < CHOICE_POWER {
                self.join(column)?;
                let yes = self.expression(0)?;
                self.expect(":")?;
                let no = self.expression(0)?;
                left = Tree { node: Node::Choice(Box::new(left), Box::new(yes), Box::new(no)), column };
                continue;
            }
            let Some((operator, strength)) = Operator::of(sign) else { break };
            if strength <= power {
                break;
            }
            self.join(column)?;
            let right = self.expression(strength)?;
            if strength == COMPARE_POWER
                && let Token { word: Word::Sign(again), column } = *self.peek()
                && Operator::of(again).is_some_and(|(_, power)| power == COMPARE_POWER)
            {
                return Err(Flaw::new(
                    column,
                    "比较不能连写",
                    "comparisons can't be chained",
                    Suggestion::advice(
                        "用 `&&` 连接两个比较，例如 `1 < a && a < 3`",
                        "join two of them with `&&`, such as `1 < a && a < 3`",
                    ),
                ));
            }
            left = Tree { node: Node::Both(operator, Box::new(left), Box::new(right)), column };
        }
        self.depth -= 1;
        Ok(left)
    }

    /// Takes an operator that stands between two values.
    fn join(&mut self, column: u32) -> Result<(), Flaw> {
        self.next += 1;
        self.joints += 1;
        if self.joints <= JOINTS_MOST {
            return Ok(());
        }
        Err(Flaw::new(
            column,
            format!("一个条件里的运算符超过 {JOINTS_MOST} 个"),
            format!("a condition has more than {JOINTS_MOST} operators"),
            Suggestion::advice("拆成几条规则", "split it into several rules"),
        ))
    }

    fn prefix(&mut self) -> Result<Tree, Flaw> {
        let token = self.take();
        let column = token.column;
        let node = match token.word {
            Word::Integer(number) => Node::Integer(number),
            Word::Real(number, unit) => Node::Real(number, unit),
            Word::Text(text) => Node::Text(text),
            Word::Sign("!") => Node::Not(Box::new(self.expression(PREFIX_POWER)?)),
            Word::Sign("-") => Node::Negative(Box::new(self.expression(PREFIX_POWER)?)),
            Word::Sign("(") => {
                let inside = self.expression(0)?;
                self.expect(")")?;
                return Ok(inside);
            }
            Word::Name(name) if name == "true" => Node::Bool(true),
            Word::Name(name) if name == "false" => Node::Bool(false),
            Word::Name(name) if matches!(self.peek().word, Word::Sign("(")) => self.call(&name, column)?,
            Word::Name(name) => {
                if let Some(sign) = in_words(&name) {
                    return Err(Flaw::new(
                        column,
                        format!("`{name}` 不是运算符"),
                        format!("`{name}` is no operator"),
                        Suggestion::replace(sign),
                    ));
                }
                Node::Signal(name)
            }
            word @ (Word::Sign(_) | Word::End) => {
                return Err(unexpected(&Token { word, column }, Expected::Value));
            }
        };
        Ok(Tree { node, column })
    }

    fn call(&mut self, name: &str, column: u32) -> Result<Node, Flaw> {
        let Some((_, function, takes, example)) = Function::ALL.into_iter().find(|(known, ..)| *known == name) else {
            return Err(Flaw::new(
                column,
                format!("没有函数 `{name}`"),
                format!("there is no function `{name}`"),
                Suggestion::among(name, Function::ALL.iter().map(|(known, ..)| *known)),
            ));
        };
        self.expect("(")?;
        let mut arguments = Vec::new();
        if !self.take_sign(")") {
            loop {
                arguments.push(self.expression(0)?);
                if self.take_sign(")") {
                    break;
                }
                self.expect(",")?;
            }
        }
        if arguments.len() != takes {
            return Err(Flaw::new(
                column,
                format!("`{name}` 需要 {takes} 个参数，写了 {} 个", arguments.len()),
                format!("`{name}` takes {takes} arguments, not {}", arguments.len()),
                Suggestion::write(example),
            ));
        }
        Ok(Node::Call(function, arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(tree: &Tree) -> String {
        match &tree.node {
            Node::Bool(value) => value.to_string(),
            Node::Integer(number) => number.to_string(),
            Node::Real(number, unit) => format!("{number:?}{}", unit.as_deref().unwrap_or_default()),
            Node::Text(text) => format!("{text:?}"),
            Node::Signal(name) => name.clone(),
            Node::Not(inside) => format!("!{}", said(inside)),
            Node::Negative(inside) => format!("-{}", said(inside)),
            Node::Both(operator, left, right) => format!("({} {} {})", said(left), operator.sign(), said(right)),
            Node::Choice(which, yes, no) => format!("({} ? {} : {})", said(which), said(yes), said(no)),
            Node::Call(function, arguments) => {
                format!(
                    "{}({})",
                    Function::ALL[*function as usize].0,
                    arguments.iter().map(said).collect::<Vec<_>>().join(", ")
                )
            }
        }
    }

    fn read(text: &str) -> String {
        match parse(text, &[]) {
            Ok(tree) => said(&tree),
            Err(flaw) => format!("{}: {}{}", flaw.column, flaw.text.en, flaw.suggestion),
        }
    }

    #[test]
    fn operators_bind_as_in_cel() {
        for (text, expected) in [
            ("a || b && c", "(a || (b && c))"),
            ("!a && b == c", "(!a && (b == c))"),
            ("a - b - c * d / e", "((a - b) - ((c * d) / e))"),
            ("-a < 5mm && x", "((-a < 5.0mm) && x)"),
            ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
            ("a || b ? c : d", "((a || b) ? c : d)"),
            ("abs(a - b) <= clamp(c, 0, max(1, d))", "(abs((a - b)) <= clamp(c, 0, max(1, d)))"),
            ("(a || b) && c", "((a || b) && c)"),
        ] {
            assert_eq!(read(text), expected);
        }
    }

    #[test]
    fn a_bad_condition_is_refused_at_its_column() {
        for (text, expected) in [
            ("", "1: the condition is empty; write `force > 40N && grip`"),
            (
                "a &&",
                "5: the condition stops too early: a value is expected here; end it with a signal, a number or a bracket, or remove the last operator",
            ),
            (
                "a b",
                "3: `b` is unexpected: an operator or the end is expected here; write an operator before it, such as `&&`, `||`, `>`, or remove it",
            ),
            ("(a", "3: the condition stops too early: `)` is expected here; add `)` at the end"),
            ("(a b", "4: `b` is unexpected: `)` is expected here; add `)` before it"),
            (
                "a)",
                "2: `)` is unexpected: an operator or the end is expected here; remove this `)`, or open it by `(` before",
            ),
            ("1 < a < 3", "7: comparisons can't be chained; join two of them with `&&`, such as `1 < a && a < 3`"),
            ("a and b", "3: `and` is unexpected: an operator or the end is expected here (&&?)"),
            ("not a", "1: `not` is no operator (!?)"),
            ("mean(a)", "1: there is no function `mean`; possible are abs, min, max, clamp"),
            ("mix(a, b)", "1: there is no function `mix` (max?)"),
            ("min(a)", "1: `min` takes 2 arguments, not 1; write `min(x, y)`"),
            ("a ? b", "6: the condition stops too early: `:` is expected here; add `:` at the end"),
            (
                "&& a",
                "1: `&&` is unexpected: a value is expected here; write a signal, a number or a bracket before it, or remove it",
            ),
        ] {
            assert_eq!(read(text), expected);
        }
        assert!(read(&"(".repeat(3000)).contains("longer than"));
        assert!(read(&"(".repeat(100)).contains("nested deeper"));
        assert!(read(&"!".repeat(1000)).contains("nested deeper"));
        assert!(read(&format!("a{}", " + a".repeat(100))).starts_with("(("));
        for joint in ["+", "&&", "||", "<1&&"] {
            assert!(read(&format!("a{}", format!("{joint}a").repeat(101))).contains("operators; split it"), "{joint}");
        }
    }
}
