//! Certificates issued and checked in a second on one core, against the least that any issuer must do: the bare signature.
//!
//! One thread does everything, one certificate after the other: values to JSON, statements, canonical text, hash, signature, text; and back. The
//! limit signs 64 bytes with the same key and the same library, and nothing else. Each certificate that was issued is checked, or the run fails.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use ::credential::*;
use anyhow::{Context, bail, ensure};
use ed25519_dalek::Signer as _;
use kernel::{Mark, Text, Timestamp};
use serde_json::json;

/// What the learning room asks for.
const ISSUED_PER_SECOND_LEAST: f64 = 250.0;
const REVOCATIONS: &str = "https://hall.example/status/revocation/1";
/// 2026-11-22T08:00:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_334_400_000);

#[derive(clap::Args)]
pub struct Options {
    /// Certificates.
    #[arg(long, default_value_t = 5_000)]
    certificates: usize,
    /// How often each figure is taken; the median counts.
    #[arg(long, default_value_t = 7)]
    repeats: usize,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    ensure!(options.certificates > 0 && options.repeats > 0);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist/contexts");
    let contexts = Contexts::read(|name| std::fs::read(folder.join(name)).ok())?;
    let seed = [7; 32];
    let key = SecretKey::from_seed(seed);
    let signer = Signer::by_key(&contexts, &key);
    let issuers = [Issuer::by_key(key.public())];
    let lists = [StatusList::new(REVOCATIONS, Purpose::Revocation)];
    let verifier = Verifier { contexts: &contexts, issuers: &issuers, lists: &lists };
    let certificates: Vec<Certificate> = (0..options.certificates).map(certificate).collect();

    let bare = ed25519_dalek::SigningKey::from_bytes(&seed);
    let signatures = per_second(options, |at| {
        let mut message = [0; 64];
        message[..8].copy_from_slice(&(at as u64).to_le_bytes());
        black_box(bare.sign(black_box(&message)));
        Ok(())
    })?;
    let issued = per_second(options, |at| {
        black_box(issue(&signer, &certificates[at])?);
        Ok(())
    })?;
    let texts: Vec<String> = certificates.iter().map(|one| issue(&signer, one)).collect::<Result<_, _>>()?;
    let verified = per_second(options, |at| {
        let verified = verifier.verify(&texts[at], NOW).context("what was issued")?;
        ensure!(verified.certificate()? == certificates[at], "certificate {at} says something else");
        Ok(())
    })?;
    let tokens = per_second(options, |at| {
        let credential = credential(&signer, &certificates[at])?;
        black_box(signer.jwt(credential)?);
        Ok(())
    })?;

    let bytes = texts.iter().map(String::len).sum::<usize>() / texts.len();
    println!("{} certificates of {bytes} bytes each, one core", options.certificates);
    println!("bare Ed25519 signature        {signatures:>9.0} a second");
    println!("issued (eddsa-rdfc-2022)      {issued:>9.0} a second, {:.1} x the signature's time", signatures / issued);
    println!("issued (JWT)                  {tokens:>9.0} a second");
    println!("checked (eddsa-rdfc-2022)     {verified:>9.0} a second");
    let report = json!({
        "bench": "credential",
        "certificates": options.certificates,
        "bytes": bytes,
        "signatures_per_second": signatures.round(),
        "issued_per_second": issued.round(),
        "tokens_per_second": tokens.round(),
        "checked_per_second": verified.round(),
        "issued_to_signature": (issued / signatures * 1_000.0).round() / 1_000.0,
        "target_issued_per_second": ISSUED_PER_SECOND_LEAST,
    });
    println!("{report}");
    if issued < ISSUED_PER_SECOND_LEAST {
        bail!("{issued:.0} certificates a second are fewer than {ISSUED_PER_SECOND_LEAST}");
    }
    Ok(())
}

fn per_second(options: &Options, mut one: impl FnMut(usize) -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let mut rates = Vec::with_capacity(options.repeats);
    for _ in 0..options.repeats {
        let begun = Instant::now();
        for at in 0..options.certificates {
            one(at)?;
        }
        rates.push(options.certificates as f64 / begun.elapsed().as_secs_f64());
    }
    rates.sort_by(f64::total_cmp);
    Ok(rates[rates.len() / 2])
}

fn issue(signer: &Signer<'_>, certificate: &Certificate) -> anyhow::Result<String> {
    Ok(signer.sign(credential(signer, certificate)?, NOW)?.to_string())
}

fn credential(signer: &Signer<'_>, certificate: &Certificate) -> anyhow::Result<serde_json::Value> {
    certificate.credential(signer.issuer()).map_err(|faults| anyhow::anyhow!("{}", faults[0]))
}

/// A certificate of skill with a score, a level and three abilities, as one examination gives thousands of.
fn certificate(at: usize) -> Certificate {
    let ability = |code: &str, zh: &str, en: &str| Ability {
        address: format!("https://hall.example/abilities/{code}"),
        name: Text::new(zh, en),
        code: Some(code.to_owned()),
        framework: Some("工业机器人系统操作员 国家职业技能标准".to_owned()),
    };
    Certificate {
        address: format!("https://hall.example/certificates/ZGX-2026-{at:06}"),
        number: format!("ZGX-2026-{at:06}"),
        holder: Holder { name: Some(format!("职工{at}")), id: Some(format!("https://hall.example/people/{at}")) },
        kind: Kind::Skill,
        achievement: "https://hall.example/exams/robot-operator-3".to_owned(),
        title: Text::new("工业机器人系统操作员（三级）", "Industrial robot system operator (level 3)"),
        criteria: "理论与实操均不低于 60 分。\n\nAt least 60 points in theory and in practice.".to_owned(),
        level: Some(Text::new("三级/高级工", "Level 3, senior")),
        hours: Some(Mark::from_hundredths(4_250)),
        score: Some(Score {
            value: Mark::from_hundredths(6_000 + (at as i64 % 4_000)),
            max: Mark::from_hundredths(10_000),
        }),
        abilities: vec![
            ability("electrical", "电气接线", "Electrical wiring"),
            ability("teaching", "示教编程", "Teach programming"),
            ability("safety", "安全操作", "Safe operation"),
        ],
        issuer: Profile {
            name: "示范区总工会".to_owned(),
            url: Some("https://hall.example/".to_owned()),
            image: Some("https://hall.example/emblem.svg".to_owned()),
        },
        valid_from: NOW.plus_millis(-1_000),
        valid_until: Some(NOW.plus_millis(3 * 365 * 86_400_000)),
        status: vec![StatusEntry { list: REVOCATIONS.to_owned(), purpose: Purpose::Revocation, index: at % 131_072 }],
    }
}
