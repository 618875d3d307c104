//! What the events of a feed come to, line by line of RFC 5545.

use proptest::prelude::*;

use super::*;

/// A calendar of these events, each given by its lines.
fn calendar(events: &[&str]) -> String {
    let events = events.iter().map(|lines| format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n"));
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{}END:VCALENDAR\n", events.collect::<String>())
}

fn read(feed: impl AsRef<[u8]>) -> Result<Vec<(NaiveDate, String)>, Fault> {
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day);
    holidays(feed.as_ref(), &years(date(2026, 1, 1), date(2027, 12, 31)))
}

/// The dates as they are written: `0303` is 3 March 2026, and other years are written out.
fn dates(events: &[&str]) -> String {
    let shown = |(date, _): (NaiveDate, String)| date.format("%Y%m%d").to_string();
    let days: Vec<String> = read(calendar(events)).unwrap().into_iter().map(shown).collect();
    days.iter().map(|day| day.strip_prefix("2026").unwrap_or(day)).collect::<Vec<_>>().join(" ")
}

fn names(events: &[&str]) -> String {
    read(calendar(events)).unwrap().into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(" | ")
}

#[track_caller]
fn wrong(events: &[&str]) -> (usize, String) {
    let fault = read(calendar(events)).unwrap_err();
    // The calendar and its first event have three lines before those of the event.
    (fault.line.map_or(0, |line| line - 3), fault.message)
}

#[test]
fn an_event_lasts_from_its_first_date_to_the_one_before_its_end() {
    for (lines, expected) in [
        ("DTSTART;VALUE=DATE:20260303", "0303"),
        ("DTSTART:20260303", "0303"),
        ("DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260304", "0303"),
        ("DTEND;VALUE=DATE:20260305\nDTSTART;VALUE=DATE:20260303", "0303 0304"),
        ("DTSTART;VALUE=DATE:20261231\nDTEND;VALUE=DATE:20270103", "1231 20270101 20270102"),
        ("DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260303", "0303"),
        ("DTSTART;VALUE=DATE:20260303\nDURATION:P2D", "0303 0304"),
        ("DTSTART;VALUE=DATE:20260303\nDURATION:P1W", "0303 0304 0305 0306 0307 0308 0309"),
        ("DTSTART;VALUE=DATE:20260303\nDURATION:+P1DT24H0M0S", "0303 0304"),
        ("DTSTART;VALUE=DATE:20260303\nDURATION:P0D", "0303"),
        ("dtstart;value=date:20260303\ndtend:20260304", "0303"),
    ] {
        assert_eq!(dates(&[lines]), expected, "{lines}");
    }
}

#[test]
fn an_event_from_midnight_to_midnight_lasts_all_day() {
    for (lines, expected) in [
        ("DTSTART:20260303T000000\nDTEND:20260304T000000", "0303"),
        (
            "DTSTART;TZID=\"(UTC+02:00) Sofia\":20260303T000000\nDTEND;TZID=\"(UTC+02:00) Sofia\":20260305T000000",
            "0303 0304",
        ),
        ("DTSTART:20260303T000000Z\nDURATION:PT24H", "0303"),
        ("DTSTART:20260303T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE", "0303"),
        (
            "DTSTART;TZID=FLE:20241225T000000\nDTEND;TZID=FLE:20241226T000000\nRRULE:FREQ=YEARLY;UNTIL=20261224T220000Z",
            "20241225 20251225 1225",
        ),
    ] {
        assert_eq!(dates(&[lines]), expected, "{lines}");
    }
}

#[test]
fn an_event_with_a_time_of_day_is_no_holiday() {
    const DAY: &str = "DTSTART:20260101";
    for lines in [
        "DTSTART:20260303T090000\nDTEND:20260303T100000",
        "DTSTART;TZID=Europe/Sofia:20260303T090000\nDTEND;TZID=Europe/Sofia:20260310T090000\nRRULE:FREQ=SECONDLY",
        "DTSTART:20260303T000000\nDTEND:20260303T120000",
        "DTSTART:20260303T000000\nDTEND:20260304T120000",
        "DTSTART:20260303T000000",
        "DTSTART:20260303T000000\nDURATION:PT90M",
        "DTSTART:20260303T220000Z\nDTEND:20260304T220000Z",
    ] {
        assert_eq!(dates(&[DAY, lines]), "0101", "{lines}");
        assert_eq!(wrong(&[lines]), (0, "it has no all-day event, or all of them are cancelled".to_owned()));
    }
}

