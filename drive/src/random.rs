//! Identifiers and secrets. Only the system's generator is used; secrets are kept as SHA-256, which suffices because they
//! hold 256 random bits and cannot be guessed (passwords, which can, go through argon2 in `accounts::password`).

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use rand::RngCore;
use sha2::{Digest, Sha256};

/// The bits of a new identifier, for `NodeId::from_random` and its like.
pub(crate) fn bits() -> [u8; 16] {
    let mut bits = [0; 16];
    rand::rng().fill_bytes(&mut bits);
    bits
}

/// 256 random bits as 52 characters of lower-case base32.
pub(crate) fn secret() -> String {
    let mut bits = [0; 32];
    rand::rng().fill_bytes(&mut bits);
    BASE32_NOPAD.encode(&bits).to_ascii_lowercase()
}

/// 64 random bits, for `ShareCode::from_random`.
pub(crate) fn number() -> u64 {
    rand::rng().next_u64()
}

/// What is stored of a secret.
pub(crate) fn hash_of_secret(secret: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(secret.as_bytes()))
}
