//! The figures of all leads, or of a group, as sections with tables, each with how it is counted.

use super::figures::*;
use super::table::{Cell, Column, Row, Section, Table};
use crate::report::prose::words::thousands;

/// What the whole report shows: targets, the figures of all leads, and the groups side by side.
pub fn of_report(report: &Report) -> Vec<Section> {
    let mut sections = Vec::new();
    if !report.targets.is_empty() {
        sections.push(targets(report));
    }
    sections.extend(of_figures(report, &report.all));
    if report.by.is_some() {
        sections.push(groups(report));
    }
    sections
}

/// Everything that is counted for all leads and for each group.
pub fn of_figures(report: &Report, figures: &Figures) -> Vec<Section> {
    vec![
        handovers(figures),
        efficiency(report, figures),
        velocity(figures),
        slas(figures),
        speed(figures),
        waste(figures),
        readiness(figures),
        funnel(figures),
    ]
}

fn columns<const N: usize>(columns: [(&'static str, &'static str); N]) -> Vec<Column> {
    columns.map(|(id, title)| Column { id, title }).to_vec()
}

fn row(name: impl Into<String>, cells: Vec<Cell>) -> Row {
    Row { name: name.into(), so_far: false, total: false, cells }
}

fn total(cells: Vec<Cell>) -> Row {
    Row { total: true, ..row("all", cells) }
}

/// A row for each period, and one for all of them.
fn by_period<T>(periods: &[InPeriod<T>], all: &T, cells: impl Fn(&T) -> Vec<Cell>) -> Vec<Row> {
    let rows = periods.iter().map(|it| period(&it.days, cells(&it.figures)));
    rows.chain([total(cells(all))]).collect()
}

fn period(days: &Days, cells: Vec<Cell>) -> Row {
    Row { so_far: !days.ended, ..row(&days.period, cells) }
}

fn section(id: &'static str, title: &str, how: &str, tables: Vec<Table>) -> Section {
    Section { id, title: title.to_owned(), how: how.to_owned(), tables, instead: None }
}

fn lacking(id: &'static str, title: &str, how: &str, line: &str) -> Section {
    let instead = format!("Nothing to count: `handover` in the policy has no line `{line}`.");
    Section { instead: Some(instead), ..section(id, title, how, Vec::new()) }
}

fn targets(report: &Report) -> Section {
    let how = "Actual: leads that entered the stage in the period, each once; for an SLA, the clocks that started in the \
               period. Attainment: actual ÷ target. Expected: the target × working days so far ÷ working days of the \
               period, today among them. Pace: actual ÷ expected. Forecast: actual × working days ÷ those so far.";
    let tables = report.targets.iter().map(|target| {
        let of = |it: Reached| if target.sla.is_some() { Cell::Percent(it) } else { Cell::Reached(it) };
        let cells = |it: &Attained| {
            vec![
                of(it.actual),
                of(it.target),
                Cell::Share(it.attainment_percent),
                of(it.expected),
                Cell::Share(it.pace_percent),
                of(it.forecast),
            ]
        };
        Table {
            id: "targets",
            title: target.target.clone(),
            why: target.unknown.clone(),
            of: "period",
            columns: columns([
                ("actual", "actual"),
                ("target", "target"),
                ("attainment_percent", "attainment"),
                ("expected", "expected"),
                ("pace_percent", "pace"),
                ("forecast", "forecast"),
            ]),
            rows: target.periods.iter().map(|it| period(&it.days, cells(&it.figures))).collect(),
        }
    });
    section("targets", "Targets", how, tables.collect())
}

