//! The whole API on a server to try it: three users, a database file beside it, mails on standard output or by SMTP.
//!
//! `cargo run --release --bin sandbox`. `--listen ADDRESS:PORT` takes another address than `127.0.0.1:8000`, `--demo` gives
//! an empty database a past of three months, so that the console has something to show; everything else is set by the `AUTHKIT_*` variables, `AUTHKIT_DATABASE_URL` (`sqlite://authkit.db`, `postgres://…`, `memory:`) among
//! them. Not for production: anybody can read the passwords here.

use std::error::Error;
use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use authkit_core::{
    Actor, AuditLog, AuditSink, AuthError, AuthKit, Config, DatabaseUrl, Field, Permissions, Profile, SessionStore,
    Store, TrustedPassword, TrustedUser, UserStore,
};
use authkit_examples::demo;
use authkit_mail_smtp::SmtpMailer;
use authkit_poem::{AuditTrail, CurrentAdmin, CurrentUser, Server};
use authkit_store_memory::MemoryStore;
use authkit_store_postgres::PostgresStore;
use authkit_store_sqlite::SqliteStore;
use poem::web::Json;
use poem::{EndpointExt as _, Route, get, handler, post};
use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;

const HELP: &str = "usage: sandbox [--listen ADDRESS:PORT] [--demo]
    --listen  where (default 127.0.0.1:8000; port 0: any that is free)
    --demo    fill an empty database with made-up users and three months of what they did";

/// Where it listens unless it is told otherwise.
const ADDRESS: &str = "127.0.0.1:8000";

/// Address, password, and what is special about the user.
const USERS: [(&str, &str, &str); 3] = [
    ("admin@example.com", "adminpass123", "administrator"),
    ("user@example.com", "userpass123", ""),
    ("deactivated@example.com", "deactivated123", "disabled"),
];

/// For whoever is signed in.
#[handler]
fn secure_data(CurrentUser(user): CurrentUser) -> Json<Value> {
    Json(json!({ "message": "This is for whoever is signed in.", "email": user.email.as_str() }))
}

/// For administrators.
#[handler]
fn admin_only(CurrentAdmin(user): CurrentAdmin) -> Json<Value> {
    Json(json!({ "message": "This is for administrators.", "email": user.email.as_str() }))
}

