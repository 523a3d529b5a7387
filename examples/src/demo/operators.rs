//! What those who administer did: each signs in, proves a password, and acts.

use std::error::Error;
use std::time::Duration;

use authkit_core::{AuthError, Login, Note, Operator, SignedIn, Timestamp, Via};

use super::clients;
use super::story::{Act, Story, settled};

/// The sandbox's administrator.
const ADMIN: (&str, &str) = ("admin@example.com", "adminpass123");

const REASONS: [&str; 6] = [
    "asked for by mail, ticket 4417",
    "chargeback",
    "left the company",
    "spam from this account",
    "lost device",
    "by mistake, sorry",
];

/// What is done to the n-th.
#[derive(Clone, Copy)]
pub(super) enum Deed {
    /// Signs in and looks around.
    Looks,
    Disables(usize),
    Enables(usize),
    Deletes(usize),
    Restores(usize),
    EndsSessions(usize),
    SendsReset(usize),
    GivesRole(usize, &'static str),
}

/// What is going to be done on a day so many days ago.
pub(super) fn think(story: &mut Story, day: Timestamp, ago: u32) {
    let morning = day + Duration::from_secs(8 * 3_600 + 60 * u64::from(ago % 25));
    let deeds: &[Deed] = match ago {
        81 => &[Deed::Disables(12)],
        77 => &[Deed::GivesRole(30, "support"), Deed::SendsReset(8)],
        69 => &[Deed::Disables(26), Deed::Enables(26)],
        54 => &[Deed::EndsSessions(3), Deed::Disables(44)],
        41 => &[Deed::GivesRole(55, "auditor")],
        33 => &[Deed::Disables(70), Deed::SendsReset(70)],
        26 => &[Deed::GivesRole(55, "user"), Deed::Disables(91)],
        19 => &[Deed::Disables(104), Deed::Disables(105), Deed::Disables(106)],
        11 => &[Deed::EndsSessions(2), Deed::Enables(12)],
        5 => &[Deed::Deletes(81), Deed::GivesRole(48, "admin")],
        4 => &[Deed::Deletes(112), Deed::Deletes(39)],
        3 => &[Deed::Deletes(127), Deed::Restores(127)],
        2 => &[Deed::Disables(140), Deed::SendsReset(23)],
        1 => &[Deed::Deletes(150), Deed::EndsSessions(23), Deed::Disables(151)],
        _ => &[],
    };
    if deeds.is_empty() && ago.is_multiple_of(3) {
        story.then(morning, Act::Operates(Deed::Looks));
    }
    for (n, deed) in deeds.iter().enumerate() {
        story.then(morning + Duration::from_secs(130 * (n as u64 + 1)), Act::Operates(*deed));
    }
}

pub(super) async fn happen(story: &mut Story, _: Timestamp, deed: Deed) -> Result<(), Box<dyn Error>> {
    let client = clients::office(&mut story.dice);
    let login = Login { via: Via::Console, ..Login::new(ADMIN.0, ADMIN.1) };
    let Some(sign_in) = settled(story.kit.console_login(login, &client).await)? else { return Ok(()) };
    let who = SignedIn { user: sign_in.user, session: sign_in.session };
    let operator = story.kit.operator(&who)?;
    act(story, &operator, deed, &client).await?;
    if matches!(deed, Deed::Looks) {
        return Ok(());
    }
    Ok(story.kit.logout(sign_in.tokens.refresh.expose(), &client).await?)
}

async fn act(
    story: &mut Story,
    operator: &Operator,
    deed: Deed,
    client: &authkit_core::ClientInfo,
) -> Result<(), AuthError> {
    let note = Note { reason: Some((*story.dice.pick(&REASONS)).to_owned()), if_updated_at: None };
    let kit = &story.kit;
    let id = |n: usize| story.people[n].as_ref().map(|person| person.id).ok_or(AuthError::NotFound);
    match deed {
        Deed::Looks => {}
        Deed::Disables(n) => drop(settled(kit.set_active(operator, &id(n)?, false, note, client).await)?),
        Deed::Enables(n) => drop(settled(kit.set_active(operator, &id(n)?, true, note, client).await)?),
        Deed::Deletes(n) => drop(settled(kit.delete_user(operator, &id(n)?, note, client).await)?),
        Deed::Restores(n) => drop(settled(kit.restore_user(operator, &id(n)?, note, client).await)?),
        Deed::EndsSessions(n) => drop(settled(kit.revoke_sessions_of(operator, &id(n)?, note, client).await)?),
        Deed::SendsReset(n) => drop(settled(kit.request_reset_for(operator, &id(n)?, note, client).await)?),
        Deed::GivesRole(n, role) => drop(settled(kit.set_role(operator, &id(n)?, role, note, client).await)?),
    }
    Ok(())
}