fn handovers(figures: &Figures) -> Section {
    let (id, title) = ("handovers", "Handovers");
    let how = "Handed over = accepted + rejected + open. The first answer after a handover, and before the next one, counts. \
               Again: handovers of a lead that had been handed over before. Acceptance: accepted ÷ (accepted + rejected).";
    let Some(it) = &figures.handovers else { return lacking(id, title, how, "handed over at") };
    let cells = |it: &HandedOver| {
        let counts = [it.handed_over, it.again, it.accepted, it.rejected, it.open].map(Cell::Count);
        counts.into_iter().chain([Cell::Share(it.acceptance_percent)]).collect()
    };
    let mut tables = vec![Table {
        id: "handovers",
        title: String::new(),
        why: None,
        of: "period",
        columns: columns([
            ("handed_over", "handed over"),
            ("again", "again"),
            ("accepted", "accepted"),
            ("rejected", "rejected"),
            ("open", "open"),
            ("acceptance_percent", "acceptance"),
        ]),
        rows: by_period(&it.periods, &it.total, cells),
    }];
    if let Some(reasons) = &it.reasons {
        let name = |it: &Rejections| match &it.reason {
            None => "(no reason given)".to_owned(),
            Some(reason) if it.listed => reason.clone(),
            Some(reason) => format!("{reason} (not in the policy)"),
        };
        let rows =
            reasons.iter().map(|it| row(name(it), vec![Cell::Count(it.rejected), Cell::Share(it.share_percent)]));
        tables.push(Table {
            id: "rejections",
            title: "Why leads were rejected".to_owned(),
            why: None,
            of: "reason",
            columns: columns([("rejected", "rejected"), ("share_percent", "share")]),
            rows: rows.collect(),
        });
    }
    section(id, title, how, tables)
}

fn efficiency(report: &Report, figures: &Figures) -> Section {
    let (id, title) = ("efficiency", "Efficiency");
    let how = format!(
        "Rate: of those handed over in the period, the share converted by now. It is immature until all of them have had {} \
         days. Period ratio: conversions in the period ÷ handovers in the period; these are not the same leads, so it may be \
         above 100 %. Per: leads handed over for each that was converted.",
        thousands(report.mature_after_days as usize)
    );
    let Some(it) = &figures.efficiency else { return lacking(id, title, &how, "converted at") };
    let cells = |it: &Converted| {
        vec![
            Cell::Count(it.handed_over),
            Cell::Count(it.converted),
            Cell::Share(it.rate_percent),
            match (it.handed_over, it.mature) {
                (0, _) => Cell::None,
                (_, true) => Cell::Text("mature".to_owned()),
                (_, false) => Cell::Text("immature".to_owned()),
            },
            Cell::Count(it.conversions_in_period),
            Cell::Share(it.period_ratio_percent),
            Cell::Ratio(it.handed_over_per_conversion),
        ]
    };
    let table = Table {
        id: "efficiency",
        title: String::new(),
        why: None,
        of: "period",
        columns: columns([
            ("handed_over", "handed"),
            ("converted", "converted"),
            ("rate_percent", "rate"),
            ("maturity", "maturity"),
            ("conversions_in_period", "in period"),
            ("period_ratio_percent", "ratio"),
            ("handed_over_per_conversion", "per"),
        ]),
        rows: by_period(&it.periods, &it.total, cells),
    };
    section(id, title, &how, vec![table])
}

fn lengths(it: &Lengths) -> [Cell; 5] {
    let length = |length: Length| if length.0.is_some() { Cell::Length(length) } else { Cell::None };
    let Lengths { count, median_seconds, p75_seconds, p90_seconds, mean_seconds, .. } = it;
    [Cell::Count(*count), length(*median_seconds), length(*p75_seconds), length(*p90_seconds), length(*mean_seconds)]
}

const LENGTHS: [(&str, &str); 5] = [
    ("count", "n"),
    ("median_seconds", "median"),
    ("p75_seconds", "p75"),
    ("p90_seconds", "p90"),
    ("mean_seconds", "mean"),
];

