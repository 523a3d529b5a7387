//! What tokens promise, over all files of the module.

mod basics;
