//! Exact decimals: what a JSON number or a number in a policy is, without rounding.

use std::cmp::Ordering;
use std::fmt;

/// m × 10^e, exactly: m does not end in 0 and has up to 18 digits, e is from −18 to 18. Zero is 0 × 10^0.
///
/// ```
/// use handover::decimal::Decimal;
/// assert_eq!(Decimal::parse("1.50"), Decimal::parse("15e-1"));
/// assert!(Decimal::parse("0.1") < Decimal::parse("0.10000000000000001"));
/// assert_eq!(Decimal::parse("1e400"), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i64,
    exponent: i8,
}

const MOST_DIGITS: u32 = 18;
const MOST_EXPONENT: i64 = 18;

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal { mantissa: 0, exponent: 0 };

    /// m × 10^e in its shortest form; `None` beyond the bounds of the type.
    pub fn new(mantissa: i64, exponent: i64) -> Option<Decimal> {
        let (mut mantissa, mut exponent) = (mantissa, exponent);
        if mantissa == 0 {
            return Some(Decimal::ZERO);
        }
        while mantissa % 10 == 0 {
            mantissa /= 10;
            exponent += 1;
        }
        let fits = mantissa.unsigned_abs() < 10u64.pow(MOST_DIGITS) && exponent.abs() <= MOST_EXPONENT;
        let exponent = i8::try_from(exponent).ok()?;
        fits.then_some(Decimal { mantissa, exponent })
    }

    /// Reads a number written as JSON writes it (`-12.50e3`); `None` for anything else, and beyond the bounds.
    pub fn parse(text: &str) -> Option<Decimal> {
        Decimal::parse_bytes(text.as_bytes())
    }

    /// [`Decimal::parse`] over bytes.
    pub fn parse_bytes(text: &[u8]) -> Option<Decimal> {
        let (negative, mut rest) = match text.split_first()? {
            (b'-', rest) => (true, rest),
            _ => (false, text),
        };
        let mut digits = Digits::default();
        let whole = digits.take(&mut rest, false);
        let leading_zero = text.get(usize::from(negative)) == Some(&b'0');
        if whole == 0 || (leading_zero && whole > 1) {
            return None;
        }
        if let Some((b'.', after)) = rest.split_first() {
            rest = after;
            if digits.take(&mut rest, true) == 0 {
                return None;
            }
        }
        let mut exponent = 0i64;
        if let Some((b'e' | b'E', after)) = rest.split_first() {
            let (minus, mut after) = match after.split_first()? {
                (b'-', after) => (true, after),
                (b'+', after) => (false, after),
                _ => (false, after),
            };
            if after.is_empty() {
                return None;
            }
            while let Some((digit @ b'0'..=b'9', next)) = after.split_first() {
                exponent = exponent.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
                after = next;
            }
            rest = after;
            exponent = if minus { -exponent } else { exponent };
        }
        if !rest.is_empty() {
            return None;
        }
        if digits.value == 0 && !digits.overflow {
            return Some(Decimal::ZERO);
        }
        if digits.overflow {
            return None;
        }
        let exponent = exponent.saturating_add(i64::from(digits.zeros) - digits.decimals);
        Decimal::new(if negative { -digits.value } else { digits.value }, exponent)
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// The value in hundredths where it has at most two decimals and fits.
    pub fn hundredths(self) -> Option<i64> {
        self.times_power_of_ten(2)
    }

    /// The value in hundredths, rounded half away from zero; `None` beyond 64 bits.
    pub fn rounded_hundredths(self) -> Option<i64> {
        let exponent = i32::from(self.exponent) + 2;
        if exponent >= 0 {
            return self.hundredths();
        }
        let Some(divisor) = 10i128.checked_pow(exponent.unsigned_abs()) else { return Some(0) };
        i64::try_from(divide_half_away(i128::from(self.mantissa), divisor)).ok()
    }

    /// The value × 10^places where that is a whole number and fits.
    pub fn times_power_of_ten(self, places: u32) -> Option<i64> {
        let exponent = i32::from(self.exponent).checked_add_unsigned(places)?;
        self.mantissa.checked_mul(10i64.checked_pow(u32::try_from(exponent).ok()?)?)
    }

    /// This many percent of `amount`, rounded up; neither is below zero.
    pub fn percent_of(self, amount: i64) -> i64 {
        let product = i128::from(self.mantissa) * i128::from(amount);
        let exponent = i32::from(self.exponent) - 2;
        let power = 10i128.checked_pow(exponent.unsigned_abs());
        let scaled = match power {
            Some(power) if exponent < 0 => Some((product + power - 1).div_euclid(power)),
            Some(power) => product.checked_mul(power),
            None => None,
        };
        scaled.and_then(|scaled| i64::try_from(scaled).ok()).unwrap_or(i64::MAX)
    }

    /// Its value, where that is a whole number with a few zeros at its end.
    #[inline(always)]
    fn small_whole(self) -> Option<i64> {
        const POWERS: [i64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
        let power = *POWERS.get(usize::try_from(self.exponent).ok()?)?;
        self.mantissa.checked_mul(power)
    }

    /// The order of `a × b` and `c × d`, exactly.
    pub fn compare_products(a: Decimal, b: Decimal, c: Decimal, d: Decimal) -> Ordering {
        let product = |x: Decimal, y: Decimal| {
            (i128::from(x.mantissa) * i128::from(y.mantissa), i32::from(x.exponent) + i32::from(y.exponent))
        };
        compare_scaled(product(a, b), product(c, d))
    }
}

/// The digits of a number as they are read: trailing zeros are held back, so that `1.5000000000000000000000` fits.
#[derive(Default)]
struct Digits {
    value: i64,
    zeros: u32,
    decimals: i64,
    overflow: bool,
}

impl Digits {
    /// Takes the digits at the head of `rest`, and says how many there were.
    fn take(&mut self, rest: &mut &[u8], fraction: bool) -> usize {
        let mut count = 0;
        while let Some((digit @ b'0'..=b'9', next)) = rest.split_first() {
            *rest = next;
            count += 1;
            self.decimals += i64::from(fraction);
            if *digit == b'0' {
                self.zeros += u32::from(self.value != 0);
                continue;
            }
            let value = 10i64
                .checked_pow(self.zeros + 1)
                .and_then(|shift| self.value.checked_mul(shift))
                .and_then(|value| value.checked_add(i64::from(digit - b'0')));
            match value {
                Some(value) => self.value = value,
                None => self.overflow = true,
            }
            self.zeros = 0;
        }
        count
    }
}

/// A number of parts, each 1 ÷ 10^`places` of a whole, in its shortest form: `52.5` of 5250 and 2.
pub fn shortest(parts: i128, places: u32) -> String {
    let digits = parts.unsigned_abs().to_string();
    let places = usize::try_from(places).unwrap_or(usize::MAX);
    let missing = places.saturating_add(1).saturating_sub(digits.len());
    let digits = "0".repeat(missing) + &digits;
    let (whole, part) = digits.split_at_checked(digits.len() - places).unwrap_or((&digits, ""));
    let part = part.trim_end_matches('0');
    let (sign, point) = (if parts < 0 { "-" } else { "" }, if part.is_empty() { "" } else { "." });
    format!("{sign}{whole}{point}{part}")
}

/// `n ÷ d` to the nearest whole number, halves away from zero; `d` is above zero.
pub fn divide_half_away(n: i128, d: i128) -> i128 {
    let (quotient, rest) = (n / d, n % d);
    if rest.unsigned_abs() * 2 >= d.unsigned_abs() { quotient + n.signum() } else { quotient }
}

fn compare_scaled((m, e): (i128, i32), (n, f): (i128, i32)) -> Ordering {
    let signs = m.signum().cmp(&n.signum());
    if signs != Ordering::Equal || m == 0 {
        return signs;
    }
    let digits = |value: i128| value.unsigned_abs().checked_ilog10().map_or(0, |log| log as i32 + 1);
    let (wide, slim) = (digits(m), digits(n));
    // By the place of the first digit first; only then do both fit 128 bits at one scale.
    let magnitude = (wide + e).cmp(&(slim + f));
    if magnitude != Ordering::Equal {
        if m > 0 { magnitude } else { magnitude.reverse() }
    } else if wide < slim {
        (m * 10i128.pow((slim - wide).unsigned_abs())).cmp(&n)
    } else {
        m.cmp(&(n * 10i128.pow((wide - slim).unsigned_abs())))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.exponent == other.exponent {
            return self.mantissa.cmp(&other.mantissa);
        }
        // Most numbers are whole and not large.
        if let (Some(own), Some(other)) = (self.small_whole(), other.small_whole()) {
            return own.cmp(&other);
        }
        compare_scaled(
            (i128::from(self.mantissa), i32::from(self.exponent)),
            (i128::from(other.mantissa), i32::from(other.exponent)),
        )
    }
}

impl From<u32> for Decimal {
    fn from(value: u32) -> Self {
        Decimal::new(i64::from(value), 0).unwrap_or(Decimal::ZERO)
    }
}

impl fmt::Display for Decimal {
    /// The shortest plain form: `1200`, `0.25`, `-3.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let places = usize::from(self.exponent.unsigned_abs());
        if self.exponent >= 0 {
            return write!(f, "{sign}{digits}{}", "0".repeat(places));
        }
        match digits.len().checked_sub(places).filter(|whole| *whole > 0) {
            Some(whole) => {
                let (whole, fraction) = digits.split_at(whole);
                write!(f, "{sign}{whole}.{fraction}")
            }
            None => write!(f, "{sign}0.{digits:0>places$}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn a_percentage_is_rounded_up() {
        let percent = |text: &str, of| Decimal::parse(text).unwrap().percent_of(of);
        assert_eq!((percent("75", 57_600), percent("0", 57_600), percent("150", 3)), (43_200, 0, 5));
        assert_eq!((percent("12.5", 7), percent("12.5", 8), percent("1e2", 9)), (1, 1, 9));
        assert_eq!((percent("1e-18", 1), percent("0.000000000000000001", i64::MAX)), (1, 1));
        assert_eq!(percent("1e18", i64::MAX), i64::MAX);
    }

    #[test]
    fn one_value_has_one_form() {
        for (a, b) in
            [("1.50", "1.5"), ("100", "1e2"), ("-0.0", "0"), ("0e999", "0"), ("1000.000", "1e3"), ("0.0012", "12E-4")]
        {
            assert_eq!(decimal(a), decimal(b), "{a} and {b}");
        }
    }

    #[test]
    fn only_what_json_calls_a_number_is_one() {
        for text in ["", "-", "01", "1.", ".5", "+1", "1e", "1e+", "0x1", "1 ", "1,000", "NaN", "--1", "1.5.2"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_bounds_are_eighteen_digits_and_eighteen_places() {
        assert!(Decimal::parse("999999999999999999").is_some());
        assert!(Decimal::parse("1000000000000000001").is_none());
        assert!(Decimal::parse("1000000000000000000").is_some());
        assert!(Decimal::parse("1e18").is_some());
        assert!(Decimal::parse("1e19").is_none());
        assert!(Decimal::parse("1e-18").is_some());
        assert!(Decimal::parse("1e-19").is_none());
        assert!(Decimal::parse("0.1234567890123456789").is_none());
        assert!(Decimal::parse("1.500000000000000000000000000000").is_some());
        assert!(Decimal::parse("1e400").is_none());
        assert!(Decimal::parse("1e99999999999999999999999").is_none());
    }

    #[test]
    fn the_order_is_exact_over_the_whole_range() {
        let ascending = [
            "-1e18",
            "-9007199254740993",
            "-9007199254740992",
            "-0.3",
            "0",
            "1e-18",
            "0.1",
            "0.3",
            "0.30000000000000001",
            "1",
            "1e18",
        ];
        for pair in ascending.windows(2) {
            assert!(decimal(pair[0]) < decimal(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn it_prints_its_shortest_plain_form() {
        for (text, shown) in
            [("1200", "1200"), ("52.50", "52.5"), ("-0.25", "-0.25"), ("1e3", "1000"), ("5e-4", "0.0005")]
        {
            assert_eq!(decimal(text).to_string(), shown);
        }
    }

    #[test]
    fn parts_of_a_whole_are_written_shortly() {
        for (parts, places, written) in [
            (5_250, 2, "52.5"),
            (6_000, 2, "60"),
            (-25, 2, "-0.25"),
            (0, 6, "0"),
            (1, 6, "0.000001"),
            (-120, 0, "-120"),
            (i128::MIN, 1, "-17014118346046923173168730371588410572.8"),
        ] {
            assert_eq!(shortest(parts, places), written);
        }
    }

    #[test]
    fn halves_round_away_from_zero() {
        assert_eq!(decimal("0.125").rounded_hundredths(), Some(13));
        assert_eq!(decimal("-0.125").rounded_hundredths(), Some(-13));
        assert_eq!(decimal("0.1249").rounded_hundredths(), Some(12));
        assert_eq!(decimal("1e-18").rounded_hundredths(), Some(0));
        assert_eq!(decimal("3").rounded_hundredths(), Some(300));
        assert_eq!(decimal("0.125").hundredths(), None);
    }
}
