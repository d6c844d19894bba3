//! `guildhall verify RESULTS.zip`.

use std::path::PathBuf;

use anyhow::Context;
use contest::results::Bound;
use kernel::Lang;

#[derive(Debug, clap::Args)]
pub struct VerifyCommand {
    /// A results pack
    pack: PathBuf,
    /// The public key of the hall that must have sealed it, in hexadecimal; without it any hall's seal will do
    #[arg(long, value_name = "HEX")]
    key: Option<String>,
    /// zh or en
    #[arg(long, default_value = "en")]
    lang: String,
}

impl VerifyCommand {
    #[allow(clippy::print_stdout)]
    pub fn run(self) -> anyhow::Result<()> {
        let lang = Lang::from_accept(&self.lang);
        let shown = self.pack.display();
        let archive = std::fs::read(&self.pack).with_context(|| format!("{shown} can't be read"))?;
        let verified = contest::results::verify(&archive, self.key.as_deref())
            .map_err(|difference| anyhow::anyhow!("{shown}: {}: {}", difference.place, difference.what.get(lang)))?;
        let contest::results::Verified {
            contest,
            entries,
            events,
            marks,
            verdicts,
            prizes,
            rechecked,
            corrected,
            photos,
            drawn,
            key,
            signed,
        } = verified;
        let contest = contest.get(lang);
        let signed = match (signed.is_empty(), lang) {
            (true, Lang::Zh) => "规则集未要求".to_owned(),
            (true, Lang::En) => "nobody, and no rule set asks for it".to_owned(),
            (false, Lang::Zh) => signed.iter().map(|role| titled(*role)).collect::<Vec<_>>().join("、"),
            (false, Lang::En) => signed.iter().map(|role| role.code()).collect::<Vec<_>>().join(", "),
        };
        match lang {
            Lang::Zh => println!(
                "核验通过：{contest}\n{entries} 名选手，{marks} 个评分，{verdicts} 个判定，{prizes} 个奖项；核查 {rechecked} 个得分，更正 {corrected} 个；照片摘要 {photos} 个；日志 {events} 条，首尾相连\n签字：{signed}\n大厅密钥：{key}"
            ),
            Lang::En => println!(
                "verified: {contest}\n{entries} competitors, {marks} marks, {verdicts} verdicts, {prizes} prizes; {rechecked} marks rechecked, {corrected} corrected; digests of {photos} photographs; {events} events in an unbroken chain\nsigned by: {signed}\nsealed by the hall with the key {key}"
            ),
        }
        match (drawn, lang) {
            (Bound::NotDrawn, Lang::Zh) => println!("抽签：没有抽签"),
            (Bound::NotDrawn, Lang::En) => println!("draw: no lots were drawn"),
            (Bound::BySeedAndList, Lang::Zh) => println!("抽签：种子和名单均与事先公布的指纹相符"),
            (Bound::BySeedAndList, Lang::En) => {
                println!("draw: seed and list are those whose fingerprints were published before");
            }
            (Bound::BySeed, Lang::Zh) => {
                println!("抽签：种子与事先公布的指纹相符；名单和编号当时没有绑定，以大厅所述为准")
            }
            (Bound::BySeed, Lang::En) => println!(
                "draw: the seed is the one whose fingerprint was published before; list and ids were not bound then, and are the hall's word"
            ),
        }
        if self.key.is_none() {
            match lang {
                Lang::Zh => println!("提示：用 --key 指定大厅公布的公钥，可确认成绩包出自该大厅"),
                Lang::En => println!(
                    "note: give the key that the hall publishes as --key to be sure that the pack is that hall's"
                ),
            }
        }
        Ok(())
    }
}

fn titled(role: kernel::Role) -> &'static str {
    match role {
        kernel::Role::ChiefJudge => "裁判长",
        kernel::Role::Supervisor => "监督员",
        other => other.code(),
    }
}
