//! The program `hayloft`; everything is in the library, where tests reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::main(std::env::args_os())
}