fn velocity(figures: &Figures) -> Section {
    let how = "The time from entering a stage to leaving it or entering a later one, for stays that ended in the days shown. \
               Percentiles are by nearest rank: 9 of 10 stays were not longer than p90. Business: the same in working hours. Open: the ages of stays that have \
               not ended. On time: clocks met ÷ (met + breached), of the SLAs that start as the stage is entered.";
    let mut rows = Vec::new();
    for it in &figures.velocity {
        let on_time = if it.slas.is_empty() { Cell::None } else { Cell::Share(it.within_sla_percent) };
        rows.push(row(&it.stage, lengths(&it.ended).into_iter().chain([on_time]).collect()));
        if let Some(business) = &it.ended_business {
            let cells = lengths(business).into_iter().chain([Cell::None]).collect();
            rows.push(row(format!("{}, business", it.stage), cells));
        }
        rows.push(row(format!("{}, open", it.stage), lengths(&it.open).into_iter().chain([Cell::None]).collect()));
    }
    let table = Table {
        id: "velocity",
        title: String::new(),
        why: None,
        of: "stage",
        columns: columns(LENGTHS).into_iter().chain(columns([("within_sla_percent", "on time")])).collect(),
        rows,
    };
    let instead = figures.velocity.is_empty().then(|| {
        "Nothing to count: no stage in the policy has a line `entered when`, so nobody knows how long leads stay."
            .to_owned()
    });
    Section { instead, ..section("velocity", "Velocity: how long leads stay in a stage", how, vec![table]) }
}

fn slas(figures: &Figures) -> Section {
    let how = "Clocks by the period in which they started. Late: breached, whether or not somebody acted since. Ended: cancelled, or \
               handed on. On time: met ÷ (met + late); all others decide nothing yet.";
    let cells = |it: &Clocks| {
        let over = it.cancelled + it.handed_on;
        let counts = [it.started, it.met, it.breached, it.at_risk, it.running, it.paused, over].map(Cell::Count);
        counts.into_iter().chain([Cell::Share(it.attainment_percent)]).collect()
    };
    let mut tables: Vec<Table> = figures
        .slas
        .iter()
        .map(|it| Table {
            id: "slas",
            title: match &it.party {
                Some(party) => format!("{} ({party})", it.sla),
                None => it.sla.clone(),
            },
            why: None,
            of: "period",
            columns: columns([
                ("started", "started"),
                ("met", "met"),
                ("breached", "late"),
                ("at_risk", "at risk"),
                ("running", "running"),
                ("paused", "paused"),
                ("cancelled_or_handed_on", "ended"),
                ("attainment_percent", "on time"),
            ]),
            rows: by_period(&it.periods, &it.total, cells),
        })
        .collect();
    if !figures.slas.is_empty() {
        tables.push(Table {
            id: "overrun",
            title: "By how much late clocks are over, as the clock counts".to_owned(),
            why: None,
            of: "sla",
            columns: columns(LENGTHS),
            rows: figures.slas.iter().map(|it| row(&it.sla, lengths(&it.overrun).to_vec())).collect(),
        });
    }
    let instead = figures.slas.is_empty().then(|| "Nothing to count: the policy has no `sla`.".to_owned());
    Section { instead, ..section("slas", "SLAs", how, tables) }
}

