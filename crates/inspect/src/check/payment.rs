//! Payment cards, bank accounts and routing numbers.

use super::digits::{base36, compact, digits, luhn, pair, weighted};

/// A number in a range and of a length that a card scheme issues (ISO/IEC 7812-1), with Luhn's check digit.
pub(crate) fn card(value: &str) -> bool {
    let digits = digits(value);
    let first = |count: usize| digits.iter().take(count).fold(0, |sum, digit| sum * 10 + digit);
    let long = matches!(digits.len(), 16..=19);
    let issued = match (first(1), digits.len()) {
        // Visa.
        (4, 13 | 16 | 19) => true,
        // Mastercard; MIR.
        (2 | 5, 16) if matches!(first(4), 2221..=2720 | 5100..=5599 | 2200..=2204) => true,
        (2, _) if matches!(first(4), 2200..=2204) => long,
        // JCB: 3528 to 3589 are issued, test data has all of 35.
        (1 | 2, 15) => matches!(first(4), 1800 | 2131),
        (3, 16..=19) if first(2) == 35 => true,
        // American Express.
        (3, 15) => matches!(first(2), 34 | 37),
        // Diners Club.
        (3, 14) => matches!(first(3), 300..=305 | 309 | 360..=369 | 380..=399),
        (3, 16..=19) => matches!(first(3), 300..=305 | 360..=369 | 380..=399),
        // Maestro, UnionPay, Discover, RuPay.
        (5, 12..=19) => matches!(first(2), 50 | 56..=58),
        (6, 12..=19) => true,
        (0, 12..=19) => first(4) == 604,
        (8, 16) => matches!(first(2), 81 | 82),
        (9, 16) => first(4) == 9792,
        _ => false,
    };
    issued && luhn(value)
}

/// Length of an IBAN by country, from the registry that SWIFT keeps for ISO 13616.
const IBAN: &str = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18\
FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24\
ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23\
TN24TR26UA29VA22VG24XK20YE30";

/// How long an IBAN is that begins so.
pub(crate) fn iban_length(head: &[u8]) -> Option<usize> {
    let country = head.get(..2)?;
    let entry = IBAN.as_bytes().chunks(4).find(|entry| entry.get(..2) == Some(country))?;
    let [_, _, tens, ones] = entry else { return None };
    Some(usize::from(tens - b'0') * 10 + usize::from(ones - b'0'))
}

/// An IBAN: the length of its country and the check digits of ISO 7064 MOD 97-10.
pub(crate) fn iban(value: &str) -> bool {
    let bytes = compact(value);
    let Some((head, body)) = bytes.split_at_checked(4) else { return false };
    let length = iban_length(head);
    let rest = body.iter().chain(head).try_fold(0_u32, |rest, byte| {
        let value = base36(*byte)?;
        Some(if value > 9 { rest * 100 + value } else { rest * 10 + value } % 97)
    });
    // Common test data has British numbers of one digit too few.
    let long = length == Some(bytes.len()) || (head.starts_with(b"GB") && bytes.len() == 21);
    long && rest == Some(1) && body.iter().any(|byte| *byte != b'0')
}

/// A routing number of the American Bankers Association: a Federal Reserve prefix, weights 3, 7, 1.
pub(crate) fn aba(value: &str) -> bool {
    let digits = digits(value);
    let district = matches!(pair(&digits, 0), 1..=12 | 21..=32 | 61..=72 | 80);
    digits.len() == 9 && district && weighted(&digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}

/// Countries that have a BIC, of those whose letters are rare at this place in English words.
pub(crate) fn bic(value: &str) -> bool {
    let country = value.get(4..6).unwrap_or_default().as_bytes();
    matches!(value.len(), 8 | 11)
        && (country == b"US" || IBAN.as_bytes().chunks(4).any(|entry| entry.get(..2) == Some(country)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_of_every_scheme() {
        let valid = [
            "4111111111111111",
            "4222222222222",
            "5555 5555 5555 4444",
            "2223003122003222",
            "378282246310005",
            "3530111333300000",
            "180020497005751",
            "30569309025904",
            "6011111111111117",
            "503802053770",
            "6304000000000000",
            "4131034282458809939",
        ];
        for number in valid {
            assert!(card(number), "{number}");
        }
        for number in ["4111111111111112", "1234567812345670", "0000000000000000", "7111111111111114", "411", ""] {
            assert!(!card(number), "{number}");
        }
    }

    #[test]
    fn ibans_need_length_and_check_digits() {
        for number in ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "NO9386011117947"] {
            assert!(iban(number), "{number}");
        }
        for number in ["GB82WEST12345698765433", "DE8937040044053201300", "XX82WEST12345698765432", "GB", "GB82é"] {
            assert!(!iban(number), "{number}");
        }
    }

    #[test]
    fn routing_numbers() {
        assert!(aba("021000021") && aba("111000025"));
        assert!(!aba("021000022") && !aba("991000021") && !aba(""));
    }
}
