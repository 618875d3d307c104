//! What holds for the pages of all reports: made-up ones, among them odd ones.

mod made_up;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::report::numbers::sections::of_report;
use crate::report::numbers::show::charts::of_section;
use crate::report::numbers::show::charts::picture::{Anchor, Shape, Tenths, width};
use made_up::{HOSTILE, Like, USUAL, odd, report};

const SECTIONS: [&str; 10] =
    ["targets", "handovers", "efficiency", "velocity", "slas", "speed", "waste", "readiness", "funnel", "groups"];

/// Left, top, right and bottom of what a shape covers.
fn extent(shape: &Shape) -> [i64; 4] {
    match shape {
        Shape::Rect { x, y, width, height, .. } => [x.0, y.0, x.0 + width.0, y.0 + height.0],
        Shape::Line { x1, y1, x2, y2, .. } => [x1.0.min(x2.0), y1.0.min(y2.0), x1.0.max(x2.0), y1.0.max(y2.0)],
        Shape::Text { x, y, anchor, text, .. } => {
            let wide = width(text);
            let left = match anchor {
                Anchor::Start => x.0,
                Anchor::Middle => x.0 - wide / 2,
                Anchor::End => x.0 - wide,
            };
            // A letter reaches below the line that it stands on.
            [left, y.0 - 95, left + wide, y.0 + 30]
        }
    }
}

#[test]
fn nothing_is_outside_its_picture_and_no_text_lies_on_another() {
    let (mut pictures, mut pairs) = (0, 0);
    for like in odd() {
        let report = report(like);
        for chart in SECTIONS.iter().flat_map(|id| of_section(&report, id)) {
            let picture = &chart.picture;
            let said = |what: &Shape| format!("{what:?} in {} of {} periods, {}", chart.title, like.periods, like.many);
            assert!(picture.height.0 > 0);
            for shape in &picture.shapes {
                let [left, top, right, bottom] = extent(shape);
                let fits = left >= 0 && top >= 0 && right <= picture.width.0 && bottom <= picture.height.0;
                assert!(fits && left <= right && top <= bottom, "{}", said(shape));
            }
            let texts: Vec<&Shape> = picture.shapes.iter().filter(|it| matches!(it, Shape::Text { .. })).collect();
            for (at, one) in texts.iter().enumerate() {
                for other in texts.iter().skip(at + 1) {
                    let ([l, t, r, b], [left, top, right, bottom]) = (extent(one), extent(other));
                    let apart = r <= left || right <= l || b <= top || bottom <= t;
                    assert!(apart, "{}\n{}", said(one), said(other));
                    pairs += 1;
                }
            }
            pictures += 1;
        }
    }
    assert!(pictures > 300 && pairs > 100_000, "{pictures} pictures, {pairs} pairs");
}

