//! The report as a page that needs nothing but itself: tables, confusion, and plots drawn as SVG.

use crate::report::{Report, TaskFigure};
use domain::Label;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;\
color:#1c2126;background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #dde2e6;\
vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.below{color:#b3261e;font-weight:600}\
.holds{color:#146c43}small{color:#5b6670}svg text{font:12px system-ui,sans-serif;fill:currentColor}\
td.hot{background:#fbe3c8}td.diagonal{background:#e2f1e8}\
@media(prefers-color-scheme:dark){body{color:#e4e8eb;background:#15191d}th,td{border-color:#323a41}small{color:#9aa6b0}\
.below{color:#ff8a80}.holds{color:#7bd3a5}td.hot{background:#5a3d17}td.diagonal{background:#1d4030}}";

/// One page of HTML. `closing` are further lines of text, as on speed and memory.
pub fn page(report: &Report, closing: &[String]) -> String {
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Quality report</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head><body><h1>Quality report</h1>"
    );
    html += "<table><thead><tr><th>figure</th><th>metric</th><th class=n>value</th><th class=n>± chance</th>\
             <th class=n>floor</th><th class=n>n</th><th>measured on</th></tr></thead><tbody>";
    for task in &report.tasks {
        html += &row(task);
    }
    html += "</tbody></table>";
    for (task, why) in &report.left_out {
        let _ = write!(
            html,
            "<p><b>{}</b> left out: no {}</p>",
            escaped(task),
            escaped(why)
        );
    }
    for line in closing {
        let _ = write!(html, "<p>{}</p>", escaped(line));
    }
    for task in &report.tasks {
        html += &details(task);
    }
    html + "</body></html>\n"
}

fn row(task: &TaskFigure) -> String {
    let floor = match task.floor {
        None => "reported".to_owned(),
        Some(floor) if task.less_is_better => format!("≤ {floor}"),
        Some(floor) => format!("≥ {floor:.4}").trim_end_matches('0').to_owned(),
    };
    let class = match (task.floor, task.holds()) {
        (None, _) => "n",
        (_, true) => "n holds",
        (_, false) => "n below",
    };
    format!(
        "<tr><td><a href=\"#{name}\">{name}</a></td><td>{}</td><td class=\"{class}\">{:.4}</td><td class=n>{:.4}</td>\
         <td class=n>{floor}</td><td class=n>{}</td><td><small>{}</small></td></tr>",
        escaped(&task.metric),
        task.value,
        task.noise,
        task.n,
        escaped(&task.split),
        name = escaped(&task.name),
    )
}

fn details(task: &TaskFigure) -> String {
    if task.more.is_empty() {
        return String::new();
    }
    let mut html = format!("<h2 id=\"{0}\">{0}</h2>", escaped(&task.name));
    let is_plotted = |name: &str| name.starts_with("bin") || name.starts_with("confusion_");
    let plain: Vec<(&String, &f64)> = task.more.iter().filter(|(name, _)| !is_plotted(name)).collect();
    if task.more.keys().any(|name| name.starts_with("bin")) {
        html += &reliability(&task.more);
    }
    if task.more.keys().any(|name| name.starts_with("confusion_")) {
        html += &confusion(&task.more);
    }
    let shares = plain.iter().all(|(_, value)| (0.0..=1.0).contains(*value));
    if shares && !plain.is_empty() {
        html += &bars(&plain);
    } else if !plain.is_empty() {
        html += "<table><tbody>";
        for (name, value) in plain {
            let _ = write!(
                html,
                "<tr><td>{}</td><td class=n>{value:.4}</td></tr>",
                escaped(name)
            );
        }
        html += "</tbody></table>";
    }
    html
}

/// A bar for each share.
fn bars(shares: &[(&String, &f64)]) -> String {
    let height = shares.len() * 22 + 6;
    let mut svg = format!("<svg role=img width=760 height={height} viewBox=\"0 0 760 {height}\">");
    for (at, (name, share)) in shares.iter().enumerate() {
        let (y, width) = (at * 22 + 4, *share * 400.0);
        let _ = write!(
            svg,
            "<text x=270 y={} text-anchor=end>{}</text><rect x=280 y={y} width={width:.1} height=15 fill=\"#3b7dd8\"/>\
             <text x={:.1} y={}>{share:.3}</text>",
            y + 12,
            escaped(name),
            width + 286.0,
            y + 12
        );
    }
    svg + "</svg>"
}

/// How often a label was right against how sure it was; the area of a dot tells how many texts stand behind it.
fn reliability(more: &BTreeMap<String, f64>) -> String {
    let of = |bin: usize, what: &str| more.get(&format!("bin{bin}_{what}")).copied().unwrap_or(0.0);
    let all: f64 = (0..10).map(|bin| of(bin, "n")).sum();
    let mut svg = "<svg role=img width=360 height=340 viewBox=\"0 0 360 340\"><title>Reliability</title>\
        <rect x=40 y=10 width=300 height=300 fill=none stroke=currentColor opacity=.3 />\
        <line x1=40 y1=310 x2=340 y2=10 stroke=currentColor opacity=.3 />\
        <text x=190 y=335 text-anchor=middle>confidence, 0 to 1</text>\
        <text x=14 y=160 text-anchor=middle transform=\"rotate(-90 14 160)\">right, 0 to 1</text>"
        .to_owned();
    for bin in (0..10).filter(|bin| of(*bin, "n") > 0.0) {
        let (x, y) = (
            40.0 + 300.0 * of(bin, "confident"),
            310.0 - 300.0 * of(bin, "right"),
        );
        let radius = 3.0 + 30.0 * (of(bin, "n") / all.max(1.0)).sqrt();
        let _ = write!(
            svg,
            "<circle cx={x:.1} cy={y:.1} r={radius:.1} fill=\"#3b7dd8\" fill-opacity=.6><title>{:.2} sure, {:.2} right, \
             {:.0} texts</title></circle>",
            of(bin, "confident"),
            of(bin, "right"),
            of(bin, "n")
        );
    }
    svg + "</svg>"
}

/// What each label was taken for, in texts; the rows are what they are.
fn confusion(more: &BTreeMap<String, f64>) -> String {
    let mut html = "<table><thead><tr><th>is \\ taken for</th>".to_owned();
    for label in Label::ALL {
        let _ = write!(html, "<th class=n>{label}</th>");
    }
    html += "</tr></thead><tbody>";
    for is in Label::ALL {
        let _ = write!(html, "<tr><th>{is}</th>");
        for said in Label::ALL {
            let count = more
                .get(&format!("confusion_{is}_as_{said}"))
                .copied()
                .unwrap_or(0.0);
            let class = match (is == said, count >= 10.0) {
                (true, _) => "n diagonal",
                (false, true) => "n hot",
                _ => "n",
            };
            let count = if is == said {
                String::new()
            } else {
                format!("{count:.0}")
            };
            let _ = write!(html, "<td class=\"{class}\">{count}</td>");
        }
        html += "</tr>";
    }
    html + "</tbody></table>"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::figure;

    #[test]
    fn every_figure_has_a_row_and_what_is_below_its_floor_is_marked() {
        let mut low = figure("seven_labels", "macro-F1", 0.5, Some(0.88), 10, "a <split>");
        low.more.insert("confusion_praise_as_abuse".to_owned(), 12.0);
        low.more.insert("bin3_n".to_owned(), 4.0);
        low.more.insert("f1_praise".to_owned(), 0.4);
        let report = Report {
            tasks: vec![low, figure("other", "F1", 0.99, Some(0.88), 10, "x")],
            left_out: vec![("xquad".to_owned(), "folder".to_owned())],
        };
        let html = page(&report, &["5 ms".to_owned()]);
        assert!(html.contains("n below\">0.5000") && html.contains("n holds\">0.9900"));
        assert!(html.contains("a &lt;split&gt;") && !html.contains("a <split>"));
        assert!(html.contains("n hot\">12<") && html.contains("<circle") && html.contains("f1_praise"));
        assert!(html.contains("left out: no folder") && html.contains("5 ms"));
    }
}
