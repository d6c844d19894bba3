//! From words to a tree: the Pratt parser of the condition language.
//!
//! Loosest to tightest: `?:` · `||` · `&&` · `== != < <= > >=` (not chained) · `+ -` · `* /` · `! -`.

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
    pub const ALL: [(&'static str, Function, usize); 4] = [
        ("abs", Function::Abs, 1),
        ("min", Function::Min, 2),
        ("max", Function::Max, 2),
        ("clamp", Function::Clamp, 3),
    ];
}

/// Longer texts and deeper trees than these are no condition a person wrote.
const LONGEST: usize = 2_000;
const DEEPEST: u32 = 48;
const CHOICE_POWER: u8 = 1;
const COMPARE_POWER: u8 = 4;
const PREFIX_POWER: u8 = 7;

/// Reads one condition or expression.
pub(crate) fn parse(text: &str, own_units: &[String]) -> Result<Tree, Flaw> {
    if text.trim().is_empty() {
        return Err(Flaw::new(1, "条件是空的", "the condition is empty"));
    }
    if text.chars().count() > LONGEST {
        return Err(Flaw::new(
            1,
            format!("条件超过 {LONGEST} 个字符"),
            format!("the condition is longer than {LONGEST} characters"),
        ));
    }
    let mut parser = Parser { tokens: words(text, own_units)?, next: 0, depth: 0 };
    let tree = parser.expression(0)?;
    match parser.peek() {
        Token { word: Word::End, .. } => Ok(tree),
        token => Err(unexpected(token, "这里应当结束，或有一个运算符", "an operator or the end is expected here")),
    }
}

fn unexpected(token: &Token, zh: &str, en: &str) -> Flaw {
    let found = match &token.word {
        Word::Integer(number) => number.to_string(),
        Word::Real(number, unit) => format!("{number}{}", unit.as_deref().unwrap_or_default()),
        Word::Text(text) => format!("\"{text}\""),
        Word::Name(name) => name.clone(),
        Word::Sign(sign) => (*sign).to_owned(),
        Word::End => {
            return Flaw::new(
                token.column,
                format!("条件没有写完：{zh}"),
                format!("the condition stops too early: {en}"),
            );
        }
    };
    Flaw::new(token.column, format!("不应出现 `{found}`：{zh}"), format!("`{found}` is unexpected: {en}"))
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: u32,
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

    fn expect(&mut self, sign: &str) -> Result<(), Flaw> {
        if self.take_sign(sign) {
            return Ok(());
        }
        Err(unexpected(self.peek(), &format!("这里应当是 `{sign}`"), &format!("`{sign}` is expected here")))
    }

    fn expression(&mut self, power: u8) -> Result<Tree, Flaw> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Flaw::new(
                self.peek().column,
                format!("嵌套超过 {DEEPEST} 层"),
                format!("nested deeper than {DEEPEST} levels"),
            ));
        }
        let mut left = self.prefix()?;
        while let Token { word: Word::Sign(sign), column } = *self.peek() {
            if sign == "?" && power < CHOICE_POWER {
                self.next += 1;
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
            self.next += 1;
            let right = self.expression(strength)?;
            if strength == COMPARE_POWER
                && let Token { word: Word::Sign(again), column } = *self.peek()
                && Operator::of(again).is_some_and(|(_, power)| power == COMPARE_POWER)
            {
                return Err(Flaw::new(
                    column,
                    "比较不能连写，请用 `&&` 连接两个比较",
                    "comparisons can't be chained, join two of them with `&&`",
                ));
            }
            left = Tree { node: Node::Both(operator, Box::new(left), Box::new(right)), column };
        }
        self.depth -= 1;
        Ok(left)
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
                if let Some(sign) = match name.as_str() {
                    "and" | "AND" => Some("&&"),
                    "or" | "OR" => Some("||"),
                    "not" | "NOT" => Some("!"),
                    _ => None,
                } {
                    return Err(Flaw::new(
                        column,
                        format!("`{name}` 写作 `{sign}`"),
                        format!("`{name}` is written `{sign}`"),
                    )
                    .suggesting(Some(sign.into())));
                }
                Node::Signal(name)
            }
            word @ (Word::Sign(_) | Word::End) => {
                return Err(unexpected(&Token { word, column }, "这里应当是一个值", "a value is expected here"));
            }
        };
        Ok(Tree { node, column })
    }

    fn call(&mut self, name: &str, column: u32) -> Result<Node, Flaw> {
        let Some((_, function, takes)) = Function::ALL.into_iter().find(|(known, ..)| *known == name) else {
            let nearest = crate::fault::nearest(name, Function::ALL.iter().map(|(known, ..)| *known));
            return Err(Flaw::new(
                column,
                format!("没有函数 `{name}`，只有 abs、min、max、clamp"),
                format!("there is no function `{name}`, only abs, min, max, clamp"),
            )
            .suggesting(nearest));
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
            Err(flaw) => format!("{}: {}", flaw.column, flaw.text.en),
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
            ("", "1: the condition is empty"),
            ("a &&", "5: the condition stops too early: a value is expected here"),
            ("a b", "3: `b` is unexpected: an operator or the end is expected here"),
            ("(a", "3: the condition stops too early: `)` is expected here"),
            ("a)", "2: `)` is unexpected: an operator or the end is expected here"),
            ("1 < a < 3", "7: comparisons can't be chained, join two of them with `&&`"),
            ("a and b", "3: `and` is unexpected: an operator or the end is expected here"),
            ("not a", "1: `not` is written `!`"),
            ("mean(a)", "1: there is no function `mean`, only abs, min, max, clamp"),
            ("min(a)", "1: `min` takes 2 arguments, not 1"),
            ("a ? b", "6: the condition stops too early: `:` is expected here"),
            ("&& a", "1: `&&` is unexpected: a value is expected here"),
        ] {
            assert_eq!(read(text), expected);
        }
        assert!(read(&"(".repeat(3000)).contains("longer than"));
        assert!(read(&"(".repeat(100)).contains("nested deeper"));
        assert!(read(&"!".repeat(1000)).contains("nested deeper"));
        assert!(read(&format!("a{}", " + a".repeat(400))).starts_with("(("));
    }
}