/// The elements of a page in their order, with the texts within them; the page is XML but for its first line and what
/// has no end.
fn elements(page: &str) -> Vec<(BytesStart<'static>, String)> {
    let (_, body) = page.split_once("<body>").unwrap();
    let xml = format!("<body>{}", body.split_once("</html>").unwrap().0);
    let mut reader = Reader::from_str(&xml);
    let (mut found, mut open): (Vec<(BytesStart<'static>, String)>, Vec<usize>) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap_or_else(|why| panic!("{why}\n{xml}")) {
            Event::Start(it) => {
                open.push(found.len());
                found.push((it.into_owned(), String::new()));
            }
            Event::Empty(it) => found.push((it.into_owned(), String::new())),
            Event::End(_) => assert!(open.pop().is_some()),
            Event::Text(text) => open.iter().for_each(|at| found[*at].1.push_str(&text.decode().unwrap())),
            Event::GeneralRef(of) => {
                let entities = [("lt", "<"), ("gt", ">"), ("amp", "&"), ("quot", "\""), ("#x27", "'"), ("#x2f", "/")];
                let of = of.decode().unwrap();
                let said = entities.iter().find(|(name, _)| *name == of).unwrap_or_else(|| panic!("an entity {of}")).1;
                open.iter().for_each(|at| found[*at].1.push_str(said));
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element.attributes().map(|it| it.unwrap()).find(|it| it.key.as_ref() == name.as_bytes()).map(|it| {
        let value = String::from_utf8(it.value.into_owned()).unwrap();
        value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'")
    })
}

#[test]
fn every_page_is_well_formed_needs_nothing_and_has_a_table_for_each_chart() {
    for like in odd() {
        let report = report(like);
        let page = report.html().unwrap();
        for never in ["<script", "http:", "https:", "url(", "src=", "<link", "@import", "NaN", "onload='", "\u{1b}"] {
            assert!(!page.contains(never), "{never}\n{page}");
        }
        let found = elements(&page);
        let mut ids: Vec<String> = found.iter().filter_map(|(it, _)| attribute(it, "id")).collect();
        let of = |name: &str| found.iter().filter(|(it, _)| it.name().as_ref() == name.as_bytes()).count();
        let charts: usize = SECTIONS.iter().map(|id| of_section(&report, id).len()).sum();
        assert_eq!(of("figure"), charts);
        let drawn = found.iter().filter(|(it, _)| attribute(it, "role").is_some_and(|role| role == "img"));
        for (chart, _) in drawn.clone() {
            for id in attribute(chart, "aria-labelledby").unwrap().split(' ') {
                assert!(ids.iter().any(|it| it == id), "{id}");
            }
        }
        assert_eq!(drawn.count(), charts);
        let before = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), before);
        assert_eq!(of("caption"), of("table"));
        // A table of a section stands within what opens, after its charts.
        for section in of_report(&report).iter().filter(|it| it.instead.is_none()) {
            let start = page.find(&format!("<section id=\"{}\">", section.id)).unwrap();
            let part = &page[start..][..page[start..].find("</section>").unwrap()];
            let drawn = part.matches("<figure").count();
            assert!(drawn == 0 || part.matches("<table>").count() >= section.tables.len(), "{part}");
            assert!(!part.contains("<tbody>\n</tbody>"), "{part}");
            assert_eq!(drawn > 0, part.contains("<details>"), "{part}");
        }
        assert_eq!(page, report.html().unwrap());
    }
}

/// Except those of what is left of a whole: the table has the whole and its parts.
#[test]
fn every_figure_that_is_drawn_stands_in_a_table() {
    let report = report(USUAL);
    let found = elements(&report.html().unwrap());
    let tables: Vec<&String> =
        found.iter().filter(|(it, _)| it.name().as_ref() == b"td").map(|(_, text)| text).collect();
    let mut seen = 0;
    for chart in SECTIONS.iter().flat_map(|id| of_section(&report, id)) {
        for shape in &chart.picture.shapes {
            let Shape::Text { text, class: "value" | "on-good" | "on-bad" | "on-middle", .. } = shape else {
                continue;
            };
            for word in text.split(" · ") {
                let figure = word.trim_end_matches('*').trim_end_matches(" leads").trim_end_matches(" unknown");
                let figure = figure.split(" of ").next().unwrap();
                if !["time allowed", "no answer yet"].contains(&figure) {
                    assert!(tables.iter().any(|it| *it == figure), "{figure} of {text} in {}", chart.title);
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 150, "{seen}");
}

#[test]
fn what_leads_and_policies_say_is_text_and_nothing_else() {
    let page = report(Like { name: HOSTILE, ..USUAL }).html().unwrap();
    let shown = "</title><script>alert(\"1\")</script>' onload='x' &amp; \\u{1b}[31m \\u{202e}txt {{ digest }}";
    let found = elements(&page);
    for (name, least) in [("title", 20), ("th", 10), ("h1", 1), ("li", 2), ("caption", 1), ("figcaption", 1)] {
        let holding = found.iter().filter(|(it, text)| it.name().as_ref() == name.as_bytes() && text.contains(shown));
        assert!(holding.count() >= least, "{name}");
    }
    for (element, _) in &found {
        for attribute in element.attributes() {
            let name = attribute.unwrap().key;
            assert!(!name.as_ref().starts_with(b"on"), "{element:?}");
        }
    }
}

#[test]
fn an_empty_period_is_an_empty_place() {
    let report = report(USUAL);
    let chart = of_section(&report, "handovers").remove(0);
    let empty = report.all.handovers.as_ref().unwrap().periods.iter().filter(|it| it.figures.handed_over == 0).count();
    let texts = |what: &str| {
        let is = |it: &&Shape| matches!(it, Shape::Text { text, class: "value", .. } if text == what);
        chart.picture.shapes.iter().filter(is).count()
    };
    assert!(empty > 0);
    assert_eq!((texts("–"), texts("0 %")), (empty, 0));
    assert!(chart.about.contains(": nothing was handed over"), "{}", chart.about);
}

#[test]
fn each_range_of_a_distribution_has_its_name() {
    for many in [5, 40, 9_000, 1_234_567] {
        let report = report(Like { many, ..USUAL });
        for (id, names) in [
            ("velocity", &["≤1h", "≤4h", "≤1d", "≤2d", "≤7d", "≤14d", "≤30d", "≤90d", ">90d"][..]),
            ("slas", &["≤25%", "≤50%", "≤75%", "≤100%", "≤150%", "≤200%", ">200%"]),
            ("speed", &["≤5min", "≤1h", "≤4h", "≤1d", "later", "never", "waiting"]),
        ] {
            let chart = of_section(&report, id).remove(0);
            let floor = |it: &&Shape| matches!(it, Shape::Text { class: "dim", anchor: Anchor::Middle, .. });
            let shown: Vec<&str> = chart.picture.shapes.iter().filter(floor).map(text).collect();
            assert_eq!(shown, names);
        }
    }
}

fn text(shape: &Shape) -> &str {
    match shape {
        Shape::Text { text, .. } => text,
        _ => "",
    }
}

#[test]
fn where_there_is_nothing_a_line_says_so() {
    let mut report = report(Like { periods: 0, ..USUAL });
    report.targets[0].unknown = Some("nobody knows".to_owned());
    report.all.handovers.as_mut().unwrap().reasons = Some(Vec::new());
    let page = report.html().unwrap();
    for line in ["<p><bdi>first talk: nobody knows.</bdi></p>", "<p><bdi>Why leads were rejected: none.</bdi></p>"] {
        assert!(page.contains(line), "{line}\n{page}");
    }
}

#[test]
fn every_colour_has_its_rule_in_each_scheme() {
    let page = include_str!("../page.html");
    let report = report(USUAL);
    for chart in SECTIONS.iter().flat_map(|id| of_section(&report, id)) {
        let drawn = chart.picture.shapes.iter().map(|shape| match shape {
            Shape::Rect { class, .. } => ("", *class),
            Shape::Line { class, .. } => ("line", *class),
            Shape::Text { class, .. } => ("text", *class),
        });
        let keys = chart.legend.iter().map(|key| ("", key.class));
        for (element, class) in drawn.chain(keys) {
            let plain = ["line.grid", "text.name", "text.value"].contains(&format!("{element}.{class}").as_str());
            let rule = if class == "mark" { "line.mark {".to_owned() } else { format!("{element}.{class} {{") };
            assert!(plain || page.contains(&rule), "{rule}");
        }
    }
    for variable in
        ["good", "bad", "middle", "rest", "on-good", "on-bad", "on-middle", "on-rest", "text", "dim", "back"]
    {
        assert_eq!(page.matches(&format!("--{variable}: #")).count(), 3, "{variable}");
    }
}

#[test]
fn colours_can_be_told_in_grey() {
    let page = include_str!("../page.html");
    let lightness = |variable: &str, scheme: usize| {
        let hex = &page.split(&format!("--{variable}: #")).nth(scheme + 1).unwrap()[..6];
        let part = |at: usize| i64::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (299 * part(0) + 587 * part(2) + 114 * part(4)) / 1_000
    };
    for scheme in 0..3 {
        let mut all = ["good", "middle", "bad", "rest", "soft"].map(|variable| lightness(variable, scheme));
        all.sort_unstable();
        // What is only left of a whole may be close to the ground that it lies on.
        assert!(all.windows(2).skip(usize::from(scheme == 1)).take(3).all(|pair| pair[1] - pair[0] >= 35), "{all:?}");
    }
}

#[test]
fn the_first_bars_are_drawn_where_there_are_very_many() {
    let report = report(Like { groups: 200, periods: 700, ..USUAL });
    let groups = of_section(&report, "groups");
    assert_eq!(groups.iter().filter_map(|it| it.note.as_deref()).collect::<Vec<_>>(), ["The table has 176 more."; 2]);
    let handovers = of_section(&report, "handovers");
    assert_eq!(handovers[0].note.as_deref(), Some("The latest 120 of 700 periods; the table has all."));
    let titles: Vec<String> = of_section(&report, "readiness").into_iter().map(|it| it.title).collect();
    assert_eq!(titles, ["1 of 3", "2 of 3", "3 of 3"].map(|which| format!("What can be judged of the leads, {which}")));
    // Bars of one question are of one scale, and fill their picture where there is nothing larger.
    let widest = handovers[0].picture.shapes.iter().map(|it| extent(it)[2]).max().unwrap();
    assert!(widest <= handovers[0].picture.width.0 && handovers[0].wide);
}

#[test]
fn lengths_have_one_decimal_at_most() {
    let said = |it: i64| serde_json::to_string(&Tenths(it)).unwrap();
    assert_eq!([0, 10, 125, -5].map(said), ["\"0\"", "\"1\"", "\"12.5\"", "\"-0.5\""]);
}
