//! S1 and S21: two nodes on one database are as one.

use std::collections::HashSet;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::Barrier;

use crate::world::{Node, PASSWORD, Session, World};
use crate::{Answer, Caller, Form, Row};

/// Two nodes, and how many of the parallel calls each gets: every other.
async fn pair(variables: &[(&str, &str)]) -> (World, [Node; 2]) {
    let world = World::start().await;
    // At once: one of them migrates.
    let nodes = tokio::join!(world.node_with(variables), world.node_with(variables));
    (world, [nodes.0, nodes.1])
}

/// Calls that begin together, every other on the second node.
async fn together<F>(callers: Vec<Caller>, call: impl Fn(usize, Caller) -> F) -> Vec<(Caller, Answer)>
where
    F: Future<Output = (Caller, Answer)> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(callers.len()));
    let tasks: Vec<_> = callers
        .into_iter()
        .enumerate()
        .map(|(number, caller)| {
            let (call, barrier) = (call(number, caller), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                call.await
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.expect("a caller"));
    }
    answers
}

fn callers(world: &World, nodes: &[Node; 2], count: usize, expected: &'static [u16]) -> Vec<Caller> {
    let addresses: [SocketAddr; 2] = [nodes[0].address(), nodes[1].address()];
    (0..count).map(|number| Caller::new(addresses[number % 2], &world.journal).expecting(expected)).collect()
}

fn of_status(answers: &[(Caller, Answer)], status: u16) -> usize {
    answers.iter().filter(|(_, answer)| answer.status == status).count()
}

pub async fn refreshes(form: Form) -> Vec<Row> {
    const PARALLEL: usize = 64;
    let (world, nodes) = pair(&[]).await;
    let mut session = Session::new(&mut world.caller(&nodes[0]), "ada@example.com").await;
    let sql = world.sql().await;
    let mut callers = callers(&world, &nodes, PARALLEL, &[]);
    let rounds = form.pick(20, 1_000);
    for round in 0..rounds {
        let token = session.refresh.clone();
        let answers = together(callers, move |_, mut caller| {
            let token = token.clone();
            async move {
                let answer = caller.refresh(&token).await;
                (caller, answer)
            }
        })
        .await;
        assert_eq!(of_status(&answers, 200), PARALLEL, "round {round}: {answers:?}");
        let successors: HashSet<_> = answers.iter().map(|(_, answer)| answer.text("refresh_token")).collect();
        assert_eq!(successors.len(), 1, "round {round}");
        session.take(&answers[0].1);
        let query = "SELECT generation FROM authkit.sessions WHERE id = $1::text::uuid AND revoked_at IS NULL";
        let generation: i64 = sql.query_one(query, &[&session.id()]).await.expect("a live session").get(0);
        assert_eq!(generation, round + 1);
        callers = answers.into_iter().map(|(caller, _)| caller).collect();
    }
    world.journal.verdict();
    let value = format!("{rounds} rounds: 1 successor each, all 200, 0 lost");
    vec![Row::new("S1, S21: 64 parallel refreshes over two nodes", value, "1 successor, all 200", true)]
}

pub async fn resets(form: Form) -> Vec<Row> {
    const PARALLEL: usize = 16;
    let (world, nodes) = pair(&[]).await;
    let rounds = form.pick(3, 50);
    for round in 0..rounds {
        let email = format!("ada{round}@example.com");
        let mut caller = world.caller(&nodes[0]);
        Session::new(&mut caller, &email).await;
        let asked = caller.post_json("/auth/forgot-password", None, json!({ "email": email })).await;
        assert_eq!(asked.status, 200);
        let (token, _) = tokio::task::block_in_place(|| nodes[0].0.mailed());
        let answers = together(callers(&world, &nodes, PARALLEL, &[400]), |number, mut caller| {
            let body = json!({ "token": token, "new_password": new_password(number) });
            async move {
                let answer = caller.post_json("/auth/reset-password", None, body).await;
                (caller, answer)
            }
        })
        .await;
        let won: Vec<_> = (0..PARALLEL).filter(|number| answers[*number].1.status == 200).collect();
        assert_eq!((won.len(), of_status(&answers, 400)), (1, PARALLEL - 1), "round {round}: {answers:?}");
        Session::open(&mut caller, &email, &new_password(won[0])).await;
    }
    world.journal.verdict();
    let value = format!("{rounds} rounds of {PARALLEL}: 1 wins, and its password holds; the others 400");
    vec![Row::new("S21: parallel resets by one link", value, "exactly 1 wins", true)]
}

fn new_password(number: usize) -> String {
    format!("another lantern over quay {number}")
}

