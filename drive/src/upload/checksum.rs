//! Checksums that a client sends with a body (tus `checksum` extension): which ones there are, and how they are computed.

use std::str::FromStr;

use sha2::Digest as _;

/// An algorithm of the `Upload-Checksum` header; as text `sha1`, `sha256`, `crc32c`, `blake3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChecksumAlgorithm {
    /// SHA-1, 20 bytes; the one that every tus client knows.
    Sha1,
    /// SHA-256, 32 bytes.
    Sha256,
    /// CRC-32C (Castagnoli), 4 bytes, most significant first.
    Crc32c,
    /// BLAKE3, 32 bytes.
    Blake3,
}

impl ChecksumAlgorithm {
    /// All of them, for `Tus-Checksum-Algorithm`.
    pub const ALL: [Self; 4] = [Self::Sha1, Self::Sha256, Self::Crc32c, Self::Blake3];

    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Crc32c => "crc32c",
            Self::Blake3 => "blake3",
        }
    }
}

/// The text names no known algorithm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a known checksum algorithm")]
pub struct UnknownAlgorithm;

impl FromStr for ChecksumAlgorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text).ok_or(UnknownAlgorithm)
    }
}

/// What the bytes of one request must amount to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    /// How it is computed.
    pub algorithm: ChecksumAlgorithm,
    /// The value; one of another length than the algorithm's matches nothing.
    pub digest: Vec<u8>,
}

impl Checksum {
    /// Whether these bytes amount to it.
    #[must_use]
    pub fn is_of(&self, bytes: &[u8]) -> bool {
        let mut digester = Digester::new(self.algorithm);
        digester.update(bytes);
        digester.matches(self)
    }
}

/// A checksum on its way.
#[derive(Clone, Debug)]
pub(super) enum Digester {
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
    Crc32c(u32),
    Blake3(Box<blake3::Hasher>),
}

impl Digester {
    pub(super) fn new(algorithm: ChecksumAlgorithm) -> Self {
        match algorithm {
            ChecksumAlgorithm::Sha1 => Self::Sha1(sha1::Sha1::default()),
            ChecksumAlgorithm::Sha256 => Self::Sha256(sha2::Sha256::default()),
            ChecksumAlgorithm::Crc32c => Self::Crc32c(0),
            ChecksumAlgorithm::Blake3 => Self::Blake3(Box::default()),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(state) => state.update(bytes),
            Self::Sha256(state) => state.update(bytes),
            Self::Crc32c(state) => *state = crc32c::crc32c_append(*state, bytes),
            Self::Blake3(state) => {
                state.update(bytes);
            }
        }
    }

    /// Whether the bytes so far amount to `checksum`.
    pub(super) fn matches(self, checksum: &Checksum) -> bool {
        let digest = match self {
            Self::Sha1(state) => state.finalize().to_vec(),
            Self::Sha256(state) => state.finalize().to_vec(),
            Self::Crc32c(state) => state.to_be_bytes().to_vec(),
            Self::Blake3(state) => state.finalize().as_bytes().to_vec(),
        };
        digest == checksum.digest
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    #[test]
    fn the_published_values_of_abc() {
        for (name, hex) in [
            ("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ("crc32c", "364b3fb7"),
            ("blake3", "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"),
        ] {
            let algorithm = name.parse().expect(name);
            let digest = HEXLOWER.decode(hex.as_bytes()).expect("hex");
            let mut digester = Digester::new(algorithm);
            digester.update(b"a");
            digester.update(b"bc");
            assert!(digester.clone().matches(&Checksum { algorithm, digest: digest.clone() }), "{name}");
            assert!(
                !digester.clone().matches(&Checksum { algorithm, digest: digest[1..].to_vec() }),
                "{name}"
            );
            digester.update(b"d");
            assert!(!digester.matches(&Checksum { algorithm, digest }), "{name}");
        }
        assert_eq!("md5".parse::<ChecksumAlgorithm>(), Err(UnknownAlgorithm));
    }
}
