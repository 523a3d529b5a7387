//! A real server, real clients.

mod contract;
mod contract_admin;
mod sandbox;