pub async fn registrations(form: Form) -> Vec<Row> {
    const PARALLEL: usize = 16;
    let (world, nodes) = pair(&[]).await;
    let rounds = form.pick(5, 100);
    for round in 0..rounds {
        let email = format!("ada{round}@example.com");
        let answers = together(callers(&world, &nodes, PARALLEL, &[409]), |_, mut caller| {
            let email = email.clone();
            async move {
                let answer = caller.register(&email, PASSWORD).await;
                (caller, answer)
            }
        })
        .await;
        let counts = (of_status(&answers, 201), of_status(&answers, 409));
        assert_eq!(counts, (1, PARALLEL - 1), "round {round}: {answers:?}");
    }
    world.journal.verdict();
    let value = format!("{rounds} rounds of {PARALLEL}: one 201, the others 409");
    vec![Row::new("S21: parallel registrations of one address", value, "one 201, rest 409, no 500", true)]
}

pub async fn admins(form: Form) -> Vec<Row> {
    let (world, nodes) = pair(&[]).await;
    let sql = world.sql().await;
    let mut caller = world.caller(&nodes[0]);
    Session::new(&mut caller, "second@example.com").await;
    let emails = ["admin@example.com", "second@example.com"];
    let both = "UPDATE authkit.users SET role = 'admin' WHERE email_key = ANY($1)";
    let rounds = form.pick(10, 500);
    let mut refused = [0, 0];
    sql.execute(both, &[&&emails[..]]).await.expect("two administrators");
    let first = Session::open(&mut caller, emails[0], "adminpass123").await;
    let second = Session::open(&mut caller, emails[1], PASSWORD).await;
    let ids = [first.access.clone(), second.access.clone()].map(|access| id_of(&access));
    let began = Instant::now();
    for round in 0..rounds {
        sql.execute(both, &[&&emails[..]]).await.expect("two administrators");
        assert!(began.elapsed() < Duration::from_secs(280), "their passwords are too old for the next round");
        let answers = together(callers(&world, &nodes, 2, &[403, 409]), |number, mut caller| {
            let token = [&first, &second][number].access.clone();
            let path = format!("/admin/users/{}/change-role", ids[1 - number]);
            async move {
                let answer = caller.post_json(&path, Some(&token), json!({ "role": "user" })).await;
                (caller, answer)
            }
        })
        .await;
        assert_eq!(of_status(&answers, 200), 1, "round {round}: {answers:?}");
        for (_, answer) in answers.iter().filter(|(_, answer)| answer.status != 200) {
            let code = answer.text("code");
            assert!(["last_admin", "forbidden"].contains(&code.as_str()), "round {round}: {answer:?}");
            refused[usize::from(code == "last_admin")] += 1;
        }
        let left = "SELECT count(*) FROM authkit.users WHERE role = 'admin' AND is_active AND deleted_at IS NULL";
        let left: i64 = sql.query_one(left, &[]).await.expect("a number").get(0);
        assert_eq!(left, 1, "round {round}");
    }
    world.journal.verdict();
    let value = format!("{rounds} rounds: 1 left; the loser: {} × 403, {} × 409", refused[0], refused[1]);
    vec![Row::new("S21: two administrators demote each other", value, "one remains", true)]
}

/// Whose token it is.
fn id_of(access: &str) -> String {
    let session = Session { email: String::new(), access: String::new(), refresh: access.to_owned() };
    session.claim("sub").as_str().expect("a subject").to_owned()
}

pub async fn throttle(form: Form) -> Vec<Row> {
    /// What SECURITY.md allows an account in 5 minutes before it delays.
    const FAILURES: usize = 5;
    const PARALLEL: usize = 24;
    let rounds = form.pick(2, 10);
    let mut most = 0;
    for _ in 0..rounds {
        // A new cluster each: the attempts of an address are counted too.
        let (world, nodes) = pair(&[("AUTHKIT_THROTTLE", "shared")]).await;
        let answers = together(callers(&world, &nodes, PARALLEL, &[401, 429]), |_, mut caller| async move {
            let answer = caller.login("user@example.com", "a guess that is wrong").await;
            (caller, answer)
        })
        .await;
        let verified = of_status(&answers, 401);
        assert_eq!(verified + of_status(&answers, 429), PARALLEL, "{answers:?}");
        assert!(verified <= FAILURES, "{verified} of {PARALLEL} were verified: {answers:?}");
        most = most.max(verified);
        world.journal.verdict();
    }
    let value = format!("{rounds} rounds of {PARALLEL} wrong passwords: {most} verified at most, the others 429");
    vec![Row::new("S21: a throttle shared by two nodes", value, "not more than 5", most <= FAILURES)]
}
