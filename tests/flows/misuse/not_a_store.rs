//! Something that fills no port.

pub struct Mine;

pub fn begin() {
    let _ = authkit_core::AuthKit::builder().store(Mine);
}
