//! Declarations of CSS, and attributes, that keep the text of an element from view.

/// Sizes up to which nobody reads a letter, in pixels.
const SMALLEST: f64 = 2.0;

/// How far off the screen text is put, in pixels.
const AWAY: f64 = -400.0;

/// Least that each part of a colour has if it is as good as white.
const WHITE: f64 = 250.0;

/// Whether declarations hide the text of their element: `display:none`, no size, no ink, off the screen.
pub(super) fn hides(style: &str) -> bool {
    let lower = style.to_ascii_lowercase().replace("/**/", "");
    let mut sheet = Sheet::default();
    lower.split(';').filter_map(|declaration| declaration.split_once(':')).any(|(name, value)| {
        let value = value.trim().trim_end_matches("!important").trim();
        sheet.hides(name.trim(), value)
    }) || sheet.is_inkless()
        || sheet.clipped && sheet.tiny
}

/// Whether a length of TeX is wider than a page.
pub(super) fn is_far(text: &str) -> bool {
    length(text).is_some_and(|pixels| pixels >= 700.0)
}

/// Whether attributes of `<font>` and of the texts of a drawing hide them.
pub(super) fn attributes_hide(tag: &str) -> bool {
    let lower = tag.to_ascii_lowercase();
    let value = |name: &str| {
        let whole =
            |at: &usize| lower.get(..*at).and_then(|before| before.bytes().next_back()).is_none_or(|byte| byte == b' ');
        let mut at = lower.match_indices(name).map(|(at, _)| at).filter(whole);
        let rest = at.find_map(|at| lower.get(at + name.len()..)?.trim_start().strip_prefix('='))?.trim_start();
        let quote = rest.chars().next()?;
        let value = match quote {
            '"' | '\'' => rest.get(1..)?.split(quote).next(),
            _ => rest.split([' ', '>', '/']).next(),
        };
        Some(value.unwrap_or_default().to_string())
    };
    let ink = ["color", "fill"].iter().find_map(|name| value(name));
    let white =
        ink.is_some_and(|ink| ink == "none" && !lower.contains("stroke") || color(&ink).is_some_and(Color::is_unseen));
    let none = |name: &str| value(name).and_then(|value| value.parse::<f64>().ok()).is_some_and(|value| value <= 0.05);
    white || none("opacity") || none("fill-opacity") || value("font-size").is_some_and(|size| is_small(&size))
}

/// What several declarations say together.
#[derive(Default)]
struct Sheet {
    ink: Option<Color>,
    ground: Ground,
    /// What does not fit is not shown.
    clipped: bool,
    /// There is no room.
    tiny: bool,
}

impl Sheet {
    /// Whether a declaration hides the text by itself.
    fn hides(&mut self, name: &str, value: &str) -> bool {
        let number = || value.parse::<f64>().ok();
        let small = |most: f64| number().or_else(|| percent(value)).is_some_and(|value| value <= most);
        match name {
            "display" => value == "none",
            "visibility" => matches!(value, "hidden" | "collapse"),
            "content-visibility" => value == "hidden",
            "mso-hide" => value == "all",
            "opacity" => small(0.05),
            "filter" => argument(value, "opacity").is_some_and(|value| is_nothing(&value)),
            "font-size" => is_small(value),
            "font" => value.split(['/', ' ']).any(|part| matches!(part, "0" | "0px" | "0pt" | "1px")),
            "line-height" => matches!(value, "0" | "0px" | "0%"),
            "letter-spacing" => length(value).is_some_and(|value| value <= -6.0),
            "text-indent" | "left" | "right" | "top" | "bottom" | "margin-left" | "margin-top" | "margin-right"
            | "margin" | "inset" => value.split(' ').any(|part| length(part).is_some_and(|value| value <= AWAY)),
            "transform" => {
                let parts = |name| {
                    argument(value, name)
                        .into_iter()
                        .flat_map(|list| list.split(',').map(str::to_string).collect::<Vec<_>>())
                };
                parts("scale").chain(parts("scalex")).chain(parts("scaley")).any(|part| is_nothing(&part))
                    || parts("translate").chain(parts("translatex")).chain(parts("translatey")).any(|part| {
                        let part = part.trim();
                        length(part).is_some_and(|value| value.abs() >= -AWAY * 2.0)
                            || percent(part).is_some_and(|value| value.abs() >= 2.0)
                    })
            }
            "clip" => argument(value, "rect").is_some_and(|list| {
                list.split([',', ' ']).all(|part| length(part.trim()).is_none_or(|value| value <= 1.0))
            }),
            "clip-path" => {
                argument(value, "inset").is_some_and(|part| percent(part.trim()).is_some_and(|value| value >= 0.5))
                    || argument(value, "circle").is_some_and(|part| part.trim().starts_with('0'))
                    || value.starts_with("polygon(0 0,0 0")
                    || value.starts_with("polygon(0 0, 0 0")
            }
            "overflow" | "overflow-x" | "overflow-y" => {
                self.clipped |= matches!(value, "hidden" | "clip");
                false
            }
            "width" | "height" | "max-width" | "max-height" => {
                let size = length(value);
                self.tiny |= size.is_some_and(|size| size <= 1.0);
                // Without a number behind it the text is only cut where overflow says so; mail cuts it anyway.
                name == "max-height" && size.is_some_and(|size| size <= 0.0)
            }
            "color" | "-webkit-text-fill-color" | "fill" => {
                self.ink = color(value);
                false
            }
            "background" | "background-color" => {
                let ground = color(value).or_else(|| value.split(' ').find_map(color));
                self.ground = match ground {
                    // Nothing is what lies below, which is paper as far as one knows.
                    Some(ground) if ground.alpha <= 0.05 => Ground::Paper,
                    Some(ground) => Ground::Of(ground),
                    None => Ground::Unknown,
                };
                false
            }
            _ => false,
        }
    }

