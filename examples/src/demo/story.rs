//! What happened, one thing after the other, each through the flow that a server would have taken.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use authkit_core::{
    Actor, AppEvent, AuthError, AuthKit, Fault, Login, RefreshToken, Role, SignIn, Timestamp, TrustedPassword,
    TrustedUser, UserId,
};

use super::clients;
use super::dice::Dice;
use super::people::{self, Newcomer};
use super::ports::{Inbox, Moved};
use super::{DAY, Known, PASSWORD};

/// How long the trail goes back.
const DAYS: u32 = 90;
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Something that is going to happen.
pub(super) enum Act {
    /// The n-th comes.
    Comes(usize),
    SignsIn(usize),
    Mistypes(usize),
    SignsOut(String),
    Forgets(usize),
    /// An event of the application's own.
    Trains(usize),
    /// Somebody presents a refresh token that has been used long ago.
    Steals(usize),
    /// A stranger tries a password on an account.
    Tries(usize, u8),
    Operates(super::operators::Deed),
}

/// Somebody who has come.
pub(super) struct Person {
    pub(super) id: UserId,
    pub(super) email: String,
}

/// The past, while it is being made.
pub(super) struct Story {
    pub(super) kit: AuthKit,
    clock: Moved,
    inbox: Inbox,
    pub(super) at: Timestamp,
    pub(super) dice: Dice,
    pub(super) people: Vec<Option<Person>>,
    newcomers: Vec<Newcomer>,
    /// By instant, then in the order in which they were thought of.
    acts: BTreeMap<(Timestamp, u32), Act>,
    thought: u32,
}

impl Story {
    pub(super) fn new(kit: AuthKit, clock: Moved, inbox: Inbox, at: Timestamp) -> Self {
        let mut dice = Dice::new(20_261_125);
        let newcomers = people::all(at, &mut dice);
        let people = newcomers.iter().map(|_| None).collect();
        Self { kit, clock, inbox, at, dice, people, newcomers, acts: BTreeMap::new(), thought: 0 }
    }

