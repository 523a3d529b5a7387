//! URLs in every form, and what is said about those that cannot be used.

use super::*;
use tokio_postgres::config::Host;

fn read(url: &str) -> Target {
    Target::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn refused(url: &str) -> String {
    Target::parse(url).err().unwrap_or_else(|| panic!("{url} was read")).to_string()
}

#[test]
fn a_plain_url_gives_the_driver_what_it_says_and_good_defaults() {
    let target = read("postgres://app:secret@db.example.com:6432/shop");
    let config = &target.config;
    assert_eq!(config.get_user(), Some("app"));
    assert_eq!(config.get_password(), Some(&b"secret"[..]));
    assert_eq!(config.get_dbname(), Some("shop"));
    assert_eq!(config.get_hosts(), [Host::Tcp("db.example.com".to_owned())]);
    assert_eq!(config.get_ports(), [6432]);
    assert_eq!(config.get_ssl_mode(), SslMode::Require);
    assert_eq!(config.get_application_name(), Some("authkit"));
    assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(2)));
    assert_eq!(config.get_tcp_user_timeout(), Some(&Duration::from_secs(5)));
    assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::Any);
    assert_eq!((target.tls, target.root_cert, target.pooler), (TlsMode::VerifyFull, None, Pooler::None));
    assert_eq!(target.hosts, "db.example.com:6432/shop");
    assert!(target.warnings.is_empty());
}

#[test]
fn hosts_and_ports_are_read_in_every_form() {
    let cases = [
        ("postgresql://localhost", "localhost:5432"),
        ("POSTGRES://localhost:/a", "localhost:5432/a"),
        ("  postgres://localhost/a\n", "localhost:5432/a"),
        ("postgres://u@one:1,two,three:3/a", "one:1,two:5432,three:3/a"),
        ("postgres://[::1]:77/a", "[::1]:77/a"),
        ("postgres://[2001:db8::1]/a", "[2001:db8::1]:5432/a"),
        ("postgres://[::1],[::1]:5433/a", "[::1]:5432,[::1]:5433/a"),
        ("postgres://u@%2Frun%2Fpostgresql:77/a", "/run/postgresql/.s.PGSQL.77/a"),
        ("postgres://u@%2frun%2fpostgresql/a", "/run/postgresql/.s.PGSQL.5432/a"),
        ("postgres:///a?host=/run/postgresql", "/run/postgresql/.s.PGSQL.5432/a"),
        (
            "postgres://u:p@localhost/a?host=/cloudsql/project:region:one",
            "/cloudsql/project:region:one/.s.PGSQL.5432/a",
        ),
        ("postgres://u@/a?host=one,two&port=1,2", "one:1,two:2/a"),
        ("postgres://u@/a?host=one,two&port=7", "one:7,two:7/a"),
        ("postgres://u@db:9/a?port=10", "db:10/a"),
        ("postgres://u@db/?dbname=b", "db:5432/b"),
        ("postgres://u@db/a?dbname=b", "db:5432/b"),
        ("postgres://u@/a?hostaddr=10.0.0.1", "10.0.0.1:5432/a"),
        ("postgres://db/a%2Fb%20c", "db:5432/a/b c"),
    ];
    for (url, hosts) in cases {
        assert_eq!(read(url).hosts, hosts, "{url}");
    }
    let target = read("postgres://u@%2Frun%2Fpostgresql:77/a");
    assert_eq!(target.config.get_hosts(), [Host::Unix(PathBuf::from("/run/postgresql"))]);
    let target = read("postgres://u@one,two/a?hostaddr=10.0.0.1,10.0.0.2");
    assert_eq!(target.config.get_hostaddrs().len(), 2);
    assert_eq!(target.config.get_hosts().len(), 2);
}

