//! Reads checks.

use super::lex::{Token, tokens};
use super::{Check, Comparison, Expr, Operand, Path, Quantifier, State, Term};

/// Reads a check.
///
/// # Errors
/// Says what is not understood.
pub fn parse(text: &str) -> Result<Check, String> {
    let mut check = Check::default();
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')) {
        match lines.last_mut() {
            Some(last) if line.starts_with(' ') => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => lines.push(line.trim().to_string()),
        }
    }
    for line in &lines {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "on" => check.kinds = rest.split(',').map(|kind| kind.trim().to_string()).collect(),
            "where" => check.filter.push(condition(rest)?),
            "when" => check.wrong.push(condition(rest)?),
            "at" => check.at = Some(path(rest.trim())),
            "say" => check.say = Some(rest.to_string()),
            "hide" => check.hide = true,
            "severity" => {
                let (level, rest) = rest.split_once(" if ").ok_or("`severity` needs `LEVEL if …`")?;
                check.severity.push((level.parse()?, condition(rest)?));
            }
            "persona" => {
                let (who, rest) = rest.split_once(" if ").ok_or("`persona` needs `WHO if …`")?;
                check.persona.push((who.parse()?, condition(rest)?));
            }
            other => return Err(format!("a line of a check does not begin with `{other}`")),
        }
    }
    if check.kinds.is_empty() || check.wrong.is_empty() {
        return Err("a check needs `on` and `when`".to_string());
    }
    Ok(check)
}

fn condition(text: &str) -> Result<Expr, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0 };
    let expr = parser.or()?;
    match parser.peek() {
        None => Ok(expr),
        Some(token) => Err(format!("`{text}`: {token:?} is not expected")),
    }
}

