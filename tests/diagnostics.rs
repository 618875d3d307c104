//! Each renderer over diagnostics made by hand: the source first, then what is said about it.

use handover::diagnostic::{
    CYCLE, DUPLICATE, Diagnostic, HIDDEN_CHARACTER, HumanOptions, MISSING_LINE, OUT_OF_BOUNDS, TOO_LONG,
    UNCLOSED_QUOTE, UNKNOWN_NAME, WRONG_TYPE, human, json, plain,
};
use handover::source::{FileId, SourceFile, Sources, Span};

const STAGE: &str = r#"policy "Acme"
  version 4

criterion "company fit"
  is met when company.employees is at least 50

stage "SQL"
  owned by Sales
  is reached when all of:
    - "company fitt" is met
    - stage "MQL" is reached
"#;

#[test]
fn one_label() {
    let policy = Policy::new(STAGE);
    let fault = Diagnostic::new(&UNKNOWN_NAME, policy.at("\"company fitt\""), "no criterion is called `company fitt`")
        .label("nothing in this policy has that name")
        .help("Did you mean \"company fit\"?")
        .fix("\"company fit\"");
    policy.shows("one_label", &[fault]);
}

#[test]
fn two_labels_close_together() {
    let policy = Policy::new("lead\n  email is text\n  Email is text, private\n  phone is text\n");
    let fault = Diagnostic::new(&DUPLICATE, policy.at("Email"), "two fields are called `email`")
        .label("this is the same name in capitals")
        .also(policy.at("email"), "declared here first")
        .help("Keep one of the two.");
    policy.shows("two_labels_close_together", &[fault]);
}

#[test]
fn two_labels_far_apart() {
    let policy = Policy::new(STAGE);
    let fault = Diagnostic::new(&UNKNOWN_NAME, policy.at("\"company fitt\""), "no criterion is called `company fitt`")
        .also(policy.at("\"company fit\""), "this one is called `company fit`");
    policy.shows("two_labels_far_apart", &[fault]);
}

#[test]
fn two_labels_in_one_line() {
    let policy = Policy::new("grade \"interest\" of score \"engagement\"\n  - \"hot\" from 30 to 10\n");
    let fault = Diagnostic::new(&WRONG_TYPE, policy.at("10"), "the range from 30 to 10 is empty")
        .label("the end")
        .also(policy.at("30"), "the start is above it");
    policy.shows("two_labels_in_one_line", &[fault]);
}

#[test]
fn a_label_within_another() {
    let policy = Policy::new("stage \"MQL\"\n  is reached when stage \"MQL\" is reached\n");
    let fault = Diagnostic::new(&CYCLE, policy.at("stage \"MQL\" is reached"), "stage `MQL` needs itself")
        .label("to be met, it must be met already")
        .also(policy.last("\"MQL\""), "the stage itself");
    policy.shows("a_label_within_another", &[fault]);
}

#[test]
fn two_files() {
    let mut policy =
        Policy::new("policy \"Acme\"\n  version 4\nuses \"shared/crm.handover\"\n\nlead\n  email is text\n");
    let library =
        policy.sources.add(SourceFile::new("shared/crm.handover", "library \"crm\"\n\nlead\n  email is text\n"));
    let fault = Diagnostic::new(&DUPLICATE, policy.at("email"), "a library declares the field `email` as well")
        .label("declared again")
        .also(Span::new(library, 22, 27), "the library's field")
        .help("Remove the line here: the library's field is the policy's, too.");
    policy.shows("two_files", &[fault]);
}

#[test]
fn over_several_lines() {
    let policy = Policy::new(STAGE);
    let fault =
        Diagnostic::new(&MISSING_LINE, policy.at("stage \"SQL\"\n  owned by Sales\n"), "stage `SQL` has no example")
            .label("nobody can see that it works")
            .help("Write one:\n\n  example \"a lead that Sales wants\"\n    expect the lead is in \"SQL\"");
    policy.shows("over_several_lines", &[fault]);
}

#[test]
fn over_very_many_lines() {
    let bullets: String = (1..=40).map(|number| format!("  - \"company {number}\"\n")).collect();
    let policy = Policy::new(format!("policy \"Acme\"\n\nlist \"customers\":\n{bullets}"));
    let fault = Diagnostic::new(
        &OUT_OF_BOUNDS,
        policy.at(&format!("list \"customers\":\n{bullets}")),
        "this list is never used",
    )
    .label("the whole list");
    policy.shows("over_very_many_lines", &[fault]);
}