fn speed(figures: &Figures) -> Section {
    let (id, title) = ("speed", "Speed to first contact");
    let how = "From the handover to the first contact after it, in plain time, whatever the hour. Waiting: handed over less \
               than an hour ago and not contacted yet. Within the hour: contacted within one hour ÷ all that are not waiting. Never \
               contacted: accepted, and not contacted since the handover.";
    let Some(it) = &figures.speed else { return lacking(id, title, how, "contacted at") };
    let cells = |it: &Contacts| {
        let buckets = [it.within_5_minutes, it.within_1_hour, it.within_4_hours, it.within_1_day, it.later];
        let counts = buckets.into_iter().chain([it.never, it.waiting]).map(Cell::Count);
        counts.chain([Cell::Share(it.within_the_hour_percent)]).collect()
    };
    let buckets = Table {
        id: "speed",
        title: String::new(),
        why: None,
        of: "period",
        columns: columns([
            ("within_5_minutes", "≤ 5 min"),
            ("within_1_hour", "≤ 1 h"),
            ("within_4_hours", "≤ 4 h"),
            ("within_1_day", "≤ 1 d"),
            ("later", "later"),
            ("never", "never"),
            ("waiting", "waiting"),
            ("within_the_hour_percent", "in 1 h"),
        ]),
        rows: by_period(&it.periods, &it.total, cells),
    };
    let length = Table {
        id: "contact",
        title: "How long it took".to_owned(),
        why: None,
        of: "contacts",
        columns: columns(LENGTHS),
        rows: vec![total(lengths(&it.length).to_vec())],
    };
    let mut tables = vec![buckets, length];
    if it.total.accepted > 0 {
        let cells = |it: &Contacts| {
            let (all, never) = (it.accepted, it.accepted_and_never_contacted);
            vec![Cell::Count(all), Cell::Count(all - never), Cell::Count(never), Cell::Share(Share::of(never, all))]
        };
        tables.push(Table {
            id: "accepted",
            title: "Accepted, and then?".to_owned(),
            why: None,
            of: "period",
            columns: columns([
                ("accepted", "accepted"),
                ("accepted_and_contacted", "contacted"),
                ("accepted_and_never_contacted", "never contacted"),
                ("never_contacted_percent", "share"),
            ]),
            rows: by_period(&it.periods, &it.total, cells),
        });
    }
    section(id, title, how, tables)
}

fn money(cost: Option<&Vec<Amount>>) -> Cell {
    cost.map_or(Cell::None, |amounts| Cell::Money(amounts.clone()))
}

fn waste(figures: &Figures) -> Section {
    let how = "Leads whose clock ran out: answered late, or never. A lead counts once for each SLA, and once in all; in all are \
               those that the policy counts as wasted. Cost: what the policy says a lead costs. Due now: what the policy tells \
               to do about clocks as they are now.";
    let it = &figures.waste;
    let rows = it.slas.iter().map(|it| {
        let name = if it.counts_as_wasted { it.sla.clone() } else { format!("{} (not waste)", it.sla) };
        row(name, vec![Cell::Count(it.leads), Cell::Count(it.late), Cell::Count(it.never), money(it.cost.as_ref())])
    });
    let all = total(vec![Cell::Count(it.leads), Cell::None, Cell::None, money(it.cost.as_ref())]);
    let leads = Table {
        id: "waste",
        title: String::new(),
        why: None,
        of: "sla",
        columns: columns([("leads", "leads"), ("late", "late"), ("never", "never"), ("cost", "cost")]),
        rows: rows.chain([all]).collect(),
    };
    let actions = it.slas.iter().flat_map(|sla| {
        sla.actions.iter().map(|action| row(format!("{}: {}", sla.sla, action.action), vec![Cell::Count(action.due)]))
    });
    let actions = Table {
        id: "actions",
        title: "What is due now".to_owned(),
        why: None,
        of: "action",
        columns: columns([("due", "due")]),
        rows: actions.collect(),
    };
    let tables = if actions.rows.is_empty() { vec![leads] } else { vec![leads, actions] };
    let instead = it.slas.is_empty().then(|| "Nothing to count: the policy has no `sla`.".to_owned());
    Section { instead, ..section("waste", "Waste", how, tables) }
}

fn readiness(figures: &Figures) -> Section {
    let how = "For each criterion, and each item of a checklist, how many leads meet it, do not, or cannot be judged as of now; \
               and the field that is missing most often where they cannot.";
    let rows = figures.readiness.iter().map(|it| {
        let name = it.checklist.as_ref().map_or_else(|| it.name.clone(), |list| format!("{list}: {}", it.name));
        let blame = it.field.clone().map_or(Cell::None, Cell::Text);
        let counts = [it.met, it.not_met, it.unknown].map(Cell::Count);
        row(name, counts.into_iter().chain([Cell::Share(it.unknown_percent), blame]).collect())
    });
    let table = Table {
        id: "readiness",
        title: String::new(),
        why: None,
        of: "criterion",
        columns: columns([
            ("met", "met"),
            ("not_met", "not met"),
            ("unknown", "unknown"),
            ("unknown_percent", "share"),
            ("field", "for want of"),
        ]),
        rows: rows.collect(),
    };
    let instead = figures.readiness.is_empty().then(|| "Nothing to count: the policy has no criteria.".to_owned());
    Section { instead, ..section("readiness", "Data readiness", how, vec![table]) }
}

