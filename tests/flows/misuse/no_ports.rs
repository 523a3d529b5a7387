//! Nothing to keep anything in.

use authkit_core::{AuthKit, Config, ConfigError};

pub fn kit() -> Result<AuthKit, ConfigError> {
    AuthKit::builder().config(Config::development()).build()
}