#[test]
fn names_and_passwords_with_odd_characters_arrive_as_they_are() {
    let cases: [(&str, &str, &[u8]); 7] = [
        ("postgres://a%40b:p%40%3A%2F%3F%23%25%26%3D@db/a", "a@b", b"p@:/?#%&="),
        ("postgres://u:p@ss@db/a", "u", b"p@ss"),
        ("postgres://u:a:b#c+d=e@db/a", "u", b"a:b#c+d=e"),
        ("postgres://u:%FF%fe@db/a", "u", b"\xff\xfe"),
        ("postgres://u:%C3%BC%F0%9F%94%91@db/a", "u", "ü🔑".as_bytes()),
        ("postgres://u:ü@db/a", "u", "ü".as_bytes()),
        ("postgres://x:y@db/a?user=u&password=p%26q", "u", b"p&q"),
    ];
    for (url, user, password) in cases {
        let target = read(url);
        assert_eq!(target.config.get_user(), Some(user), "{url}");
        assert_eq!(target.config.get_password(), Some(password), "{url}");
    }
    assert_eq!(read("postgres://u@db/a").config.get_password(), None);
    assert_eq!(read("postgres://u:@db/a").config.get_password(), None);
    assert_eq!(read("postgres://db/a").config.get_user(), None);
}

#[test]
fn text_leaves_the_machine_unprotected_only_where_the_url_says_so() {
    use TlsMode::{Off, VerifyCa, VerifyFull};
    let cases = [
        ("db", VerifyFull),
        ("10.0.0.1", VerifyFull),
        ("db?sslmode=require", VerifyFull),
        ("db?sslmode=verify-full", VerifyFull),
        ("db?sslmode=verify-ca", VerifyCa),
        ("db?sslmode=disable", Off),
        ("localhost", Off),
        ("LOCALHOST", Off),
        ("127.0.0.1", Off),
        ("127.1.2.3", Off),
        ("[::1]", Off),
        ("[::ffff:127.0.0.1]", Off),
        ("localhost?sslmode=prefer", Off),
        ("localhost?sslmode=allow", Off),
        ("localhost?sslmode=require", VerifyFull),
        ("127.0.0.1?sslmode=verify-ca", VerifyCa),
        ("localhost,db", VerifyFull),
        ("localhost?hostaddr=10.0.0.1", VerifyFull),
        ("db?hostaddr=127.0.0.1", Off),
        ("localhost.example.com", VerifyFull),
        ("%2Frun", Off),
        ("%2Frun?sslmode=verify-full", Off),
        ("%2Frun?sslmode=prefer", Off),
    ];
    for (rest, mode) in cases {
        let target = read(&format!("postgres://{rest}"));
        assert_eq!(target.tls, mode, "{rest}");
        let expected = if mode == Off { SslMode::Disable } else { SslMode::Require };
        assert_eq!(target.config.get_ssl_mode(), expected, "{rest}");
        assert_eq!(!target.warnings.is_empty(), rest == "db?sslmode=disable", "{rest}");
    }
    for mode in ["allow", "prefer"] {
        let error = refused(&format!("postgres://localhost,db/a?sslmode={mode}"));
        assert!(error.contains("falls back to plain text") && error.contains("verify-full"), "{error}");
    }
    let error = refused("postgres://db/a?sslmode=on");
    assert!(error.contains("`sslmode`") && error.contains("`verify-full`"), "{error}");
    assert!(refused("postgres://%2Frun,db/a").contains("beside a host"));
}

#[test]
fn a_root_certificate_and_a_pooler_are_read() {
    assert_eq!(read("postgres://db?sslrootcert=/etc/ca%20one.pem").root_cert, Some(PathBuf::from("/etc/ca one.pem")));
    assert_eq!(read("postgres://db?sslrootcert=system").root_cert, None);
    assert_eq!(read("postgres://db?pooler=none").pooler, Pooler::None);
    assert_eq!(read("postgres://db?pooler=keeps-statements").pooler, Pooler::KeepsStatements);
    assert_eq!(read("postgres://db?pooler=forgets-statements").pooler, Pooler::ForgetsStatements);
    assert!(refused("postgres://db?pooler=yes").contains("`forgets-statements`"));
}

