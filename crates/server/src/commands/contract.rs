//! `guildhall contract`: writes what is generated from the program: the OpenAPI document, JSON Schemas, the error codes.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Context;
use kernel::ErrorCode;

#[derive(Debug, clap::Args)]
pub struct Contract {
    /// The folder to write to
    #[arg(long, value_name = "DIR", default_value = "contract")]
    out: PathBuf,
}

impl Contract {
    pub fn run(self) -> anyhow::Result<()> {
        let docs = vec![people::doc(), contest::doc(), lrs::doc()];
        let openapi = web::openapi::assemble(docs).to_pretty_json()?;
        let schema = serde_json::to_string_pretty(&catalogue::json_schema())?;
        let rule_set_schema = serde_json::to_string_pretty(&catalogue::rule_set_json_schema())?;
        let season_schema = serde_json::to_string_pretty(&catalogue::season_json_schema())?;
        std::fs::create_dir_all(&self.out).with_context(|| format!("{} can't be made", self.out.display()))?;
        for (name, text) in [
            ("openapi.json", openapi),
            ("scheme.schema.json", schema),
            ("rule-set.schema.json", rule_set_schema),
            ("season.schema.json", season_schema),
            ("error-codes.md", error_codes()),
        ] {
            let path = self.out.join(name);
            std::fs::write(&path, text.trim_end().to_owned() + "\n")
                .with_context(|| format!("{} can't be written", path.display()))?;
        }
        Ok(())
    }
}

fn error_codes() -> String {
    let mut page = String::from(
        "# Error codes\n\nGenerated from `kernel::error`. Every problem that the hall answers has one of these codes.\n\n\
         | code | status | what is wrong | what to do |\n| --- | --- | --- | --- |\n",
    );
    for entry in ErrorCode::ALL {
        let _ = writeln!(
            page,
            "| `{}` | {} | {}<br>{} | {}<br>{} |",
            entry.name, entry.status, entry.what_zh, entry.what_en, entry.do_zh, entry.do_en
        );
    }
    page
}
