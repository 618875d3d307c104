//! One lead's decision, explained to people: a sentence that answers the question, then the tree, then what is missing.
//!
//! [`Explanation`] puts together what there is to say, once; it shows as a tree for a terminal ([`Explanation::human`]),
//! as lines for logs and screen readers ([`Explanation::plain`]), as Markdown for tickets, or as a page of HTML. The JSON
//! is the decision itself.

mod answer;
mod changes;
mod deadlines;
mod gaps;
mod happened;
mod html;
mod human;
mod markdown;
mod missing;
mod page;
mod plain;
mod points;
mod topic;
mod tree;
mod words;

use crate::engine::trace::{DefinitionKind, Node, Trace};
use crate::engine::{Decision, Evaluator, Outputs, With};
use crate::policy::Policy;
use crate::report::prose::when::Wall;

pub use topic::Topic;

use answer::Question;
use page::{Branch, Page, Part, Section};
use tree::Trees;
use words::Case;

/// A decision in words.
#[derive(Clone, Debug)]
pub struct Explanation {
    page: Page,
}

/// Why a decision cannot be explained.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotExplained {
    /// The evaluator was made for decisions without a trace.
    #[error("the decision has no trace")]
    NoTrace,
    /// The policy has no such stage.
    #[error("the policy has no stage `{asked}`; its stages are {stages}")]
    NoStage {
        /// What was asked.
        asked: String,
        /// Those that there are.
        stages: String,
    },
}

/// What a decision must hold to be explained whole, for [`Evaluator::only`].
pub fn outputs() -> Outputs {
    Outputs::ALL.and(With::Trace).and(With::Next).and(With::NextChange)
}

impl Explanation {
    /// Explains where the lead stands, or why it is or is not in one stage, which may be named in any case.
    ///
    /// # Errors
    /// Where the decision was made without its trace, or the policy has no such stage.
    pub fn new(evaluator: &Evaluator, decision: &Decision, stage: Option<&str>) -> Result<Explanation, NotExplained> {
        let trace = decision.trace.as_deref().ok_or(NotExplained::NoTrace)?;
        let policy = evaluator.policy();
        let case = Case { policy, decision, trace, wall: Wall::new(policy.zone, decision.as_of) };
        let stage = stage.map(|asked| find(trace, asked)).transpose()?;
        let versions: Vec<&Policy> = evaluator.versions().collect();
        Ok(Explanation { page: page(&case, stage, &versions).clean() })
    }

    /// Explains one part of a decision, and nothing else. It has no sentence of its own: see [`Explanation::body`].
    ///
    /// # Errors
    /// Where the decision was made without its trace.
    pub fn of(evaluator: &Evaluator, decision: &Decision, topic: Topic<'_>) -> Result<Explanation, NotExplained> {
        let trace = decision.trace.as_deref().ok_or(NotExplained::NoTrace)?;
        let policy = evaluator.policy();
        let case = Case { policy, decision, trace, wall: Wall::new(policy.zone, decision.as_of) };
        let versions: Vec<&Policy> = evaluator.versions().collect();
        let section = Section { title: "Why", aside: false, parts: topic::parts(&case, &versions, topic) };
        Ok(Explanation { page: Page { sections: vec![section], ..Page::default() }.clean() })
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        let is_empty = |part: &Part| matches!(part, Part::Tree(tree) if tree.is_empty());
        self.page.sections.iter().flat_map(|section| &section.parts).all(is_empty)
    }

    /// Leaves out the sums of scores whose titles were `seen`, and remembers those that stay.
    pub fn without_sums(&mut self, seen: &mut Vec<String>) {
        for part in self.page.sections.iter_mut().flat_map(|section| &mut section.parts) {
            let Part::Sum(sum) = part else { continue };
            if seen.contains(&sum.title) {
                *part = Part::Line(format!("{}, see above", sum.title));
            } else {
                seen.push(sum.title.clone());
            }
        }
    }