#[test]
fn what_the_driver_knows_is_passed_on() {
    let target = read(
        "postgres://one,two/a?connect_timeout=7&tcp_user_timeout=9000&keepalives=0&keepalives_idle=11&keepalives_interval=12\
         &keepalives_count=13&application_name=shop&channel_binding=require&load_balance_hosts=random",
    );
    let config = &target.config;
    assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(7)));
    assert_eq!(config.get_tcp_user_timeout(), Some(&Duration::from_secs(9)));
    assert!(!config.get_keepalives());
    assert_eq!(config.get_keepalives_idle(), Duration::from_secs(11));
    assert_eq!(config.get_keepalives_interval(), Some(Duration::from_secs(12)));
    assert_eq!(config.get_keepalives_retries(), Some(13));
    assert_eq!(config.get_application_name(), Some("shop"));
    assert_eq!(config.get_channel_binding(), ChannelBinding::Require);
    assert_eq!(config.get_load_balance_hosts(), LoadBalanceHosts::Random);
}

#[test]
fn each_server_has_a_configuration_of_its_own_but_for_its_place() {
    let mut target = read("postgres://u:p@one:1,two/a?hostaddr=10.0.0.1,10.0.0.2&options=x&keepalives_idle=9");
    target.with_limits();
    let places: Vec<_> =
        target.servers.iter().map(|one| (one.get_hosts(), one.get_hostaddrs(), one.get_ports())).collect();
    let [one, two] = ["one", "two"].map(|name| [Host::Tcp(name.to_owned())]);
    let addresses = ["10.0.0.1", "10.0.0.2"].map(|address| [address.parse().unwrap()]);
    assert_eq!(places, [(&one[..], &addresses[0][..], &[1][..]), (&two, &addresses[1], &[5432])]);
    for server in &target.servers {
        assert_eq!(server.get_options(), target.config.get_options());
        assert_eq!(server.get_password(), Some(&b"p"[..]));
        assert_eq!(server.get_keepalives_idle(), Duration::from_secs(9));
        assert_eq!(server.get_connect_timeout(), Some(&Duration::from_secs(2)));
        assert_eq!(server.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
    }
    let random = read("postgres://one,two?load_balance_hosts=random");
    assert_eq!(random.servers, [random.config]);
}

#[test]
fn hosts_that_do_not_answer_leave_time_for_the_last_one() {
    for (hosts, each) in [("one", 2000), ("one,two", 2000), ("one,two,three", 1000), ("a,b,c,d,e", 500)] {
        let target = read(&format!("postgres://{hosts}"));
        assert_eq!(target.config.get_connect_timeout(), Some(&Duration::from_millis(each)), "{hosts}");
    }
}

#[test]
fn of_several_hosts_the_one_that_takes_writes_is_looked_for() {
    for (url, attrs) in [
        ("postgres://one,two", TargetSessionAttrs::ReadWrite),
        ("postgres://one,two?target_session_attrs=any", TargetSessionAttrs::Any),
        ("postgres://one?target_session_attrs=read-write", TargetSessionAttrs::ReadWrite),
        ("postgres://one?target_session_attrs=primary", TargetSessionAttrs::ReadWrite),
    ] {
        assert_eq!(read(url).config.get_target_session_attrs(), attrs, "{url}");
    }
    for cannot in ["read-only", "standby", "prefer-standby"] {
        let error = refused(&format!("postgres://one?target_session_attrs={cannot}"));
        assert!(error.contains("`read-write`"), "{error}");
    }
}

#[test]
fn the_limits_follow_the_urls_own_options() {
    let limits = "-c synchronous_commit=on -c statement_timeout=5000 -c lock_timeout=2000 \
                  -c default_transaction_isolation=read\\ committed";
    let mut target = read("postgres://db");
    target.with_limits();
    assert_eq!(target.config.get_options(), Some(limits));
    let mut target = read("postgres://db?options=-c%20search_path%3Dx");
    assert_eq!(target.config.get_options(), Some("-c search_path=x"));
    target.with_limits();
    assert_eq!(target.config.get_options(), Some(format!("-c search_path=x {limits}").as_str()));
}

#[test]
fn what_cannot_be_read_is_named_with_its_mend() {
    let cases = [
        ("", "does not begin with postgres://"),
        ("host=db user=u", "does not begin with postgres://"),
        ("mysql://u@db/a", "another scheme"),
        ("postgresql+asyncpg://u@db/a", "another scheme"),
        ("postgres://", "names no host"),
        ("postgres:///a", "names no host"),
        ("postgres://u@/a", "names no host"),
        ("postgres://one,,two/a", "no host is named like"),
        ("postgres://a b/a", "no host is named like"),
        ("postgres://db:0/a", "a port that is no number"),
        ("postgres://db:65536/a", "a port that is no number"),
        ("postgres://db:x/a", "a port that is no number"),
        ("postgres://::1/a", "put an IPv6 address into brackets"),
        ("postgres://[::1/a", "not closed"),
        ("postgres://[::1]x/a", "not closed"),
        ("postgres://one,two/a?port=1,2,3", "another number of ports"),
        ("postgres://one,two/a?hostaddr=10.0.0.1", "another number in `hostaddr`"),
        ("postgres://one/a?hostaddr=one", "no IP address"),
        ("postgres://db/a/b", "a `/` in the name"),
        ("postgres://db/a?x", "a parameter without a `=`"),
        ("postgres://u:%4@db/a", "a `%` without two hexadecimal digits"),
        ("postgres://u:%zz@db/a", "write a percent sign as `%25`"),
        ("postgres://u:a%00b@db/a", "a zero byte in the password"),
        ("postgres://%FF@db/a", "a user that is not UTF-8"),
        ("postgres://db/a?sslmode=require&sslmode=disable", "gives `sslmode` twice"),
        ("postgres://db/a?connect_timeout=0", "`connect_timeout` that is no whole number"),
        ("postgres://db/a?connect_timeout=2s", "`connect_timeout` that is no whole number"),
        ("postgres://db/a?keepalives=yes", "`keepalives`"),
        ("postgres://db/a?sslcert=a.pem", "a client certificate"),
        ("postgres://db/a?sslkey=a.pem", "a client certificate"),
        ("postgres://db/a?sslnegotiation=direct", "leave `sslnegotiation` out"),
        ("postgres://db/a?pgbouncer=true", "`pooler=forgets-statements`"),
    ];
    for (url, said) in cases {
        let error = refused(url);
        assert!(error.contains(said), "{url}: {error}");
    }
    let error = refused("postgres://db/a?sslmod=require");
    assert!(error.contains("`sslmod`") && error.contains("sslmode, sslrootcert"), "{error}");
}

// S-96
#[test]
fn the_password_shows_nowhere_however_the_url_is_written() {
    const CANARY: &str = "canary";
    for url in [
        "postgres://u:canary@db:1/a?sslmode=disable&options=-c%20a%3Db",
        "postgres://u:x@db/a?password=canary",
        "postgres://u:x@canary@db/a",
    ] {
        let mut target = read(url);
        target.with_limits();
        assert!(target.config.get_password().is_some_and(|password| password.ends_with(b"canary")));
        let shown = format!("{target:?} {} {:?}", target.hosts, target.warnings);
        assert!(!shown.contains(CANARY), "{shown}");
    }
    for url in [
        "postgres://u:canary/x@db/a",
        "postgres://u:x/canary@db/a",
        "postgres://u:5432/canary@db/a",
        "postgres://u:5432?canary@db/a",
        "postgres://u:5432?canary=x@db/a",
        "postgres://u:a@b/canary@db/a",
        "postgres://u:canary%@db/a",
        "postgres://u:canary%00@db/a",
        "postgres://u:canary",
        "postgres://u:x@db:canary/a",
        "postgres://u:x@db/a/canary",
        "postgres://db/a?password=canary%zz",
        "postgres://db/a?canary",
        "postgres://db/a?CANARY-canary=x",
        "canary",
        "host=db password=canary",
        "canary://db",
    ] {
        let Err(error) = Target::parse(url) else { panic!("{url} was read") };
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(CANARY), "{url}: {shown}");
    }
}