/// Leaves an event of the application's own in the audit trail.
#[handler]
async fn custom_audit(CurrentUser(_): CurrentUser, audit: AuditTrail) -> poem::Result<Json<Value>> {
    audit.record("trained_ai_model", json!({ "model": "sandbox", "epochs": 3 })).await?;
    Ok(Json(json!({ "message": "The event is in the audit trail." })))
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match run(std::env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Vec<String>) -> Result<(), Box<dyn Error>> {
    let Some(Options { address, demo }) = options(&args)? else {
        println!("{HELP}");
        return Ok(());
    };
    let config = if demo { demo_config(config()?) } else { config()? };
    // The links in mails and the check of origins need the port, which port 0 leaves to the system.
    let listener =
        authkit_poem::listen(&*address).await.map_err(|error| format!("{address} cannot be bound: {error}"))?;
    let config = match variable("AUTHKIT_BASE_URL") {
        None => config.base_url(format!("http://127.0.0.1:{}", listener.local_addr()?.port())),
        Some(_) => config,
    };
    let auth = open(config, demo).await?;
    seed(&auth).await?;
    let server = Server::new(&auth, listener)?;
    greet(&auth).await;
    Ok(server.serve(app(&auth)).await?)
}

struct Options {
    address: String,
    demo: bool,
}

/// `None`: help is asked for.
fn options(args: &[String]) -> Result<Option<Options>, Box<dyn Error>> {
    let mut options = Options { address: ADDRESS.to_owned(), demo: false };
    let mut rest = args.iter().map(String::as_str);
    while let Some(arg) = rest.next() {
        match (arg, arg.strip_prefix("--listen=")) {
            (_, Some(address)) => address.clone_into(&mut options.address),
            ("--listen", _) => rest.next().ok_or(HELP)?.clone_into(&mut options.address),
            ("--demo", _) => options.demo = true,
            ("--help" | "-h", _) => return Ok(None),
            _ => return Err(HELP.into()),
        }
    }
    Ok(Some(options))
}

/// The variables of the process, for development unless they say otherwise; what they must not say is `production`.
fn config() -> Result<Config, Box<dyn Error>> {
    let environment = variable("AUTHKIT_ENV").unwrap_or_else(|| "development".to_owned());
    if environment.trim().eq_ignore_ascii_case("production") {
        return Err("AUTHKIT_ENV=production: the sandbox has users whose passwords are known to everybody. \
                    Unset it, or build a server of your own."
            .into());
    }
    let others = variables().filter(|(name, _)| !name.eq_ignore_ascii_case("AUTHKIT_ENV"));
    Ok(Config::from_vars(others.chain([("AUTHKIT_ENV".to_owned(), environment)]))?)
}

/// What the demo's people may be, and their names.
fn demo_config(config: Config) -> Config {
    let consoles = [("support", Permissions::SUPPORT), ("auditor", Permissions::VIEWER)];
    config.roles(demo::ROLES).console_roles(consoles).profile_fields([Field::text("name").exposed().editable()])
}

async fn open(config: Config, demo: bool) -> Result<AuthKit, Box<dyn Error>> {
    let auth = match config.database_url() {
        Some(DatabaseUrl::Memory) => on(Arc::new(MemoryStore::new()), config, demo).await?,
        Some(DatabaseUrl::Postgres(url)) => {
            let postgres = PostgresStore::builder(url.expose());
            postgres.migrate().await?;
            on(Arc::new(postgres.connect().await?), config, demo).await?
        }
        file => {
            let path = match file {
                Some(DatabaseUrl::Sqlite(path)) => path.as_path(),
                _ => Path::new("authkit.db"),
            };
            on(Arc::new(SqliteStore::open(path).await?), config, demo).await?
        }
    };
    Ok(auth)
}

/// The kit on a store, which is given a past first if that is wanted and it is empty.
async fn on<S>(store: Arc<S>, config: Config, demo: bool) -> Result<AuthKit, Box<dyn Error>>
where
    S: Store + UserStore + SessionStore + AuditSink + AuditLog,
{
    if demo {
        let known = USERS.map(|(email, password, special)| {
            let role = if special == "administrator" { "admin" } else { "user" };
            (email, password, role, special != "disabled")
        });
        if !demo::fill(store.clone(), config.clone().smtp(false), &known).await? {
            eprintln!("note: there are users already, so that --demo adds nothing");
        }
    }
    let mailer = SmtpMailer::from_config(&config)?;
    Ok(AuthKit::builder().store(store).mailer_if(mailer).config(config).build()?)
}

/// Makes the users that are not there yet. A trusted place may: these passwords would pass no policy.
async fn seed(auth: &AuthKit) -> Result<(), AuthError> {
    let settings = auth.settings();
    for (email, password, special) in USERS {
        let user = TrustedUser {
            email: email.to_owned(),
            password: TrustedPassword::Plain(password.into()),
            role: if special == "administrator" { settings.admin_role } else { settings.default_role },
            is_active: special != "disabled",
            is_verified: true,
            profile: Profile::default(),
        };
        match auth.create_user(user, Actor::System).await {
            Ok(_) | Err(AuthError::EmailTaken) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn app(auth: &AuthKit) -> impl poem::Endpoint + 'static {
    let http = auth.http();
    Route::new()
        .at("/secure-data", get(secure_data))
        .at("/admin-only", get(admin_only))
        .at("/custom-audit", post(custom_audit))
        .nest(&http.auth_path, authkit_poem::routes(auth))
        .nest(&http.admin_path, authkit_poem::admin(auth))
        .nest("/", authkit_poem::service(auth))
        .with(authkit_poem::layer(auth))
}

async fn greet(auth: &AuthKit) {
    let (base, api) = (&auth.settings().base_url, &auth.http().auth_path);
    println!("AuthKit's sandbox listens on {base}");
    print!("{}", authkit_poem::greeting(auth).await);
    println!("  document    {base}/openapi.json");
    println!("  protected   {base}/secure-data, {base}/admin-only, {base}/custom-audit (POST)");
    for warning in auth.warnings() {
        println!("  note        {warning}");
    }
    for (email, password, special) in USERS {
        println!("  user        {email} / {password} {special}");
    }
    println!("Sign in:");
    println!("  curl -s {base}{api}/login -H 'content-type: application/json' \\");
    println!("      -d '{{\"email\": \"{}\", \"password\": \"{}\"}}'", USERS[0].0, USERS[0].1);
}

/// A variable of the process that says something, whatever the case of its name.
fn variable(name: &str) -> Option<String> {
    let mut found = variables().filter(|(given, value)| given.eq_ignore_ascii_case(name) && !value.trim().is_empty());
    found.next().map(|(_, value)| value)
}

/// What of the process's variables is text; nothing else can be a setting.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
