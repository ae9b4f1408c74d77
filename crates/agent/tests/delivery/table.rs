//! What was run and what came of it, for the project's documents. `HOTDESK_DELIVERY` names a folder
//! for the figures.

use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// One case.
#[derive(Serialize)]
pub struct Row {
    pub case: String,
    pub kind: String,
    pub end: String,
    pub review: usize,
    pub ms: u128,
}

/// Print how many of each kind ended how, and write every case down.
pub fn write(name: &str, mut rows: Vec<Row>) {
    rows.sort_by(|a, b| (&a.kind, &a.case).cmp(&(&b.kind, &b.case)));
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in &rows {
        *counts.entry((&row.kind, &row.end)).or_default() += 1;
    }
    eprintln!("{name}: {} cases", rows.len());
    for ((kind, end), count) in &counts {
        eprintln!("{kind:44} {end:12} {count:4}");
    }
    let review: usize = rows.iter().map(|row| row.review).sum();
    eprintln!("{:44} {:12} {review:4}", "messages", "in review");
    let json = serde_json::json!({
        "cases": rows.len(),
        "ends": counts.iter().map(|((kind, end), count)| serde_json::json!({
            "kind": kind, "end": end, "count": count,
        })).collect::<Vec<_>>(),
        "review": review,
        "rows": rows,
    });
    let Some(folder) = std::env::var_os("HOTDESK_DELIVERY") else {
        return;
    };
    let text = serde_json::to_string_pretty(&json).unwrap() + "\n";
    std::fs::write(Path::new(&folder).join(format!("{name}.json")), text).unwrap();
}
