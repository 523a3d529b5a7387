//! What a cluster is started with.

use std::path::PathBuf;

/// How a cluster differs from the usual one, which is quick and forgetful: it does not wait for the disk.
#[derive(Clone, Debug)]
pub struct Options {
    pub(super) durable: bool,
    pub(super) max_connections: u32,
    pub(super) settings: Vec<(String, String)>,
    pub(super) tls_names: Option<Vec<String>>,
    pub(super) parent: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { durable: false, max_connections: 300, settings: Vec::new(), tls_names: None, parent: None }
    }
}

impl Options {
    /// With `fsync`, as in production: for crashes and for figures.
    #[must_use]
    pub fn durable(mut self) -> Self {
        self.durable = true;
        self
    }

    /// 300 unless set.
    #[must_use]
    pub fn max_connections(mut self, count: u32) -> Self {
        self.max_connections = count;
        self
    }

    /// A line of postgresql.conf; a string value needs no quotes here.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With TLS, the certificate good for `localhost` and 127.0.0.1, signed by a CA of its own.
    #[must_use]
    pub fn tls(self) -> Self {
        self.tls_for(&["localhost", "127.0.0.1"])
    }

    /// With TLS, the certificate good for these names and addresses only.
    #[must_use]
    pub fn tls_for(mut self, names: &[&str]) -> Self {
        self.tls_names = Some(names.iter().map(|name| (*name).to_owned()).collect());
        self
    }

    /// Where its folder is made: on a certain disk, say. Elsewhere it is with the temporary files.
    #[must_use]
    pub fn under(mut self, folder: impl Into<PathBuf>) -> Self {
        self.parent = Some(folder.into());
        self
    }

    /// The lines that go to the end of postgresql.conf.
    pub(super) fn configuration(&self) -> String {
        let durable = if self.durable { "on" } else { "off" };
        let mut lines = vec![
            ("max_connections", self.max_connections.to_string()),
            ("fsync", durable.to_owned()),
            ("full_page_writes", durable.to_owned()),
            // In the folder: what a killed server leaves goes with it.
            ("dynamic_shared_memory_type", "mmap".to_owned()),
            ("log_line_prefix", "%m [%p] %d ".to_owned()),
            ("ssl", if self.tls_names.is_some() { "on" } else { "off" }.to_owned()),
        ];
        lines.extend(self.settings.iter().map(|(name, value)| (name.as_str(), value.clone())));
        lines.iter().map(|(name, value)| line(name, value)).collect()
    }
}

/// A line of postgresql.conf.
pub(super) fn line(name: &str, value: &str) -> String {
    format!("{name} = '{}'\n", value.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_setting_stands_last_and_a_quote_is_doubled() {
        let text = Options::default().setting("fsync", "on").setting("cluster_name", "it's").configuration();
        assert!(text.ends_with("fsync = 'on'\ncluster_name = 'it''s'\n"), "{text}");
    }
}
