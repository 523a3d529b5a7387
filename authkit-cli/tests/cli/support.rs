//! A folder with an installation in it, and the command run there.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use authkit_core::{AuthKit, AuthKitBuilder, ClientInfo, Config, Given, Login, Registration, SignIn};
use authkit_store_sqlite::SqliteStore;
use serde_json::Value;

/// A password that the policy takes.
pub(crate) const PASSWORD: &str = "a lantern over the quay";
/// A key that the start takes, and that must never be seen.
pub(crate) const SECRET: &str = "canary-fmJ3kq8ZtVxW0pYrLd2sHuB7cNeG5aTiQoR9-4";
/// The first administrator.
pub(crate) const ROOT: &str = "root@example.com";

/// A folder of its own, removed at the end.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

/// What a run of the command did.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// It ended so; else the test shows what it said.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// The data of the envelope.
    #[track_caller]
    pub(crate) fn data(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "one line: {}{}", self.out, self.err);
        let mut envelope: Value = serde_json::from_str(&self.out).expect("JSON");
        assert_eq!(envelope["version"], 1);
        assert!(envelope["command"].as_str().is_some_and(|command| !command.is_empty()));
        envelope["data"].take()
    }

    /// The first error of the envelope on standard error.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        assert_eq!(self.out, "", "data goes with success alone");
        let mut envelope: Value = serde_json::from_str(&self.err).expect("JSON");
        assert_eq!((&envelope["version"], &envelope["exit"]), (&Value::from(1), &Value::from(self.code)));
        envelope["errors"][0].take()
    }
}

impl Folder {
    /// An empty one.
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("authkit-cli-{}-{n}", std::process::id()));
        // Another process with this number may have died before it cleaned up.
        fs::remove_dir_all(&folder).ok();
        fs::create_dir_all(&folder).expect("the temporary directory can be written");
        Self(folder)
    }

    /// With settings for production, and no database yet.
    pub(crate) fn set_up() -> Self {
        let folder = Self::new();
        folder.settings(&[]);
        folder
    }

    /// With a migrated database on SQLite.
    pub(crate) fn migrated() -> Self {
        let folder = Self::set_up();
        folder.run(&["migrate", "up"]).ends(0);
        folder
    }

    /// With an administrator.
    pub(crate) fn installed() -> Self {
        let folder = Self::migrated();
        folder.run_with(&["create-admin", ROOT, "--password-stdin"], PASSWORD, &[]).ends(0);
        folder
    }

    /// Writes `.env`: good settings, with these in place of theirs or beside them. An empty value leaves one out.
    pub(crate) fn settings(&self, changed: &[(&str, &str)]) {
        let good = [
            ("AUTHKIT_SECRET_KEY", SECRET),
            ("AUTHKIT_BASE_URL", "https://example.com"),
            ("AUTHKIT_DATABASE_URL", "sqlite://auth.db"),
            ("AUTHKIT_PASSWORD_MIN_LENGTH", "15"),
        ];
        let kept = good.iter().filter(|(name, _)| !changed.iter().any(|(other, _)| name == other));
        let all = kept.chain(changed).filter(|(_, value)| !value.is_empty());
        let text = all.fold(String::new(), |text, (name, value)| format!("{text}{name}={value}\n"));
        self.write(".env", &text);
    }

    /// Writes a file that is the owner's alone.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("it is written");
        self.mode(name, 0o600);
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("it is there")
    }

    /// Sets who may do what with a file.
    pub(crate) fn mode(&self, name: &str, mode: u32) {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(self.path(name), mode).expect("the mode is set");
    }

    /// Who may do what with a file.
    pub(crate) fn mode_of(&self, name: &str) -> u32 {
        let data = fs::metadata(self.path(name)).expect("it is there");
        std::os::unix::fs::PermissionsExt::mode(&data.permissions()) & 0o7777
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// The command, in this folder, with nothing of the environment that it would read.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_authkit"));
        command.args(args).current_dir(&self.0).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("TERM", "xterm-256color");
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, "", &[])
    }

    /// With something on standard input and in the environment.
    pub(crate) fn run_with(&self, args: &[&str], input: &str, vars: &[(&str, &str)]) -> Run {
        let mut command = self.command(args);
        command.envs(vars.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        // It may end without reading.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        let ended = child.wait_with_output().expect("it ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Run { code: ended.status.code().expect("no signal"), out: text(ended.stdout), err: text(ended.stderr) }
    }

    /// A kit on the same database, as the server of the installation has one.
    pub(crate) async fn kit(&self) -> AuthKit {
        self.kit_with(|builder| builder).await
    }

    pub(crate) async fn kit_with(
        &self,
        change: impl FnOnce(AuthKitBuilder<Given, Given, Given>) -> AuthKitBuilder<Given, Given, Given>,
    ) -> AuthKit {
        let store = SqliteStore::open(self.path("auth.db")).await.expect("it opens");
        let config = Config::development().secret_key(SECRET);
        change(AuthKit::builder().store(store).config(config)).build().expect("it builds")
    }

    /// The audit trail, newest first: code, actor and outcome.
    pub(crate) fn trail(&self) -> Vec<(String, String)> {
        let data = self.run(&["audit", "list", "--json", "--limit", "200"]).ends(0).data();
        let items = data["items"].as_array().expect("events").clone();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        items
            .iter()
            .map(|event| (text(&event["code"]), format!("{}:{}", text(&event["actor_kind"]), text(&event["actor"]))))
            .collect()
    }

    /// The newest event is of that code, and somebody at the command line did it.
    #[track_caller]
    pub(crate) fn was_recorded(&self, code: &str) {
        let trail = self.trail();
        let (newest, actor) = trail.first().expect("an event");
        assert_eq!((newest.as_str(), actor), (code, &me()), "{trail:?}");
    }
}

/// Whoever runs the tests, as the trail names it.
pub(crate) fn me() -> String {
    format!("cli:{}", whoami::username().expect("an account"))
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Registers a user and signs in.
pub(crate) async fn signed_in(kit: &AuthKit, email: &str) -> SignIn {
    let client = ClientInfo::none();
    let registration = Registration { email: email.into(), password: PASSWORD.into(), profile: serde_json::Map::new() };
    kit.register(registration, &client).await.expect("registered");
    kit.login(Login::new(email, PASSWORD), &client).await.expect("signed in")
}
