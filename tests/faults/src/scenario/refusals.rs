//! A server that is full, has no disk left, does not know the password any more, or only reads.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use authkit_test_postgres::Options;
use tokio::time::sleep;
use tokio_postgres::{Client, NoTls};

use crate::scenario::seconds;
use crate::world::{Node, Session, World};
use crate::{Form, Row};

/// Breaks off what the nodes have.
const END_OTHERS: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                          WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND query NOT LIKE '%kept%'";

/// The node must work again so long after the server does.
const RECOVERY: Duration = Duration::from_secs(5);

pub async fn server_full(form: Form) -> Vec<Row> {
    let world = World::start_with(Options::default().durable().max_connections(30)).await;
    let (node, mut session) = signed_in(&world).await;
    let sql = world.sql().await;
    sql.batch_execute("SELECT 'kept'").await.expect("an answer");
    let mut taken: Vec<Client> = Vec::new();
    let began = Instant::now();
    // Whoever is quicker: until the node has none, and there are none.
    while began.elapsed() < form.pick(Duration::from_secs(3), Duration::from_secs(15)) {
        sql.batch_execute(END_OTHERS).await.expect("an answer");
        while let Ok((client, connection)) = tokio_postgres::connect(world.database.url(), NoTls).await {
            tokio::spawn(connection);
            client.batch_execute("SELECT 'kept'").await.expect("an answer");
            taken.push(client);
        }
        ask(&world, &node, &mut session).await;
    }
    let full = world.journal.counts(began);
    assert!(full.contains("503"), "the server was never full: {full}");
    let ended = Instant::now();
    drop(taken);
    vec![recovered("too many clients", &full, ended, &world, &node, &mut session).await]
}

pub async fn password(_: Form) -> Vec<Row> {
    let world = World::start().await;
    let (node, mut session) = signed_in(&world).await;
    let sql = world.sql().await;
    let old = world.database.parts().password.clone();
    let began = Instant::now();
    sql.batch_execute(&format!("ALTER ROLE postgres PASSWORD 'another'; {END_OTHERS}")).await.expect("another");
    refused(&world, &node, &mut session, began).await;
    let counts = world.journal.counts(began);
    sql.batch_execute(&format!("ALTER ROLE postgres PASSWORD '{old}'")).await.expect("the old one");
    vec![recovered("password changed", &counts, Instant::now(), &world, &node, &mut session).await]
}

pub async fn read_only(_: Form) -> Vec<Row> {
    let world = World::start().await;
    let (node, mut session) = signed_in(&world).await;
    let sql = world.sql().await;
    let began = Instant::now();
    for statement in ["ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"] {
        sql.batch_execute(statement).await.expect("it only reads");
    }
    refused(&world, &node, &mut session, began).await;
    let counts = world.journal.counts(began);
    for statement in ["ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()"] {
        sql.batch_execute(statement).await.expect("it writes again");
    }
    vec![
        recovered("an old primary that only reads (25006)", &counts, Instant::now(), &world, &node, &mut session).await,
    ]
}

pub async fn disk_full(form: Form) -> Vec<Row> {
    let disk = match SmallDisk::mount() {
        Ok(disk) => disk,
        Err(why) => return vec![Row::new("Disk full", format!("not done: {why}"), "503, recovery", false)],
    };
    let options =
        Options::default().durable().under(&disk.0).setting("wal_keep_size", "0").setting("max_wal_size", "64MB");
    let world = World::start_with(options).await;
    let (node, mut session) = signed_in(&world).await;
    let ballast = disk.0.join("ballast");
    let fill = || {
        let full =
            Command::new("dd").args(["if=/dev/zero", "bs=64k"]).arg(format!("of={}", ballast.display())).output();
        assert!(!full.expect("dd runs").status.success(), "the disk does not fill up");
    };
    fill();
    let began = Instant::now();
    let mut caller = world.caller(&node).expecting(&[409]);
    let mut number = 0;
    while world.journal.since(began).iter().filter(|record| record.status == 503).count() < form.pick(20, 200) {
        assert!(began.elapsed() < Duration::from_secs(120), "the disk was never full: {}", world.journal.counts(began));
        // Rows and log grow until there is no page left for them.
        let answer = caller.refresh(&session.refresh).await;
        if answer.is_good() {
            session.take(&answer);
        }
        number += 1;
        if number % 10 == 0 {
            caller.register(&format!("reader{number}@example.com"), crate::world::PASSWORD).await;
        }
    }
    let counts = world.journal.counts(began);
    std::fs::remove_file(&ballast).expect("space returns");
    // A server that could not write its log has stopped itself; its guard is told, and it is started as its service
    // manager would.
    let died = world.cluster.process().log().contains("PANIC");
    if died && tokio_postgres::connect(world.database.url(), NoTls).await.is_err() {
        world.cluster.kill9().await;
        world.cluster.start_server().await;
    }
    let row = recovered("disk full", &counts, Instant::now(), &world, &node, &mut session).await;
    drop((node, world));
    drop(disk);
    vec![row]
}

async fn signed_in(world: &World) -> (Node, Session) {
    let node = world.node_with(&[("AUTHKIT_AUDIT_REFRESH", "on")]).await;
    let session = Session::new(&mut world.caller(&node), "ada@example.com").await;
    (node, session)
}

/// A few requests of each kind.
async fn ask(world: &World, node: &Node, session: &mut Session) {
    let mut caller = world.caller(node);
    for _ in 0..4 {
        caller.get("/auth/me", &session.access).await;
        let answer = caller.refresh(&session.refresh).await;
        if answer.is_good() {
            session.take(&answer);
        }
    }
}

/// Asks until writes are refused, then for a while.
async fn refused(world: &World, node: &Node, session: &mut Session, since: Instant) {
    while !world.journal.since(since).iter().any(|record| record.status == 503) {
        assert!(since.elapsed() < Duration::from_secs(20), "nothing is refused: {}", world.journal.counts(since));
        ask(world, node, session).await;
    }
    let from = Instant::now();
    while from.elapsed() < Duration::from_secs(1) {
        ask(world, node, session).await;
    }
    assert!(world.journal.since(from).iter().any(|record| record.status == 503), "it has ended by itself");
}

/// Asks until all is well; that must be soon, and last.
async fn recovered(what: &str, counts: &str, ended: Instant, world: &World, node: &Node, session: &mut Session) -> Row {
    while ended.elapsed() < RECOVERY * 2 {
        let from = Instant::now();
        ask(world, node, session).await;
        if world.journal.since(from).iter().all(|record| record.is_good()) {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    let from = Instant::now();
    for _ in 0..5 {
        ask(world, node, session).await;
    }
    let late = world.journal.since(from);
    assert!(late.iter().all(|record| record.is_good()), "{what}: it has not recovered: {late:?}");
    world.journal.verdict();
    let recovery = world.journal.last_failure(ended);
    Row::new(
        format!("Bad input: {what}"),
        format!("{counts}; works again after {}", seconds(recovery)),
        "503, recovery without a restart < 5 s",
        recovery < RECOVERY,
    )
}

/// A file system in memory that is soon full.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount() -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("authkit-small-disk-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let disk = Self(folder);
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=192m,mode=0777", "tmpfs"]).arg(&disk.0);
        let output = mount.output().map_err(|error| error.to_string())?;
        if output.status.success() { Ok(disk) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
        let _ = std::fs::remove_dir(&self.0);
    }
}
