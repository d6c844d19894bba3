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
