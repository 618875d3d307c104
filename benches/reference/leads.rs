//! Leads as a form and a tracking script leave them, 1.7 kB each: the same at every run.

use std::fmt::Write;

/// As many different leads as there are.
pub const COUNT: usize = 2_000;

/// The leads, one JSON object each.
pub fn leads() -> Vec<String> {
    (0..COUNT).map(|number| Chance(number as u64 * 7_919 + 1).lead(number)).collect()
}

struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn of<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.below(values.len() as u64) as usize]
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn day(&mut self) -> String {
        format!("{}-{:02}-{:02}", self.of(&["2025", "2026", "2026", "2026"]), 1 + self.below(12), 1 + self.below(28))
    }

    fn time(&mut self) -> String {
        let day = format!("2026-{:02}-{:02}", 1 + self.below(3), 1 + self.below(10));
        format!("{day}T{:02}:{:02}:{:02}Z", self.below(24), self.below(60), self.below(60))
    }

    fn lead(&mut self, number: usize) -> String {
        let mut lead = format!("{{\"id\":\"L{number:07}\",\"created_at\":\"{}\"", self.time());
        let name = self.of(&["Ana Petrova", "Jörg Müller", "Иван Иванов", "Åsa Lind", "Tom Baker"]);
        if !self.one_in(20) {
            let domain = self.of(&["contoso.de", "gmail.com", "nordlicht.se", "wingtip.bg", "abv.bg", "tailspin.io"]);
            write!(lead, ",\"email\":\"{}{}@{domain}\"", self.of(&["ana", "Info", "sales"]), self.below(9_999))
                .unwrap();
        }
        if self.one_in(3) {
            write!(lead, ",\"phone\":\"+49301{:06}\"", self.below(999_999)).unwrap();
        }
        let title = self.of(&[
            "Head of Marketing",
            "Chief Revenue Officer",
            "PhD Student",
            "Sales intern",
            "Owner",
            "Engineer",
        ]);
        write!(lead, ",\"name\":\"{name}\",\"title\":\"{title}\"").unwrap();
        let country = self.of(&["BG", "DE", "de", "SE", "FR", "PL", "RO", "US"]);
        write!(lead, ",\"company\":{{\"name\":\"Wingtip GmbH\",\"size\":{},\"industry\":\"Finance\"", self.below(900))
            .unwrap();
        write!(lead, ",\"country\":\"{country}\",\"website\":\"https://www.wingtip.example\"}}").unwrap();
        write!(
            lead,
            ",\"source\":\"google_ads\",\"consent\":true,\"utm\":{{\"source\":\"newsletter\",\"medium\":\"cpc\"}}"
        )
        .unwrap();
        match self.below(3) {
            0 => lead.push_str(",\"budget\":null"),
            _ => write!(lead, ",\"budget\":{}", self.below(40) * 1_000).unwrap(),
        }
        if self.one_in(2) {
            write!(lead, ",\"decides\":{},\"pain\":{}", self.one_in(2), self.below(6)).unwrap();
        }
        if !self.one_in(3) {
            write!(lead, ",\"buys_by\":\"{}\"", self.day()).unwrap();
        }
        lead.push_str(",\"activities\":[");
        for place in 0..4 + self.below(9) {
            let kind =
                self.of(&["page_view", "page_view", "email_open", "demo_request", "free_trial", "meeting", "call"]);
            let page = self.of(&["/pricing", "/pricing/teams", "/", "/blog/10-kpis", "/features/reports"]);
            lead.push_str(if place == 0 { "" } else { "," });
            write!(lead, "{{\"kind\":\"{kind}\",\"page\":\"{page}\",\"duration_s\":{}", self.below(4_000)).unwrap();
            write!(
                lead,
                ",\"at\":\"{}\",\"session\":\"{:08x}{:08x}\"}}",
                self.time(),
                self.below(1 << 31),
                self.below(1 << 31)
            )
            .unwrap();
        }
        write!(lead, "],\"owner_id\":\"u-{:04}\"}}", self.below(300)).unwrap();
        lead
    }
}
