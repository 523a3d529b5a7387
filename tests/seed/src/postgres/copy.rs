//! One COPY into a table.

use std::pin::Pin;

use tokio_postgres::Transaction;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

use crate::failure::Failure;

pub struct Copy(Pin<Box<BinaryCopyInWriter>>);

impl Copy {
    /// All columns, in their order.
    pub async fn begin(transaction: &Transaction<'_>, table: &str, columns: &[Type]) -> Result<Self, Failure> {
        let sink = transaction.copy_in(&format!("COPY authkit.{table} FROM STDIN BINARY")).await?;
        Ok(Self(Box::pin(BinaryCopyInWriter::new(sink, columns))))
    }

    pub async fn row(&mut self, values: &[&(dyn ToSql + Sync)]) -> Result<(), Failure> {
        Ok(self.0.as_mut().write(values).await?)
    }

    pub async fn finish(mut self) -> Result<(), Failure> {
        self.0.as_mut().finish().await?;
        Ok(())
    }
}