    /// The parts of all sections for a terminal, without what stands above them.
    pub fn body(&self, width: usize, color: bool) -> String {
        human::body(&self.page, width, color)
    }

    /// The parts of all sections as words and indentation.
    pub fn plain_body(&self) -> String {
        plain::body(&self.page)
    }

    /// The sentence that answers the question.
    pub fn answer(&self) -> &str {
        &self.page.answer
    }

    /// For people at a terminal, no line longer than `width`.
    pub fn human(&self, width: usize, color: bool) -> String {
        human::render(&self.page, width, color)
    }

    /// For logs and screen readers: words and indentation.
    pub fn plain(&self) -> String {
        plain::render(&self.page)
    }

    /// For tickets.
    pub fn markdown(&self) -> String {
        markdown::render(&self.page)
    }

    /// One page that needs nothing else.
    ///
    /// # Errors
    /// None: the template is fixed, and a test renders every part of it.
    pub fn html(&self) -> Result<String, minijinja::Error> {
        html::render(&self.page)
    }
}

/// The stage of that name, by the letter or in another case.
fn find<'t>(trace: &'t Trace, asked: &str) -> Result<&'t Node, NotExplained> {
    let named = |same: &dyn Fn(&str) -> bool| trace.stages.iter().find(|it| it.name.as_deref().is_some_and(same));
    let exact = named(&|name| name == asked);
    exact.or_else(|| named(&|name| name.to_lowercase() == asked.trim().to_lowercase())).ok_or_else(|| {
        let names: Vec<&str> = trace.stages.iter().filter_map(|it| it.name.as_deref()).collect();
        let stages = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        NotExplained::NoStage { asked: asked.to_owned(), stages }
    })
}

fn page(case: &Case<'_>, stage: Option<&Node>, versions: &[&Policy]) -> Page {
    let (policy, decision) = (case.policy, case.decision);
    let question = stage.map_or(Question::Standing, Question::Stage);
    let mut trees = Trees::new(*case);
    let mut sections = vec![why(case, stage, &mut trees)];
    let missing = Section { title: "What is missing", aside: false, parts: missing::missing(case, stage) };
    let changes = Section { title: "What would change it", aside: false, parts: changes::changes(case, stage) };
    let mut rest = others(case, stage, &mut trees);
    sections.push(missing);
    sections.extend(Some(changes).filter(|section| !section.parts.is_empty()));
    sections.append(&mut rest);
    if stage.is_none() {
        sections.extend(more(case, versions, &mut trees));
    }
    sections.retain(|section| section.parts.iter().any(|part| !matches!(part, Part::Tree(tree) if tree.is_empty())));
    let as_of = case.wall.with_year(decision.as_of);
    Page {
        answer: answer::answer(case, &question),
        about: format!("{}, version {}, as of {as_of}", policy.name, policy.version),
        sections,
    }
}

/// The stages, and what rules the lead out.
fn why<'a>(case: &Case<'a>, stage: Option<&'a Node>, trees: &mut Trees<'a>) -> Section {
    let stages: Vec<&Node> = stage.map_or_else(|| case.trace.stages.iter().collect(), |stage| vec![stage]);
    let mut tree: Vec<Branch> = stages.into_iter().map(|it| trees.definition(DefinitionKind::Stage, it)).collect();
    if !case.trace.disqualifiers.is_empty() {
        tree.push(Branch {
            text: "what would rule the lead out".to_owned(),
            children: case.trace.disqualifiers.iter().map(|it| trees.disqualifier(it)).collect(),
            ..Branch::default()
        });
    }
    Section { title: "Why", aside: false, parts: vec![Part::Tree(tree)] }
}

