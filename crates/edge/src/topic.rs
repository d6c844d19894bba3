//! MQTT topics as an edge's configuration writes them: `cell/{station}/robot/{signal}`.

/// One level of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Level {
    Exactly(String),
    /// `+`
    Any,
    /// `{station}`
    Station,
    /// `{signal}`
    Signal,
    /// `#`, at the end
    Rest,
}

/// A pattern; what it captures, it captures once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Level>);

/// What a topic says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Captured<'a> {
    pub station: Option<&'a str>,
    pub signal: Option<&'a str>,
}

impl Pattern {
    pub fn parse(text: &str) -> Result<Pattern, kernel::Text> {
        let wrong =
            |zh: &str, en: &str| Err(kernel::Text::new(format!("主题“{text}”：{zh}"), format!("topic {text:?}: {en}")));
        if text.is_empty() || text.len() > 512 || text.contains('\0') {
            return wrong("应为 1 至 512 字节", "1 to 512 bytes are expected");
        }
        let mut levels = Vec::new();
        let parts: Vec<&str> = text.split('/').collect();
        for (ix, part) in parts.iter().enumerate() {
            let level = match *part {
                "+" => Level::Any,
                "#" if ix + 1 == parts.len() => Level::Rest,
                "#" => return wrong("# 只能在最后一级", "# may only be the last level"),
                "{station}" => Level::Station,
                "{signal}" => Level::Signal,
                part if part.contains(['{', '}']) => {
                    return wrong(
                        "一级只能整个写作 {station} 或 {signal}",
                        "a level may only be {station} or {signal} as a whole",
                    );
                }
                part if part.contains(['+', '#']) => {
                    return wrong("+ 和 # 必须独占一级", "+ and # must be a level of their own");
                }
                part => Level::Exactly(part.to_owned()),
            };
            if matches!(level, Level::Station | Level::Signal) && levels.contains(&level) {
                return wrong("同一占位只能出现一次", "a placeholder may stand there only once");
            }
            levels.push(level);
        }
        Ok(Pattern(levels))
    }

    pub fn names_station(&self) -> bool {
        self.0.contains(&Level::Station)
    }

    pub fn names_signal(&self) -> bool {
        self.0.contains(&Level::Signal)
    }

    /// What is subscribed to.
    pub fn filter(&self) -> String {
        let level = |level: &Level| match level {
            Level::Exactly(text) => text.clone(),
            Level::Any | Level::Station | Level::Signal => "+".to_owned(),
            Level::Rest => "#".to_owned(),
        };
        self.0.iter().map(level).collect::<Vec<_>>().join("/")
    }

    pub fn captures<'a>(&self, topic: &'a str) -> Option<Captured<'a>> {
        let mut captured = Captured::default();
        let mut parts = topic.split('/');
        for level in &self.0 {
            if *level == Level::Rest {
                return Some(captured);
            }
            let part = parts.next()?;
            match level {
                Level::Exactly(text) if text != part => return None,
                Level::Station => captured.station = Some(part),
                Level::Signal => captured.signal = Some(part),
                _ => {}
            }
        }
        parts.next().is_none().then_some(captured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_capture_whole_levels() {
        let table = [
            ("cell/{station}/robot/{signal}", "cell/S01/robot/force", Some((Some("S01"), Some("force")))),
            ("cell/{station}/robot/{signal}", "cell/S01/robot", None),
            ("cell/{station}/robot/{signal}", "cell/S01/robot/force/x", None),
            ("cell/+/robot/{signal}", "cell/9/robot/force", Some((None, Some("force")))),
            ("cell/#", "cell/9/robot/force", Some((None, None))),
            ("cell/#", "cell", Some((None, None))),
            ("cell/a", "cell/b", None),
        ];
        for (pattern, topic, expected) in table {
            let captured = Pattern::parse(pattern).unwrap().captures(topic).map(|found| (found.station, found.signal));
            assert_eq!(captured, expected, "{pattern} {topic}");
        }
        assert_eq!(Pattern::parse("cell/{station}/+/{signal}").unwrap().filter(), "cell/+/+/+");
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for pattern in
            ["", "a/#/b", "a/b+", "a/{station}{signal}", "{station}/{station}", "x{signal}", "{robot}/a", "a#"]
        {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
