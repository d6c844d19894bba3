//! Who the edge is to a server, and which servers it believes.
//!
//! ```text
//! pki/own/cert.der          shown to servers: an administrator there has to trust it
//! pki/private/private.pem   never leaves the machine
//! pki/trusted/*.der         servers that are believed
//! pki/rejected/*.der        servers that wanted to be: move a file to trusted/ to believe it
//! ```

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use opcua::crypto::{CertificateStore, X509Data};

const KEY_BITS: u32 = 2_048;
/// Ten years: what runs out unnoticed stops a contest.
const VALID_DAYS: u32 = 3_652;

/// Makes the certificate and its key, if there is none yet.
pub(super) fn prepare(pki: &Path, application_uri: &str) -> Result<(), String> {
    let store = CertificateStore::new(pki);
    store.ensure_pki_path()?;
    let (certificate, key) = (store.own_certificate_path(), store.own_private_key_path());
    match (certificate.exists(), key.exists()) {
        (true, true) => return Ok(()),
        (false, false) => {}
        // Half of it is somebody's mistake, and making the other half would hide it.
        _ => return Err(format!("only one of {} and {} is there", certificate.display(), key.display())),
    }
    for path in [&certificate, &key] {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| format!("creating {}: {error}", folder.display()))?;
        }
    }
    let about = X509Data {
        key_size: KEY_BITS,
        common_name: "Guildhall gateway".to_owned(),
        organization: "Guildhall".to_owned(),
        organizational_unit: String::new(),
        country: String::new(),
        state: String::new(),
        alt_host_names: X509Data::alt_host_names(application_uri, None, false, true, false),
        certificate_duration_days: VALID_DAYS,
    };
    CertificateStore::create_certificate_and_key(&about, false, &certificate, &key)?;
    let mine = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&key, mine).map_err(|error| format!("closing {}: {error}", key.display()))?;
    tracing::info!(certificate = %certificate.display(), "a certificate was made: the OPC UA server has to trust it");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_made_once_and_its_key_is_nobody_elses() {
        let folder = testkit::temp_dir();
        let pki = folder.path().join("pki");
        prepare(&pki, "urn:guildhall:edge:edg_1").unwrap();
        let store = CertificateStore::new(&pki);
        let before = std::fs::read(store.own_certificate_path()).unwrap();
        let mode = std::fs::metadata(store.own_private_key_path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(store.read_own_cert().is_ok() && store.read_own_pkey().is_ok());
        assert!(store.trusted_certs_dir().is_dir());
        prepare(&pki, "urn:guildhall:edge:edg_1").unwrap();
        assert_eq!(std::fs::read(store.own_certificate_path()).unwrap(), before);
        std::fs::remove_file(store.own_private_key_path()).unwrap();
        assert!(prepare(&pki, "urn:guildhall:edge:edg_1").unwrap_err().contains("only one"));
    }
}
