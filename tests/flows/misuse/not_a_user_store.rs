//! Something that holds no users.

pub struct Mine;

pub fn begin() {
    let _ = authkit_core::AuthKit::builder().users(Mine);
}
