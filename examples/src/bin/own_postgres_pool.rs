//! On the pool of connections that the application has already.
//! `cargo run --bin own_postgres_pool -- postgres://user:password@host/database`
//!
//! AuthKit takes its connections from the pool and keeps its tables in the schema `authkit`. The example makes them.

use authkit_core::{AuthKit, ClientInfo, Config, Login, Registration};
use authkit_store_postgres::PostgresStore;
use deadpool_postgres::{Manager, Pool, Runtime};
use tokio_postgres::NoTls;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url =
        std::env::args().nth(1).ok_or("give the URL of a database to play with: postgres://user@host/database")?;
    let manager = Manager::new(url.parse()?, NoTls);
    let pool = Pool::builder(manager).max_size(10).runtime(Runtime::Tokio1).build()?;

    // Once, where the application migrates its own tables, too.
    PostgresStore::builder_from_pool(pool.clone()).migrate().await?;
    let store = PostgresStore::from_pool(pool.clone()).await?;
    let kit = AuthKit::builder().store(store).config(Config::development()).build()?;

    let (email, password) = ("ada@example.com", "a lantern over the quay");
    let ada = Registration { email: email.into(), password: password.into(), profile: Default::default() };
    let client = ClientInfo::none();
    kit.register(ada, &client).await?;
    kit.login(Login::new(email, password), &client).await?;

    // The application's own work goes on through the same pool.
    let row = pool.get().await?.query_one("SELECT count(*) FROM authkit.sessions", &[]).await?;
    println!("sessions: {}", row.get::<_, i64>(0));
    Ok(())
}
