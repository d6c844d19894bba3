//! TLS at the live listener: a certificate and its key from files, read again when they were renewed.
//!
//! HTTP/1.1 only: over HTTP/2 a stream costs more than twice as much. Spectators who come back resume their session with
//! a ticket, which saves most of the handshake.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ServerConfig, ServerConnection};

/// What the live listener shows as its name, and its secret. Clones share it.
pub struct Seal {
    certificate: PathBuf,
    key: PathBuf,
    config: RwLock<Arc<ServerConfig>>,
}

/// Why certificate and key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("the certificate {path} can't be read: {why}")]
    Certificate { path: PathBuf, why: String },
    #[error("the key {path} can't be read: {why}")]
    Key { path: PathBuf, why: String },
    #[error("the certificate {certificate} and the key {key} can't be used together: {why}")]
    Pair { certificate: PathBuf, key: PathBuf, why: String },
}

impl Seal {
    /// Reads a chain of certificates, the hall's own first, and its key; both PEM.
    pub fn read(certificate: &Path, key: &Path) -> Result<Arc<Seal>, SealError> {
        let config = RwLock::new(Arc::new(read(certificate, key)?));
        Ok(Arc::new(Seal { certificate: certificate.to_owned(), key: key.to_owned(), config }))
    }

    /// Reads the files again. Who comes from now on sees the new certificate; when it can't be used, the old one stays.
    pub fn renew(&self) -> Result<(), SealError> {
        let config = Arc::new(read(&self.certificate, &self.key)?);
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    pub(crate) fn session(&self) -> Result<ServerConnection, rustls::Error> {
        ServerConnection::new(self.config.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

fn read(certificate: &Path, key: &Path) -> Result<ServerConfig, SealError> {
    let unreadable = |why: String| SealError::Certificate { path: certificate.to_owned(), why };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(|found| found.collect::<Result<Vec<_>, _>>())
        .map_err(|error| unreadable(error.to_string()))?;
    if chain.is_empty() {
        return Err(unreadable("there is no certificate in it".to_owned()));
    }
    let secret = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| SealError::Key { path: key.to_owned(), why: error.to_string() })?;
    let unfit = |error: rustls::Error| SealError::Pair {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
        why: error.to_string(),
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unfit)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(unfit)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.ticketer = ring::Ticketer::new().map_err(unfit)?;
    // One is enough to come back with, and each is a packet.
    config.send_tls13_tickets = 1;
    Ok(config)
}
