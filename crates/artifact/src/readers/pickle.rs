//! Pickle streams of every protocol, alone, in rows, behind each other, with arrays in between.

use redan_domain::ReadAt;

use crate::head::Head;
use crate::pickle::{self, callables::Callables};
use crate::readers::{Match, Reader};
use crate::walk::Cx;

pub(crate) use crate::pickle::FACTS;

pub(crate) struct Pickle;

impl Reader for Pickle {
    fn format(&self) -> &'static str {
        "pickle"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if pickle::is_pickle(head.input(), head.bytes, Callables::shipped()) { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        pickle::read(input, cx);
    }
}
