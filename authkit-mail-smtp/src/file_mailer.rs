//! The mailer of development that writes files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use authkit_core::{LogCode, Mail, MailError, Mailer};

use crate::error::StartError;
use crate::message::Sender;

/// Writes each mail into a folder as a file that mail programs open (`.eml`), to look at in development. The files hold
/// working links, so only the owner may read them, and production refuses this mailer.
///
/// # Examples
/// ```no_run
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use authkit_core::{AuthKit, Config};
/// use authkit_mail_smtp::FileMailer;
/// use authkit_store_memory::MemoryStore;
///
/// let mailer = FileMailer::new("target/mails")?;
/// let kit = AuthKit::builder().store(MemoryStore::new()).mailer(mailer).config(Config::development()).build()?;
/// # let _ = kit;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct FileMailer {
    folder: PathBuf,
    sender: Sender,
    count: Arc<AtomicU64>,
}

impl FileMailer {
    /// Into this folder, which is made if it is not there. Files that are there stay.
    ///
    /// # Errors
    /// [`StartError::Folder`].
    pub fn new(folder: impl AsRef<Path>) -> Result<Self, StartError> {
        let folder = folder.as_ref().to_owned();
        fs::create_dir_all(&folder).map_err(StartError::Folder)?;
        let sender = Sender::new(None, "no-reply@localhost")?;
        Ok(Self { folder, sender, count: Arc::default() })
    }

    /// A file of its own: `0001-password_reset.eml`, and the next number where that is taken.
    fn file(&self, kind: &str) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        loop {
            let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
            match options.open(self.folder.join(format!("{number:04}-{kind}.eml"))) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                opened => return opened,
            }
        }
    }
}

impl Mailer for FileMailer {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        let wire = self.sender.message(&mail).map_err(|_| MailError)?;
        let written = self.file(mail.kind.name()).and_then(|mut file| file.write_all(&wire.bytes));
        written.map_err(|error| {
            tracing::warn!(
                target: "authkit",
                ak = LogCode::MailLost.as_str(),
                %error,
                "a mail cannot be written to its file"
            );
            MailError
        })
    }

    fn is_for_development(&self) -> bool {
        true
    }
}
