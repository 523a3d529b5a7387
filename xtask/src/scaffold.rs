//! `cargo xtask scaffold`: for each store, `cargo new`, `authkit init`, its build without a warning, its tests, a sign-in at the
//! running program, and a second `init` that changes nothing.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use authkit_test_postgres::process::{Cluster, Options};

use crate::cargo;
use crate::postgres::provide;
use crate::program::{Folder, Server, ask, free_address};
use crate::workspace::Workspace;

/// The stores, and what is written beside the program for each.
const STORES: [(&str, &str); 3] =
    [("memory", "tests"), ("sqlite", "tests,http,emails,docker"), ("postgres", "tests,http,emails,docker")];

/// The other sets of what changes the program: they are built, and no more.
const ALSO: [&str; 2] = ["http", "emails"];

const NAME: &str = "guarded";

/// # Errors
/// What of a scaffold does not hold.
pub fn run(args: &[String]) -> Result<(), String> {
    if !args.is_empty() {
        return Err(format!("takes no arguments, not: {}", args.join(" ")));
    }
    let root = Workspace::open()?.root;
    cargo::run(&root, &["build", "--package", "authkit-cli"], &[])?;
    // Its own, and no other that the environment names: the accounts that are made here stay in it.
    provide()?;
    let server = Cluster::start(&Options::default())?;
    for (store, with) in STORES {
        println!("\n=== authkit init --store {store} --with {with}");
        Scaffold::new(&root, store, &server)?.proven(with).map_err(|error| format!("--store {store}: {error}"))?;
    }
    println!("\nEvery scaffold builds, passes its tests, signs in, and stays as it is.");
    Ok(())
}

struct Scaffold<'a> {
    root: &'a Path,
    store: &'static str,
    folder: Folder,
    /// The URL of a server, for the store that needs one.
    postgres: Option<String>,
}

impl<'a> Scaffold<'a> {
    fn new(root: &'a Path, store: &'static str, server: &Cluster) -> Result<Self, String> {
        let folder = Folder::new(&format!("authkit-scaffold-{store}"))?;
        let postgres = (store == "postgres").then(|| server.url().to_string());
        Ok(Self { root, store, folder, postgres })
    }

    fn project(&self) -> PathBuf {
        self.folder.0.join(NAME)
    }

    fn proven(&self, with: &str) -> Result<(), String> {
        self.run(&self.folder.0, "cargo", &["new", "--quiet", "--vcs", "none", NAME])?;
        let checkout = self.root.to_string_lossy().into_owned();
        let init = ["init", "--store", self.store, "--with", with, "--authkit-path", &checkout];
        self.authkit(&init)?;
        // The versions that this checkout is tested with, so that what is built already is not built again.
        let lock = self.project().join("Cargo.lock");
        fs::copy(self.root.join("Cargo.lock"), &lock).map_err(|error| format!("Cargo.lock: {error}"))?;

        let before = self.files()?;
        self.authkit(&init)?;
        if self.files()? != before {
            return Err("a second init has changed files".to_owned());
        }
        let is_private = is_private(&self.project().join(".env"))?;
        if !is_private || before[Path::new(".gitignore")].lines().all(|line| line != ".env") {
            return Err(".env can be read by others, or is not ignored".to_owned());
        }

        // A warning is an error from here on, in the tests too, and in nothing but the project.
        self.write("Cargo.toml", &format!("{}\n[lints.rust]\nwarnings = \"deny\"\n", self.read("Cargo.toml")?))?;
        self.builds()?;
        self.run(&self.project(), "cargo", &["test", "--quiet"])?;
        if let Some(url) = &self.postgres {
            self.replace(".env", "postgres://user:password@localhost/app", url)?;
            self.authkit(&["migrate", "up"])?;
        }
        self.sign_in(with.contains("docker"))?;
        for other in ALSO {
            println!("\n=== authkit init --store {} --with {other}", self.store);
            fs::remove_dir_all(self.project().join("src/auth")).map_err(|error| format!("src/auth: {error}"))?;
            self.authkit(&["init", "--store", self.store, "--with", other, "--authkit-path", &checkout])?;
            self.builds()?;
        }
        Ok(())
    }

    fn builds(&self) -> Result<(), String> {
        self.run(&self.project(), "cargo", &["fmt", "--check"])?;
        self.run(&self.project(), "cargo", &["build", "--quiet"])
    }

