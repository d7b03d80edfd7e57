//! The command line as a person and a script meet it: the built binary, real processes, temporary folders.

mod clients;
mod demo;
mod errors;
mod normalize;
mod running;
mod sigkill;
mod support;
