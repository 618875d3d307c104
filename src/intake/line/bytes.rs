//! Many bytes at once: by SIMD where every processor has it, else by words.

/// How many bytes are looked at in one step for the end of a string.
pub(super) const STEP: usize = 32;
/// How many for the end of a key, which mostly is short.
pub(super) const SHORT: usize = 16;

/// Capital letters become small ones; and a bit for each byte that is not ASCII, the first one lowest.
#[inline(always)]
pub(super) fn fold_ascii(bytes: &[u8; SHORT]) -> ([u8; SHORT], u32) {
    #[cfg(target_arch = "x86_64")]
    return fold_ascii_by_simd(bytes);
    #[cfg(not(target_arch = "x86_64"))]
    return fold_ascii_by_words(bytes);
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn fold_ascii_by_simd(bytes: &[u8; SHORT]) -> ([u8; SHORT], u32) {
    use std::arch::x86_64::{
        __m128i, _mm_add_epi8, _mm_and_si128, _mm_cmpgt_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8,
        _mm_storeu_si128,
    };
    let mut folded = [0; SHORT];
    // SAFETY: both arrays have the 16 bytes that are read and written, which need no alignment; every x86-64 processor has
    // SSE2.
    let others = unsafe {
        let all = |byte: u8| _mm_set1_epi8(byte.cast_signed());
        let bytes = _mm_loadu_si128(std::ptr::from_ref(bytes).cast::<__m128i>());
        // Bytes beyond ASCII are below zero here.
        let capitals = _mm_and_si128(_mm_cmpgt_epi8(bytes, all(b'A' - 1)), _mm_cmpgt_epi8(all(b'Z' + 1), bytes));
        let small = _mm_add_epi8(bytes, _mm_and_si128(capitals, all(b'a' - b'A')));
        _mm_storeu_si128(folded.as_mut_ptr().cast::<__m128i>(), small);
        _mm_movemask_epi8(bytes).cast_unsigned()
    };
    (folded, others)
}

#[cfg(any(test, not(target_arch = "x86_64")))]
fn fold_ascii_by_words(bytes: &[u8; SHORT]) -> ([u8; SHORT], u32) {
    let bit = |(place, byte): (usize, &u8)| u32::from(!byte.is_ascii()) << place;
    (bytes.map(|byte| byte.to_ascii_lowercase()), bytes.iter().enumerate().map(bit).sum())
}

/// Where the first quote, backslash or control character stands from `at` on in bytes that are no line, or their end.
#[inline(always)]
pub(in crate::intake) fn special(bytes: &[u8], mut at: usize) -> usize {
    while let Some(step) = bytes.get(at..).and_then(|rest| rest.first_chunk::<STEP>()) {
        match first_special(step) {
            Some(count) => return at + count,
            None => at += STEP,
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..b' ')).unwrap_or(rest.len())
}

/// The place of the first quote, backslash or control character.
#[inline(always)]
pub(super) fn first_special<const N: usize>(bytes: &[u8; N]) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    return first_special_by_simd(bytes);
    #[cfg(not(target_arch = "x86_64"))]
    return first_special_by_words(bytes);
}

/// Every x86-64 processor has SSE2. `N` is 16 or 32.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn first_special_by_simd<const N: usize>(bytes: &[u8; N]) -> Option<usize> {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    };
    let specials = |bytes: &[u8; 16]| {
        // SAFETY: the array has the 16 bytes that are read, and they need no alignment.
        let bytes = unsafe { _mm_loadu_si128(std::ptr::from_ref(bytes).cast::<__m128i>()) };
        // SAFETY: they are instructions of SSE2.
        unsafe {
            let quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"'.cast_signed()));
            let backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\'.cast_signed()));
            let controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
            _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, backslashes), controls)).cast_unsigned()
        }
    };
    let found = match bytes.as_chunks().0 {
        [all] => specials(all),
        [low, high] => specials(low) | specials(high) << 16,
        _ => return None,
    };
    (found != 0).then(|| found.trailing_zeros() as usize)
}

