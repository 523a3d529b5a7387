//! Why a measurement has no result: a rate of errors is no rate.

pub use authkit_seed::Failure;
