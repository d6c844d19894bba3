//! `cargo run -p print --example samples -- FOLDER`: every paper, in both languages, to look at.

mod paper;

use std::path::{Path, PathBuf};
use std::{env, fs};

use kernel::Lang;
use print::{Fonts, Languages, ability_report, admission_letter, certificate_of_award};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder =
        PathBuf::from(env::args().nth(1).ok_or("say where to: cargo run -p print --example samples -- FOLDER")?);
    fs::create_dir_all(&folder)?;
    let fonts = Fonts::new(paper::fonts()?)?;
    let write = |name: &str, pdf: Vec<u8>| fs::write(Path::new(&folder).join(name), pdf);
    write("certificate.pdf", certificate_of_award(&fonts, &paper::certificate())?)?;
    for (code, languages) in
        [("zh", Languages::One(Lang::Zh)), ("en", Languages::One(Lang::En)), ("both", Languages::Both)]
    {
        write(&format!("admission-{code}.pdf"), admission_letter(&fonts, &paper::letter(languages))?)?;
        write(&format!("report-{code}.pdf"), ability_report(&fonts, &paper::report(languages, 8))?)?;
    }
    write("report-40-abilities.pdf", ability_report(&fonts, &paper::report(Languages::Both, 40))?)?;
    write("report-1-ability.pdf", ability_report(&fonts, &paper::report(Languages::One(Lang::Zh), 1))?)?;
    Ok(())
}
