//! The file of the master key, and the keys in it.
//!
//! The file has one line per key, the current one first:
//!
//! ```text
//! countersign-master-key:v1:<key id>:<32 bytes in base64>
//! ```
//!
//! A rotation puts a new line on top and adds one `countersign-lasting-key` line: what must give the
//! same value for years (fingerprints, heads of the audit chain) is derived from that, so that it does
//! not change with the master key.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::master_key::{KeyId, MasterKey, Purpose};
use super::random;

const MASTER: &str = "countersign-master-key";
const LASTING: &str = "countersign-lasting-key";
const LARGEST_FILE: u64 = 64 * 1024;

/// The current master key, the older ones that still open something, and the lasting key.
#[derive(Clone, Debug)]
pub struct KeyRing {
    current: MasterKey,
    older: Vec<MasterKey>,
    lasting: Option<MasterKey>,
}

/// Why the master key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file is not there, or cannot be read or written.
    #[error("cannot use the master key file {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// Others than the owner could read it.
    #[error("the master key file {0} can be read by others: it needs mode 0600")]
    OpenToOthers(PathBuf),
    /// It belongs to somebody else.
    #[error("the master key file {0} belongs to another user")]
    ForeignOwner(PathBuf),
    /// A line of it is not a key.
    #[error("line {line} of the master key file {path} is not `{MASTER}:v1:<key id>:<base64>`")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, counted from one.
        line: usize,
    },
    /// It holds keys, but not this installation's.
    #[error("the master key file {0} holds the keys of another installation")]
    Another(PathBuf),
    /// It holds no key.
    #[error("the master key file {0} holds no key")]
    Empty(PathBuf),
}

impl KeyRing {
    /// A ring with one new key.
    pub fn generate() -> Self {
        Self {
            current: MasterKey::generate(),
            older: Vec::new(),
            lasting: None,
        }
    }

    /// Reads the file, or makes it with one new key and mode 0600 where there is none.
    ///
    /// # Errors
    /// [`KeyFileError`], as [`Self::load`].
    pub fn load_or_create(path: &Path) -> Result<Self, KeyFileError> {
        match Self::generate().write_new(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::load(path),
            Err(source) => Err(file_error(path, source)),
            Ok(ring) => Ok(ring),
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`KeyFileError`] if it is missing, open to others, somebody else's or not a key file.
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        let file = File::open(path).map_err(|source| file_error(path, source))?;
        refuse_open_file(&file, path)?;
        let mut text = Zeroizing::new(String::new());
        file.take(LARGEST_FILE)
            .read_to_string(&mut text)
            .map_err(|source| file_error(path, source))?;
        Self::parse(&text, path)
    }

    /// The key that seals.
    pub const fn current(&self) -> &MasterKey {
        &self.current
    }

    /// The key of this id, if it is on the ring.
    pub fn find(&self, id: KeyId) -> Option<&MasterKey> {
        self.all().find(|key| key.id() == id)
    }

    /// Every key that opens something, the current one first.
    pub fn all(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.current).chain(&self.older)
    }

    /// Puts a new key in front. The one before stays, to open what it sealed.
    pub fn rotate(&mut self) {
        self.lasting = Some(self.lasting());
        let before = std::mem::replace(&mut self.current, MasterKey::generate());
        self.older.insert(0, before);
    }

    /// Drops an older key. What it still seals is lost, so first make sure that nothing is.
    pub fn forget(&mut self, id: KeyId) {
        self.lasting = Some(self.lasting());
        self.older.retain(|key| key.id() != id);
    }

    /// Replaces the file by this ring, in one step: a crash leaves the old or the new file.
    ///
    /// # Errors
    /// [`KeyFileError::File`] if it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), KeyFileError> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}", *random::alphanumeric(8)));
        let beside = PathBuf::from(beside);
        self.clone()
            .write_new(&beside)
            .and_then(|_| std::fs::rename(&beside, path))
            .and_then(|()| sync_folder(path))
            .map_err(|source| file_error(path, source))
    }

    pub(super) fn sub_key(&self, purpose: Purpose) -> Zeroizing<[u8; 32]> {
        match purpose {
            Purpose::Wrap | Purpose::Cookie | Purpose::Cursor => self.current.sub_key(purpose),
            Purpose::Fingerprint | Purpose::AuditHead => self.lasting().sub_key(purpose),
        }
    }

    /// The sub-keys of this purpose that may still be met, the one in use first.
    pub(super) fn sub_keys(
        &self,
        purpose: Purpose,
    ) -> impl Iterator<Item = Zeroizing<[u8; 32]>> + '_ {
        let older = match purpose {
            Purpose::Wrap | Purpose::Cookie | Purpose::Cursor => self.older.as_slice(),
            Purpose::Fingerprint | Purpose::AuditHead => &[],
        };
        let older = older.iter().map(move |key| key.sub_key(purpose));
        std::iter::once(self.sub_key(purpose)).chain(older)
    }

    fn lasting(&self) -> MasterKey {
        let first = self.older.last().unwrap_or(&self.current);
        self.lasting.clone().unwrap_or_else(|| first.lasting())
    }

    fn write_new(self, path: &Path) -> io::Result<Self> {
        let mut file = private_file(path)?;
        for key in self.all() {
            file.write_all(key.line(MASTER).as_bytes())?;
        }
        if let Some(lasting) = &self.lasting {
            file.write_all(lasting.line(LASTING).as_bytes())?;
        }
        file.sync_all()?;
        sync_folder(path)?;
        Ok(self)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, KeyFileError> {
        let mut keys = Vec::new();
        let mut lasting = None;
        for (position, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            match MasterKey::parse_line(line.trim()) {
                Some((MASTER, key)) => keys.push(key),
                Some((LASTING, key)) if lasting.is_none() => lasting = Some(key),
                _ => {
                    return Err(KeyFileError::Malformed {
                        path: path.to_owned(),
                        line: position + 1,
                    });
                }
            }
        }
        let mut keys = keys.into_iter();
        let current = keys
            .next()
            .ok_or_else(|| KeyFileError::Empty(path.to_owned()))?;
        Ok(Self {
            current,
            older: keys.collect(),
            lasting,
        })
    }
}

