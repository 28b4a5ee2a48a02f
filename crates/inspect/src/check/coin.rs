//! Addresses of cryptocurrencies: base58check, bech32 and the mixed-case checksum of Ethereum.

use sha2::{Digest, Sha256};

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// A Bitcoin address: base58check with version 0 or 5, or segwit (BIP 173, BIP 350).
pub(crate) fn bitcoin(value: &str) -> bool {
    segwit(value) || matches!(base58check(value).as_deref(), Some([0 | 5, rest @ ..]) if rest.len() == 20)
}

/// Decodes base58 and verifies its last four bytes; at most 64 characters, because the cost is quadratic.
fn base58check(value: &str) -> Option<Vec<u8>> {
    if value.len() > 64 {
        return None;
    }
    let mut bytes: Vec<u8> = Vec::new();
    for byte in value.bytes() {
        let mut carry = BASE58.iter().position(|known| *known == byte)?;
        for place in bytes.iter_mut().rev() {
            carry += usize::from(*place) * 58;
            *place = (carry % 256) as u8;
            carry /= 256;
        }
        while carry > 0 {
            bytes.insert(0, (carry % 256) as u8);
            carry /= 256;
        }
    }
    let zeros = value.bytes().take_while(|byte| *byte == b'1').count();
    let mut whole = vec![0; zeros];
    whole.append(&mut bytes);
    let (payload, check) = whole.split_at_checked(whole.len().checked_sub(4)?)?;
    let digest = Sha256::digest(Sha256::digest(payload));
    (digest.get(..4) == Some(check)).then(|| payload.to_vec())
}

/// A segwit address of the main network: all in one case, checksum constant 1 or that of bech32m.
fn segwit(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    if value != lower && value != value.to_ascii_uppercase() {
        return false;
    }
    let Some(data) = lower.strip_prefix("bc1") else { return false };
    // The human-readable part `bc`, expanded: high bits, zero, low bits.
    let mut sum = [3, 3, 0, 2, 3].into_iter().fold(1, polymod);
    for byte in data.bytes() {
        let Some(symbol) = BECH32.iter().position(|known| *known == byte) else { return false };
        sum = polymod(sum, symbol as u32);
    }
    matches!(data.len(), 11..=71) && matches!(sum, 1 | 0x2bc8_30a3)
}

/// One step of the BCH code of BIP 173.
fn polymod(sum: u32, symbol: u32) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let shifted = ((sum & 0x01ff_ffff) << 5) ^ symbol;
    GENERATOR
        .iter()
        .enumerate()
        .filter(|(bit, _)| top >> bit & 1 == 1)
        .fold(shifted, |sum, (_, generator)| sum ^ generator)
}

/// An Ethereum address: 40 hexadecimal digits; if the case is mixed it is the checksum of EIP-55.
pub(crate) fn ethereum(value: &str) -> bool {
    let Some(hex) = value.strip_prefix("0x").filter(|hex| hex.len() == 40) else { return false };
    let letters = || hex.bytes().filter(u8::is_ascii_alphabetic);
    if letters().all(|byte| byte.is_ascii_lowercase()) || letters().all(|byte| byte.is_ascii_uppercase()) {
        // One digit over and over is the zero address or a placeholder.
        return hex.bytes().any(|byte| Some(byte) != hex.bytes().next());
    }
    let digest = keccak256(hex.to_ascii_lowercase().as_bytes());
    hex.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_alphabetic()).all(|(index, byte)| {
        let pair = digest.get(index / 2).copied().unwrap_or_default();
        let nibble = if index % 2 == 0 { pair >> 4 } else { pair & 15 };
        (nibble > 7) == byte.is_ascii_uppercase()
    })
}

/// Keccak-256 as Ethereum uses it (before the padding of SHA-3), of a message shorter than one block.
fn keccak256(message: &[u8]) -> [u8; 32] {
    const RATE: usize = 136;
    let mut block = [0_u8; RATE];
    for (to, from) in block.iter_mut().zip(message.iter().take(RATE - 1)) {
        *to = *from;
    }
    if let Some(byte) = block.get_mut(message.len().min(RATE - 1)) {
        *byte ^= 1;
    }
    if let Some(byte) = block.last_mut() {
        *byte ^= 0x80;
    }
    let mut state = [0_u64; 25];
    for (lane, bytes) in state.iter_mut().zip(block.chunks_exact(8)) {
        *lane = bytes.iter().rev().fold(0, |lane, byte| lane << 8 | u64::from(*byte));
    }
    permute(&mut state);
    let mut digest = [0; 32];
    for (bytes, lane) in digest.chunks_exact_mut(8).zip(state) {
        bytes.copy_from_slice(&lane.to_le_bytes());
    }
    digest
}

/// Keccak-f\[1600\] (FIPS 202, section 3.3); round constants from its linear feedback shift register.
fn permute(state: &mut [u64; 25]) {
    let lane = |state: &[u64; 25], x: usize, y: usize| state.get(x % 5 + 5 * (y % 5)).copied().unwrap_or_default();
    let mut register = 1_u8;
    for _ in 0..24 {
        let column = |x: usize| (0..5).fold(0, |sum, y| sum ^ lane(state, x, y));
        let parity: [u64; 5] = std::array::from_fn(column);
        let parity = |x: usize| parity.get(x % 5).copied().unwrap_or_default();
        let theta: [u64; 25] = std::array::from_fn(|index| {
            let x = index % 5;
            lane(state, x, index / 5) ^ parity(x + 4) ^ parity(x + 1).rotate_left(1)
        });
        // Rho and pi walk one cycle through all lanes but the first.
        let mut moved = theta;
        let (mut x, mut y) = (1, 0);
        for step in 0..24_u32 {
            let (to_x, to_y) = (y, (2 * x + 3 * y) % 5);
            if let Some(target) = moved.get_mut(to_x + 5 * to_y) {
                *target = lane(&theta, x, y).rotate_left((step + 1) * (step + 2) / 2 % 64);
            }
            (x, y) = (to_x, to_y);
        }
        *state = std::array::from_fn(|index| {
            let (x, y) = (index % 5, index / 5);
            lane(&moved, x, y) ^ (!lane(&moved, x + 1, y) & lane(&moved, x + 2, y))
        });
        let mut constant = 0;
        for bit in 0..7 {
            if register & 1 == 1 {
                constant ^= 1_u64 << ((1_u32 << bit) - 1);
            }
            register = register << 1 ^ if register & 0x80 == 0 { 0 } else { 0x71 };
        }
        if let Some(first) = state.first_mut() {
            *first ^= constant;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keccak_of_nothing() {
        let hex: String = keccak256(b"").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    }

    #[test]
    fn addresses_of_the_standards() {
        for address in [
            "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ] {
            assert!(bitcoin(address), "{address}");
        }
        for address in ["1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "", "1"] {
            assert!(!bitcoin(address), "{address}");
        }
        assert!(ethereum("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"));
        assert!(ethereum("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"));
        assert!(!ethereum("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"));
        assert!(!ethereum("0x0000000000000000000000000000000000000000"));
    }
}
