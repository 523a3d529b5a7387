//! From where people come, and with what.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use authkit_core::ClientInfo;

use super::dice::Dice;

const AGENTS: [&str; 9] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    "okhttp/4.12.0",
];

/// One of a person's two devices: one at home or at work, one on the way.
pub(super) fn own(person: usize, dice: &mut Dice) -> ClientInfo {
    let mut own = Dice::new(person as u64 * 77);
    let (desk, hand, place) = (own.below(4), 4 + own.below(5), own.next().to_le_bytes());
    let [a, b, c, d, ..] = place;
    if dice.once_in(3) {
        return client(Ipv4Addr::new(100, 64 + d % 64, b ^ 0x5a, c.max(1)).into(), AGENTS[hand], dice);
    }
    // Addresses that belong to nobody.
    let ip: IpAddr = if a % 5 == 0 {
        Ipv6Addr::new(0x2001, 0xdb8, u16::from(b), u16::from(c), 0, 0, 0, u16::from(d) + 1).into()
    } else {
        Ipv4Addr::new(100, 64 + a % 64, b, c.max(1)).into()
    };
    client(ip, AGENTS[desk], dice)
}

/// The office, where the operators sit.
pub(super) fn office(dice: &mut Dice) -> ClientInfo {
    client(Ipv4Addr::new(198, 51, 100, 24).into(), AGENTS[2], dice)
}

/// Somebody who tries what is not theirs.
pub(super) fn stranger(last: u8, dice: &mut Dice) -> ClientInfo {
    client(Ipv4Addr::new(203, 0, 113, last).into(), "python-requests/2.32.3", dice)
}

fn client(ip: IpAddr, agent: &str, dice: &mut Dice) -> ClientInfo {
    ClientInfo::new(Some(ip), Some(agent), Some(&format!("{:016x}", dice.next())))
}