#[test]
fn what_a_terminal_would_obey() {
    let policy = Policy::new("criterion \"\u{1b}[31mred\u{1b}[0m\u{202e}\"\n\tis met when\tregion is \"a\u{200b}b\"\n");
    let name =
        Diagnostic::new(&HIDDEN_CHARACTER, policy.at("\u{202e}"), "the character U+202E turns the reading direction")
            .label("in the name `\u{1b}[31mred`");
    let tab = Diagnostic::new(&UNKNOWN_NAME, policy.at("region"), "no field is called `region\u{7}`")
        .label("the tabs before it are four columns wide");
    let space = Diagnostic::new(&HIDDEN_CHARACTER, policy.at("\u{200b}"), "the character U+200B shows nothing");
    policy.shows("what_a_terminal_would_obey", &[name, tab, space]);
}

#[test]
fn letters_of_the_world() {
    let policy =
        Policy::new("\u{feff}критерий \"подходяща компания\"\r\n  是 \"漢字 😀\" met\r\n  и\u{306} and \"unclosed\r\n");
    let bom = Diagnostic::new(&UNKNOWN_NAME, policy.at("критерий"), "no statement begins with `критерий`")
        .label("a statement word is English")
        .help("Напишете `criterion`.");
    let wide = Diagnostic::new(&UNKNOWN_NAME, policy.at("met"), "unexpected `met`")
        .also(policy.at("\"漢字 😀\""), "after this text");
    let mark = Diagnostic::new(&UNCLOSED_QUOTE, policy.at("\"unclosed"), "this text has no closing quote")
        .label("it opens here");
    policy.shows("letters_of_the_world", &[wide, mark, bom]);
}

#[test]
fn old_line_ends() {
    let policy = Policy::new("policy \"Acme\"\r  version four\r  effective from 2026-01-01\r");
    let fault = Diagnostic::new(&WRONG_TYPE, policy.at("four"), "`four` is no whole number").label("write 4");
    policy.shows("old_line_ends", &[fault]);
}

#[test]
fn a_long_line_and_long_words() {
    let line = format!(
        "criterion \"x\"\n  is met when job_title is one of {}\"CEO\", \"CTO\"\n",
        "\"VP of Sales\", ".repeat(12)
    );
    let policy = Policy::new(line);
    let fault = Diagnostic::new(
        &DUPLICATE,
        policy.at("\"CEO\""),
        format!("`CEO` is here twice, and {}for ever", "so on, ".repeat(20)),
    )
    .label("a label near the right edge of the screen is broken between words, so that it can be read")
    .help("Take one of the two out of the list, which is long enough as it is for anybody who has to read it.");
    policy.shows("a_long_line_and_long_words", &[fault]);
}