#[test]
fn repetitions_come_on_their_dates() {
    for (start, rule, expected) in [
        ("20241225", "FREQ=YEARLY;COUNT=3", "20241225 20251225 1225"),
        ("20241225", "FREQ=YEARLY;UNTIL=20261225", "20241225 20251225 1225"),
        ("20241225", "FREQ=YEARLY;UNTIL=20261224T235959Z", "20241225 20251225"),
        ("20241225", "FREQ=YEARLY;COUNT=9;UNTIL=20251231", "20241225 20251225"),
        ("20241225", "freq=yearly;count=2;", "20241225 20251225"),
        ("20241225", "FREQ=YEARLY;COUNT=2;BYHOUR=8,9;BYMINUTE=0;BYSECOND=0", "20241225 20251225"),
        // The last Monday in May, and the fourth Thursday in November.
        ("20250526", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2", "20250526 0525"),
        ("20250526", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2", "20251127 1126"),
        // Midsummer Day: the Saturday of 20 to 26 June.
        ("20260620", "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=20,21,22,23,24,25,26;BYDAY=SA;COUNT=2", "0620 20270626"),
        ("20240229", "FREQ=YEARLY;UNTIL=20301231", "20240229 20280229"),
        ("20260630", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1;COUNT=3", "0630 0930 1231"),
        ("20261224", "FREQ=DAILY;COUNT=3", "1224 1225 1226"),
        ("20260102", "FREQ=WEEKLY;INTERVAL=2;COUNT=2", "0102 0116"),
        // Its first dates lie before the years that are read.
        ("19900101", "FREQ=YEARLY;INTERVAL=13;COUNT=4", "20160101 20290101"),
    ] {
        assert_eq!(dates(&[&format!("DTSTART;VALUE=DATE:{start}\nRRULE:{rule}")]), expected, "{rule}");
    }
}

#[test]
fn an_endless_repetition_ends_ten_years_after_the_policy_does() {
    let feed = calendar(&["DTSTART;VALUE=DATE:16011225\nRRULE:FREQ=YEARLY"]);
    let first_and_last = |from: Option<i32>, until: Option<i32>| {
        let date = |year: Option<i32>| year.and_then(|year| NaiveDate::from_ymd_opt(year, 7, 1));
        let days = holidays(feed.as_bytes(), &years(date(from), date(until))).unwrap();
        (days.first().unwrap().0.year(), days.last().unwrap().0.year())
    };
    assert_eq!(first_and_last(Some(2026), Some(2028)), (2016, 2038));
    assert_eq!(first_and_last(Some(2026), None), (2016, 2036));
    assert_eq!(first_and_last(None, Some(2028)), (2018, 2038));
    assert_eq!(first_and_last(None, None), (2000, 2050));
    // Which is an error of its own.
    assert_eq!(first_and_last(Some(2028), Some(2026)), (2016, 2038));
}

#[test]
fn dates_are_added_left_out_and_moved() {
    const YEARLY: &str = "UID:a\nDTSTART;VALUE=DATE:20240101\nRRULE:FREQ=YEARLY;COUNT=4";
    let also = |lines: &str| format!("{YEARLY}\n{lines}");
    for (lines, expected) in [
        ("EXDATE;VALUE=DATE:20250101,20260101", "20240101 20270101"),
        ("EXDATE:20250101\nEXDATE:20260101T000000Z", "20240101 20270101"),
        ("RDATE;VALUE=DATE:20260106, 20260501", "20240101 20250101 0101 0106 0501 20270101"),
        ("RDATE:20260101\nEXDATE:20260101", "20240101 20250101 20270101"),
        ("RRULE:FREQ=YEARLY;BYMONTH=7;COUNT=1", "20240101 20240701 20250101 0101 20270101"),
    ] {
        assert_eq!(dates(&[&also(lines)]), expected, "{lines}");
    }
    assert_eq!(dates(&["DTSTART:20260101\nRDATE:20260303,20260101"]), "0101 0303");
    for (other, expected) in [
        // A Thursday that is given on the Friday after.
        ("UID:a\nRECURRENCE-ID;VALUE=DATE:20260101\nDTSTART;VALUE=DATE:20260102", "20240101 20250101 0102 20270101"),
        ("UID:a\nRECURRENCE-ID:20260101T000000Z\nDTSTART:20260101\nSTATUS:Cancelled", "20240101 20250101 20270101"),
        ("UID:a\nRECURRENCE-ID:20260101\nDTSTART:20260101T100000Z", "20240101 20250101 20270101"),
        ("UID:b\nRECURRENCE-ID:20260101\nDTSTART:20260303", "20240101 20250101 0101 0303 20270101"),
    ] {
        assert_eq!(dates(&[YEARLY, other]), expected, "{other}");
        assert_eq!(dates(&[other, YEARLY]), expected, "{other}, and then the repetition");
    }
}

#[test]
fn what_was_cancelled_does_not_take_place() {
    let cancelled = "DTSTART:20260303\nSTATUS:CANCELLED";
    assert_eq!(
        dates(&["DTSTART:20260101\nSTATUS:CONFIRMED", cancelled, "DTSTART:20260104\nSTATUS:TENTATIVE"]),
        "0101 0104"
    );
    assert_eq!(wrong(&[cancelled]).1, "it has no all-day event, or all of them are cancelled");
}

#[test]
fn names_are_read_as_text_and_joined_on_one_date() {
    let first = r"DTSTART:20270501
SUMMARY;LANGUAGE=en:Labour Day\, and\; a\n  second \\ line";
    let second = "DTSTART:20270501\nSUMMARY:Holy Saturday";
    assert_eq!(names(&[first, second, second]), r"Labour Day, and; a second \ line; Holy Saturday");
    assert_eq!(names(&["DTSTART:20270501", second]), "Holy Saturday");
    assert_eq!(names(&["DTSTART:20270501"]), "");
    let long = names(&[&format!("DTSTART:20270501\nSUMMARY:{}", "Ж".repeat(1_000))]);
    assert_eq!(long, format!("{}…", "Ж".repeat(79)));
}

#[test]
fn files_as_programs_write_them() {
    let feed = calendar(&["DTSTART;VALUE=DATE:20260303\nSUMMARY:Освобождение", "DTSTART:20260506\nSUMMARY:Гергьовден"]);
    let expected = read(&feed).unwrap();
    assert_eq!(expected.len(), 2);
    for (what, other) in [
        ("CRLF", feed.replace('\n', "\r\n")),
        ("lone CR", feed.replace('\n', "\r")),
        ("BOM", format!("\u{feff}{feed}")),
        ("blank lines", format!("\n\n{}", feed.replace('\n', "\n\n"))),
        ("no line end at the end", feed.trim_end().to_owned()),
        ("small letters", feed.replace("BEGIN:", "begin:").replace("END:VEVENT", "End:vEvent")),
        ("two calendars", feed.replacen("END:VEVENT\n", "END:VEVENT\nEND:VCALENDAR\nBEGIN:VCALENDAR\n", 1)),
        ("a zone with dates and rules", feed.replacen("BEGIN:VEVENT", ZONE, 1)),
        ("a task", feed.replacen("BEGIN:VEVENT", "BEGIN:VTODO\nDTSTART:20260101\nEND:VTODO\nBEGIN:VEVENT", 1)),
        ("an alarm", feed.replacen("END:VEVENT", "BEGIN:VALARM\nDURATION:PT1H\nDTSTART:x\nEND:VALARM\nEND:VEVENT", 1)),
        (
            "what nobody reads",
            feed.replacen("END:VEVENT", "DESCRIPTION;X=\"a:b\":https://x.example/\\,;\nEND:VEVENT", 1),
        ),
    ] {
        assert_eq!(read(other).as_ref(), Ok(&expected), "{what}");
    }
    let folded: Vec<u8> =
        feed.bytes().flat_map(|byte| if byte == b'\n' { vec![byte] } else { vec![byte, b'\n', b' '] }).collect();
    assert_eq!(read(folded), Ok(expected), "folded at every byte");
}

const ZONE: &str = "BEGIN:VTIMEZONE\nTZID:FLE\nBEGIN:STANDARD\nDTSTART:16011028T040000\n\
    RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT";

#[test]
fn what_cannot_be_read_is_said_with_its_line() {
    const DAY: &str = "DTSTART:20260303";
    let with = |line: &str| format!("{DAY}\n{line}");
    for (lines, line, message) in [
        ("SUMMARY:x", 0, "this event has no `DTSTART`"),
        ("DTSTART;VALUE=DATE:20260230", 1, "`20260230` is no date"),
        ("DTSTART;VALUE=DATE", 1, "`` is no date"),
        ("DTSTART:2026-03-03", 1, "`2026-03-03` is no date"),
        ("DTSTART:20260303T250000", 1, "`20260303T250000` is no date"),
        ("DTSTART:20260303\nDTSTART:20260304", 2, "this event has a second `DTSTART`"),
        (&with("DTEND:20260302"), 2, "this event ends before it begins"),
        (&with("DTEND:20270601"), 2, "this event lasts 455 days, and a holiday lasts 366 at most"),
        (&with("DTEND:20260304T120000"), 2, "this event begins on a date, and does not end on one"),
        (&with("DURATION:PT3H"), 2, "this event begins on a date, and does not end on one"),
        (&with("DURATION:1D"), 2, "this event begins on a date, and does not end on one"),
        (&with("DURATION:-P1D"), 2, "this event ends before it begins"),
        (&with("DURATION:P99999999999999999999D"), 2, "this event begins on a date, and does not end on one"),
        (&with("EXDATE:tomorrow"), 2, "`tomorrow` is no date"),
        (&with("RDATE;VALUE=PERIOD:20260101T000000Z/P1D"), 2, "`20260101T000000Z/P1D` is no date"),
        (&with("EXRULE:FREQ=YEARLY"), 2, "`EXRULE` is no longer a part of iCalendar"),
        (
            &with("RECURRENCE-ID;RANGE=THISANDFUTURE:20260303"),
            2,
            "this changes a repetition from a date on, which is not read",
        ),
        (&with("RRULE:FREQ=SECONDLY"), 2, "a holiday does not repeat with `FREQ=SECONDLY`"),
        (&with("RRULE:FREQ=YEARLY;INTERVAL=0"), 2, "a repetition with `INTERVAL=0` stays where it is"),
        (&with("RRULE:FREQ=YEARLY;COUNT=0"), 2, "`FREQ=YEARLY;COUNT=0` is no repetition"),
        (&with("RRULE:FREQ=YEARLY;UNTIL=2027"), 2, "`FREQ=YEARLY;UNTIL=2027` is no repetition"),
        (&with("RRULE:BYMONTH=3"), 2, "`BYMONTH=3` is no repetition"),
        (&with("RRULE:FREQ=YEARLY;BYMONTH=13"), 2, "`FREQ=YEARLY;BYMONTH=13` is no repetition"),
        (&with("RRULE:every year"), 2, "`every year` is no repetition"),
        (
            &with("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
            2,
            "the repetition `FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30` never falls on a day",
        ),
        (
            "DTSTART:20260303T090000Z\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
            1,
            "an event that lasts all day begins at a time of day, `20260303T090000Z`",
        ),
        (&with("SUMMARY"), 2, "`SUMMARY` is no line of a calendar"),
        (&with("and so on"), 2, "`and so on` is no line of a calendar"),
        (&with("BEGIN:VALARM"), 3, "`END:VEVENT` does not end the `VALARM` of line 5"),
    ] {
        assert_eq!(wrong(&[lines]), (line, message.to_owned()), "{lines}");
    }
}

#[test]
fn what_is_no_calendar_is_said() {
    let day = calendar(&["DTSTART:20260303"]);
    for (feed, line, message) in [
        ("", None, "the file is empty"),
        ("\u{feff}\r\n \r\n", None, "the file is empty"),
        ("<!DOCTYPE html>\n<html>", Some(1), "this is no calendar"),
        ("- {date: 2026-03-03, name: x}", Some(1), "this is no calendar"),
        ("BEGIN:VEVENT\nDTSTART:20260303\nEND:VEVENT", Some(1), "this is no calendar"),
        ("\n\nBEGIN:VCARD\nEND:VCARD", Some(3), "this is no calendar"),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR", None, "the calendar has no events"),
        (&day.replace("END:VCALENDAR\n", ""), Some(1), "the file ends within the `VCALENDAR` that begins here"),
        (
            &day.replace("END:VEVENT\nEND:VCALENDAR\n", ""),
            Some(3),
            "the file ends within the `VEVENT` that begins here",
        ),
        (&format!("{day}DTSTART:20260303"), Some(7), "the calendar has ended, and the file has not"),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:19990303\nEND:VEVENT\nEND:VCALENDAR",
            None,
            "none of its holidays lies in the years 2016 to 2037, for which it is read",
        ),
    ] {
        let fault = read(feed).unwrap_err();
        assert_eq!((fault.line, fault.message.as_str()), (line, message), "{feed}");
    }
    let feed = calendar(&["DTSTART:20260303\nSUMMARY:Fr?hlingsfest"]);
    let latin: Vec<u8> = feed.bytes().map(|byte| if byte == b'?' { b'\xfc' } else { byte }).collect();
    let fault = read(latin).unwrap_err();
    assert_eq!((fault.line, fault.message.as_str()), (Some(5), "this is not UTF-8 text"));
}

/// Whatever a feed asks for, it is read or refused within a moment.
#[test]
fn a_hostile_feed_is_refused() {
    let day = |lines: &str| format!("DTSTART:20260303\n{lines}");
    let many = |count: usize, lines: &str| calendar(&vec![lines; count]);
    let dates = |count: usize| {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let dates: Vec<String> = first.iter_days().take(count).map(|day| day.format("%Y%m%d").to_string()).collect();
        dates.join(",")
    };
    for (what, feed) in [
        ("years on years of every day", many(9, "DTSTART:20000101\nDURATION:P52W\nRRULE:FREQ=DAILY")),
        ("thousands of rules of every day", many(3_000, &day("RRULE:FREQ=DAILY;COUNT=1000000000"))),
        ("long events on many dates", calendar(&[&day(&format!("DURATION:P366D\nRDATE:{}", dates(300)))])),
        ("many dates", calendar(&[&day(&format!("EXDATE:{}", dates(100_000)))])),
        ("rules that are followed for ever", many(6, &day("RRULE:FREQ=YEARLY;INTERVAL=65535"))),
    ] {
        let fault = read(feed).unwrap_err();
        let refused = "the events and their repetitions come to more than 100,000 dates";
        assert_eq!((fault.too_long, fault.message.as_str()), (true, refused), "{what}");
    }
    let large = read(calendar(&[&day(&format!("SUMMARY:{}", "x".repeat(LONGEST_FEED)))])).unwrap_err();
    assert_eq!((large.too_long, large.message.as_str()), (true, "the feed is larger than 8 MiB"));
    let nested = read(format!("BEGIN:VCALENDAR\n{}", "BEGIN:X\n".repeat(100_000))).unwrap_err();
    assert_eq!(nested.line, Some(17));
    assert_eq!(nested.message, "more than 16 parts of the calendar lie within each other");
    let long = format!("RRULE:FREQ=YEARLY;BYMONTHDAY=1{}", ",1".repeat(100_000));
    assert!(wrong(&[&day(&long)]).1.ends_with(",1` is no repetition"));
    // Endless, which costs little.
    assert_eq!(read(many(300, &day("RRULE:FREQ=YEARLY;COUNT=1000000000"))).unwrap().len(), 12);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// The crate may not panic, whatever it is given.
    #[test]
    fn any_rule_is_read_or_refused(
        start in "(0001|1601|2024|2026|9999)(0101|0228|1231)",
        frequency in "YEARLY|MONTHLY|WEEKLY|DAILY",
        parts in prop::collection::vec(
            "(INTERVAL|COUNT|BYMONTH|BYMONTHDAY|BYYEARDAY|BYWEEKNO|BYSETPOS)=-?(0|1|2|5|13|31|53|127|255|366|65535|4294967295)(,[1-9])?\
             |BYDAY=-?[0-9]{0,3}(MO|SU)(,FR)?|WKST=SU|UNTIL=20301231|BYMONTH=2",
            0..4,
        ),
    ) {
        let rule = format!("FREQ={frequency};{}", parts.join(";"));
        let _ = read(calendar(&[&format!("DTSTART:{start}\nRRULE:{rule}")]));
    }

    #[test]
    fn any_file_is_read_or_refused(lines in prop::collection::vec(
        "BEGIN:VCALENDAR|BEGIN:VEVENT|END:VEVENT|END:VCALENDAR|DTSTART(;VALUE=DATE)?:2026[01][0-9][0-3][0-9]|DTEND:[0-9]{8}\
         |DURATION:P?[0-9]{1,3}[DWT]|RRULE:FREQ=YEARLY|UID:a|RECURRENCE-ID:20260303|.{0,9}",
        0..30,
    )) {
        let _ = read(lines.join("\n"));
        let _ = read(format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{}\nEND:VEVENT\nEND:VCALENDAR", lines.join("\n")));
    }
}
