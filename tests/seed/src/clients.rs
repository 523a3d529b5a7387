//! From where people come, and with what.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use authkit_core::ClientInfo;

use crate::dice::Dice;

/// What browsers and programs say of themselves, by how many have them.
const AGENTS: [(u64, &str); 12] = [
    (
        260,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    ),
    (
        170,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    ),
    (
        130,
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    ),
    (
        110,
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    ),
    (
        80,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    ),
    (70, "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
    (60, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"),
    (
        40,
        "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    ),
    (
        30,
        "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1",
    ),
    (
        20,
        "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    ),
    (20, "okhttp/4.12.0"),
    (10, "curl/8.14.1"),
];

/// Machines of those who try other people's passwords.
const STRANGERS: u64 = 64;

/// The n-th person's own: one of at most three devices in one of two places.
pub fn own(seed: u64, n: u64, dice: &mut Dice) -> ClientInfo {
    let device = dice.below(3);
    let agent = *Dice::of(seed, 5, n * 3 + device).weighed(&AGENTS);
    let place = Dice::of(seed, 6, n * 2 + u64::from(dice.once_in(5))).next();
    client(address(place), agent, dice)
}

/// One of few machines that try many names.
pub fn stranger(seed: u64, dice: &mut Dice) -> ClientInfo {
    let machine = dice.below(STRANGERS);
    let place = Dice::of(seed, 7, machine).next();
    let agent = if machine.is_multiple_of(3) { "python-requests/2.32.3" } else { AGENTS[(machine % 7) as usize].1 };
    client(IpAddr::V4(Ipv4Addr::new(203, 0, 113, place as u8)), agent, dice)
}

/// Addresses that belong to nobody: 100.64/10 and the prefix for documentation.
fn address(place: u64) -> IpAddr {
    let [a, b, c, d, e, ..] = place.to_le_bytes();
    if e < 48 {
        let [f, g, h] = [d, a, b].map(u16::from);
        return IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, f << 8 | g, h, 0, 0, 0, u16::from(c) + 1));
    }
    IpAddr::V4(Ipv4Addr::new(100, 64 + a % 64, b, c.max(1)))
}

fn client(ip: IpAddr, agent: &str, dice: &mut Dice) -> ClientInfo {
    let request = format!("{:016x}", dice.next());
    ClientInfo::new(Some(ip), Some(agent), Some(&request))
}
