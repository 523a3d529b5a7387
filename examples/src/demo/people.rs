//! Who there is.

use std::time::Duration;

use authkit_core::{Profile, Timestamp};
use serde_json::{Map, Value};

use super::DAY;
use super::dice::Dice;

/// How many are made up, and for how long they have been coming.
const COUNT: usize = 237;
const COMING: u32 = 170;

const FIRST: [&str; 48] = [
    "Ada", "Amara", "Anton", "Beatriz", "Bram", "Camille", "Chidi", "Clara", "Dariusz", "Diego", "Elif", "Emil",
    "Esther", "Farah", "Felix", "Freya", "Gaspard", "Greta", "Hana", "Henrik", "Ines", "Ivo", "Jana", "Jonas", "Keiko",
    "Kofi", "Lena", "Linus", "Mai", "Marek", "Mirjam", "Nadia", "Noor", "Oskar", "Paloma", "Petra", "Quentin", "Rania",
    "Rasmus", "Sana", "Silvan", "Tamar", "Tomas", "Ulla", "Viktor", "Wanda", "Yusuf", "Zora",
];
const LAST: [&str; 37] = [
    "Abebe",
    "Almeida",
    "Bakker",
    "Bergman",
    "Castro",
    "Dahl",
    "Dubois",
    "Eriksen",
    "Ferrari",
    "Fischer",
    "Gruber",
    "Haas",
    "Horvat",
    "Ito",
    "Jansen",
    "Kaya",
    "Keller",
    "Kowalski",
    "Lindqvist",
    "Lopes",
    "Marin",
    "Meyer",
    "Mensah",
    "Nowak",
    "Okafor",
    "Olsen",
    "Petrov",
    "Quint",
    "Rossi",
    "Sato",
    "Schreiber",
    "Silva",
    "Tanaka",
    "Ullmann",
    "Vogel",
    "Weiss",
    "Zeman",
];
const DOMAINS: [&str; 6] =
    ["example.com", "example.org", "example.net", "acme.example", "studio-nord.example", "harbor.example"];

/// Names as they also are.
const LONG: [(&str, &str); 2] = [
    (
        "Maximiliane von Hohenstein-Guttenberg",
        "maximiliane.von-hohenstein-guttenberg@international-partnerships.harbor.example",
    ),
    ("Oluwaseun Adebayo-Featherstonehaugh", "oluwaseun.adebayo-featherstonehaugh+newsletter@studio-nord.example"),
];

/// Somebody, before they have come.
pub(super) struct Newcomer {
    pub(super) email: String,
    pub(super) name: String,
    pub(super) role: &'static str,
    pub(super) is_verified: bool,
    pub(super) came: Timestamp,
}

/// All, in the order in which they came: the more there are, the more come.
pub(super) fn all(at: Timestamp, dice: &mut Dice) -> Vec<Newcomer> {
    (0..COUNT).map(|n| newcomer(n, at, dice)).collect()
}

fn newcomer(n: usize, at: Timestamp, dice: &mut Dice) -> Newcomer {
    let (name, email) = match LONG.get(n.wrapping_sub(COUNT / 2)) {
        Some((name, email)) => ((*name).to_owned(), (*email).to_owned()),
        None => {
            // The two counts share no factor, so no pair comes twice.
            let (first, last) = (FIRST[n * 7 % FIRST.len()], LAST[n * 11 % LAST.len()]);
            let domain = DOMAINS[dice.below(DOMAINS.len()).min(dice.below(DOMAINS.len()))];
            (format!("{first} {last}"), format!("{first}.{last}@{domain}").to_lowercase())
        }
    };
    let role = match n {
        9 | 60 => "admin",
        _ if n % 40 == 17 => "support",
        _ if n % 90 == 33 => "auditor",
        _ => "user",
    };
    let share = ((n as f64 + 0.5) / COUNT as f64).sqrt();
    let came = at - (DAY * COMING).mul_f64(1.0 - share) - Duration::from_secs(dice.below(20_000) as u64);
    Newcomer { email, name, role, is_verified: !dice.once_in(9), came }
}

/// What an application keeps of them.
pub(super) fn profile(name: &str) -> Profile {
    let mut fields = Map::new();
    fields.insert("name".to_owned(), Value::from(name));
    Profile::new(fields)
}