fn file_error(path: &Path, source: io::Error) -> KeyFileError {
    KeyFileError::File {
        path: path.to_owned(),
        source,
    }
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes the name of a new file survive a power cut.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if cfg!(unix) {
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

#[cfg(unix)]
fn refuse_open_file(file: &File, path: &Path) -> Result<(), KeyFileError> {
    use std::os::unix::fs::MetadataExt;

    let metadata = file.metadata().map_err(|source| file_error(path, source))?;
    if metadata.mode() & 0o077 != 0 {
        return Err(KeyFileError::OpenToOthers(path.to_owned()));
    }
    // With mode 0600 only root can have opened another user's file.
    if rustix::process::geteuid().as_raw() != metadata.uid() {
        return Err(KeyFileError::ForeignOwner(path.to_owned()));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_open_file(_file: &File, _path: &Path) -> Result<(), KeyFileError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rstest::rstest;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn ids(ring: &KeyRing) -> Vec<KeyId> {
        ring.all().map(MasterKey::id).collect()
    }

    fn write_private(path: &Path, text: &str) {
        private_file(path)
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
    }

    #[test]
    fn a_missing_file_is_made_and_then_read() {
        let folder = folder();
        let path = folder.path().join("master.key");
        let made = KeyRing::load_or_create(&path).unwrap();
        let read = KeyRing::load_or_create(&path).unwrap();
        assert_eq!(made.current().check_value(), read.current().check_value());
        assert!(
            fs::read_to_string(&path)
                .unwrap()
                .starts_with("countersign-master-key:v1:")
        );
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_private_and_refused_when_it_is_not() {
        use std::os::unix::fs::PermissionsExt;

        let folder = folder();
        let path = folder.path().join("master.key");
        KeyRing::load_or_create(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        for mode in [0o640, 0o604, 0o620, 0o660] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let refused = KeyRing::load_or_create(&path);
            assert!(
                matches!(refused, Err(KeyFileError::OpenToOthers(_))),
                "{mode:o}"
            );
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(KeyRing::load(&path).is_ok());
    }

    #[test]
    fn a_missing_file_is_not_made_by_loading() {
        let folder = folder();
        let path = folder.path().join("master.key");
        assert!(matches!(
            KeyRing::load(&path),
            Err(KeyFileError::File { .. })
        ));
        assert!(!path.exists());
    }

    #[test]
    fn a_rotated_ring_survives_the_file() {
        let folder = folder();
        let path = folder.path().join("master.key");
        let mut ring = KeyRing::load_or_create(&path).unwrap();
        let first = ring.current().id();
        ring.rotate();
        ring.rotate();
        ring.save(&path).unwrap();

        let read = KeyRing::load(&path).unwrap();
        assert_eq!(ids(&read), ids(&ring));
        assert_eq!(read.find(first).unwrap().id(), first);
        assert_eq!(
            read.sub_key(Purpose::AuditHead),
            ring.sub_key(Purpose::AuditHead)
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_must_last_does_not_change_with_the_key_and_the_rest_does() {
        let mut ring = KeyRing::generate();
        let before = ring.clone();
        ring.rotate();
        ring.forget(before.current().id());
        for purpose in [Purpose::Fingerprint, Purpose::AuditHead] {
            assert_eq!(ring.sub_key(purpose), before.sub_key(purpose));
        }
        for purpose in [Purpose::Wrap, Purpose::Cookie, Purpose::Cursor] {
            assert_ne!(ring.sub_key(purpose), before.sub_key(purpose));
        }
    }

    #[rstest]
    #[case::text("hello")]
    #[case::other_version("countersign-master-key:v2:0011223344556677:AAAA")]
    #[case::short("countersign-master-key:v1:0011223344556677:AAAA")]
    #[case::no_id("countersign-master-key:v1::AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    fn a_line_that_is_no_key_is_named(#[case] line: &str) {
        let folder = folder();
        let path = folder.path().join("master.key");
        write_private(&path, &format!("# made by hand\n{line}\n"));
        let error = KeyRing::load(&path).unwrap_err();
        assert!(matches!(error, KeyFileError::Malformed { line: 2, .. }));
        assert!(!error.to_string().contains("AAAA"));
    }

    #[test]
    fn an_empty_file_is_refused() {
        let folder = folder();
        let path = folder.path().join("master.key");
        write_private(&path, "\n");
        assert!(matches!(KeyRing::load(&path), Err(KeyFileError::Empty(_))));
    }

    #[test]
    fn a_line_made_by_hand_with_plain_base64_is_read() {
        let folder = folder();
        let path = folder.path().join("master.key");
        write_private(
            &path,
            "countersign-master-key:v1:00112233445566ff:+/+/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        );
        let ring = KeyRing::load(&path).unwrap();
        assert_eq!(ring.current().id().to_string(), "00112233445566ff");
    }
}
