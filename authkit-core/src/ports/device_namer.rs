//! The port that names devices, for programs whose user agents nobody else knows.

/// Names the device behind a user agent.
///
/// It is asked when a request comes in whose session or event will hold the name, which stays as it was then. It answers at
/// once: no file, no network. Any closure of `Fn(&str) -> Option<String>` will do.
///
/// ```
/// use authkit_core::{AuthKit, Config};
/// use authkit_store_memory::MemoryStore;
///
/// let names = |agent: &str| agent.starts_with("Lumen/").then(|| "Lumen app".to_owned());
/// let kit = AuthKit::builder()
///     .store(MemoryStore::new())
///     .device_namer(names)
///     .config(Config::development())
///     .build()?;
/// assert_eq!(kit.client(None, Some("Lumen/3.1 okhttp/4.12"), None).device.as_deref(), Some("Lumen app"));
/// assert_eq!(kit.client(None, Some("curl/8.5.0"), None).device.as_deref(), Some("curl"));
/// # Ok::<(), authkit_core::ConfigError>(())
/// ```
pub trait DeviceNamer: Send + Sync + 'static {
    /// A name that its owner recognises, at most 64 bytes; `None`: the built-in names decide. `user_agent` is printable and
    /// has at most 256 bytes. It is what the client says of itself.
    fn name_device(&self, user_agent: &str) -> Option<String>;
}

impl<F: Fn(&str) -> Option<String> + Send + Sync + 'static> DeviceNamer for F {
    fn name_device(&self, user_agent: &str) -> Option<String> {
        self(user_agent)
    }
}
