//! Something that holds no sessions.

pub struct Mine;

pub fn begin() {
    let _ = authkit_core::AuthKit::builder().sessions(Mine);
}
