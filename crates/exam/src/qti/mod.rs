//! QTI 3.0 items, alone and in packages. Source: 1EdTech, "Question and Test Interoperability 3.0, Assessment, Section and Item
//! Information Model" and "Implementation Guide" (2022).
//!
//! | interaction | item |
//! | --- | --- |
//! | `qti-choice-interaction` | single, multiple; judgement where the identifiers are `true` and `false` |
//! | `qti-text-entry-interaction` | a blank; numeric where the response is one number |
//! | `qti-inline-choice-interaction` | a blank to choose for |
//! | `qti-extended-text-interaction` | short answer |
//! | `qti-order-interaction` | order |
//! | `qti-match-interaction` | match |
//! | several of them | a case, in the order of the body |
//!
//! Everything else (other interactions, templates, portable custom interactions, adaptive items, media, formulas) is refused by
//! its name. Entities and document types are refused unread, so nothing is ever fetched or expanded.
//!
//! What QTI has no place for travels in the item's own `data-guildhall-*` attributes, which other systems pass over: credit,
//! tolerance, unit, figures.

mod body;
mod exact;
mod markup;
mod package;
mod read;
mod response;
mod write;
mod xml;

pub use package::{PackageFile, ReadPackage, read_package, write_package};
pub use read::read_item;
pub use write::write_item;