    /// Lets all of it happen.
    pub(super) async fn told(mut self, known: &[Known<'_>]) -> Result<(), Box<dyn Error>> {
        self.clock.set(self.at - DAY * 180);
        for (email, password, role, active) in known {
            self.create(email, password, role, true, *active, "").await?;
        }
        self.think();
        while let Some(((at, _), act)) = self.acts.pop_first() {
            self.clock.set(at);
            self.happen(at, act).await?;
        }
        Ok(())
    }

    pub(super) fn then(&mut self, at: Timestamp, act: Act) {
        if at < self.at {
            self.thought += 1;
            self.acts.insert((at, self.thought), act);
        }
    }

    fn think(&mut self) {
        for n in 0..self.newcomers.len() {
            self.then(self.newcomers[n].came, Act::Comes(n));
        }
        for ago in (0..DAYS).rev() {
            let day = Timestamp::from_seconds((self.at - DAY * ago).as_seconds() / 86_400 * 86_400);
            let is_weekend = (day.as_seconds() / 86_400 + 4) % 7 % 6 == 0;
            let count = (if is_weekend { 5 } else { 12 }) + (DAYS - ago) as usize / 9 + self.dice.below(6);
            for _ in 0..count {
                let who = self.dice.below(self.newcomers.len());
                self.arrives(day, who);
            }
            let (at, who) = (self.within(day), self.dice.below(self.newcomers.len()));
            match self.dice.below(6) {
                0 | 1 => self.then(at, Act::Forgets(who)),
                2 => self.then(at, Act::Trains(who)),
                _ => {}
            }
            super::operators::think(self, day, ago);
        }
        // One machine tries many accounts, and later one account often.
        let night = self.at - HOUR * 17;
        for n in 0..64_u32 {
            self.then(night + Duration::from_secs(7) * n, Act::Tries(n as usize * 3 % 150, 66));
        }
        for n in 0..9_u32 {
            self.then(self.at - HOUR * 3 + Duration::from_secs(11) * n, Act::Tries(41, 140));
        }
        self.then(self.at - HOUR * 30, Act::Steals(23));
        self.then(self.at - DAY * 38, Act::Steals(71));
    }

    /// A sign-in, sometimes after a mistake.
    fn arrives(&mut self, day: Timestamp, who: usize) {
        let at = self.within(day);
        if self.dice.once_in(8) {
            self.then(at, Act::Mistypes(who));
        }
        self.then(at + Duration::from_secs(19), Act::SignsIn(who));
    }

    /// An instant of a day, mostly of its working hours.
    pub(super) fn within(&mut self, day: Timestamp) -> Timestamp {
        let hour = (self.dice.below(9) + self.dice.below(8) + 6) as u64;
        day + Duration::from_secs(hour * 3_600 + self.dice.below(3_600) as u64)
    }

    async fn happen(&mut self, at: Timestamp, act: Act) -> Result<(), Box<dyn Error>> {
        match act {
            Act::Comes(n) => {
                let Newcomer { email, name, role, is_verified, .. } = &self.newcomers[n];
                let (email, name, role, is_verified) = (email.clone(), name.clone(), *role, *is_verified);
                let id = self.create(&email, PASSWORD, role, is_verified, true, &name).await?;
                self.people[n] = Some(Person { id, email });
                // Most look around at once.
                if !self.dice.once_in(7) {
                    let later = at + MINUTE * (2 + self.dice.below(30) as u32);
                    self.then(later, Act::SignsIn(n));
                }
            }
            Act::SignsIn(n) => {
                let Some(sign_in) = self.sign_in(n, PASSWORD).await? else { return Ok(()) };
                if self.dice.once_in(4) {
                    let minutes = 5 + self.dice.below(300) as u32;
                    self.then(at + MINUTE * minutes, Act::SignsOut(sign_in.tokens.refresh.expose().to_owned()));
                } else if self.dice.once_in(2) {
                    // Used for a while.
                    self.clock.set((at + MINUTE * (15 + self.dice.below(600) as u32)).min(self.at));
                    let client = clients::own(n, &mut self.dice);
                    settled(self.kit.refresh(&sign_in.tokens.refresh, &client).await)?;
                }
            }
            Act::Mistypes(n) => drop(self.sign_in(n, "a lantern over the key").await?),
            Act::SignsOut(token) => {
                let client = clients::own(self.dice.below(self.people.len()), &mut self.dice);
                self.kit.logout(&token, &client).await?;
            }
            Act::Forgets(n) => self.forget(at, n).await?,
            Act::Trains(n) => {
                let client = clients::own(n, &mut self.dice);
                if let Some(person) = &self.people[n] {
                    let epochs = 1 + self.dice.below(12) as u64;
                    let event = AppEvent::new("trained_ai_model")?.user(person.id).client(client);
                    self.kit.record(event.detail("model", "sandbox").detail("epochs", epochs)).await?;
                }
            }
            Act::Steals(n) => self.steal(at, n).await?,
            Act::Tries(n, machine) => {
                let client = clients::stranger(machine, &mut self.dice);
                if let Some(person) = &self.people[n] {
                    settled(self.kit.login(Login::new(&*person.email, "Password123!"), &client).await)?;
                }
            }
            Act::Operates(deed) => super::operators::happen(self, at, deed).await?,
        }
        Ok(())
    }

    async fn sign_in(&mut self, n: usize, password: &str) -> Result<Option<SignIn>, AuthError> {
        let client = clients::own(n, &mut self.dice);
        match &self.people[n] {
            Some(person) => settled(self.kit.login(Login::new(&*person.email, password), &client).await),
            None => Ok(None),
        }
    }

    /// A reset by mail; half of them follow the link.
    async fn forget(&mut self, at: Timestamp, n: usize) -> Result<(), AuthError> {
        let client = clients::own(n, &mut self.dice);
        let Some(person) = &self.people[n] else { return Ok(()) };
        settled(self.kit.request_reset(&person.email, &client).await)?;
        if let Some(token) = self.inbox.take().filter(|_| self.dice.once_in(2)) {
            self.clock.set(at + MINUTE * 4);
            settled(self.kit.reset_password(&token, PASSWORD.into(), &client).await)?;
        }
        Ok(())
    }

    /// A token is used, its successor too, and then somebody comes with the first again.
    async fn steal(&mut self, at: Timestamp, n: usize) -> Result<(), AuthError> {
        let Some(first) = self.sign_in(n, PASSWORD).await? else { return Ok(()) };
        let client = first.session.client.clone();
        let stolen = RefreshToken::new(first.tokens.refresh.expose());
        self.clock.set(at + MINUTE * 20);
        let Some(second) = settled(self.kit.refresh(&first.tokens.refresh, &client).await)? else { return Ok(()) };
        self.clock.set(at + MINUTE * 41);
        settled(self.kit.refresh(&second.tokens.refresh, &client).await)?;
        self.clock.set(at + MINUTE * 55);
        settled(self.kit.refresh(&stolen, &clients::stranger(9, &mut self.dice)).await)?;
        Ok(())
    }

    async fn create(
        &self,
        email: &str,
        password: &str,
        role: &str,
        is_verified: bool,
        is_active: bool,
        name: &str,
    ) -> Result<UserId, AuthError> {
        let user = TrustedUser {
            email: email.to_owned(),
            password: TrustedPassword::Plain(password.into()),
            role: Role::new(role).ok_or(AuthError::UnknownRole)?,
            is_active,
            is_verified,
            profile: people::profile(name),
        };
        Ok(self.kit.create_user(user, Actor::System).await?.id)
    }
}

/// What a client may be refused is a part of the story; trouble of the server's own is not.
pub(super) fn settled<T>(outcome: Result<T, AuthError>) -> Result<Option<T>, AuthError> {
    match outcome {
        Ok(done) => Ok(Some(done)),
        Err(error) if error.fault() == Fault::Caller => Ok(None),
        Err(error) => Err(error),
    }
}
