//! Passwords: argon2id in PHC form. Hashing is slow on purpose and runs on the blocking threads, a few at a time, so that a
//! rush of sign-ins waits for its turn and neither memory nor the marks of a contest suffer.

use std::sync::OnceLock;

use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use crate::hall::PasswordCost;
use crate::{ApiResult, Hall, Problem};

/// So many at once: 4 × 19 MiB.
const AT_ONCE: usize = 4;

/// The turns, and a hash that no password opens.
pub(crate) struct Passwords {
    turns: Semaphore,
    nobodys: OnceLock<String>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Semaphore::new(AT_ONCE), nobodys: OnceLock::new() }
    }
}

/// The hash to keep for a new password.
pub async fn hash(hall: &Hall, password: &str) -> ApiResult<String> {
    let (cost, salt, password) = (hall.config.password_cost, hall.secret(), password.to_owned());
    let _turn = hall.passwords.turns.acquire().await.map_err(Problem::internal)?;
    blocking(move || make(cost, &salt, &password)).await?
}

/// Whether the password opens the hash. Without a hash (nobody of that login, or no password set) the answer is no, after
/// the same work: the time doesn't tell which logins exist.
pub async fn verify(hall: &Hall, password: &str, hash: Option<&str>) -> ApiResult<bool> {
    let (cost, salt, password) = (hall.config.password_cost, hall.secret(), password.to_owned());
    let _turn = hall.passwords.turns.acquire().await.map_err(Problem::internal)?;
    // Made at the first sign-in of all, known or not, so that no later one takes longer than another.
    let nobodys = match hall.passwords.nobodys.get() {
        Some(nobodys) => nobodys.clone(),
        None => {
            let made = blocking(move || make(cost, &salt, &salt)).await??;
            hall.passwords.nobodys.get_or_init(|| made).clone()
        }
    };
    let known = hash.is_some();
    let hash = hash.map_or(nobodys, str::to_owned);
    let opened = blocking(move || {
        let parsed = PasswordHash::new(&hash).map_err(Problem::internal)?;
        Ok::<bool, Problem>(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await??;
    Ok(opened && known)
}

/// Whether a kept hash was made at another cost than new ones: then it is made anew at the next sign-in.
pub fn is_outdated(hall: &Hall, hash: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else { return true };
    let Ok(params) = Params::try_from(&parsed) else { return true };
    let PasswordCost { memory_kib, passes, lanes } = hall.config.password_cost;
    (params.m_cost(), params.t_cost(), params.p_cost()) != (memory_kib, passes, lanes)
}

fn make(cost: PasswordCost, secret: &str, password: &str) -> ApiResult<String> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(Problem::internal)?;
    // 64 hexadecimal digits of chance; a PHC salt takes up to 48 bytes.
    let salt = SaltString::encode_b64(&secret.as_bytes()[..32]).map_err(Problem::internal)?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Ok(hasher.hash_password(password.as_bytes(), &salt).map_err(Problem::internal)?.to_string())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}