fn funnel(figures: &Figures) -> Section {
    let how = "Where each lead is now: in the last stage that is met. Or further: in that stage or a later one. A lead that \
               several disqualifications hold for counts for each of them, and once among the disqualified.";
    let it = &figures.funnel;
    let share = |leads| Cell::Share(Share::of(leads, figures.leads));
    let mut rows = vec![row("in no stage", vec![Cell::Count(it.no_stage), share(it.no_stage), Cell::None])];
    rows.extend(it.stages.iter().map(|stage| {
        row(&stage.stage, vec![Cell::Count(stage.leads), share(stage.leads), Cell::Count(stage.at_least)])
    }));
    rows.push(row("disqualified", vec![Cell::Count(it.disqualified), share(it.disqualified), Cell::None]));
    rows.push(total(vec![Cell::Count(figures.leads), share(figures.leads), Cell::None]));
    let mut tables = vec![Table {
        id: "funnel",
        title: String::new(),
        why: None,
        of: "stage",
        columns: columns([("leads", "leads"), ("share_percent", "share"), ("at_least", "or further")]),
        rows,
    }];
    if !it.disqualifiers.is_empty() {
        let rows =
            it.disqualifiers.iter().map(|it| row(&it.disqualifier, vec![Cell::Count(it.leads), share(it.leads)]));
        tables.push(Table {
            id: "disqualified",
            title: "Why leads are disqualified".to_owned(),
            why: None,
            of: "disqualification",
            columns: columns([("leads", "leads"), ("share_percent", "share")]),
            rows: rows.collect(),
        });
    }
    section("funnel", "Funnel", how, tables)
}

/// What groups are called.
pub fn name_of(group: &Group) -> String {
    match &group.value {
        _ if group.others => "(all others)".to_owned(),
        Some(value) => value.clone(),
        None => "(empty)".to_owned(),
    }
}

fn groups(report: &Report) -> Section {
    let by = report.by.as_deref().unwrap_or_default();
    let how = "The same figures for the leads of each group, over all days shown. JSON and CSV have all of them.";
    let cells = |it: &Figures| {
        let handed = it.handovers.as_ref().map(|it| it.total);
        let converted = it.efficiency.as_ref().map(|it| it.total);
        let contacts = it.speed.as_ref().map(|it| it.total);
        let mut clocks = (0, 0);
        for sla in &it.slas {
            clocks = (clocks.0 + sla.total.met, clocks.1 + sla.total.met + sla.total.breached);
        }
        vec![
            Cell::Count(it.leads),
            handed.map_or(Cell::None, |it| Cell::Count(it.handed_over)),
            handed.map_or(Cell::None, |it| Cell::Share(it.acceptance_percent)),
            converted.map_or(Cell::None, |it| Cell::Count(it.converted)),
            converted.map_or(Cell::None, |it| Cell::Share(it.rate_percent)),
            contacts.map_or(Cell::None, |it| Cell::Share(it.within_the_hour_percent)),
            Cell::Share(Share::of(clocks.0, clocks.1)),
            Cell::Count(it.waste.leads),
        ]
    };
    let rows = report.groups.iter().map(|group| row(name_of(group), cells(&group.figures)));
    let table = Table {
        id: "groups",
        title: String::new(),
        why: None,
        of: "group",
        columns: columns([
            ("leads", "leads"),
            ("handed_over", "handed"),
            ("acceptance_percent", "accept."),
            ("converted", "conv."),
            ("rate_percent", "rate"),
            ("within_the_hour_percent", "in 1 h"),
            ("attainment_percent", "SLA"),
            ("wasted", "wasted"),
        ]),
        rows: rows.chain([total(cells(&report.all))]).collect(),
    };
    section("groups", &format!("By {by}"), how, vec![table])
}