/// The points behind what was shown; without a question about one stage, all points.
fn others<'a>(case: &Case<'a>, stage: Option<&Node>, trees: &mut Trees<'a>) -> Vec<Section> {
    let mut parts = Vec::new();
    let (scores, grades) = behind(case, stage);
    parts.extend(scores.into_iter().map(|score| Part::Sum(points::sum(case, trees, score))));
    let grades: Vec<Branch> = grades.into_iter().map(|grade| points::grade(case, trees, grade)).collect();
    if !grades.is_empty() {
        parts.push(Part::Tree(grades));
    }
    if parts.is_empty() { Vec::new() } else { vec![Section { title: "Points", aside: true, parts }] }
}

/// The scores and grades that a stage goes by, however far behind it; or all of them.
fn behind<'a>(case: &Case<'a>, stage: Option<&Node>) -> (Vec<&'a Node>, Vec<&'a Node>) {
    let mut names: Vec<(u8, String)> = Vec::new();
    if let Some(stage) = stage {
        asked_by(case, stage, &mut names);
        case.trace.disqualifiers.iter().for_each(|it| asked_by(case, it, &mut names));
    }
    let pick = |all: &'a [Node], kind: DefinitionKind| {
        let asked = |it: &&Node| {
            let name = it.name.as_deref().unwrap_or_default();
            stage.is_none() || names.iter().any(|(of, asked)| *of == kind as u8 && asked == name)
        };
        all.iter().filter(asked).collect()
    };
    (pick(&case.trace.scores, DefinitionKind::Score), pick(&case.trace.grades, DefinitionKind::Grade))
}

/// The scores that these go by, however far behind them.
fn scores_behind<'a>(case: &Case<'a>, nodes: &[&Node]) -> Vec<&'a Node> {
    let mut names = Vec::new();
    nodes.iter().for_each(|node| asked_by(case, node, &mut names));
    let asked = |it: &&Node| {
        let name = it.name.as_deref().unwrap_or_default();
        names.iter().any(|(kind, asked)| *kind == DefinitionKind::Score as u8 && asked == name)
    };
    case.trace.scores.iter().filter(asked).collect()
}

fn asked_by(case: &Case<'_>, node: &Node, names: &mut Vec<(u8, String)>) {
    if let Some(to) = &node.refers_to {
        let asked = (to.kind as u8, to.name.to_string());
        if !names.contains(&asked) {
            names.push(asked);
            if let Some(own) = case.definition(to.kind, &to.name) {
                asked_by(case, own, names);
            }
        }
    }
    node.children.iter().for_each(|child| asked_by(case, child, names));
}

/// Deadlines, what no stage asks for, events, and what else the decision says.
fn more<'a>(case: &Case<'a>, versions: &[&'a Policy], trees: &mut Trees<'a>) -> Vec<Section> {
    let trace = case.trace;
    let mut besides = Vec::new();
    for (kind, all) in [(DefinitionKind::Criterion, &trace.criteria), (DefinitionKind::Checklist, &trace.checklists)] {
        for node in all {
            if !trees.has_shown(kind, node.name.as_deref().unwrap_or_default()) {
                besides.push(trees.definition(kind, node));
            }
        }
    }
    let slas = trace.slas.iter().map(|sla| deadlines::sla(case, trees, versions, sla)).collect();
    let warnings = case.decision.warnings.iter();
    let warnings: Vec<String> = warnings
        .map(|warning| match &warning.field {
            Some(field) => format!("{field}: {}", warning.message),
            None => warning.message.to_string(),
        })
        .collect();
    let tree = |title, tree: Vec<Branch>| Section { title, aside: true, parts: vec![Part::Tree(tree)] };
    let sections = vec![
        tree("Deadlines", slas),
        tree("Besides", besides),
        tree("What happened", happened::events(case)),
        Section { title: "Warnings", aside: true, parts: vec![Part::List(warnings)] },
    ];
    let said = |section: &Section| {
        section.parts.iter().any(|part| match part {
            Part::Tree(tree) => !tree.is_empty(),
            Part::List(lines) => !lines.is_empty(),
            _ => true,
        })
    };
    sections.into_iter().filter(said).collect()
}
