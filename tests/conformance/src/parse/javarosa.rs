//! Trees in the notation of JavaRosa's tests.

use rukun_form::expression::{Expr, NodeTest, Operator, Step};

/// The tree as JavaRosa prints it.
pub(super) fn notation(expr: &Expr) -> String {
    match expr {
        Expr::Number(number) => format!("{{num:{}}}", java_double(*number)),
        Expr::Literal(text) => format!("{{str:'{text}'}}"),
        Expr::Path(path) => {
            let steps: Vec<String> = path.steps.iter().map(step).collect();
            let (kind, comma) = (if path.absolute { "abs" } else { "rel" }, if steps.is_empty() { "" } else { "," });
            let steps = if steps.is_empty() { String::new() } else { format!("{{{}}}", steps.join(",")) };
            format!("{{path-expr:{kind}{comma}{steps}}}")
        }
        Expr::Reference(reference) => format!("{{reference:{reference}}}"),
        Expr::Filter { base, predicates, steps } => {
            let filtered = format!("{{filt-expr:{},{{{}}}}}", notation(base), all(predicates));
            if steps.is_empty() {
                return filtered;
            }
            let steps: Vec<String> = steps.iter().map(step).collect();
            format!("{{path-expr:{filtered},{{{}}}}}", steps.join(","))
        }
        Expr::Binary(operator, left, right) => {
            format!("{{binop-expr:{},{},{}}}", name(*operator), notation(left), notation(right))
        }
        Expr::Negate(inner) => format!("{{unop-expr:num-neg,{}}}", notation(inner)),
        Expr::Call(function, arguments) => format!("{{func-expr:{function},{{{}}}}}", all(arguments)),
    }
}

fn all(expressions: &[Expr]) -> String {
    expressions.iter().map(notation).collect::<Vec<_>>().join(",")
}

fn step(step: &Step) -> String {
    let axis = step.axis.name();
    let test = if let NodeTest::ProcessingInstruction(target) = &step.test {
        target.as_ref().map_or_else(|| "proc-instr()".to_owned(), |target| format!("proc-instr('{target}')"))
    } else {
        step.test.to_string()
    };
    let predicates = if step.predicates.is_empty() { String::new() } else { format!(",{{{}}}", all(&step.predicates)) };
    format!("{{step:{axis},{test}{predicates}}}")
}

fn name(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "==",
        Operator::Divide => "/",
        Operator::Modulo => "%",
        Operator::Union => "union",
        Operator::Or => "or",
        Operator::And => "and",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::Add => "+",
        Operator::Subtract => "-",
        Operator::Multiply => "*",
    }
}

/// As `Double.toString` of Java writes it.
fn java_double(number: f64) -> String {
    if number == 0.0 || (1e-3..1e7).contains(&number.abs()) {
        return format!("{number:?}");
    }
    let text = format!("{number:E}");
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => text,
    }
}
