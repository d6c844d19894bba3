//! What a made-up contest is called.

use analysis::{Aspect, Setting};
use kernel::{Mark, Text};

pub const ASPECTS: u32 = 14;

pub fn setting() -> Setting {
    let aspect = |at: u32| Aspect {
        code: format!("A{at}"),
        name: Text::new(format!("评分项{at}"), format!("aspect {at}")),
        max: Mark::from_hundredths(300),
        steps: 3,
        abilities: vec![at % 2],
    };
    Setting {
        aspects: (0..ASPECTS).map(aspect).collect(),
        judges: ["王", "李", "张", "赵", "陈"].map(str::to_owned).to_vec(),
        venues: vec![Text::new("一号馆", "Hall 1"), Text::new("二号馆", "Hall 2")],
        abilities: vec![Text::new("机械", "mechanical"), Text::new("电气", "electrical")],
    }
}