#[test]
fn where_there_is_nothing_to_show() {
    let policy = Policy::new("");
    let fault = Diagnostic::new(&MISSING_LINE, Span::new(FileId(0), 0, 0), "the file is empty");
    policy.shows("where_there_is_nothing_to_show", &[fault]);
    let nowhere = Diagnostic::new(&MISSING_LINE, Span::new(FileId(9), 4, 7), "a file that nobody has")
        .also(Span::new(FileId(9), 1, 2), "nor this place");
    let nowhere = std::slice::from_ref(&nowhere);
    assert!(human(nowhere, &policy.sources, HumanOptions::default()).contains("a file that nobody has"));
    assert!(plain(nowhere, &policy.sources).starts_with("error H0111 missing-line: a file that nobody has\n"));
    assert!(json(nowhere, &policy.sources).contains(r#""file":"","line":1,"column":1"#));
}

#[test]
fn warnings_and_errors() {
    let policy = Policy::new("one\ntwo\nthree\n");
    let fault = |word| Diagnostic::new(&UNKNOWN_NAME, policy.at(word), format!("`{word}` is wrong")).label("here");
    let doubt = |word| Diagnostic { code: doubtful(), ..fault(word) };
    policy.shows("warnings_and_errors", &[doubt("three"), fault("two"), doubt("one")]);
    let closing = |all: &[Diagnostic]| plain(all, &policy.sources).lines().last().map(str::to_owned);
    assert_eq!(closing(&[]).as_deref(), Some("no errors in acme.handover"));
    assert_eq!(closing(&[doubt("one")]).as_deref(), Some("no errors, 1 warning in acme.handover"));
    assert_eq!(closing(&[fault("one"), fault("two")]).as_deref(), Some("2 errors in acme.handover"));
}

#[test]
fn sixty_faults() {
    let text: String = (1..=60).map(|line| format!("nonsense {line}\n")).collect();
    let policy = Policy::new(&*text);
    let starts = text.match_indices("nonsense").map(|(at, word)| Span::new(FileId(0), at, at + word.len()));
    let mut faults: Vec<_> = starts.map(|span| Diagnostic::new(&TOO_LONG, span, "too much")).collect();
    faults.reverse();
    faults.push(Diagnostic { code: doubtful(), ..Diagnostic::new(&TOO_LONG, Span::default(), "gives way to errors") });
    let plain = plain(&faults, &policy.sources);
    assert_eq!(plain.lines().count(), 51);
    assert!(plain.starts_with("acme.handover:1:1: error H0002 too-long: too much\nacme.handover:2:1:"));
    assert!(plain.ends_with("\n60 errors and 1 warning in acme.handover, the first 50 are shown\n"));
    let human = human(&faults, &policy.sources, HumanOptions::default());
    assert_eq!(human.matches("too much").count(), 50);
    assert!(human.ends_with("\n60 errors and 1 warning in acme.handover, the first 50 are shown\n"));
    let json = json(&faults, &policy.sources);
    assert_eq!(json.matches("too much").count(), 50);
    assert!(json.ends_with("],\"errors\":60,\"warnings\":1}\n"));
}

#[test]
fn one_fault_in_many_places() {
    let policy = Policy::new("twice\n".repeat(500));
    let first = Diagnostic::new(&DUPLICATE, policy.at("twice"), "`twice` is here 500 times");
    let places = (1..500).map(|line| Span::new(FileId(0), line * 6, line * 6 + 5));
    let fault = &[places.fold(first, |fault, place| fault.also(place, "again"))];
    let human = human(fault, &policy.sources, HumanOptions::default());
    assert_eq!(human.matches("again").count(), 20);
    assert!(human.ends_with("  and 479 more places\n\n1 error in acme.handover\n"));
    assert_eq!(plain(fault, &policy.sources).matches("again").count(), 499);
    assert_eq!(json(fault, &policy.sources).matches("again").count(), 499);
}

#[test]
fn colour() {
    let policy = Policy::new(STAGE);
    let fault = Diagnostic::new(&UNKNOWN_NAME, policy.at("\"company fitt\""), "no criterion is called `company fitt`")
        .label("nothing in this policy has that name")
        .also(policy.at("\"company fit\""), "this one is called `company fit`")
        .help("Did you mean \"company fit\"?");
    let text = human(&[fault], &policy.sources, HumanOptions { color: true, width: 80 });
    let text = text.replace('\u{1b}', "␛");
    settings().bind(|| insta::assert_snapshot!("colour", text));
}

fn doubtful() -> &'static handover::diagnostic::Code {
    use handover::diagnostic::{Code, Severity};
    static DOUBTFUL: Code =
        Code { id: "H0501", name: "unused", severity: Severity::Warning, summary: "A doubt.", page: "" };
    &DOUBTFUL
}

struct Policy {
    text: String,
    sources: Sources,
}

impl Policy {
    fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let mut sources = Sources::default();
        sources.add(SourceFile::new("acme.handover", &*text));
        Policy { text, sources }
    }

    /// Where `words` stand first; the end of the file if nowhere.
    fn at(&self, words: &str) -> Span {
        let at = self.text.find(words).unwrap_or(self.text.len());
        Span::new(FileId(0), at, at + words.len())
    }

    /// Where `words` stand last.
    fn last(&self, words: &str) -> Span {
        let at = self.text.rfind(words).unwrap_or(self.text.len());
        Span::new(FileId(0), at, at + words.len())
    }

    fn shows(&self, name: &str, diagnostics: &[Diagnostic]) {
        let mut shown = String::new();
        for file in (0..).map_while(|file| self.sources.file(FileId(file))) {
            shown += &format!("---- {}\n", file.path());
            shown.extend((1..=file.lines()).map(|line| format!("{line:>3} {}\n", visible(file.line(line)))));
        }
        shown += &format!("\n---- human\n{}", human(diagnostics, &self.sources, HumanOptions::default()));
        shown += &format!("\n---- plain\n{}", plain(diagnostics, &self.sources));
        shown += &format!("\n---- json\n{}", json(diagnostics, &self.sources).replace("},{\"code\"", "},\n{\"code\""));
        settings().bind(|| insta::assert_snapshot!(name, shown));
    }
}

/// The line, with what cannot be seen written out.
fn visible(line: &str) -> String {
    line.escape_debug().to_string().replace("\\\"", "\"")
}

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("diagnostics");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}
