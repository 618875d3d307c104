//! Decimals of any length: what the language means by an exact number.

use std::cmp::Ordering;

use num_bigint::BigInt;

/// `units / 10^places`
#[derive(Clone, Debug)]
pub struct Exact {
    units: BigInt,
    places: u32,
}

impl Exact {
    /// A plain decimal, such as `-12.50`.
    pub fn decimal(text: &str) -> Exact {
        let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        Exact { units: text.replace('.', "").parse().unwrap(), places: u32::try_from(places).unwrap() }
    }

    pub fn hundredths(units: i128) -> Exact {
        Exact { units: units.into(), places: 2 }
    }

    /// §4, *a number*: JSON's grammar, m × 10^e (m not ending in 0) with up to 18 digits in m and e from −18 to 18.
    pub fn read(text: &str) -> Option<Exact> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        let signed_twice = rest.contains("e+-") || rest.contains("E+-");
        if leading_zero || signed_twice || !digits(whole) || !digits(fraction) {
            return None;
        }
        if !digits(exponent.strip_prefix('-').unwrap_or(exponent)) {
            return None;
        }
        let all = [whole, fraction].concat();
        let significant = all.trim_start_matches('0').trim_end_matches('0');
        if significant.is_empty() {
            return Some(Exact { units: 0.into(), places: 0 });
        }
        let ending = all.len() - all.trim_end_matches('0').len();
        let exponent: i64 = exponent.parse().ok()?;
        let exponent = exponent.checked_add(i64::try_from(ending).unwrap() - i64::try_from(fraction.len()).unwrap())?;
        if significant.len() > 18 || !(-18..=18).contains(&exponent) {
            return None;
        }
        let units =
            significant.parse::<BigInt>().unwrap() * BigInt::from(10).pow(u32::try_from(exponent + 18).unwrap());
        Some(Exact { units: if negative { -units } else { units }, places: 18 })
    }

    pub fn plus(&self, other: &Exact) -> Exact {
        let places = self.places.max(other.places);
        Exact { units: self.in_units_of(places) + other.in_units_of(places), places }
    }

    pub fn minus(&self, other: &Exact) -> Exact {
        self.plus(&Exact { units: -&other.units, places: other.places })
    }

    pub fn times(&self, other: &Exact) -> Exact {
        Exact { units: &self.units * &other.units, places: self.places + other.places }
    }

    pub fn to_the(&self, power: u32) -> Exact {
        Exact { units: self.units.pow(power), places: self.places * power }
    }

    /// As a whole number that is no less; for what is not below 0.
    pub fn rounded_up(&self) -> i64 {
        let one = BigInt::from(10).pow(self.places);
        i64::try_from((&self.units + &one - 1) / one).unwrap()
    }

    /// In hundredths, rounded half away from zero.
    pub fn to_hundredths(&self) -> i128 {
        let one = BigInt::from(10).pow(self.places);
        let twice: BigInt = self.units.magnitude().clone().into();
        let rounded = (twice * 200 + &one) / (one * 2);
        let rounded = i128::try_from(rounded).unwrap();
        if self.units < BigInt::from(0) { -rounded } else { rounded }
    }

    /// As the language writes it: digits, with no more places than it takes.
    pub fn text(&self) -> String {
        let digits = self.units.magnitude().to_string();
        let places = self.places as usize;
        let digits = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let fraction = fraction.trim_end_matches('0');
        let sign = if self.units < BigInt::from(0) { "-" } else { "" };
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    fn in_units_of(&self, places: u32) -> BigInt {
        &self.units * BigInt::from(10).pow(places - self.places)
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Exact) -> Ordering {
        let places = self.places.max(other.places);
        self.in_units_of(places).cmp(&other.in_units_of(places))
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for Exact {}

impl PartialEq for Exact {
    fn eq(&self, other: &Exact) -> bool {
        self.cmp(other).is_eq()
    }
}
