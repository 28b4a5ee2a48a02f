//! What the tables say of a path: what it is, and whether somebody gives it.

use super::record::Args;
use super::run::Run;
use super::value::Value;
use crate::ir::Span;
use crate::specs::Verb;

impl<'u> Run<'u> {
    pub(super) fn typed(&self, value: Value<'u>) -> Value<'u> {
        self.typed_by(value, None, &Args::new())
    }

    /// What a `type` record makes of the path; `values` are the arguments of the call that it is.
    pub(super) fn typed_by(&self, mut value: Value<'u>, receiver: Option<&Value<'u>>, values: &Args<'u>) -> Value<'u> {
        let Some(path) = value.path.clone() else { return value };
        let of_type = self.about(&path).iter().find_map(|record| match &record.verb {
            Verb::Type(of_type) if self.holds(record, receiver, values) => Some(of_type.as_str()),
            _ => None,
        });
        if let Some(of_type) = of_type {
            value.path = Some(of_type.into());
        }
        value
    }

    pub(super) fn sourced(&self, value: Value<'u>, span: Span) -> Value<'u> {
        self.sourced_by(value, None, &Args::new(), span)
    }

    /// A value with the labels that its path has as a source.
    pub(super) fn sourced_by(
        &self,
        value: Value<'u>,
        receiver: Option<&Value<'u>>,
        values: &Args<'u>,
        span: Span,
    ) -> Value<'u> {
        let before = value.path.clone();
        let mut value = self.typed_by(value, receiver, values);
        let after = value.path.clone().filter(|path| Some(path) != before.as_ref());
        for path in before.iter().chain(&after) {
            for record in self.about(path).iter() {
                if let Verb::Source(label) = &record.verb
                    && record.args.is_empty()
                    && (!path.starts_with("self.") || self.serves())
                    && self.holds(record, receiver, values)
                {
                    // `none`: what the library itself makes of what came in.
                    value.origins = match label.as_str() {
                        "none" => Vec::new(),
                        label => Value::origin(label, self.place(span)).origins,
                    };
                }
            }
        }
        value
    }

    /// Whether what runs may be a method of a class that answers requests: in others `self.path` is anything.
    fn serves(&self) -> bool {
        let class = self.function(self.frame.unit, self.frame.function).and_then(|function| function.class);
        let class = class.and_then(|class| self.unit(self.frame.unit)?.classes.get(class as usize));
        class.is_none_or(|class| class.bases.iter().any(|base| base.contains("Handler")))
    }
}
