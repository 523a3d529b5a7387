//! Mails as files.

use std::fs;

use authkit_core::{AuthKit, Config, ConfigCode, Mailer as _};
use authkit_mail_smtp::FileMailer;
use authkit_store_memory::MemoryStore;

use crate::world::mail;

#[tokio::test]
async fn each_mail_is_a_file_of_its_own_that_only_the_owner_reads() {
    let folder = std::env::temp_dir().join(format!("authkit-mails-{}", std::process::id()));
    let names = || {
        let files = fs::read_dir(&folder).expect("the folder");
        let mut names: Vec<_> =
            files.map(|file| file.expect("a file").file_name().into_string().expect("text")).collect();
        names.sort_unstable();
        names
    };
    FileMailer::new(&folder).expect("a mailer").enqueue(mail("ada@example.com", "one")).expect("written");
    // Another run writes beside, not over.
    FileMailer::new(&folder).expect("a mailer").enqueue(mail("ada@example.com", "two")).expect("written");
    assert_eq!(names(), ["0001-password_changed.eml", "0002-password_changed.eml"]);
    let text = fs::read_to_string(folder.join("0002-password_changed.eml")).expect("the file");
    assert!(text.contains("Subject: two\r\n") && text.contains("\r\n\r\nHello.\r\n"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.join("0001-password_changed.eml")).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    fs::remove_dir_all(&folder).expect("removed");
}

// S-94
#[test]
fn production_refuses_mails_in_files() {
    let folder = std::env::temp_dir().join(format!("authkit-mails-none-{}", std::process::id()));
    let config = Config::production("https://app.example.com", "fmJ3kq8ZtVxW0pYrLd2sHuB7cNeG5aTiQoR9-4");
    let builder = AuthKit::builder().store(MemoryStore::new()).config(config);
    let error = builder.mailer(FileMailer::new(&folder).expect("a mailer")).build().expect_err("refused");
    assert_eq!(error.problems()[0].code(), ConfigCode::MailerMissing);
    fs::remove_dir_all(&folder).expect("removed");
}
