//! Choosing one text of a language map by what a reader would like to have (RFC 4647, RFC 9110).

/// One range of an `Accept-Language` header, such as `zh-CN` or `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageRange {
    range: String,
    /// In thousandths; 0 for what the reader doesn't want.
    quality: u16,
}

/// No reader knows more languages; a header could name thousands.
const RANGES_MAX: usize = 30;

impl LanguageRange {
    /// The ranges of a header, the best first, up to 30. What is not understood is left out.
    pub fn list(header: &str) -> Vec<LanguageRange> {
        let mut ranges: Vec<LanguageRange> =
            header.split(',').filter_map(LanguageRange::one).take(RANGES_MAX).collect();
        ranges.sort_by_key(|range| std::cmp::Reverse(range.quality));
        ranges
    }

    fn one(text: &str) -> Option<LanguageRange> {
        let mut parts = text.split(';').map(str::trim);
        let range = parts.next().filter(|range| !range.is_empty())?;
        let mut quality = 1000;
        for part in parts {
            let value: f32 = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="))?.trim().parse().ok()?;
            quality = (value.clamp(0.0, 1.0) * 1000.0).round() as u16;
        }
        Some(LanguageRange { range: range.to_ascii_lowercase(), quality })
    }
}

/// The place of the tag that fits best; `None` only if there is no tag.
///
/// In turns, each over all ranges: the range or what is left of it when subtags are cut off its end (RFC 4647, lookup); a tag that
/// goes on where the range ends (`zh` takes `zh-CN`; basic filtering); a tag of the same language (`zh-TW` takes `zh-CN`). If
/// nothing fits, the first tag that is not refused, or the first.
pub(crate) fn choose<'t>(tags: impl Iterator<Item = &'t str> + Clone, ranges: &[LanguageRange]) -> Option<usize> {
    let wanted = || ranges.iter().filter(|range| range.quality > 0 && range.range != "*").map(|it| it.range.as_str());
    let refused =
        |tag: &str| ranges.iter().any(|it| it.quality == 0 && (it.range == "*" || goes_on_from(tag, &it.range)));
    let find = |fits: &dyn Fn(&str) -> bool| tags.clone().position(fits);
    wanted()
        .find_map(|range| shortened(range).find_map(|range| find(&|tag| tag.eq_ignore_ascii_case(range))))
        .or_else(|| wanted().find_map(|range| find(&|tag| goes_on_from(tag, range))))
        .or_else(|| wanted().find_map(|range| find(&|tag| goes_on_from(tag, language_of(range)))))
        .or_else(|| find(&|tag| !refused(tag)))
        .or_else(|| find(&|_| true))
}

/// The range, and what is left of it when subtags are cut off its end, one after the other.
fn shortened(range: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(range), |range| {
        let rest = &range[..range.rfind('-')?];
        // A subtag of one letter announces the one that was cut off, and goes with it.
        match rest.rfind('-') {
            Some(at) if rest.len() - at == 2 => Some(&rest[..at]),
            _ => Some(rest),
        }
    })
}

fn goes_on_from(tag: &str, range: &str) -> bool {
    tag.get(..range.len()).is_some_and(|start| start.eq_ignore_ascii_case(range))
        && tag[range.len()..].chars().next().is_none_or(|next| next == '-')
}

fn language_of(range: &str) -> &str {
    range.split('-').next().unwrap_or(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_that_fits_the_reader_best_is_chosen() {
        for (header, tags, expected) in [
            ("en-GB", "en-US,en-GB", "en-GB"),
            ("EN-gb", "en-US,en-GB", "en-GB"),
            ("zh-Hans-CN", "en,zh,zh-Hans", "zh-Hans"),
            ("zh-x-own-y", "zh-x,zh", "zh"),
            ("zh", "en,zh-CN", "zh-CN"),
            ("zh-TW", "en,zh-CN", "zh-CN"),
            ("fr", "en,zh", "en"),
            ("fr,zh;q=0.5", "en,zh", "zh"),
            ("zh;q=0.5, en", "zh,en", "en"),
            ("zh;q=0.5, en;q=0.4", "en,zh", "zh"),
            ("en;q=0", "en-US,zh", "zh"),
            ("en;q=0", "en-US", "en-US"),
            ("*", "de,en", "de"),
            ("*;q=0", "de", "de"),
            ("", "de,en", "de"),
            ("z", "zh,en", "zh"),
            ("q=5;;,,;q=1,en", "zh,en", "en"),
            ("en;q=much, zh", "en,zh", "zh"),
        ] {
            let ranges = LanguageRange::list(header);
            let chosen = choose(tags.split(','), &ranges).and_then(|at| tags.split(',').nth(at));
            assert_eq!(chosen, Some(expected), "{header} among {tags}");
        }
        assert_eq!(choose([].into_iter(), &LanguageRange::list("en")), None);
    }
}
