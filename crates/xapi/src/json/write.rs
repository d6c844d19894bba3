//! From cells to text again, without space between values.

use super::{Kind, Node};

/// Appends a value as it stands in its text, but without space between values, and with each of `singles` as a list of one.
pub(crate) fn write<'d, 'a>(it: Node<'d, 'a>, singles: &[Node<'d, 'a>], out: &mut String) {
    let single = singles.contains(&it);
    if single {
        out.push('[');
    }
    let changes = it.is_spaced() || singles.iter().any(|single| *single != it && it.holds(*single));
    match it.kind() {
        Kind::Object if changes => {
            out.push('{');
            for (at, (key, value)) in it.entries().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(key.raw());
                out.push(':');
                write(value, singles, out);
            }
            out.push('}');
        }
        Kind::Array if changes => {
            out.push('[');
            for (at, item) in it.items().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, singles, out);
            }
            out.push(']');
        }
        _ => out.push_str(it.raw()),
    }
    if single {
        out.push(']');
    }
}

/// Writes an object anew: each property as `value` writes it by its name; without those for which it writes nothing.
pub(crate) fn rebuild<'d, 'a>(
    it: Node<'d, 'a>,
    out: &mut String,
    mut value: impl FnMut(&str, Node<'d, 'a>, &mut String),
) {
    out.push('{');
    let mut first = true;
    for (key, it) in it.entries() {
        let before = out.len();
        if !first {
            out.push(',');
        }
        out.push_str(key.raw());
        out.push(':');
        let begin = out.len();
        value(&key.text().unwrap_or_default(), it, out);
        if out.len() == begin {
            out.truncate(before);
        } else {
            first = false;
        }
    }
    out.push('}');
}
