//! Clusters start, stop, and leave nothing behind, however the program ends that started them.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use authkit_test_postgres::process::{Cluster, Options, Stop};

/// Set in the program that a test starts to kill it: this very program.
const CHILD: &str = "AUTHKIT_TEST_CHILD";

fn runs(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    let ps = || Command::new("ps").args(["-p", &pid.to_string()]).output().is_ok_and(|output| output.status.success());
    if Path::new("/proc").is_dir() { stat.is_ok_and(|stat| !stat.contains(") Z ")) } else { ps() }
}

fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(30), "not within 30 s: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn two_clusters_run_side_by_side_and_leave_nothing() {
    let [one, two] = [(); 2].map(|()| Cluster::start(&Options::default()).unwrap());
    assert_ne!(one.port(), two.port());
    let left: Vec<(PathBuf, u32)> =
        [&one, &two].map(|cluster| (cluster.socket_dir().to_owned(), cluster.pid().unwrap())).into();
    drop(one);
    assert!(!left[0].0.exists() && !runs(left[0].1));
    assert!(left[1].0.exists() && runs(left[1].1));
    drop(two);
    assert!(!left[1].0.exists() && !runs(left[1].1));
}

#[test]
fn a_cluster_stops_in_every_way_and_starts_again_at_the_same_place() {
    let cluster = Cluster::start(&Options::default().durable()).unwrap();
    let port = cluster.port();
    for how in [Stop::Fast, Stop::Immediate] {
        cluster.stop(how).unwrap();
        assert!(cluster.stop(how).unwrap_err().contains("does not run"));
        cluster.start_server().unwrap();
    }
    cluster.kill9().unwrap();
    cluster.start_server().unwrap();
    assert!(cluster.start_server().unwrap_err().contains("runs already"));
    cluster.pause().unwrap();
    cluster.restart(Stop::Fast).unwrap();
    assert_eq!(cluster.port(), port);
    assert!(cluster.log().contains("not properly shut down"), "{}", cluster.log());
    // Dropped while nothing runs, and after SIGKILL.
    cluster.kill9().unwrap();
    let folder = cluster.socket_dir().to_owned();
    drop(cluster);
    assert!(!folder.exists());
}

#[test]
fn a_paused_cluster_is_ended_too() {
    let cluster = Cluster::start(&Options::default()).unwrap();
    let (folder, pid) = (cluster.socket_dir().to_owned(), cluster.pid().unwrap());
    cluster.pause().unwrap();
    drop(cluster);
    assert!(!folder.exists() && !runs(pid));
}

#[test]
fn a_server_that_does_not_start_says_why() {
    let error = Cluster::start(&Options::default().setting("shared_buffers", "nonsense")).unwrap_err();
    assert!(error.contains("shared_buffers"), "{error}");
}

#[test]
fn a_harness_that_is_killed_leaves_nothing() {
    if std::env::var_os(CHILD).is_some() {
        let cluster = Cluster::start(&Options::default()).unwrap();
        cluster.pause().unwrap();
        println!("CLUSTER {} {}", cluster.pid().unwrap(), cluster.socket_dir().display());
        loop {
            std::thread::park();
        }
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_harness_that_is_killed_leaves_nothing", "--nocapture"])
        .env(CHILD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said =
        lines.map_while(Result::ok).find_map(|line| line.split_once("CLUSTER ").map(|(_, rest)| rest.to_owned()));
    let said = said.expect("the child says where its cluster is");
    let (pid, folder) = said.split_once(' ').unwrap();
    let (pid, folder) = (pid.parse().unwrap(), PathBuf::from(folder));
    assert!(runs(pid) && folder.exists());
    child.kill().unwrap();
    child.wait().unwrap();
    eventually("the server has stopped", || !runs(pid));
    eventually("the folder is gone", || !folder.exists());
}