    /// Whether the ink is not seen on its ground, which is white if nothing is said.
    fn is_inkless(&self) -> bool {
        match (self.ink, self.ground) {
            (Some(ink), Ground::Of(ground)) => ink.alpha <= 0.05 || ink.is_near(ground),
            (Some(ink), Ground::Unknown) => ink.alpha <= 0.05,
            (Some(ink), Ground::Paper) => ink.is_unseen(),
            (None, _) => false,
        }
    }
}

/// What a text is written on.
#[derive(Debug, Default, Clone, Copy)]
enum Ground {
    #[default]
    Paper,
    /// A picture, a gradient, a colour by a name that is not known.
    Unknown,
    Of(Color),
}

/// A colour of three parts up to 255, and how much of it covers its ground.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Color {
    parts: [f64; 3],
    alpha: f64,
}

impl Color {
    /// Not seen on white paper.
    fn is_unseen(self) -> bool {
        self.alpha <= 0.05 || self.parts.iter().all(|part| *part >= WHITE)
    }

    fn is_near(self, other: Self) -> bool {
        self.parts.iter().zip(other.parts).all(|(a, b)| (a - b).abs() <= 8.0)
    }
}

fn color(text: &str) -> Option<Color> {
    let solid = |parts: [f64; 3]| Some(Color { parts, alpha: 1.0 });
    match text {
        "white" => return solid([255.0; 3]),
        "snow" | "ivory" | "ghostwhite" | "floralwhite" => return solid([252.0; 3]),
        "black" => return solid([0.0; 3]),
        "transparent" => return Some(Color { parts: [0.0; 3], alpha: 0.0 }),
        _ => {}
    }
    if let Some(digits) = text.strip_prefix('#') {
        let digit = |at: usize| digits.get(at..=at).and_then(|digit| u8::from_str_radix(digit, 16).ok()).map(f64::from);
        let pair = |at: usize| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).map(f64::from);
        let read = |part: &dyn Fn(usize) -> Option<f64>| Some([part(0)?, part(1)?, part(2)?]);
        return match digits.len() {
            3 | 4 => {
                Some(Color { parts: read(&|at| Some(digit(at)? * 17.0))?, alpha: digit(3).map_or(1.0, |a| a / 15.0) })
            }
            6 | 8 => Some(Color { parts: read(&|at| pair(at * 2))?, alpha: pair(6).map_or(1.0, |a| a / 255.0) }),
            _ => None,
        };
    }
    let function = ["rgba", "rgb", "hsla", "hsl"].iter().find(|name| text.starts_with(**name))?;
    let list = argument(text, function)?;
    let numbers: Vec<f64> = list
        .split([',', ' ', '/'])
        .filter(|part| !part.is_empty())
        .filter_map(|part| if function.starts_with("rgb") { percent_of(part, 255.0) } else { percent_of(part, 1.0) })
        .collect();
    let (first, rest) = numbers.split_first()?;
    let (second, rest) = rest.split_first()?;
    let (third, rest) = rest.split_first()?;
    let alpha =
        rest.first().map_or(1.0, |alpha| if list.contains('%') && *alpha > 1.0 { alpha / 255.0 } else { *alpha });
    if function.starts_with("rgb") {
        return Some(Color { parts: [*first, *second, *third], alpha });
    }
    // Without saturation, or at the ends of lightness, a colour is a grey; others are seen.
    let grey = *second <= 0.05 || *third >= 0.98 || *third <= 0.02;
    grey.then_some(Color { parts: [third * 255.0; 3], alpha })
}

