//! Files that others made, and the numbers that others counted in them. The files are not ours to ship: where they are not,
//! each test says so. The mappings and policies beside this are ours.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// The folder of the files: beside the project, or beside the folder of a clone.
fn data() -> Option<PathBuf> {
    let root = crate::root();
    let found = root.ancestors().skip(1).take(3).map(|above| above.join("shared/data")).find(|data| data.exists());
    if found.is_none() {
        println!("skipped: there is no folder ../shared/data");
    }
    found
}

/// The decisions on a file, by one of our policies and mappings; and that all its rows are leads.
fn decided(policy: &str, source: &str, file: &str, join: Option<&str>) -> Option<Vec<Value>> {
    let (data, ours) = (data()?, crate::root().join("tests/sources/real"));
    let mut handover = Command::new(env!("CARGO_BIN_EXE_handover"));
    handover.args(["eval", "--now", "2026-06-01T00:00:00Z", "--only", "lead,stage,criteria,slas", "--policy"]);
    handover.arg(ours.join(policy)).arg("--source").arg(ours.join(source)).arg(data.join(file));
    if let Some((name, file)) = join.and_then(|join| join.split_once('=')) {
        handover.arg("--join").arg(format!("{name}={}", data.join(file).display()));
    }
    let done = handover.output().unwrap();
    assert_eq!((crate::said(&done).as_str(), done.status.code()), ("", Some(0)), "{file}");
    Some(crate::lines(&done.stdout))
}

/// How many leads meet each criterion.
fn met(decisions: &[Value], filter: impl Fn(&Value) -> bool) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for decision in decisions {
        for (name, outcome) in decision["criteria"].as_object().unwrap() {
            *counts.entry(name.clone()).or_default() += usize::from(outcome == "met" && filter(decision));
        }
    }
    counts
}

fn all(_: &Value) -> bool {
    true
}

#[test]
fn olist_has_its_leads_and_won_deals_by_month_and_origin() {
    let (leads, deals) =
        ("olist_orig/olist_marketing_qualified_leads_dataset.csv", "deals=olist_orig/olist_closed_deals_dataset.csv");
    let Some(decisions) = decided("olist.handover", "olist.yaml", leads, Some(deals)) else { return };
    let won = met(&decisions, |it| it["stage"] == "Won");
    let met = met(&decisions, all);
    let expected = [
        ("2017-06", 4, 0),
        ("2017-07", 239, 2),
        ("2017-08", 386, 9),
        ("2017-09", 312, 7),
        ("2017-10", 416, 14),
        ("2017-11", 445, 18),
        ("2017-12", 200, 11),
        ("2018-01", 1141, 152),
        ("2018-02", 1028, 149),
        ("2018-03", 1174, 167),
        ("2018-04", 1352, 183),
        ("2018-05", 1303, 130),
        ("organic_search", 2296, 271),
        ("paid_search", 1586, 195),
        ("social", 1350, 75),
        ("unknown", 1099, 179),
        ("direct_traffic", 499, 56),
        ("email", 493, 15),
        ("referral", 284, 24),
        ("other", 150, 4),
        ("display", 118, 6),
        ("other_publicities", 65, 3),
        ("blank", 60, 14),
        ("won once", 842, 842),
    ];
    for (name, leads, deals) in expected {
        assert_eq!((met[name], won[name]), (leads, deals), "{name}");
    }
    assert_eq!((decisions.len(), met.len()), (8_000, expected.len()));
}

#[test]
fn the_funnel_of_a_software_company_has_its_counts_by_month_and_fit() {
    type Sheet = (&'static str, &'static str, usize, &'static [(&'static str, usize)]);
    const SHEETS: [Sheet; 4] = [
        (
            "gtm-leads.yaml",
            "Leads.csv",
            2_262,
            &[
                ("2022-11", 296),
                ("2022-12", 1294),
                ("2023-01", 672),
                ("hand", 218),
                ("High", 835),
                ("no content", 1571),
                ("nobody's territory", 841),
            ],
        ),
        (
            "gtm-mqls.yaml",
            "MQLs.csv",
            433,
            &[
                ("2022-11", 118),
                ("2022-12", 122),
                ("2023-01", 193),
                ("hand", 217),
                ("no hand", 216),
                ("High", 261),
                ("Medium", 137),
                ("Low", 35),
                ("paid search", 243),
                ("no content", 250),
                ("nobody's territory", 104),
            ],
        ),
        (
            "gtm-opportunities.yaml",
            "Pipeline_Opportunities.csv",
            54,
            &[("2022-11", 9), ("2022-12", 15), ("2023-01", 29), ("cost 100,000 or more", 17), ("to the cent", 1)],
        ),
        ("gtm-spend.yaml", "Spend.csv", 4, &[("cost 100,000 or more", 3)]),
    ];
    for (source, file, rows, expected) in SHEETS {
        let Some(decisions) = decided("gtm.handover", source, &format!("gtm_fy23/{file}"), None) else { return };
        let met = met(&decisions, all);
        assert_eq!(decisions.len(), rows, "{file}");
        for (name, count) in expected {
            assert_eq!(met[*name], *count, "{file}: {name}");
        }
    }
}