    /// Starts the program, makes an account and asks who it is.
    fn sign_in(&self, in_container: bool) -> Result<(), String> {
        let address = free_address()?;
        let folder = if in_container { self.container()? } else { self.project() };
        let mut program = self.command(&folder, &self.root.join("target/debug").join(NAME));
        if in_container {
            program.envs(self.settings()?);
        }
        program.env("LISTEN_ADDRESS", address.to_string()).env("AUTHKIT_BASE_URL", format!("http://{address}"));
        let mut server = Server::start(program)?;
        server.wait_for(address)?;
        signed_in(address)
    }

    /// An empty folder: in a container there is neither `.env` nor source.
    fn container(&self) -> Result<PathBuf, String> {
        let folder = self.folder.0.join("data");
        fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// What `.env` says, as docker hands it to a container.
    fn settings(&self) -> Result<Vec<(String, String)>, String> {
        let text = self.read(".env")?;
        let settings = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
        Ok(settings.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    fn replace(&self, file: &str, what: &str, with: &str) -> Result<(), String> {
        let text = self.read(file)?;
        if !text.contains(what) {
            return Err(format!("{file} does not say {what}"));
        }
        self.write(file, &text.replace(what, with))
    }

    fn read(&self, file: &str) -> Result<String, String> {
        fs::read_to_string(self.project().join(file)).map_err(|error| format!("{file}: {error}"))
    }

    fn write(&self, file: &str, text: &str) -> Result<(), String> {
        fs::write(self.project().join(file), text).map_err(|error| format!("{file}: {error}"))
    }

    /// Every file that is not built, by its path below the project.
    fn files(&self) -> Result<BTreeMap<PathBuf, String>, String> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.project()];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            for entry in entries.flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                    files
                        .insert(path.strip_prefix(self.project()).map_err(|error| error.to_string())?.to_owned(), text);
                }
            }
        }
        Ok(files)
    }

    fn authkit(&self, args: &[&str]) -> Result<(), String> {
        let program = self.root.join("target/debug/authkit");
        self.run(&self.project(), &program.to_string_lossy(), args)
    }

    fn run(&self, folder: &Path, program: &str, args: &[&str]) -> Result<(), String> {
        println!("$ {} {}", Path::new(program).file_name().unwrap_or_default().display(), args.join(" "));
        let status = self.command(folder, Path::new(program)).args(args).status();
        let status = status.map_err(|error| format!("{program}: {error}"))?;
        if status.success() { Ok(()) } else { Err(format!("failed ({status}): {program} {}", args.join(" "))) }
    }

    /// A program whose crates are built where those of the checkout are, and which has no settings but those of the scaffold.
    fn command(&self, folder: &Path, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env("CARGO_TARGET_DIR", self.root.join("target"));
        // As the checkout builds what others have written, so that it is built once.
        command.env("CARGO_PROFILE_DEV_DEBUG", "0");
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("AUTHKIT_") || ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|own| text.starts_with(own))
            {
                command.env_remove(&name);
            }
        }
        command
    }
}

fn signed_in(address: SocketAddr) -> Result<(), String> {
    let account = r#"{"email": "ada@example.com", "password": "a lantern over the quay"}"#;
    let (status, body) = ask(address, "POST", "/auth/register", &[], account)?;
    if status != 201 {
        return Err(format!("registering: {status} {body}"));
    }
    let (status, body) = ask(address, "POST", "/auth/login", &[], account)?;
    let token = body.split("\"access_token\":\"").nth(1).and_then(|rest| rest.split('"').next());
    let Some(token) = token.filter(|_| status == 200) else {
        return Err(format!("signing in: {status} {body}"));
    };
    let bearer = format!("Authorization: Bearer {token}");
    let (status, body) = ask(address, "GET", "/hello", &[&bearer], "")?;
    if (status, body.as_str()) != (200, "Hello ada@example.com") {
        return Err(format!("the guarded route: {status} {body}"));
    }
    let (status, _) = ask(address, "GET", "/hello", &[], "")?;
    if status == 401 { Ok(()) } else { Err(format!("the guarded route without a token: {status}")) }
}

#[cfg(unix)]
fn is_private(file: &Path) -> Result<bool, String> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = fs::metadata(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(metadata.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(file: &Path) -> Result<bool, String> {
    Ok(file.exists())
}
