//! Something that sends nothing.

pub struct Mine;

pub fn begin() {
    let _ = authkit_core::AuthKit::builder().mailer(Mine);
}
