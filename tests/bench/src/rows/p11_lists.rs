//! Pages of the administration on Postgres with many users and events: how long 95 of 100 take, and how many statements.

// P-11

use std::time::{Duration, Instant};

use authkit_core::{Actor, Profile, Role, SignIn, TrustedPassword, TrustedUser};
use poem::Route;
use tokio_postgres::Client;

use crate::Run;
use crate::failure::Failure;
use crate::http::{Connection, request};
use crate::load::executor;
use crate::postgres::{self, Postgres, connect};
use crate::report::{Line, Unit};
use crate::seed;
use crate::server::Server;
use crate::world::{World, client};

const LIMIT_MS: f64 = 50.0;
/// Of a page, and the two of its guard.
const STATEMENTS: f64 = 3.0 + 2.0;

/// What a console asks for. Prefixes and subjects are those that the seeds have.
const PAGES: [(&str, &str); 9] = [
    ("users, newest", "/admin/api/users"),
    ("users, by their beginning", "/admin/api/users?query=seeded-12"),
    ("users, disabled", "/admin/api/users?status=disabled"),
    ("users, by role", "/admin/api/users?role=admin"),
    ("sessions, newest", "/admin/api/sessions"),
    ("events, newest", "/admin/api/audit"),
    ("events, by a rare code", "/admin/api/audit?code=password.changed"),
    ("events, by outcome", "/admin/api/audit?outcome=failure"),
    ("events, by subject", "/admin/api/audit?subject=c4ca4238-a0b9-2382-0dcc-509a6f75849b"),
];

pub fn run(run: &Run) -> Result<Vec<Line>, Failure> {
    let executor = executor()?;
    let cluster = executor.block_on(Postgres::start(run))?;
    let (database, world, admin) = executor.block_on(async {
        let url = cluster.database("value").await?;
        let mut world = World::on_postgres(postgres::store(&url).await?, 0).await?;
        let database = connect(&url).await?;
        seed::users(&database, &mut world, run.many, 0).await?;
        seed::events(&database, run.events).await?;
        let admin = admin(&world).await?;
        Ok::<_, Failure>((database, world, admin))
    })?;
    let app = Route::new().nest("/admin", authkit_poem::admin(&world.kit));
    let server = Server::start_ours(&world.kit, app)?;
    let calls = run.rounds * 40;
    let mut lines = Vec::new();
    let gets = PAGES.map(|(_, path)| request("GET", path, admin.tokens.access.expose()));
    let counts = executor.block_on(statements(&cluster, &database, &server, &gets))?;
    for (((name, path), get), statements) in PAGES.into_iter().zip(gets).zip(counts) {
        let times = executor.block_on(async {
            let mut connection = Connection::open(server.address).await?;
            // The first reads what no memory holds yet.
            connection.call(&get).await?.expect(200)?;
            let mut times = Vec::new();
            for _ in 0..calls {
                let start = Instant::now();
                let answer = connection.call(&get).await?;
                answer.expect(200)?;
                if answer.body.len() < 200 {
                    return Err(Failure::new(format!("{path}: a page without rows")));
                }
                times.push(start.elapsed().as_secs_f64() * 1_000.0);
            }
            Ok(times)
        })?;
        let what = format!("{name}, {} users, {} events, p95 of a page", run.many, run.events);
        lines.push(Line::limited("P11", what, Unit::Milliseconds, &[p95(times)], LIMIT_MS));
        let what = format!("{name}, statements a page, the guard's two among them");
        lines.push(Line::limited("P11", what, Unit::Count, &[statements], STATEMENTS));
    }
    Ok(lines)
}

async fn admin(world: &World) -> Result<SignIn, Failure> {
    let user = TrustedUser {
        email: "admin@example.com".to_owned(),
        password: TrustedPassword::None,
        role: Role::new("admin").ok_or_else(|| Failure::new("no role"))?,
        is_active: true,
        is_verified: true,
        profile: Profile::default(),
    };
    let user = world.kit.create_user(user, Actor::System).await?;
    Ok(world.kit.open_session_for(&user.id, &client()).await?)
}

/// How many statements each request leads to, by the server's own log.
async fn statements(
    cluster: &Postgres,
    database: &Client,
    server: &Server,
    gets: &[Vec<u8>],
) -> Result<Vec<f64>, Failure> {
    log(cluster, database, "all").await?;
    let mut connection = Connection::open(server.address).await?;
    let mut counts = Vec::with_capacity(gets.len());
    for get in gets {
        let before = cluster.cluster.log().len();
        connection.call(get).await?.expect(200)?;
        let log = cluster.cluster.log();
        counts.push(log.get(before..).unwrap_or_default().matches("LOG:  execute ").count() as f64);
    }
    log(cluster, database, "none").await?;
    Ok(counts)
}

/// Which statements the server logs; returns when it does so.
async fn log(cluster: &Postgres, database: &Client, which: &str) -> Result<(), Failure> {
    cluster.cluster.set("log_statement", which).map_err(Failure::new)?;
    let patience = Instant::now() + Duration::from_secs(10);
    while database.query_one("SHOW log_statement", &[]).await?.get::<_, &str>(0) != which {
        if Instant::now() > patience {
            return Err(Failure::new("the server does not read its configuration again"));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

fn p95(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get((times.len() * 95).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default()
}
