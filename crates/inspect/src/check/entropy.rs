//! How random a value looks.

/// Shannon entropy in bits a byte.
pub fn shannon(value: &str) -> f32 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = value.len() as f32;
    let share = |count: u32| count as f32 / total;
    counts.iter().filter(|count| **count > 0).map(|count| -share(*count) * share(*count).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_of_known_texts() {
        assert!(shannon("aaaa").abs() < 1e-6 && shannon("").abs() < 1e-6);
        assert!((shannon("abcd") - 2.0).abs() < 1e-6);
    }
}