fn path(word: &str) -> Path {
    word.split('.').map(|part| part.replace('\u{1}', ".")).collect()
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(found)) if found == word);
        self.at += usize::from(found);
        found
    }

    fn sign(&mut self, sign: char) -> Result<(), String> {
        match self.next() {
            Some(Token::Sign(found)) if *found == sign => Ok(()),
            other => Err(format!("`{sign}` expected, found {other:?}")),
        }
    }

    fn or(&mut self) -> Result<Expr, String> {
        let mut all = vec![self.and()?];
        while self.eat("or") {
            all.push(self.and()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expr::Or(all) })
    }

    fn and(&mut self) -> Result<Expr, String> {
        let mut all = vec![self.unary()?];
        while self.eat("and") {
            all.push(self.unary()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expr::And(all) })
    }

    fn unary(&mut self) -> Result<Expr, String> {
        if self.eat("not") {
            return Ok(Expr::Not(Box::new(self.unary()?)));
        }
        if matches!(self.peek(), Some(Token::Sign('('))) {
            return self.bracketed();
        }
        let Some(Token::Word(word)) = self.next() else { return Err("a condition is missing".to_string()) };
        let quantifier = match word.as_str() {
            "any" => Some(Quantifier::Any),
            "every" => Some(Quantifier::Every),
            "no" => Some(Quantifier::No),
            _ => None,
        };
        match (quantifier, word.as_str(), self.peek()) {
            (Some(quantifier), _, Some(Token::Word(list))) => {
                self.at += 1;
                Ok(Expr::Quantified(quantifier, path(list), Box::new(self.bracketed()?)))
            }
            (_, "exists", Some(Token::Word(kind))) => {
                self.at += 1;
                Ok(Expr::Exists(kind.clone(), Box::new(self.bracketed()?)))
            }
            _ => self.predicate(path(word)),
        }
    }

    fn bracketed(&mut self) -> Result<Expr, String> {
        self.sign('(')?;
        let inner = self.or()?;
        self.sign(')')?;
        Ok(inner)
    }

    fn predicate(&mut self, path: Path) -> Result<Expr, String> {
        if self.eat("refers") {
            let Some(Token::Word(target)) = self.next() else { return Err("`refers` needs a path".to_string()) };
            return Ok(Expr::Refers(path, self::path(target)));
        }
        let default = if self.eat("default") { Some(self.literal()?) } else { None };
        let term = Term { path, default };
        match self.next() {
            Some(Token::Word(word)) if word == "is" => {
                let negated = self.eat("not");
                let (state, absent) = self.state()?;
                let expr = Expr::Is(term, state);
                Ok(if negated == absent { expr } else { Expr::Not(Box::new(expr)) })
            }
            Some(Token::Word(word)) if word == "matches" => self.compare(term, Comparison::Matches),
            Some(Token::Word(word)) if word == "contains" => self.compare(term, Comparison::Contains),
            Some(Token::Word(word)) if word == "in" => self.list(term, Comparison::Within),
            Some(Token::Word(word)) if word == "not" && self.eat("in") => self.list(term, Comparison::Outside),
            Some(Token::Compare("==")) => self.compare(term, Comparison::Equal),
            Some(Token::Compare("!=")) => self.compare(term, Comparison::Differs),
            Some(Token::Compare("<")) => self.compare(term, Comparison::Less),
            Some(Token::Compare(">")) => self.compare(term, Comparison::More),
            other => Err(format!("`{}` is followed by {other:?}", term.path.join("."))),
        }
    }

    /// A state, and whether it is the opposite of `set`.
    fn state(&mut self) -> Result<(State, bool), String> {
        let Some(Token::Word(word)) = self.next() else { return Err("`is` needs a state".to_string()) };
        Ok(match word.as_str() {
            "on" => (State::On, false),
            "off" => (State::Off, false),
            "set" => (State::Set, false),
            "absent" => (State::Set, true),
            "literal" => (State::Literal, false),
            "secret" => (State::Secret, false),
            "open" => (State::Open, false),
            "weak" => (State::Weak, false),
            "unknown" => (State::Unknown, false),
            other => return Err(format!("`{other}` is not a state")),
        })
    }

    fn compare(&mut self, term: Term, comparison: Comparison) -> Result<Expr, String> {
        if matches!(self.peek(), Some(Token::Sign('['))) {
            return self.list(term, comparison);
        }
        Ok(Expr::Compare(term, comparison, vec![self.operand()?]))
    }

    fn list(&mut self, term: Term, comparison: Comparison) -> Result<Expr, String> {
        self.sign('[')?;
        let mut operands = Vec::new();
        loop {
            operands.push(self.operand()?);
            match self.next() {
                Some(Token::Sign(',')) => {}
                Some(Token::Sign(']')) => return Ok(Expr::Compare(term, comparison, operands)),
                other => return Err(format!("`,` or `]` expected, found {other:?}")),
            }
        }
    }

    fn operand(&mut self) -> Result<Operand, String> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Operand::Text(text.clone())),
            Some(Token::Word(word)) if is_literal(word) => Ok(Operand::Text(word.clone())),
            Some(Token::Word(word)) => Ok(Operand::Path(path(word))),
            other => Err(format!("a value expected, found {other:?}")),
        }
    }

    fn literal(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token::Text(text)) => Ok(text.clone()),
            Some(Token::Word(word)) => Ok(word.clone()),
            other => Err(format!("a value expected, found {other:?}")),
        }
    }
}

fn is_literal(word: &str) -> bool {
    matches!(word, "true" | "false" | "on" | "off") || word.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_refuses() {
        let check = parse("on a, b\nwhere x is set\nwhen not (y.z default on is off or\n  any list (k == \"v\" and outer.q in [1, on]))\nat y\nseverity high if x is on\n").unwrap();
        assert_eq!((check.kinds.len(), check.filter.len(), check.wrong.len(), check.severity.len()), (2, 1, 1, 1));
        for wrong in
            ["on a", "on a\nwhen x", "on a\nwhen x is blue", "on a\nwhen x == ", "on a\nwhen (x is on", "what\n"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