#[test]
fn contacts_typed_by_hand_are_all_read_and_none_is_shifted() {
    let file = "hubspot_like/leads_seed_excerpt.csv";
    let Some(decisions) = decided("hubspot-like.handover", "hubspot-like.yaml", file, None) else { return };
    let names: Vec<&str> = decisions.iter().map(|it| it["lead"].as_str().unwrap()).collect();
    let ends = ["11", "12", "13", "14", "16", "20", "22", "35"];
    assert!(
        names.iter().zip(ends).all(|(name, end)| *name == format!("1002348{end}")) && names.len() == 8,
        "{names:?}"
    );
    let met = met(&decisions, all);
    for (name, count) in [("open", 2), ("working", 2), ("qualified", 2), ("opportunity", 2)] {
        assert_eq!(met[name], count, "{name}");
    }
    let others = (met["owner without a space"], met["modified on 3 February"], met["both days"]);
    assert_eq!(others, (2, 1, 7));
    // With two of the three ways, what is written in the third is an error record each, with its line and column.
    let folder = crate::folder("real");
    let ours = crate::root().join("tests/sources/real");
    let mapping = std::fs::read_to_string(ours.join("hubspot-like.yaml")).unwrap();
    let two_ways = mapping.replace(r#", "%Y-%m-%dT00:00:00Z""#, "");
    assert_ne!(two_ways, mapping);
    std::fs::write(folder.join("two.yaml"), two_ways).unwrap();
    std::fs::copy(ours.join("hubspot-like.handover"), folder.join("policy.handover")).unwrap();
    let file = data().unwrap().join(file);
    let done = crate::eval(&folder, &["--source", "two.yaml", "--only", "lead", file.to_str().unwrap()]);
    let unread: Vec<(u64, String)> = crate::lines(&done.stdout)
        .iter()
        .filter_map(|it| Some((it["line"].as_u64()?, it["error"]["message"].as_str()?.split('`').nth(1)?.to_owned())))
        .collect();
    let expected = [(5, "Create Date"), (7, "Last Modified Date"), (8, "Create Date")];
    assert_eq!(unread, expected.map(|(line, column)| (line, column.to_owned())));
}

#[test]
fn times_keep_their_microseconds() {
    let file = "response_time_synth/sample_lead_data.csv";
    let Some(decisions) = decided("responses.handover", "responses.yaml", file, None) else { return };
    assert_eq!(decisions.len(), 10_000);
    let first = &decisions[0]["slas"]["at once"];
    let times = (first["started_at"].as_str(), first["stopped_at"].as_str());
    assert_eq!(times, (Some("2025-10-23T11:01:52.257503Z"), Some("2025-10-23T11:05:35.567055Z")));
    let within = |sla: &'static str| move |it: &Value| it["slas"][sla]["status"] == "met";
    let count = |sla: &'static str| decisions.iter().filter(|it| within(sla)(it)).count();
    let counts = ["at once", "within the hour", "within four hours", "within a day"].map(count);
    assert_eq!(counts, [863, 863 + 6_631, 863 + 6_631 + 2_146, 10_000]);
    let (met, in_time) = (met(&decisions, all), met(&decisions, within("within the hour")));
    assert_eq!((met["both times"], met["37 minutes or more"]), (10_000, 3_923));
    for (source, hour, leads) in [
        ("Dealer Referral", 775, 1031),
        ("Phone Call", 1499, 2021),
        ("Third Party Lead", 1459, 1962),
        ("Walk-in", 1085, 1435),
        ("Website Form", 2676, 3551),
    ] {
        assert_eq!((in_time[source], met[source]), (hour, leads), "{source}");
    }
}