#[cfg(any(test, not(target_arch = "x86_64")))]
fn first_special_by_words<const N: usize>(bytes: &[u8; N]) -> Option<usize> {
    let mut words = bytes.as_chunks().0.iter().map(|word| specials(u64::from_le_bytes(*word)));
    let place = words.by_ref().position(|found| found != 0)?;
    let word = bytes.as_chunks().0.get(place).map(|word| specials(u64::from_le_bytes(*word)))?;
    Some(8 * place + word.trailing_zeros() as usize / 8)
}

/// Eight bytes at once: a bit in the lowest byte, and perhaps in bytes above it, that is special.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn specials(word: u64) -> u64 {
    const SPACES: u64 = u64::from_le_bytes([b' '; 8]);
    const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
    const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; 8]);
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    // A byte below the subtrahend borrows, which shows in its high bit. It borrows from the bytes above it, which
    // is why only the lowest hit is sure. Bytes beyond ASCII have that bit from the start and are none.
    let below = word.wrapping_sub(SPACES);
    let quotes = (word ^ QUOTES).wrapping_sub(ONES);
    let backslashes = (word ^ BACKSLASHES).wrapping_sub(ONES);
    (below | quotes | backslashes) & !word & HIGH
}

/// How many of eight bytes are digits before the first that is none.
#[inline(always)]
pub(super) fn leading_digits(word: u64) -> usize {
    const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    const BEYOND_NINE: u64 = u64::from_le_bytes([0x80 - 10; 8]);
    let values = word ^ ZEROS;
    let others = ((values & !HIGH).wrapping_add(BEYOND_NINE) | values) & HIGH;
    others.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_by_one(bytes: &[u8]) -> usize {
        bytes.iter().position(|byte| *byte == b'"' || *byte == b'\\' || *byte < b' ').unwrap_or(bytes.len())
    }

    #[track_caller]
    fn agree(bytes: &[u8; STEP]) {
        let expected = Some(one_by_one(bytes)).filter(|at| *at < STEP);
        assert_eq!(first_special(bytes), expected, "{}", bytes.escape_ascii());
        assert_eq!(first_special_by_words(bytes), expected, "{}", bytes.escape_ascii());
        let short: &[u8; SHORT] = bytes.first_chunk().unwrap();
        assert_eq!(first_special(short), expected.filter(|at| *at < SHORT), "{}", bytes.escape_ascii());
        assert_eq!(first_special_by_words(short), expected.filter(|at| *at < SHORT), "{}", bytes.escape_ascii());
    }

    /// Every byte at every place, among bytes that differ from it in one bit, and behind those that are special.
    #[test]
    fn both_ways_find_what_one_by_one_finds() {
        for byte in 0..=255u8 {
            for other in (0..8).map(|bit| byte ^ 1 << bit).chain(*b"\"\\ a\x1f\x80\xff") {
                for place in 0..STEP {
                    let mut bytes = [other; STEP];
                    bytes[place] = byte;
                    agree(&bytes);
                    bytes[..place].fill(b'a');
                    agree(&bytes);
                }
            }
        }
    }

    #[test]
    fn both_ways_fold_alike() {
        for byte in 0..=255u8 {
            for place in 0..SHORT {
                for other in [b'a', b'Z', 0xc3] {
                    let mut bytes = [other; SHORT];
                    bytes[place] = byte;
                    let expected = (bytes.map(|byte| byte.to_ascii_lowercase()), fold_ascii_by_words(&bytes).1);
                    assert_eq!(fold_ascii(&bytes), expected, "{}", bytes.escape_ascii());
                    assert_eq!(fold_ascii_by_words(&bytes), expected, "{}", bytes.escape_ascii());
                    let is_ascii = (expected.1 & 1 << place) == 0;
                    assert_eq!(is_ascii, byte.is_ascii());
                }
            }
        }
    }
}
