//! What a command works with: the flags, the printer, the settings, and the installation that they name.

use authkit_core::{
    AuthError, AuthKit, ClientInfo, Config, EventCode, EventFilter, ListRequest, Note, Operator, Role, Timestamp,
};

use crate::codes::CliCode;
use crate::database::{AnyStore, Database};
use crate::failure::Failure;
use crate::globals::Globals;
use crate::mail::Post;
use crate::output::Output;
use crate::settings::Settings;
use crate::usage::nearest;

/// What every command gets.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) globals: Globals,
    pub(crate) out: Output,
    /// The definition of the command, for what prints it.
    pub(crate) definition: fn() -> clap::Command,
}

/// An installation, with somebody at its command line.
#[derive(Debug)]
pub(crate) struct Installation {
    pub(crate) kit: AuthKit,
    pub(crate) operator: Operator,
    pub(crate) client: ClientInfo,
    pub(crate) post: Post,
}

impl Context {
    pub(crate) const fn new(globals: Globals, out: Output, definition: fn() -> clap::Command) -> Self {
        Self { globals, out, definition }
    }

    pub(crate) const fn is_dry_run(&self) -> bool {
        self.globals.dry_run
    }

    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        Settings::read(&self.globals)
    }

    /// Opens what the settings name.
    pub(crate) async fn open(&self) -> Result<Installation, Failure> {
        self.open_with(|config| config).await
    }

    /// Opens what the settings name, with something of the configuration changed for this run.
    pub(crate) async fn open_with(&self, change: impl FnOnce(Config) -> Config) -> Result<Installation, Failure> {
        let settings = self.settings()?;
        let config = change(settings.config()?);
        let database = Database::of(&settings.database_url()?)?;
        let store = database.open().await?;
        Installation::new(store, config, &settings)
    }
}

impl Installation {
    fn new(store: AnyStore, config: Config, settings: &Settings) -> Result<Self, Failure> {
        let post = Post::of(&config, settings)?;
        let kit = AuthKit::builder().store(store).config(config).mailer(post.clone()).build();
        let kit = kit.map_err(|error| settings.refused(&error))?;
        Ok(Self { kit, operator: operator(), client: ClientInfo::none(), post })
    }

    /// Waits for the mails of a change that was made at `begun`, and says if one was lost.
    pub(crate) async fn deliver(&self, begun: Timestamp) -> Result<(), Failure> {
        self.post.finish().await;
        if !self.kit.has_audit_log() {
            return Ok(());
        }
        let filter = EventFilter { from: Some(begun), ..EventFilter::of(EventCode::MAIL_FAILED) };
        let first = ListRequest { cursor: None, limit: Some(1) };
        let lost = self.kit.list_events(&self.operator, &filter, &first).await.map_err(Self::refused("the trail"))?;
        let Some(event) = lost.items.first() else { return Ok(()) };
        let reason = event.details.get("reason").and_then(|reason| reason.as_str()).unwrap_or("not said");
        let why = format!("all is done but the mail, which was not taken: {reason}");
        Err(Failure::new(CliCode::Failed, why).fix("authkit doctor, then authkit user reset-link USER"))
    }

    /// A role that the configuration knows.
    pub(crate) fn role(&self, name: &str) -> Result<Role, Failure> {
        let roles = &self.kit.settings().roles;
        if let Some(role) = roles.iter().find(|role| role.as_str() == name) {
            return Ok(*role);
        }
        let names: Vec<&str> = roles.iter().map(Role::as_str).collect();
        let fix = match nearest(name, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("one of {}", names.join(", ")),
        };
        Err(Failure::new(CliCode::Usage, format!("there is no role `{name}`")).fix(fix))
    }

    /// What a flow answered about `what`.
    pub(crate) fn refused(what: &str) -> impl FnOnce(AuthError) -> Failure {
        move |error| Failure::of_flow(&error, what)
    }
}

/// Who sits at the command line: the account that the process runs as, whatever the environment claims.
pub(crate) fn operator() -> Operator {
    Operator::cli(whoami::username().unwrap_or_else(|_| "unknown".to_owned()))
}

/// What is said beside an action.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Reason {
    /// Why, for the audit trail: at most 200 characters.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

impl Reason {
    pub(crate) fn note(&self) -> Note {
        Note { reason: self.reason.clone(), ..Note::default() }
    }
}
