//! A real server, real clients.

mod contract;
mod contract_admin;
mod contract_more;
mod flood;
mod guards;
mod limits;
mod same_bytes;
mod sandbox;
mod smtp;
mod stop;
