//! Something that keeps no events.

pub struct Mine;

pub fn begin() {
    let _ = authkit_core::AuthKit::builder().audit(Mine);
}