/// A number, or a percentage of `whole`.
fn percent_of(part: &str, whole: f64) -> Option<f64> {
    part.strip_suffix('%').map_or_else(
        || part.trim_end_matches("deg").parse().ok(),
        |part| part.parse::<f64>().ok().map(|part| part / 100.0 * whole),
    )
}

fn percent(value: &str) -> Option<f64> {
    value.strip_suffix('%').and_then(|value| value.trim().parse::<f64>().ok()).map(|value| value / 100.0)
}

/// Nothing, or as good as that.
fn is_nothing(value: &str) -> bool {
    let value = value.trim();
    value.parse::<f64>().ok().or_else(|| percent(value)).is_some_and(|value| value.abs() <= 0.05)
}

/// What stands in the brackets of a function.
fn argument(value: &str, name: &str) -> Option<String> {
    let rest = value.split_once(name)?.1.strip_prefix('(')?;
    Some(rest.split(')').next()?.to_string())
}

/// A length in pixels; letters are taken for sixteen.
fn length(value: &str) -> Option<f64> {
    let value = value.trim();
    let digits = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    let number: f64 = digits.parse().ok()?;
    let unit = match value.get(digits.len()..).unwrap_or_default() {
        "" | "px" => 1.0,
        "pt" => 1.33,
        "em" | "rem" | "ch" | "ex" => 16.0,
        "vw" | "vh" | "%" => 10.0,
        "cm" => 37.8,
        "mm" => 3.78,
        "in" => 96.0,
        _ => return None,
    };
    Some(number * unit)
}

fn is_small(value: &str) -> bool {
    length(value).is_some_and(|size| size <= SMALLEST) && !value.ends_with('%')
        || percent(value).is_some_and(|size| size <= 0.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_that_hide_are_told_from_those_that_decorate() {
        for style in [
            "position:absolute;left:-9999px",
            "transform: translateX(-9999px)",
            "opacity:.01",
            "opacity: 0 !important",
            "font-size:0.1pt",
            "font:0/0 a",
            "height:1px;width:1px;overflow:hidden",
            "filter:opacity(0)",
            "COLOR : White",
            "color:#fdfdfd",
            "color:rgb(254, 254, 254)",
            "color:rgb(255 255 255)",
            "color:hsl(0,0%,100%)",
            "color:#ffffff00",
            "color:rgba(0,0,0,0)",
            "background:#111;color:#121212",
            "mso-hide:all",
            "transform:scale(0.001)",
            "clip:rect(0,0,0,0)",
            "clip:rect(1px, 1px, 1px, 1px)",
            "clip-path:inset(100%)",
            "letter-spacing:-1em",
            "max-height:0",
            "color:#fdfdfd;background:transparent",
            "display:/**/none",
        ] {
            assert!(hides(style), "{style}");
        }
        for style in [
            "color:#fff;background:#0a5",
            "color:white;background:navy",
            "color:#fff;background:linear-gradient(90deg,#f00,#00f)",
            "position:relative;z-index:-1",
            "left:-4px;top:0",
            "font-size:12px;line-height:1.4",
            "font:12px/1.5 Arial",
            "opacity:.6",
            "margin:0 auto",
            "width:0",
            "overflow:hidden;height:200px",
            "transform:translateY(-50%)",
            "transform:rotate(45deg)",
            "color:#333",
            "color:hsl(120,60%,40%)",
            "letter-spacing:-0.02em",
            "clip-path:inset(5%)",
        ] {
            assert!(!hides(style), "{style}");
        }
        assert!(attributes_hide("color=white size=2"));
        assert!(attributes_hide("x=\"1\" fill=\"none\""));
        assert!(attributes_hide("fill-opacity=\"1\" fill=\"rgb(255, 255, 255)\""));
        assert!(!attributes_hide("color=\"#333\""));
        assert!(!attributes_hide("fill=\"none\" stroke=\"black\""));
    }
}
